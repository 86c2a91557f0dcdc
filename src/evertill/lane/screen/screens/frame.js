// What stands around every screen: the head with its place for messages, and the status line.

import { html } from "../vendor/preact-htm.js";
import { Button, sayings } from "../parts.js";
import { change, open } from "../store.js";
import { moment, whole } from "../figures.js";
import { name, t } from "../words.js";

export function Head(state) {
  const { view, shop } = state;
  const saying = sayings(state) || news(view);
  return html`<header class="head">
    <span class="head-shop"><b>${shop ? name(shop.names) : ""}</b><small>${view.lane}</small></span>
    <div class=${`saying ${saying ? saying.tone : ""}`} role="alert" data-testid="saying">
      ${saying && html`<span class="saying-mark" aria-hidden="true">${saying.tone === "refusal" ? "!" : "i"}</span><p>${saying.text}</p>`}
      ${(state.ui.refusal || state.ui.notice) && state.link === "live" && html`<button type="button" class="button quiet" aria-label=${t("Dismiss")}
        onClick=${() => change({ refusal: null, notice: null })}><span class="button-label cross" aria-hidden="true"></span></button>`}</div>
    <${Button} label=${t("Menu")} fkey="F10" act=${() => open({ kind: "menu" })} testid="menu" />
  </header>`;
}

/** What the agent has to say besides answers. */
function news(view) {
  const message = view.status.messages[0];
  return message ? { tone: "calm", text: message.words || message.code } : null;
}

const FACES = { ready: () => t("Ready"), offline: () => t("Offline: selling goes on"), trouble: () => t("Trouble") };
const PRINTERS = { ok: "", ready: "", off: "" };

export function Status({ view, ui, link, now }) {
  const status = view.status;
  const face = link === "live" ? status.face : "trouble";
  const word = link === "live" ? (ui.busy ? t("Working…") : FACES[status.face] ? FACES[status.face]() : status.face) : t("Restarting…");
  const printer = status.printers.find((one) => PRINTERS[one.state] === undefined);
  const journal = status.journal.state !== "ok" ? status.journal.words : "";
  const clock = status.clock.state !== "ok" ? status.clock.words : "";
  return html`<footer class="status" aria-label=${t("Status")}>
    <span class=${`face ${face}`}><i class="lamp" aria-hidden="true"></i>${word}</span>
    <span class="status-item">${status.unsent ? t("Not yet sent: {n}", { n: whole(status.unsent) }) : t("All sent")}</span>
    <span class="status-item status-wide">${journal || clock || (printer ? printer.words || t("Printer {name} does not answer", { name: printer.name }) : status.printers.length ? t("Printer ready") : t("No printer"))}</span>
    <span class="status-item">${t("Edition {n}", { n: whole(view.edition) })}</span>
    ${view.shift && html`<span class="status-item">${t("Shift {n}", { n: whole(view.shift.number) })}</span>`}
    <span class="status-item">${view.staff ? view.staff.name : t("Nobody signed in")}</span>
    <time class="status-item">${moment(now, "time")}</time>
  </footer>`;
}

export const Restarting = () => html`<div class="restarting" role="alert" data-testid="restarting">
  <p><strong>${t("The register program is restarting…")}</strong></p><p>${t("The basket is safe. This screen comes back by itself.")}</p></div>`;
