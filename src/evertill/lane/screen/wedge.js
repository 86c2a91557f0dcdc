// The scanner that types: takes a scan's keys back out of the field they fell into and brings the code where it
// belongs. What is a scan and what is typing, scanner.js decides.

import { device } from "./device.js";
import { typeInto } from "./parts.js";
import { Reader } from "./scanner.js";
import { arrive } from "./scans.js";
import { putBack, split } from "./screens/finder.js";
import { store } from "./store.js";

const SILENCE_MS = 300;

let reader = null;
let before = null;
let silence = 0;

function remember(target) {
  const field = target instanceof HTMLInputElement && target.id !== "search" ? target : null;
  before = { field, value: field ? field.value : "", text: store.ui.text };
}

/** Whether a text is a whole GTIN: 8, 12, 13 or 14 digits of which the last one checks the others. */
function isGtin(text) {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false;
  return [...text].reverse().reduce((sum, digit, place) => sum + Number(digit) * (place % 2 ? 3 : 1), 0) % 10 === 0;
}

/** A scan with the beginning that a very slow machine let into the search box as if it was typed: nobody types
 * half a code and scans the other half. What is whole by itself stays as it is. */
function whole(scan, text) {
  const { rest } = split(text);
  const torn = /^\d+$/.test(rest) ? /^\d+$/.test(scan) && !isGtin(scan) : /^EVT\S*$/i.test(rest) && !/^EVT/i.test(scan);
  return torn ? rest + scan : scan;
}

function restore() {
  if (before.field && before.field.isConnected) typeInto(before.field, before.value);
  putBack(before.text);
}

function scanned({ scan, certain }) {
  const { text } = before;
  restore();
  arrive(certain ? scan : whole(scan, text), text);
}

/** The character a key stands for: the group separator of GS1 codes comes as Ctrl+]. */
const keyOf = (event) => (event.ctrlKey && event.key === "]" ? "\x1d" : event.key);

function onKey(event) {
  const known = `${device.prefix}\n${device.suffix}`;
  if (!reader || reader.known !== known) reader = Object.assign(new Reader(device), { known });
  const key = keyOf(event);
  if (event.isComposing || event.altKey || event.metaKey || (event.ctrlKey && key === event.key)) return reader.forget();
  const found = reader.press(key, event.timeStamp);
  if (found.begins) remember(event.target);
  clearTimeout(silence);
  if (device.suffix === "" && key.length === 1) silence = setTimeout(fellSilent, SILENCE_MS);
  if (!found.hold && !found.scan) return undefined;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (found.scan) scanned(found);
  return undefined;
}

function fellSilent() {
  const found = reader.end();
  if (found.scan) scanned(found);
}

export const listenToScanner = () => window.addEventListener("keydown", onKey, true);
