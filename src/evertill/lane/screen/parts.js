// Small parts that every screen is built of.

import { html, useLayoutEffect, useRef, useState } from "./vendor/preact-htm.js";
import { change, close, store } from "./store.js";
import { t, told } from "./words.js";

/** A button with its key shown on it. */
export function Button({ label, hint, fkey, look = "", act, off = false, pressed, testid, children }) {
  return html`<button type="button" class=${`button ${look}`} disabled=${off} onClick=${act}
    aria-keyshortcuts=${fkey || null} aria-pressed=${pressed === undefined ? null : String(pressed)}
    data-testid=${testid || null}>
    <span class="button-label">${label}${children}</span>
    ${hint && html`<span class="button-hint">${hint}</span>`}
    ${fkey && html`<kbd aria-hidden="true">${fkey}</kbd>`}
  </button>`;
}

/** What the page itself has to say. */
const NOTICES = {
  lost: () => t("The last step may not have been taken. Look at the basket before you go on."),
  untaken: () => t("The register program was not there: the last step was not taken. Do it once more."),
  finishFirst: () => t("The scan was not rung up: finish this first, or close it with Esc."),
  openFirst: () => t("The scan was not rung up: open the shift first."),
  signInFirst: () => t("The scan was not rung up: sign in first."),
  noSuchCommand: () => t("This command code is not known here. Print the sheet of command codes anew."),
  notNow: () => t("That is not possible just now."),
};

/** What to tell the person: a refusal, or that an action was lost with the connection. */
export function sayings({ ui, link }) {
  if (link === "lost") return { tone: "calm", text: t("The register program is restarting…") };
  if (link === "frozen") return { tone: "calm", text: t("The register program is not answering just now…") };
  if (ui.refusal) return { tone: "refusal", text: told(ui.refusal) };
  return NOTICES[ui.notice] ? { tone: "warn", text: NOTICES[ui.notice]() } : null;
}

/** Opens the help for what is in front. */
export function HelpButton() {
  return html`<button type="button" class="button help-button" aria-keyshortcuts="F1" data-testid="help"
    onClick=${() => change({ help: "here" })}><span class="button-label mark"><span class="unseen">${t("Help")}</span></span><kbd aria-hidden="true">F1</kbd></button>`;
}

/** A dialog over the screen. It keeps the focus inside, and Escape closes it. It has the focus before the
 * next key comes (a layout effect), so that quick typing after an F-key goes nowhere else. */
export function Dialog({ title, children, wide, plain, onClose = close, testid }) {
  const frame = useRef(null);
  useLayoutEffect(() => {
    const dialog = frame.current;
    dialog.showModal();
    const first = dialog.querySelector("[data-first]") || dialog.querySelector("input, button.main, .dialog-body button");
    if (first) first.focus();
    return () => dialog.close();
  }, []);
  const saying = sayings(store);
  return html`<dialog ref=${frame} class=${wide ? "dialog wide" : "dialog"} aria-label=${title} data-testid=${testid || null}
    onCancel=${(event) => { event.preventDefault(); onClose(); }}>
    <header class="dialog-head"><h2>${title}</h2>
      ${!plain && html`<${HelpButton} />`}
      <button type="button" class="button quiet" onClick=${onClose} aria-keyshortcuts="Escape">
        <span class="unseen">${t("Close")}</span><span class="button-label cross" aria-hidden="true"></span><kbd aria-hidden="true">Esc</kbd></button></header>
    <div class="dialog-body">${children}</div>
    <p class=${`dialog-saying ${saying ? saying.tone : ""}`} role="alert">${saying ? saying.text : ""}</p>
  </dialog>`;
}

/** A field with a label, in which Enter is the form's main action. */
/** `scan` marks a field that waits for a code: a scan goes into it and sends its form. */
export function Field({ label, value, onInput, unit, first, scan, type = "text", mode = "decimal", testid, placeholder = "" }) {
  return html`<label class="field"><span class="field-label">${label}</span>
    <span class="field-box"><input type=${type} value=${value} autocomplete="off" spellcheck=${false} placeholder=${placeholder}
      inputmode=${store.ui.touch && mode === "decimal" ? "none" : mode} data-first=${first ? "" : null} data-scan=${scan ? "" : null}
      data-testid=${testid || null} onInput=${(event) => onInput(event.target.value)} />
      ${unit && html`<span class="field-unit">${unit}</span>`}</span></label>`;
}

/** A number pad beside a field. `onKey` gets a digit, "." or "back". */
export function Pad({ onKey, point = true, extra }) {
  const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", extra || (point ? "." : ""), "0", "back"];
  return html`<div class="pad" role="group" aria-label=${t("Number keys")}>
    ${keys.map((key) => key === ""
      ? html`<span class="pad-gap"></span>`
      : html`<button type="button" class="button pad-key" tabindex="-1" onClick=${() => onKey(key)}
          aria-label=${key === "back" ? t("Delete the last digit") : null}>
          <span class=${key === "back" ? "button-label arrow-back" : "button-label"}>${key === "back" ? "" : key}</span></button>`)}
  </div>`;
}

/** Sets a field as if somebody had typed it. */
export function typeInto(field, value) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What a text becomes when a pad key is pressed. */
export const padded = (text, key) => (key === "back" ? text.slice(0, -1) : text + key);

/** A row of choices of which one is on. */
export function Choices({ label, options, value, onPick }) {
  return html`<div class="choices" role="radiogroup" aria-label=${label}>
    ${options.map((option) => html`<button type="button" role="radio" class="button choice"
      aria-checked=${String(option.id === value)} onClick=${() => onPick(option.id)} key=${option.id}>
      <span class="button-label">${option.label}</span></button>`)}
  </div>`;
}

/** A form whose Enter is its main button; twice is once. */
export function Form({ onSubmit, children, label, off = false, look = "main", testid = "confirm" }) {
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    if (busy || off) return;
    setBusy(true);
    try {
      await onSubmit();
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="form" onSubmit=${submit}>${children}
    <div class="form-foot">
      <button type="submit" class=${`button big ${look}`} disabled=${off} data-testid=${testid}>
        <span class="button-label">${label}</span><kbd aria-hidden="true">Enter</kbd></button>
    </div></form>`;
}

/** The language switch: each language in its own words, the current one marked. */
export function Languages({ value, onPick }) {
  return html`<${Choices} label=${t("Language")} value=${value} onPick=${onPick}
    options=${[{ id: "en", label: "English" }, { id: "zh", label: "中文" }]} />`;
}

/** Remembers whether fingers are used, so that no on-screen keyboard covers the goods. */
export const touched = (event) => {
  const touch = event.pointerType === "touch";
  if (touch !== store.ui.touch) change({ touch });
};
