// The only line to the agent: its state comes in over a WebSocket, intents go out one after the other.
//
// Intents keep the order in which they were clicked or scanned. Each carries its own `request`; the same
// click twice (a double click) carries the same one, so that the agent answers it once. When an answer is
// lost because the agent went away, nothing is sent again by itself: after the reconnection the agent's
// state says what became of it.

const WAIT_MIN_MS = 200;
const WAIT_MAX_MS = 2000;
const ANSWER_MS = 15000;
const SAME_CLICK_MS = 700;
const PULSE_MS = 700;
const PULSE_WAIT_MS = 2000;

let queue = Promise.resolve();
const clicks = new Map();

/** Follows the agent's state for ever: `onView(view, first)` for each, `onLost()` when it is out of reach,
 * `onPulse(answers)` about every second while there is a connection: a frozen agent keeps its connections. */
export function follow({ path = "/api/v1/live", onView, onLost, onPulse }) {
  let wait = WAIT_MIN_MS;
  let connected = false;
  function connect() {
    let first = true;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${path}`);
    socket.onmessage = (message) => {
      wait = WAIT_MIN_MS;
      connected = true;
      onView(JSON.parse(message.data), first);
      first = false;
    };
    socket.onclose = () => {
      connected = false;
      onLost();
      setTimeout(connect, wait + Math.random() * wait);
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    };
  }
  async function pulse() {
    if (connected) {
      const answers = await beats();
      if (connected) onPulse(answers);
    }
    setTimeout(pulse, PULSE_MS);
  }
  connect();
  setTimeout(pulse, PULSE_MS);
}

async function beats() {
  try {
    await fetch("/api/v1/health", { signal: AbortSignal.timeout(PULSE_WAIT_MS), cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** The number for an intent: a new one, or the earlier one's if this is a second click on the same thing. */
function requestFor(intent) {
  const signature = JSON.stringify(intent);
  const now = performance.now();
  const earlier = clicks.get(signature);
  for (const [key, click] of clicks) if (now - click.at > SAME_CLICK_MS) clicks.delete(key);
  if (earlier && now - earlier.at <= SAME_CLICK_MS && intent.type !== "Scan") return earlier;
  const click = { request: crypto.randomUUID(), at: now, answer: null };
  clicks.set(signature, click);
  return click;
}

/** Sends one intent after those before it. Resolves to the agent's answer, or {ok: false, lost: true}. */
export function send(intent) {
  const click = requestFor(intent);
  if (click.answer) return click.answer;
  click.answer = queue.then(() => post({ ...intent, request: click.request }));
  queue = click.answer;
  return click.answer;
}

async function post(intent) {
  try {
    const answer = await fetch("/api/v1/intents", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(intent),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return await answer.json();
  } catch {
    return { ok: false, lost: true };
  }
}

/** A question that changes nothing: the JSON, or null when there is none to be had. */
export async function ask(path, { signal } = {}) {
  try {
    const answer = await fetch(path, { signal });
    const body = await answer.json();
    return answer.ok ? body : { refusal: body.refusal || { code: "unanswered" } };
  } catch {
    return null;
  }
}
