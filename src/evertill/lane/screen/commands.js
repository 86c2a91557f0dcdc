// What a scanner alone can ask for: printed codes such as EVTCMD:PAY (the sheet is at /screen/codes.html).
// Each does what a key or a touch does; nothing is possible here that is not possible by hand.

import { typeInto } from "./parts.js";
import { LINE_ACTIONS, canPay, selectedLine } from "./screens/basket.js";
import { act, atWork, change, close, open, say, store } from "./store.js";

export const COMMAND = /^EVTCMD:/i;

const FOCUSABLE = 'button:not(:disabled):not([tabindex="-1"]), input:not(:disabled), a[href]';

/** What is in front: the top dialog, else the page. */
const front = () => [...document.querySelectorAll("dialog[open]")].pop() || document.querySelector("main") || document.body;

function write(letter) {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) return say("notNow");
  return typeInto(field, letter === "ERASE" ? field.value.slice(0, -1) : field.value + letter);
}

function step(by) {
  const places = [...front().querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null && !one.classList.contains("help-button"));
  const here = places.indexOf(document.activeElement);
  const next = places[here < 0 ? (by > 0 ? 0 : places.length - 1) : (here + by + places.length) % places.length];
  if (next) next.focus();
}

/** Enter: presses the button that has the focus, or sends the form of the field that has it. */
function confirm() {
  const here = document.activeElement;
  if (here instanceof HTMLInputElement && here.form) setTimeout(() => here.form && here.form.requestSubmit(), 0);
  else if (here instanceof HTMLElement && here !== document.body) here.click();
}

/** Sends the form in front, wherever the focus is. */
function finish() {
  const form = front().querySelector("form:not(.search)");
  if (form) setTimeout(() => form.requestSubmit(), 0);
  else say("notNow");
}

function back() {
  if (store.ui.dialog) close();
  else if (store.ui.stage === "pay") change({ stage: "sale", refusal: null });
  else change({ text: "", refusal: null, notice: null, seen: store.view && store.view.last ? store.view.last.receipt : null });
}

const working = (run) => () => (atWork(store.view) && !store.ui.dialog ? run() : say("notNow"));
const inSale = (run) => working(() => (store.view.sale ? run() : say("notNow")));
const onLine = (testid) => inSale(() => {
  const line = selectedLine(store.view.sale, store.ui);
  return line ? LINE_ACTIONS.find((one) => one.testid === testid).run(line) : say("notNow");
});
const to = (dialog) => working(() => open(dialog));

/** Every command by its name on the sheet. */
const COMMANDS = {
  OK: confirm, FINISH: finish, BACK: back, NEXT: () => step(1), PREVIOUS: () => step(-1),
  POINT: () => write("."), ERASE: () => write("ERASE"), TIMES: () => write("*"), MINUS: () => write("-"),
  PAY: inSale(() => (canPay(store.view.sale) ? change({ stage: "pay", refusal: null }) : say("notNow"))),
  PARK: inSale(() => open({ kind: "park" })), RECALL: to({ kind: "parked" }),
  QUANTITY: onLine("quantity"), DISCOUNT: onLine("discount"), PRICE: onLine("price"), VOID: onLine("void"),
  REPEAT: inSale(() => act({ type: "RepeatLast" })), LOCK: working(() => act({ type: "LockLane" })),
  CUSTOMER: to({ kind: "customer" }), RETURN: to({ kind: "return" }), CHECK: to({ kind: "priceCheck" }),
  RECEIPTS: to({ kind: "receipts" }), MENU: to({ kind: "menu" }), DRAWER: to({ kind: "drawer" }),
  CASHIN: to({ kind: "moveCash", way: "in" }), CASHOUT: to({ kind: "moveCash", way: "out" }),
  XREPORT: working(() => act({ type: "TakeReport" })), COUNT: to({ kind: "closeShift" }),
  SIGNOUT: working(() => act({ type: "SignOut" })),
};

/** Does what a command code says. A digit goes into the field that has the focus. */
export function obey(code) {
  const name = code.slice(code.indexOf(":") + 1).toUpperCase();
  if (/^\d{1,2}$/.test(name)) return write(name);
  return COMMANDS[name] ? COMMANDS[name]() : say("noSuchCommand");
}
