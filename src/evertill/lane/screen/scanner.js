// Tells a scanner's keys from a hand's. A scanner in keyboard mode "types" a code and a key that ends it.
//
// Two ways, in this order:
// 1. The scanner sends a prefix (set on this device). From the prefix to the ending key everything belongs to the
//    scan, however slow the machine is, and nothing of it reaches a field.
// 2. Without a prefix, by time. A scanner's keys come in bursts; on a busy machine bursts are torn apart, but
//    inside a burst they stay close. So a scan is: code characters only, six or more, no gap over GAP_MAX_MS, and
//    FAST_SHARE of the gaps at most FAST_MS. The times are those at which the system saw the key, not those
//    at which this page came round to it, so a slow page makes no difference. A hand types 80 ms and more apart;
//    somebody who rolls over two keys stays far below the share.
//
// When it fails: a scan taken for typing lands in the search box, where Enter rings it up all the same. Typing
// taken for a scan would be the worse mistake; the share is set so that it does not happen.

const GAP_MAX_MS = 300;
const FAST_MS = 35;
const FAST_SHARE = 0.4;
const LENGTH_MIN = 6;
const PREFIX_GAP_MAX_MS = 1000;
const CODE = /^[!-~\x1d]+$/;

/** Whether keys pressed at these times (ms) can only be a machine's. */
export function isBurst(times) {
  if (times.length < LENGTH_MIN) return false;
  const gaps = times.slice(1).map((at, place) => at - times[place]).sort((one, other) => one - other);
  return gaps[gaps.length - 1] <= GAP_MAX_MS && gaps[Math.ceil(gaps.length * FAST_SHARE) - 1] <= FAST_MS;
}

/** Reads keys one after the other. Knows nothing of the page. */
export class Reader {
  /** `prefix`: a key or ""; `suffix`: the key that ends a scan, "" where silence does. */
  constructor({ prefix, suffix }) {
    this.prefix = prefix;
    this.ends = suffix === "" ? [] : suffix === "Tab" ? ["Tab"] : ["Enter", "Tab"];
    this.forget();
  }

  forget() {
    this.keys = [];
    this.times = [];
    this.held = false;
  }

  /** A key pressed at `at` ms. Gives {hold} (it belongs to a scan: keep it from the field), {begins} (a first
   * character, perhaps of a scan), {scan: text, certain}, or {} (a key like any other). Certain: it had its prefix, so
   * that the text is whole; without one its beginning may have come too early to be told from typing. */
  press(key, at) {
    const last = this.times[this.times.length - 1];
    const late = last !== undefined && at - last > (this.held ? PREFIX_GAP_MAX_MS : GAP_MAX_MS);
    if (late) this.forget();
    if (this.prefix && key === this.prefix && !this.held) {
      this.forget();
      this.held = true;
      this.times = [at];
      return { hold: true, begins: true };
    }
    if (this.ends.includes(key)) return this.end();
    if (key.length !== 1) {
      if (key !== "Shift" && key !== "Control" && !this.held) this.forget();
      return this.held ? { hold: true } : {};
    }
    const begins = this.keys.length === 0;
    this.keys.push(key);
    this.times.push(at);
    return this.held ? { hold: true } : { begins };
  }

  /** The ending key, or the silence after the last key. */
  end() {
    const text = this.keys.join("");
    const certain = this.held;
    const scanned = certain ? text.length > 0 : CODE.test(text) && isBurst(this.times);
    this.forget();
    return scanned ? { scan: text, certain } : {};
  }
}
