// The register's screen: a function of the agent's state. It draws, and sends what was asked for.

import { html, render } from "./vendor/preact-htm.js";
import { device, keep, takeUp } from "./device.js";
import { listen, refocus } from "./keys.js";
import { touched } from "./parts.js";
import { Basket } from "./screens/basket.js";
import { OpenDialog } from "./screens/dialogs.js";
import { Finder } from "./screens/finder.js";
import { Away, Head, Status } from "./screens/frame.js";
import { Help, Tour } from "./screens/help.js";
import { Paid } from "./screens/paid.js";
import { Pay } from "./screens/pay.js";
import { SignIn } from "./screens/signin.js";
import { OpenShift } from "./screens/till.js";
import { atWork, change, start, tongue } from "./store.js";
import { listenToScanner } from "./wedge.js";
import { t } from "./words.js";

const MINUTE_MS = 60_000;

function Work(state) {
  const { view, ui } = state;
  const paid = !view.sale && view.last && ui.seen !== view.last.receipt;
  const paying = ui.stage === "pay" && view.sale;
  return html`<main class=${paying ? "work paying" : "work"}>
    ${paid ? html`<${Paid} ...${state} />` : html`<${Basket} ...${state} />`}
    ${paying ? html`<${Pay} key=${view.sale.id} ...${state} />` : html`<${Finder} ...${state} />`}
  </main>`;
}

function Screen(state) {
  const { view, shop } = state;
  if (!view || !shop) return html`<main class="door"><p class="lead">${t("The register is starting…")}</p></main>`;
  if (!view.staff || view.locked) return html`<${SignIn} key=${view.locked ? "locked" : "door"} ...${state} />`;
  if (!view.shift) return html`<${OpenShift} ...${state} />`;
  return html`<${Work} ...${state} />`;
}

function App(state) {
  const { view, ui } = state;
  const inside = atWork(view);
  return html`<div class=${`app ${inside ? "" : "plain"}`} onPointerDown=${touched}>
    ${inside && html`<${Head} ...${state} />`}
    <${Screen} ...${state} />
    ${view && html`<${Status} ...${state} now=${new Date()} />`}
    ${away(state) && html`<${Away} ...${state} />`}
    ${!(view && view.locked) && html`<${OpenDialog} ...${state} />`}
    ${state.ui.help && html`<${Help} ...${state} />`}
    ${inside && ui.tour >= 0 && !ui.dialog && ui.stage !== "pay" && html`<${Tour} key="tour" ...${state} onDone=${toured} />`}
  </div>`;
}

const away = ({ link }) => link === "lost" || link === "frozen";

function toured() {
  keep({ toured: true });
  change({ tour: -1 });
}

/** The tour begins by itself once on a device, with an empty basket; it steps aside for a customer. */
function showAround({ view, ui }) {
  const quiet = atWork(view) && !view.sale && ui.seen === (view.last ? view.last.receipt : null) && !ui.dialog;
  if (!device.toured && ui.tour < 0 && quiet && !showAround.done) {
    showAround.done = true;
    change({ tour: 0 });
  } else if (ui.tour >= 0 && view && view.sale) change({ tour: -1 });
}

let dialogBefore = null;
let stageBefore = "";

function draw(state) {
  render(html`<${App} ...${state} />`, document.getElementById("screen"));
  showAround(state);
  const stage = `${state.ui.stage} ${atWork(state.view)}`;
  const dialog = state.ui.dialog || state.ui.help;
  if ((dialogBefore && !dialog) || stage !== stageBefore) refocus();
  dialogBefore = dialog;
  stageBefore = stage;
}

takeUp();
listenToScanner();
listen();
start(draw);
tongue();
setInterval(() => change({}), MINUTE_MS / 4);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
