// How this device looks, sounds and reads: kept on the device, for whoever works at it.

import { html, useState } from "../vendor/preact-htm.js";
import { Button, Choices, Dialog, Field, Languages } from "../parts.js";
import { device, keep } from "../device.js";
import { change, open, setLanguage, wanted } from "../store.js";
import { sound } from "../sounds.js";
import { t } from "../words.js";

/** One setting with its choices. */
function Setting({ label, name, options, after }) {
  const set = (value) => {
    keep({ [name]: value });
    if (after) after();
    change({});
  };
  return html`<div class="setting"><span class="field-label">${label}</span>
    <${Choices} label=${label} value=${device[name]} onPick=${set} options=${options} /></div>`;
}

export function Device() {
  const [prefix, setPrefix] = useState(device.prefix);
  const write = (text) => {
    const key = text.slice(-1);
    setPrefix(key);
    keep({ prefix: key });
  };
  return html`<${Dialog} title=${t("This device")} wide testid="device-dialog">
    <div class="settings">
      <section><h3>${t("Looks")}</h3>
        <${Setting} label=${t("Colours")} name="theme" options=${[{ id: "auto", label: t("System") }, { id: "light", label: t("Light") }, { id: "dark", label: t("Dark") }]} />
        <${Setting} label=${t("Text")} name="text" options=${[{ id: "normal", label: t("Normal") }, { id: "large", label: t("Large") }]} />
        <${Setting} label=${t("Goods on the side of")} name="hand" options=${[{ id: "right", label: t("the right hand") }, { id: "left", label: t("the left hand") }]} />
        <${Setting} label=${t("Sounds")} name="sound" after=${() => sound("scan")} options=${[{ id: "on", label: t("On") }, { id: "off", label: t("Off") }]} /></section>
      <section><h3>${t("Scanner that types")}</h3>
        <${Setting} label=${t("Key that ends a scan")} name="suffix" options=${[{ id: "Enter", label: "Enter" }, { id: "Tab", label: "Tab" }, { id: "", label: t("None") }]} />
        <${Field} label=${t("Character before a scan (empty: none)")} value=${prefix} onInput=${write} mode="text" testid="scanner-prefix" />
        <p class="hint">${t("With a character before it, a scan is told from typing with certainty. Set the scanner to send one that nobody types, such as ~.")}</p></section>
      <section><h3>${t("Help")}</h3>
        <${Button} look="menu-item" label=${t("Show me around")} testid="menu-tour" act=${() => change({ dialog: null, stage: "sale", tour: 0 })} />
        <${Button} look="menu-item" label=${t("Keys")} testid="menu-keys" act=${() => change({ help: "keys" })} />
        <a class="button menu-item" href="/screen/codes.html" target="_blank" rel="noopener"><span class="button-label">${t("Sheet of command codes")}</span></a>
        <a class="button menu-item" href="/display" target="_blank" rel="noopener"><span class="button-label">${t("Customer display")}</span></a></section>
    </div><//>`;
}
