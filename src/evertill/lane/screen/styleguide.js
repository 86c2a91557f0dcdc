// The design system on one page: sizes, spaces, colours, states and parts, as the stylesheet has them. For whoever
// works on the screen; its words stay English.

import { html, render, useState } from "./vendor/preact-htm.js";
import { takeUp } from "./device.js";
import { Button, Choices, Field, Languages, Pad } from "./parts.js";
import { Status } from "./screens/frame.js";

const COLOURS = ["ground", "panel", "panel-2", "line", "line-strong", "ink", "ink-soft", "ink-off", "off", "accent", "accent-hover", "accent-soft", "accent-ink", "go", "go-ink", "warn", "warn-soft", "bad", "bad-soft", "bad-ink", "focus"];
const TEXTS = ["xs", "s", "m", "l", "xl", "2xl", "total", "3xl", "4xl"];
const SPACES = ["1", "2", "3", "4", "5", "6"];

const Part = ({ title, children }) => html`<section><h2>${title}</h2>${children}</section>`;

/** The status line in its four faces, fed with what an agent would say. */
function face(name, more = {}) {
  const status = {
    face: name, unsent: name === "offline" ? 128 : 0, safe: { machines: name === "ready" ? 2 : 1, receipt: "L1-1" }, uplink: { state: name === "offline" ? "off" : "sending" },
    printers: [], journal: { state: name === "trouble" ? "low_space" : "ok", words: "The register's disk is nearly full." }, clock: { state: "ok" }, messages: [],
  };
  return { view: { status, edition: 7, shift: { number: 3 }, staff: { name: "Cashier 1" } }, ui: { busy: 0 }, link: "live", now: new Date(), ...more };
}

const FACES = [["Ready", face("ready")], ["Busy", face("ready", { ui: { busy: 1 } })], ["Offline: calm, for selling goes on", face("offline")], ["Trouble: says what to do", face("trouble")], ["Not answering", face("ready", { link: "frozen" })]];

const SAYINGS = [["refusal", "!", "This article is not in the catalogue."], ["warn", "!", "The last step may not have been taken."], ["calm", "i", "The register program is restarting…"]];

function Guide() {
  const [theme, setTheme] = useState("");
  const [text, setText] = useState("normal");
  const [typed, setTyped] = useState("");
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.text = text;
  return html`<main class="sheet" data-testid="styleguide">
    <h1>Style guide of the register</h1>
    <p class="lead">One stylesheet, named sizes and colours, few parts. Whatever is not here is not needed.</p>
    <div class="row"><${Choices} label="Colours" value=${theme} onPick=${setTheme} options=${[{ id: "", label: "As the system" }, { id: "light", label: "Light" }, { id: "dark", label: "Dark" }]} />
      <${Choices} label="Text size" value=${text} onPick=${setText} options=${[{ id: "normal", label: "Normal" }, { id: "large", label: "Large" }]} /></div>
    <${Part} title="Colours"><div class="row">${COLOURS.map((one) => html`<div class="swatch"><i style=${{ background: `var(--${one})` }}></i><span>${one}</span></div>`)}</div><//>
    <${Part} title="Type">${TEXTS.map((one) => html`<p style=${{ fontSize: `var(--text-${one})`, lineHeight: "1.2" }}>${one} · 12.35 · 收款</p>`)}<//>
    <${Part} title="Space">${SPACES.map((one) => html`<div class="row"><span>space-${one}</span><div class="measure" style=${{ width: `var(--space-${one})` }}></div></div>`)}<//>
    <${Part} title="Buttons"><div class="row"><${Button} label="Usual" fkey="F3" /><${Button} label="Main" look="main" fkey="Enter" /><${Button} label="Pay" look="big pay" fkey="F4" /><${Button} label="Careful" look="danger" /><${Button} label="Quiet" look="quiet" /></div>
      <div class="row"><${Button} label="Usual, off" off /><${Button} label="Main, off" look="main" off /><${Button} label="Pay, off" look="pay" off /></div><//>
    <${Part} title="Choices and fields"><div class="row"><${Languages} value="en" onPick=${() => {}} /></div>
      <div class="side"><div><${Field} label="Amount" value=${typed} unit="EUR" onInput=${setTyped} /></div><${Pad} onKey=${(key) => setTyped(key === "back" ? typed.slice(0, -1) : typed + key)} /></div><//>
    <${Part} title="What the register says">${SAYINGS.map(([tone, mark, said]) => html`<div class=${`saying ${tone}`}><span class="saying-mark" aria-hidden="true">${mark}</span><p>${said}</p></div>`)}<//>
    <${Part} title="Faces: the status line">${FACES.map(([title, state]) => html`<p>${title}</p><${Status} ...${state} />`)}<//>
  </main>`;
}

takeUp();
render(html`<${Guide} />`, document.getElementById("screen"));
