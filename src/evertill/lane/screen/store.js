// What the page knows: the agent's last VIEW, the shop, and what is open on this page (a dialog, a
// selected line). The first two are the agent's; only the third is the page's own, and losing it in a
// reload loses nothing that matters.

import { device, keep } from "./device.js";
import { ask, follow, send } from "./link.js";
import { sound } from "./sounds.js";
import { speak } from "./words.js";

/** Intents that name the sale they mean, so that a late click cannot act on the next customer's basket. */
const OF_A_SALE = new Set([
  "Scan", "RepeatLast", "ChangeQuantity", "VoidLine", "OverridePrice", "GiveDiscount", "ClearDiscounts", "SetCustomer",
  "AddCoupon", "AddNote", "ProveAge", "ReturnGoods", "VoidSale", "ParkSale", "TakeTender", "RemoveTender",
]);
const SHIELD_MS = 600;
const BUSY_MS = 400;

export const store = {
  view: null,
  shop: null,
  link: "starting",
  ui: {
    stage: "sale", dialog: null, refusal: null, notice: null, selected: null, language: null,
    seen: null, busy: 0, text: "", category: null, touch: false, results: null, pick: -1, help: null, tour: -1,
  },
};

/** Whether somebody can sell here now: signed in, shift open, not locked. */
export const atWork = (view) => Boolean(view && view.staff && view.shift && !view.locked);

let drawing = false;
let paint = () => {};
let shieldedUntil = 0;

/** Tells the store how to draw, and starts following the agent. */
export function start(draw) {
  paint = draw;
  follow({ onView: take, onLost: lost, onPulse: pulse });
  change({});
}

/** Draws again, once, after what runs now. */
export function change(ui) {
  Object.assign(store.ui, ui);
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    paint(store);
  });
}

function lost() {
  store.link = "lost";
  change({});
}

/** The agent is there but does not answer, or answers again. */
function pulse(answers) {
  if (store.link !== (answers ? "frozen" : "live")) return;
  store.link = answers ? "live" : "frozen";
  change({});
}

function take(view, first) {
  const before = store.view;
  if (!first && before && view.rev < before.rev) return;
  store.view = view;
  store.link = "live";
  settle(before, view);
  if (before && !first && view.notice && view.notice.rev > (before.notice ? before.notice.rev : 0)) heard(view.notice);
  if (!store.shop || store.shop.edition !== view.edition) loadShop();
  tongue();
  change({});
}

/** Closes on this page what the new state no longer has. */
function settle(before, view) {
  const ui = store.ui;
  const saleBefore = before && before.sale ? before.sale.id : null;
  const saleNow = view.sale ? view.sale.id : null;
  if (saleBefore !== saleNow) {
    ui.stage = "sale";
    ui.selected = null;
    if (saleBefore && view.last && view.last.sale === saleBefore) shieldedUntil = performance.now() + SHIELD_MS;
    if (ui.dialog && ui.dialog.sale && ui.dialog.sale !== saleNow) ui.dialog = null;
  } else if (before && before.sale && view.sale && view.sale.lines.length > before.sale.lines.length) {
    ui.selected = null;
  }
  if (view.locked && !(before && before.locked)) Object.assign(ui, { dialog: null, help: null, tour: -1 });
  const staffBefore = before && before.staff ? before.staff.id : null;
  if (before && staffBefore !== (view.staff ? view.staff.id : null)) {
    Object.assign(ui, { language: null, dialog: null, refusal: null, notice: null, text: "", results: null });
    ui.seen = view.last ? view.last.receipt : null;
  }
}

/** A scanner at the register itself was refused something: said, or asked about, as if it was scanned here. */
function heard({ code, refusal }) {
  sound("refusal");
  const sale = store.view.sale ? store.view.sale.id : null;
  const next = code && !store.ui.dialog ? FOLLOW_UPS[refusal.code] : null;
  if (next) open({ ...next({ type: "Scan", code, sale }, refusal), sale });
  else Object.assign(store.ui, { refusal, notice: null });
}

