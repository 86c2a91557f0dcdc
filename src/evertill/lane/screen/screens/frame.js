// What stands around every screen: the head with its place for messages, and the status line.

import { html } from "../vendor/preact-htm.js";
import { Button, HelpButton, sayings } from "../parts.js";
import { act, change, open } from "../store.js";
import { moment, whole } from "../figures.js";
import { name, t, told } from "../words.js";

export function Head(state) {
  const { view, shop } = state;
  const saying = sayings(state) || news(view);
  return html`<header class="head">
    <span class="head-shop"><b>${shop ? name(shop.names) : ""}</b><small>${view.lane}</small></span>
    <div class=${`saying ${saying ? saying.tone : ""}`} role="alert" data-testid="saying">
      ${saying && html`<span class="saying-mark" aria-hidden="true">${saying.tone === "refusal" ? "!" : "i"}</span><p>${saying.text}</p>`}
      ${(state.ui.refusal || state.ui.notice) && state.link === "live" && html`<button type="button" class="button quiet" aria-label=${t("Dismiss")}
        onClick=${() => change({ refusal: null, notice: null })}><span class="button-label cross" aria-hidden="true"></span></button>`}
      ${saying && saying.message && html`<button type="button" class="button quiet" data-testid="message-read" onClick=${() => act({ type: "AcknowledgeMessage", message: saying.message })}>
        <span class="button-label">${t("Read")}</span></button>`}</div>
    <${HelpButton} />
    <${Button} label=${t("Menu")} fkey="F10" act=${() => open({ kind: "menu" })} testid="menu" />
  </header>`;
}

/** What the agent has to say besides answers: what is wrong here first, then messages from the shop. */
function news(view) {
  const { journal, messages } = view.status;
  if (journal.state !== "ok") return { tone: "warn", text: journal.words };
  const message = messages[0];
  if (!message) return null;
  const shop = message.kind === "shop";
  return { tone: message.important ? "warn" : "calm", text: shop ? name(message.names) : message.words || message.code, message: shop ? message.id : null };
}

const FACES = { ready: () => t("Ready"), offline: () => t("Offline: selling goes on"), trouble: () => t("Trouble") };

export function Status({ view, ui, link, now }) {
  const status = view.status;
  const face = link === "live" ? status.face : "trouble";
  const busy = Boolean(ui.busy) && link === "live";
  const word = link === "frozen" ? t("Not answering…") : link === "live" ? (busy ? t("Working…") : FACES[status.face] ? FACES[status.face]() : status.face) : t("Restarting…");
  return html`<footer class="status" aria-label=${t("Status")}>
    <span class=${`face ${busy ? "busy" : face}`} data-busy=${busy ? "yes" : null}><i class="lamp" aria-hidden="true"></i>${word}</span>
    <span class="status-item" data-testid="safe">${safe(status)}</span>
    <span class="status-item">${sent(status)}</span>
    <span class="status-item status-wide">${devices(status)}</span>
    <span class="status-item status-edition">${t("Edition {n}", { n: whole(view.edition) })}</span>
    <span class="status-item status-shift">${view.shift ? t("Shift {n}", { n: whole(view.shift.number) }) : t("No shift")}</span>
    <span class="status-item status-staff">${view.staff ? view.staff.name : t("Nobody signed in")}</span>
    <time class="status-item status-clock">${moment(now, "time")}</time>
  </footer>`;
}

/** What is wrong with a printer or scanner, else that the printer is ready. */
function devices({ printers, scanners }) {
  const printer = printers.find((one) => one.state === "trouble");
  const scanner = (scanners || []).find((one) => one.state !== "ok");
  if (printer) return told(printer);
  if (scanner) return scanner.words;
  return printers.length ? t("Printer ready") : t("No printer");
}

/** On how many machines the last sale is, as far as the register knows. */
function safe({ safe: where }) {
  if (!where || !where.receipt) return "";
  return where.machines > 1 ? t("Last sale on {n} machines", { n: whole(where.machines) }) : t("Last sale on this machine");
}

/** How many entries are still only here. */
function sent(status) {
  if (status.unsent) return t("Not yet sent: {n}", { n: whole(status.unsent) });
  return status.uplink.state === "sending" ? t("All sent") : t("Server not reached");
}

/** Across the top, over everything, while the agent is gone or does not answer. Nothing moves for it. */
export const Away = ({ link, view }) => html`<div class="restarting" role="alert" data-testid="restarting">
  <p><strong>${link === "frozen" ? t("The register program is not answering just now…") : t("The register program is restarting…")}</strong></p>
  <p>${view && view.sale ? t("The basket is safe. This screen comes back by itself.") : t("Nothing is lost. This screen comes back by itself.")}</p></div>`;
