// The register's screen: a function of the agent's state. It draws, and sends what was asked for.

import { html, render } from "./vendor/preact-htm.js";
import { listen, refocus } from "./keys.js";
import { touched } from "./parts.js";
import { Basket } from "./screens/basket.js";
import { OpenDialog } from "./screens/dialogs.js";
import { Finder } from "./screens/finder.js";
import { Head, Restarting, Status } from "./screens/frame.js";
import { Paid } from "./screens/paid.js";
import { Pay } from "./screens/pay.js";
import { SignIn } from "./screens/signin.js";
import { OpenShift } from "./screens/till.js";
import { change, start } from "./store.js";
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
  if (!view.staff) return html`<${SignIn} ...${state} />`;
  if (!view.shift) return html`<${OpenShift} ...${state} />`;
  return html`<${Work} ...${state} />`;
}

function App(state) {
  const { view, link } = state;
  const inside = view && view.staff && view.shift;
  return html`<div class=${`app ${inside ? "" : "plain"}`} onPointerDown=${touched}>
    ${inside && html`<${Head} ...${state} />`}
    <${Screen} ...${state} />
    ${view && html`<${Status} ...${state} now=${new Date()} />`}
    ${link === "lost" && html`<${Restarting} />`}
    <${OpenDialog} ...${state} />
  </div>`;
}

let dialogBefore = null;
let stageBefore = "";

function draw(state) {
  render(html`<${App} ...${state} />`, document.getElementById("screen"));
  const stage = `${state.ui.stage} ${Boolean(state.view && state.view.staff && state.view.shift)}`;
  if ((dialogBefore && !state.ui.dialog) || stage !== stageBefore) refocus();
  dialogBefore = state.ui.dialog;
  stageBefore = stage;
}

listen();
start(draw);
setInterval(() => change({}), MINUTE_MS / 4);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