async function loadShop() {
  const shop = await ask("/api/v1/shop");
  if (shop && !shop.refusal) {
    store.shop = shop;
    change({});
  }
}

/** The language to speak: the one picked on this page, else the agent's, else the one last spoken here. */
export const wanted = () => store.ui.language || (store.view ? store.view.locale : device.language) || "en";

export async function tongue() {
  const next = wanted();
  if (await speak(next)) change({});
  if (store.view && device.language !== next) keep({ language: next });
}

/** Switches at once; whoever is signed in is spoken to in it from now on, on receipts too. */
export function setLanguage(language) {
  change({ language });
  tongue();
  if (store.view && store.view.staff && !store.view.locked) act({ type: "ChooseLanguage", locale: language });
}

/** Whether a click comes so soon after a sale was completed that it was meant for what stood there before. */
export const shielded = () => performance.now() < shieldedUntil;

const FOLLOW_UPS = {
  age_unproven: (intent, refusal) => ({ kind: "age", years: refusal.params.years, intent, refusal }),
  ambiguous_code: (intent, refusal) => ({ kind: "choice", choices: refusal.params.choices, intent, refusal }),
  price_needed: (intent, refusal) => ({ kind: "openPrice", intent, refusal }),
  quantity_needed: (intent, refusal) => ({ kind: "weight", intent, refusal }),
  approval_needed: (intent, refusal) => ({ kind: "approval", intent, refusal }),
  expired_goods: (intent, refusal) => ({ kind: "expired", intent, refusal }),
};

/** Sends an intent and draws the answer. Resolves to the answer; a refusal is shown, or asked about. */
export async function act(intent) {
  if (store.link !== "live") {
    sound("refusal");
    change({ notice: "untaken", refusal: null });
    return { ok: false, lost: true };
  }
  const sale = store.view && store.view.sale ? store.view.sale.id : null;
  const full = OF_A_SALE.has(intent.type) && !("sale" in intent) ? { ...intent, sale } : intent;
  const busy = setTimeout(() => change({ busy: store.ui.busy + 1 }), BUSY_MS);
  const answer = await send(full);
  clearTimeout(busy);
  store.ui.busy = 0;
  if (answer.state) take(answer.state, false);
  if (answer.ok) return succeeded(answer, full);
  sound("refusal");
  if (answer.lost) {
    change({ notice: "lost", refusal: null });
    return answer;
  }
  const next = FOLLOW_UPS[answer.refusal.code];
  const asking = store.ui.dialog;
  if (next && !(asking && asking.kind === "approval" && answer.refusal.code === "approval_needed")) {
    change({ dialog: { ...next(full, answer.refusal), sale, serial: crypto.randomUUID() }, refusal: null });
  } else change({ refusal: answer.refusal, notice: null });
  return answer;
}

function succeeded(answer, intent) {
  const done = answer.done || {};
  if (done.receipt && intent.type === "TakeTender") sound("paid");
  else if (intent.type === "Scan" || intent.type === "RepeatLast") sound("scan");
  const changes = { refusal: null, notice: null };
  if (done.receipt) changes.seen = null;
  if (done.report) changes.dialog = { kind: "report", report: done.report };
  change(changes);
  return answer;
}

/** Sends an intent from a dialog and closes that dialog when it was done. */
export async function actAndClose(intent) {
  const from = store.ui.dialog;
  const answer = await act(intent);
  if (answer.ok && store.ui.dialog === from) change({ dialog: null });
  return answer;
}

/** Says something that this page found out by itself; `notice` is a key of NOTICES in parts.js. */
export function say(notice) {
  sound("refusal");
  change({ notice, refusal: null });
}

export const open = (dialog) =>
  change({ dialog: { ...dialog, serial: crypto.randomUUID() }, refusal: null, notice: null });
export const close = () => change({ dialog: null, refusal: null });
