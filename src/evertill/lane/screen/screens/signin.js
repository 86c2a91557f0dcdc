// Who works here: pick a name, type a PIN.

import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-htm.js";
import { HelpButton, Languages, Pad, padded, sayings } from "../parts.js";
import { act, setLanguage, store, wanted } from "../store.js";
import { name, t } from "../words.js";

/** Also the locked register: the basket waits behind it. */
export function SignIn({ view, shop, ui, link }) {
  const [staff, setStaff] = useState(view.locked && view.staff ? view.staff.id : null);
  const [pin, setPin] = useState("");
  const field = useRef(null);
  const people = shop ? shop.staff : [];
  const picked = people.find((one) => one.id === staff) || (people.length === 1 ? people[0] : null);
  useLayoutEffect(() => { if (picked && field.current) field.current.focus(); }, [picked]);
  const pick = (id) => { setStaff(id); setPin(""); };
  const enter = async (event) => {
    if (event) event.preventDefault();
    if (!picked || !pin) return;
    setPin("");
    await act({ type: "SignIn", staff: picked.id, pin });
  };
  const saying = sayings({ ui, link });
  return html`<main class="door">
    <section class="door-people">
      <h1>${shop ? name(shop.names) : "Evertill"}</h1>
      <p class=${view.locked ? "lead door-locked" : "lead"} id="who" data-testid=${view.locked ? "locked" : null}>${view.locked ? t("Locked: nothing is lost. Who goes on?") : t("Who is at the register?")}</p>
      <div class="people" role="radiogroup" aria-labelledby="who">
        ${people.map((one) => html`<button type="button" role="radio" key=${one.id} class="button person"
          aria-checked=${String(picked === one)} data-testid=${`staff-${one.id}`} onClick=${() => pick(one.id)}>
          <span class="initial" aria-hidden="true">${one.name.slice(0, 1)}</span>
          <span class="button-label">${one.name}</span></button>`)}
      </div>
      <div class="door-foot"><${Languages} value=${wanted()} onPick=${setLanguage} /><${HelpButton} /></div>
    </section>
    <form class="door-pin" onSubmit=${enter}>
      <label class="field"><span class="field-label">${picked ? t("PIN of {name}", { name: picked.name }) : t("PIN")}</span>
        <span class="field-box"><input ref=${field} type="password" class="pin" inputmode=${store.ui.touch ? "none" : "numeric"} value=${pin}
          autocomplete="off" disabled=${!picked} data-testid="pin" onInput=${(event) => setPin(event.target.value)} /></span></label>
      <${Pad} point=${false} onKey=${(key) => picked && setPin(padded(pin, key))} />
      <button type="submit" class="button big main" disabled=${!picked || !pin} data-testid="sign-in">
        <span class="button-label">${t("Sign in")}</span><kbd aria-hidden="true">Enter</kbd></button>
      <p class=${`dialog-saying ${saying ? saying.tone : ""}`} role="alert">${saying ? saying.text : ""}</p>
    </form>
  </main>`;
}
