"""The values that tax rules speak of. Rates are parts per million (19 % = 190_000), money is minor units."""

from __future__ import annotations

from typing import Literal

import msgspec

PPM = 1_000_000
FIXED_SCALE = 10_000_000  # amount_e4 * quantity_milli -> minor units

Kind = Literal["percent", "fixed", "division"]
TaxRounding = Literal["per_line", "per_receipt"]
Ties = Literal["tax", "net"]


class Tax(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tax.

    `kind` "percent": `rate_ppm` of its base. "fixed": `amount_e4` (ten-thousandths of a minor
    unit) for each whole unit of quantity. "division": `rate_ppm` of base *and* tax together
    (Brazil); neighbours of that kind are worked out together. `included`: the price as marked
    holds it; otherwise it comes on top. `includes_in_base`: later taxes that are
    `base_affected` are also due on this one (compound). `group` merges taxes in summaries.
    """

    id: str
    names: dict[str, str]
    kind: Kind = "percent"
    rate_ppm: int = 0
    amount_e4: int = 0
    included: bool = True
    includes_in_base: bool = False
    base_affected: bool = True
    group: str | None = None


class TaxClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a product is to the tax office. `taxes` are tax ids in the order they are worked out."""

    id: str
    names: dict[str, str]
    taxes: tuple[str, ...] = ()


class TaxTable(msgspec.Struct, frozen=True, kw_only=True):
    """All taxes of a shop. `rounding` is the law's choice: each tax on each line, or once per receipt.

    `ties` says who gets the half, where a tax inside a price comes to exactly half a minor unit: of
    15.63 with 20 % inside, the tax is 2.605 and the net 13.025. "tax" rounds the tax half away from
    zero (2.61 and 13.02), "net" the net (2.60 and 13.03).
    """

    taxes: tuple[Tax, ...] = ()
    classes: tuple[TaxClass, ...] = ()
    rounding: TaxRounding = "per_receipt"
    ties: Ties = "tax"


class TaxableLine(msgspec.Struct, frozen=True):
    """A line as priced, after all discounts. Negative for a return; `quantity_milli` has the same sign.

    `exempt`: the customer owes no tax. A tax that is inside the price is then taken out of it.
    """

    tax_class: str
    amount_minor: int
    quantity_milli: int
    exempt: bool = False


class TaxedLine(msgspec.Struct, frozen=True):
    """The same line, taken apart. gross_minor == net_minor + tax_minor.

    `taxes` holds (tax id, base_minor, tax_minor) for each tax of the line, in working order.
    """

    net_minor: int
    tax_minor: int
    gross_minor: int
    taxes: tuple[tuple[str, int, int], ...] = ()


class TaxGroup(msgspec.Struct, frozen=True):
    """One tax over the whole receipt. `base_minor` and `tax_minor` are the sums of its lines."""

    tax: str
    names: dict[str, str]
    rate_ppm: int
    base_minor: int
    tax_minor: int
    group: str | None = None


class TaxOutcome(msgspec.Struct, frozen=True):
    """A taxed receipt. Lines are in the order asked; groups in the order of the tax table.

    Always: gross == net + tax, on each line and in total; totals and groups are the sums of the lines.
    """

    lines: tuple[TaxedLine, ...]
    groups: tuple[TaxGroup, ...]
    net_minor: int
    tax_minor: int
    gross_minor: int
