// Where a scanned code goes. To the basket whenever that can be what the cashier meant; into the field that is
// waiting for a code; and otherwise nowhere, with a word and a sound, for a price or a PIN is no place for it.

import { COMMAND, obey } from "./commands.js";
import { typeInto } from "./parts.js";
import { approveByCard } from "./screens/dialogs.js";
import { rung } from "./screens/finder.js";
import { act, change, say, store } from "./store.js";

/** Dialogs that have nothing half done in them: a scan closes them and is rung up. */
const GIVE_WAY = new Set(["menu", "parked", "receipts", "report", "device"]);

/** A field that waits for a code carries data-scan: the code goes there, and its form is sent. */
function fill(field, code) {
  typeInto(field, code);
  setTimeout(() => field.form && field.form.requestSubmit(), 0);
}

/** Brings a scan where it belongs. `before`: what stood in the search box ("3*"). */
export function arrive(code, before) {
  const { view, ui } = store;
  if (ui.help) change({ help: null });
  if (COMMAND.test(code)) return obey(code);
  const waiting = document.querySelector("dialog[open] [data-scan]") || document.querySelector("main [data-scan]");
  if (waiting) return fill(waiting, code);
  if (!view) return say("signInFirst");
  if (!view.staff || view.locked) return act({ type: "SignIn", card: code });
  if (ui.dialog && ui.dialog.kind === "approval") return approveByCard(ui.dialog, code);
  if (!view.shift) return say("openFirst");
  if (ui.dialog && !GIVE_WAY.has(ui.dialog.kind)) return say("finishFirst");
  change({ dialog: null, stage: "sale", tour: -1 });
  return rung(code, before);
}
