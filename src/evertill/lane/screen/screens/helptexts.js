// The help: for every screen and every dialog a few sentences, in the order in which one needs them.

import { t } from "../words.js";

/** Topic -> title and sentences. The topics are the names of the dialogs, and the screens beneath them. */
export const HELP = {
  signin: () => [t("Signing in"), t("Touch your name, type your PIN, press Enter. Or scan your staff card."), t("The switch below the names changes the language at once; your own language comes with your name."), t("Too many wrong PINs make you wait. A colleague can sign in meanwhile.")],
  locked: () => [t("The register is locked"), t("Nobody touched it for a while. The basket and the shift are as they were."), t("Type your PIN or scan your staff card to go on, or touch another name to take over.")],
  openShift: () => [t("Opening the shift"), t("Type how much cash is in the drawer, or count it by notes and coins."), t("It is compared with the count at the end. An empty field means none.")],
  sale: () => [t("Selling"), t("Scan. Whatever you touched last, a scan lands in the basket."), t("No code? Type part of the name, or touch a tile. 3* before it means three, 0.328* a weight, -1* a return."), t("Touch a line to pick it; the keys below the basket act on it."), t("The total always stands there. Pay takes you to the money.")],
  paid: () => [t("Paid"), t("The change stands there until the next customer. Scan the next article and a new sale begins; no click is needed."), t("The receipt can be printed again, or opened as PDF.")],
  pay: () => [t("Paying"), t("Touch the way to pay. Then touch a note, the exact amount, or type what you were given and press Enter."), t("Less than due? The rest stays due, and another way to pay can follow."), t("A scan here is goods, not money: it leads back to the basket.")],
  quantity: () => [t("Changing the quantity"), t("Type how many there are in all, not how many more. Zero takes the line out.")],
  discount: () => [t("Giving a discount"), t("Choose the line or the whole basket, percent or amount, and the reason. What you may not give yourself, a colleague can approve.")],
  price: () => [t("Another price"), t("Type the new price for one piece or one kilogram, and pick the reason. The old price stays in the records.")],
  note: () => [t("Note"), t("The note belongs to this sale and is printed on the receipt.")],
  customer: () => [t("Customer"), t("Scan the card, or type its number or the phone number. Empty takes the customer away again.")],
  coupon: () => [t("Coupon"), t("Scan or type the code. What it gives, the basket shows at once.")],
  park: () => [t("Parking"), t("The basket is set aside and safe. A word helps to find it again. Any cashier at this register can take it up.")],
  parked: () => [t("Parked sales"), t("Touch one to take it up again. The basket in hand must be paid or parked first.")],
  age: () => [t("Checking the age"), t("Look at the person or at a document. Say yes only if you are sure; otherwise the article is not sold.")],
  choice: () => [t("One code, several articles"), t("Touch the one that lies in front of you.")],
  openPrice: () => [t("Price of this article"), t("It has no fixed price. Type the one on its label.")],
  weight: () => [t("Weighing"), t("Type what the scales show, in kilograms. Was the packing on the scales too? Type its weight in grams, and it is taken off.")],
  expired: () => [t("Past its date"), t("The code says that the article is too old. Put it aside, or have a colleague approve the sale.")],
  approval: () => [t("Approval"), t("A colleague who may do this touches their name and types their PIN, or scans their staff card. Only this one step is approved; you stay signed in and the basket stays.")],
  voidSale: () => [t("Giving a sale up"), t("All lines go, nothing is sold. Money already taken must be given back first.")],
  moveCash: () => [t("Cash in and out"), t("For change fetched, takings carried away, small expenses. The drawer opens; the count at the end knows of it.")],
  drawer: () => [t("Opening the drawer"), t("Pick why. Every opening without a sale stands in the report.")],
  closeShift: () => [t("Closing the shift"), t("Count every kind of note and coin. What should be there is shown afterwards, so that the count is yours."), t("Then the shift is closed and the Z report printed.")],
  report: () => [t("Reports"), t("X shows the shift so far. Z is the end of the shift and cannot be made twice.")],
  menu: () => [t("Menu"), t("Everything that is not needed in every sale: customers, returns, receipts, cash, reports, settings of this device.")],
  receipts: () => [t("Receipts"), t("Pick one to see it, print it again, or take goods back.")],
  return: () => [t("Taking goods back"), t("Scan the code on the receipt, or type its number. Then say what comes back; the amounts are those that were paid."), t("Without a receipt: type -1* before the article's code in the search box.")],
  priceCheck: () => [t("Price check"), t("Scan anything to see what it costs now. Nothing is sold.")],
  device: () => [t("This device"), t("How this screen looks and sounds, and what its scanner sends. It holds for everybody who works here, until it is changed.")],
};

/** The keys, as they stand on the buttons. */
export const KEYS = () => [
  ["F1", t("Help for what is in front")],
  ["F2", t("To the box for scanning and searching")],
  ["F3", t("Quantity of the picked line")],
  ["F4", t("Pay; then Enter takes exactly what is due, or the amount typed")],
  ["F5", t("The newest article once more")],
  ["F6", t("Discount")],
  ["F7", t("Another price")],
  ["F8", t("Park the sale; without a sale, take one up again")],
  ["F9", t("Customer")],
  ["F10", t("Menu")],
  ["Del", t("Void the picked line")],
  ["↑ ↓", t("Pick another line; while searching, another article")],
  ["3*", t("Three of what comes next; 0.328* a weight; -1* a return")],
  ["Enter", t("The main button of what is in front")],
  ["Esc", t("Back, close, clear")],
];
