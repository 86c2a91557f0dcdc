"""What a shop has decided: its settings, tenders, staff, roles and reasons, as an edition carries them."""

from __future__ import annotations

import msgspec

from evertill.core.pricebook import TimeWindow

LOCALES = ("en", "zh")  # the languages that a register speaks


class TenderKind(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way to pay, in one currency.

    `kind` is "cash" or "external" (confirmed by the cashier: a bank terminal that stands
    alone, a transfer, a paper voucher). Only cash gives change and is rounded to
    `rounding_step_minor` (5 = five centimes; 100 = whole crowns; 1 = none). `notes_minor` are
    the notes and coins of the currency, largest first, for counting and quick keys.
    """

    id: str
    names: dict[str, str]
    currency: str
    kind: str = "cash"
    rounding_step_minor: int = 1
    notes_minor: tuple[int, ...] = ()
    opens_drawer: bool = True


class StaffMember(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Someone who may sign in. `pin_hash` and `card_hash` (of the code on a staff card, empty: no card) are
    argon2id strings; `locale` is one of LOCALES, until they choose another at a register."""

    id: str
    name: str
    role: str
    pin_hash: str
    locale: str = "en"
    card_hash: str = ""


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A set of permissions (see core.permission) and the largest discount given without approval."""

    id: str
    names: dict[str, str]
    permissions: tuple[str, ...] = ()
    discount_max_ppm: int = 0


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reason a cashier picks. `use` is "discount", "price", "return", "void", "cash" or "drawer"."""

    id: str
    use: str
    names: dict[str, str]


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A known customer, found by any of `codes` (card number, phone)."""

    id: str
    name: str
    codes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tax_exempt: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one sale; each has a refusal and a test that reaches it."""

    lines_max: int = 2_000
    quantity_max_milli: int = 100_000_000
    amount_max_minor: int = 100_000_000_000
    parked_max: int = 100
    pin_tries_max: int = 5
    pin_lock_s: int = 60


class WeightBarcode(msgspec.Struct, frozen=True, kw_only=True):
    """How this shop's in-store EAN-13 codes are read (prefix 20-29, GS1 restricted circulation).

    `prefix` is the leading digits ("21"); then `item_digits` of article number, then for
    `holds` "price", "weight" or "count" the value with `decimals` decimals (of the currency's major unit,
    or of a kilogram), then the check digit. `value_check`: a price check digit stands before the value.
    """

    prefix: str
    item_digits: int
    holds: str
    decimals: int
    value_check: bool = False


class ShopMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the shop tells whoever works at a register, while the window is open (None: always).

    Each of them takes it away for their own trading day. `important` ones are shown more loudly.
    """

    id: str
    names: dict[str, str]
    window: TimeWindow | None = None
    important: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A shop's own decisions. `tax_rounding` is "per_line" or "per_receipt"; the law decides, not we.

    `lock_after_s` seconds without an intent lock the register (0: never). `favourites` are the skus of
    the tiles that are always there, in their order. `display_texts` (each in several languages) take
    turns on the customer's display while nothing is sold.
    """

    store: str
    names: dict[str, str]
    currency: str
    locale: str = "en"
    address: tuple[str, ...] = ()
    tax_number: str = ""
    tax_rounding: str = "per_receipt"
    day_starts_at: str = "00:00"
    receipt_footer: dict[str, str] = {}
    weight_barcodes: tuple[WeightBarcode, ...] = ()
    returns_without_receipt: bool = True
    tips: bool = False
    print_receipts: bool = True
    lock_after_s: int = 900
    favourites: tuple[str, ...] = ()
    messages: tuple[ShopMessage, ...] = ()
    display_texts: tuple[dict[str, str], ...] = ()
    limits: Limits = Limits()
