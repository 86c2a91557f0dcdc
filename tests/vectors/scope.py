"""Why a published case is not ours to pass: one table, every reason written out in full.

A reason is used by adapters through its key. Tax, rounding, barcodes, canonical JSON, Ed25519 and
the totals of the data sets are in scope as a whole; where we decide against one of their cases,
the reason names the decision record.
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    "not_an_element_string": (
        "The case's input is the name of a variable that the conversion left in place of its text, "
        "so there is nothing to read (docs/adr/0003)."
    ),
    "sylius_step": "The case does something to its cart that its page does not describe (docs/adr/0005).",
    "sylius_rule": (
        "The promotion asks for something that is not known at a register, such as where a parcel "
        "goes (docs/adr/0005)."
    ),
    "sylius_action": "The promotion gives something other than money off (docs/adr/0005).",
    "sylius_filter": "The promotion picks goods by something that our lines do not carry (docs/adr/0005).",
    "sylius_promotion_field": (
        "The promotion has a field that its page does not describe, so we do not guess it (docs/adr/0005)."
    ),
    "sylius_price_cut_scope": (
        "The price cut picks products by something other than name or category (docs/adr/0005)."
    ),
    "oscar_offer": (
        "The offer's condition or benefit is none that our engine names; a price for a set needs a "
        "number of pieces, not a value (docs/adr/0005)."
    ),
    "vendure_words": "The promotion is told in words that its page does not explain (docs/adr/0005).",
    "vendure_coupon_not_given": (
        "The case gives no coupon, yet expects to the cent what its coupons would bring: it contradicts "
        "its own page (docs/adr/0005)."
    ),
    "medusa_campaign": "The campaign counts something other than uses or money given (docs/adr/0005).",
    "medusa_rule": (
        "The rule compares numbers; our facts are names, and amounts are asked for by conditions "
        "(docs/adr/0005)."
    ),
    "medusa_target_rules": (
        "The rule picks goods by two free attributes at once; our filter has one place for them, "
        "beside article and brand (docs/adr/0005)."
    ),
    "no_mac_or_ecdsa": (
        "The product signs with Ed25519 only and holds no HMAC and no ECDSA code of its own: TLS and "
        "certificates are left to the cryptography library, which runs these cases in its own tests."
    ),
    "no_fiscal_module": (
        "The product has no fiscal module for any country yet; its journal is chained by a format of its own "
        "(docs/formats/journal.md), which is not the one that this law prescribes."
    ),
    "no_payment_provider": (
        "The product talks to no payment provider yet: card and wallet tenders are recorded as the cashier "
        "confirms them, so it neither signs requests nor reads callbacks or bills."
    ),
    "escpos_encoder_replaced": (
        "The recorded test had put a stand-in in place of the library's text encoder, so the case holds no "
        "bytes for its text; the real encoder sends some, as it should."
    ),
    "escpos_command_not_printed": (
        "No page of ours uses this command (print mode bits, double strike, a second colour, PDF417, font C, "
        "a character table by its number, feeding back) and python-escpos has no call for it: there is "
        "nothing of ours to compare."
    ),
    "escpos_picture_of_another_library": (
        "The bytes come from another library's way of halving and cutting a picture, or from a printer's own "
        "Chinese; ours sends Chinese and QR codes as pictures of its own (docs/adr/0006)."
    ),
    "escpos_code_page_of_another_library": (
        "Several code pages have this character, and another library takes another one of them; we print by "
        "python-escpos's choice (docs/adr/0006)."
    ),
    "escpos_barcode_width_of_no_printer": (
        "Printers know bars 2 to 6 dots wide, and python-escpos sends no other; the case asks for one beyond."
    ),
}
