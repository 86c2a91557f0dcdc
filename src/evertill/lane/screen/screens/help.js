// Help for what is in front, the key map, and the way into the tour. It lies over everything and changes nothing.

import { html, useLayoutEffect, useState } from "../vendor/preact-htm.js";
import { Button, Choices, Dialog } from "../parts.js";
import { change, store } from "../store.js";
import { t } from "../words.js";
import { HELP, KEYS } from "./helptexts.js";

/** What is in front, as a topic of the help. */
export function topic({ view, ui }) {
  if (ui.dialog && HELP[ui.dialog.kind]) return ui.dialog.kind;
  if (!view || !view.staff) return "signin";
  if (view.locked) return "locked";
  if (!view.shift) return "openShift";
  if (ui.stage === "pay" && view.sale) return "pay";
  return !view.sale && view.last && ui.seen !== view.last.receipt ? "paid" : "sale";
}

const leave = () => change({ help: null });

export function Help(state) {
  const [page, setPage] = useState(state.ui.help === "keys" ? "keys" : "here");
  const [title, ...sentences] = HELP[topic(state)]();
  const inside = state.view && state.view.staff && state.view.shift && !state.view.locked;
  return html`<${Dialog} title=${page === "keys" ? t("Keys") : t("Help: {title}", { title })} onClose=${leave} plain wide=${page === "keys"} testid="help-dialog">
    <${Choices} label=${t("Help")} value=${page} onPick=${setPage} options=${[{ id: "here", label: t("This screen") }, { id: "keys", label: t("Keys") }]} />
    ${page === "here"
      ? html`<div class="help-text">${sentences.map((text) => html`<p>${text}</p>`)}</div>`
      : html`<dl class="help-keys">${KEYS().map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>`}
    <div class="form-foot">
      ${inside && html`<${Button} label=${t("Show me around")} testid="tour-again" act=${() => change({ help: null, dialog: null, stage: "sale", tour: 0 })} />`}
      <${Button} look="main" label=${t("Back to work")} act=${leave} testid="help-close" /></div><//>`;
}

/** What the tour shows, one after the other: the place on the screen, and what to know of it. */
const STOPS = [
  { at: ".search", text: () => t("Scan, or type here: a code, a name, part of a name. Whatever you touched last, a scan lands here.") },
  { at: ".basket .lines", text: () => t("Every article has a line here. Touch a line to pick it.") },
  { at: ".line-actions", text: () => t("These keys act on the picked line: quantity, discount, price, void. Once more repeats the newest article.") },
  { at: ".tiles", text: () => t("Goods without a code: touch their tile. The row above chooses the kind of goods.") },
  { at: ".totals", text: () => t("The total is always here. Pay leads to the money; Park sets the basket aside.") },
  { at: ".status", text: () => t("This line says how things are. Offline is no trouble: selling goes on, and everything is sent later.") },
  { at: ".head .help-button", text: () => t("Not sure? Touch the question mark or press F1 on any screen. Everything else is in the menu beside it.") },
];

/** The first-day tour. It stands beside the work and steps aside for a customer: nothing waits for it. */
export function Tour({ ui, onDone }) {
  const [place, setPlace] = useState(null);
  const stop = STOPS[ui.tour];
  useLayoutEffect(() => {
    const measure = () => {
      const found = document.querySelector(stop.at);
      setPlace(found ? found.getBoundingClientRect() : null);
    };
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, [ui.tour]);
  const last = ui.tour === STOPS.length - 1;
  const below = place && place.top + place.height / 2 < window.innerHeight / 2;
  const next = () => (last ? onDone() : change({ tour: ui.tour + 1 }));
  const px = (value) => `${Math.round(value)}px`;
  return html`<aside class="tour" data-testid="tour">
    ${place && html`<div class="tour-ring" aria-hidden="true" style=${{ top: px(place.top - 4), left: px(place.left - 4), width: px(place.width + 8), height: px(place.height + 8) }}></div>`}
    <div class=${`tour-card ${below ? "low" : "high"}`} role="dialog" aria-label=${t("First-day tour")}>
      <p class="tour-count">${t("{step} of {steps}", { step: ui.tour + 1, steps: STOPS.length })}</p>
      <p aria-live="polite">${stop.text()}</p>
      <div class="form-foot"><${Button} look="quiet" label=${t("Skip the tour")} act=${onDone} testid="tour-skip" />
        ${ui.tour > 0 && html`<${Button} label=${t("Back")} act=${() => change({ tour: store.ui.tour - 1 })} />`}
        <${Button} look="main" label=${last ? t("Begin") : t("Next")} act=${next} testid="tour-next" /></div>
    </div></aside>`;
}
