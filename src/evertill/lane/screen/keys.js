// Every action by key. Typing and scanning always lands in the search box, whatever was touched before.

import { LINE_ACTIONS, canPay, neighbour, selectedLine } from "./screens/basket.js";
import { walk } from "./screens/finder.js";
import { act, atWork, change, open, shielded, store } from "./store.js";

const selling = () => atWork(store.view) && store.link === "live";
const box = () => document.getElementById("search");

/** The keys of the sale screen; the same as shown on its buttons. */
const ACTIONS = {
  F2: () => { change({ stage: "sale" }); requestAnimationFrame(() => box() && (box().focus(), box().select())); },
  F4: () => { if (canPay(store.view.sale)) change({ stage: "pay", refusal: null }); },
  F5: () => { if (store.view.sale) act({ type: "RepeatLast" }); },
  F8: () => { if (store.view.sale) open({ kind: "park" }); else if (store.view.parked.length) open({ kind: "parked" }); },
  F9: () => open({ kind: "customer" }),
  F10: () => open({ kind: "menu" }),
};

function onLine(key) {
  const line = selectedLine(store.view.sale, store.ui);
  const action = LINE_ACTIONS.find((one) => one.key === key);
  if (line && action) action.run(line);
}

function escape() {
  const { ui, view } = store;
  if (ui.stage === "pay") change({ stage: "sale", refusal: null });
  else if (ui.text) change({ text: "", pick: -1 });
  else if (ui.refusal || ui.notice) change({ refusal: null, notice: null });
  else if (!view.sale && view.last) change({ seen: view.last.receipt });
}

/** Whether the key types something that the search box should get. */
function types(event) {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ";
}

function onKey(event) {
  const dialog = document.querySelector("dialog[open]");
  if (event.key === "F1") {
    event.preventDefault();
    return change({ help: store.ui.help ? null : "here" });
  }
  const key = event.key === "Delete" ? "Del" : event.key;
  if (!selling() || dialog) {
    if (/^F([2-9]|10)$/.test(event.key)) event.preventDefault();
    return undefined;
  }
  const typing = event.target instanceof HTMLInputElement;
  if (ACTIONS[key]) {
    event.preventDefault();
    ACTIONS[key]();
  } else if (/^F[367]$/.test(key) || (key === "Del" && !(typing && event.target.value))) {
    event.preventDefault();
    if (store.ui.stage === "sale") onLine(key);
  } else if (key === "Escape") {
    event.preventDefault();
    escape();
  } else if (store.ui.stage === "sale") onSaleKey(event, key);
  return undefined;
}

function onSaleKey(event, key) {
  if (key === "ArrowUp" || key === "ArrowDown") {
    const step = key === "ArrowUp" ? -1 : 1;
    const inList = event.target instanceof HTMLButtonElement && event.target.closest('[role="radiogroup"]');
    if (inList) return;
    event.preventDefault();
    if (!walk(step) && store.view.sale) change({ selected: neighbour(store.view.sale, store.ui, step) });
  } else if (types(event) && event.target !== box() && box()) box().focus();
}

/** After a click on the sale screen the box has the focus again, ready for the scanner. */
function refocus() {
  requestAnimationFrame(() => {
    const free = selling() && store.ui.stage === "sale" && !document.querySelector("dialog[open]");
    if (free && box()) box().focus({ preventScroll: true });
  });
}

export function listen() {
  window.addEventListener("keydown", onKey);
  window.addEventListener("click", (event) => {
    if (!shielded() || event.detail === 0 || !event.target.closest(".finder")) return;
    event.stopPropagation();
    event.preventDefault();
  }, true);
  window.addEventListener("click", refocus);
}

export { refocus };
