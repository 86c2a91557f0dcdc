// What this device keeps for itself, whoever works at it: how it looks, how it sounds, how its scanner speaks.
// Nothing of the shop is kept here; a device that forgets all of it works as usual.

const KEY = "evertill.device";

/** The usual values. `theme` auto follows the system; `suffix` is the key that ends a scan, "" if none does. */
export const USUAL = { theme: "auto", text: "normal", hand: "right", sound: "on", prefix: "", suffix: "Enter", toured: false, language: "" };

export const device = { ...USUAL };

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "{}");
    return found && typeof found === "object" ? found : {};
  } catch {
    return {}; // a private window, or a value of somebody else's: the usual ones will do
  }
}

/** Takes up what this device kept, and shows it. */
export function takeUp() {
  const found = kept();
  for (const name of Object.keys(USUAL)) if (typeof found[name] === typeof USUAL[name]) device[name] = found[name];
  dress();
}

/** Sets and keeps one or more values. */
export function keep(values) {
  Object.assign(device, values);
  dress();
  try {
    localStorage.setItem(KEY, JSON.stringify(device));
  } catch {
    // no room to keep it: it holds until the page is closed
  }
}

function dress() {
  const root = document.documentElement;
  if (device.theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = device.theme;
  root.dataset.text = device.text;
  root.dataset.hand = device.hand;
}
