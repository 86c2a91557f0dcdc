"""A published basket as what a cashier does: start the sale, ring up each line, take exact cash.

Every line is rung up with the figure that was published: the unit price, or where only line totals
are published the line's amount. Nothing is merged, so that a receipt has the lines of its document.
A line of negative price (two adjustments of a debt in UCI Online Retail) is rung up as a return at
the positive price: a till knows no negative prices, and the amount is the same.

Only the payment carries a request number. It is the document's own, so a payment that was made and
whose answer was lost cannot be made again; a line that was lost with a voided basket can.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from evertill.core import intent as i
from evertill.replay.datasets import Basket, BasketLine, Dataset

UNIT_E4 = 10_000


def reference_of(dataset: Dataset, document: str) -> str:
    """How the sale of a document is known everywhere: data set and document."""
    return f"{dataset.name}/{document}"


def sku_of(dataset: Dataset, code: str) -> str:
    """The sku under which a data set's article stands in the catalogue, beside a shop's own."""
    return f"{dataset.name}/{code}"


def tender_of(dataset: Dataset) -> str:
    """The tender that takes a data set's money: cash without rounding, in its currency."""
    return f"cash-{dataset.currency}"


def rung(line: BasketLine) -> BasketLine:
    """The line as a till can ring it up: a negative price becomes a return. The amount stays."""
    if line.unit_price_e4 >= 0:
        return line
    return msgspec.structs.replace(
        line, quantity_milli=-line.quantity_milli, unit_price_e4=-line.unit_price_e4
    )


def as_rung(basket: Basket) -> Basket:
    """The basket with all lines as a till can ring them up."""
    return msgspec.structs.replace(basket, lines=tuple(rung(line) for line in basket.lines))


def intents_of(dataset: Dataset, basket: Basket) -> list[i.Intent]:
    """The whole sale: StartSale, one Scan for each line in order, TakeTender of exactly what is due."""
    reference = reference_of(dataset, basket.document)
    start = i.StartSale(currency=dataset.currency, reference=reference, occurred_on=basket.day)
    pay = i.TakeTender(tender=tender_of(dataset), request=f"{reference}/paid")
    return [start, *(_scan(dataset, rung(line)) for line in basket.lines), pay]


def _scan(dataset: Dataset, line: BasketLine) -> i.Scan:
    sku = sku_of(dataset, line.code)
    if dataset.priced_by == "unit":
        return i.Scan(
            code=line.code,
            sku=sku,
            quantity_milli=line.quantity_milli,
            unit_price_e4=line.unit_price_e4,
            merge=False,
        )
    assert line.amount_e4 % UNIT_E4 == 0, "a published line total is whole minor units"
    return i.Scan(
        code=line.code,
        sku=sku,
        quantity_milli=line.quantity_milli,
        amount_minor=line.amount_e4 // UNIT_E4,
        merge=False,
    )


def begins(held: Sequence[tuple[str, int, int, int]], intents: Sequence[i.Intent]) -> bool:
    """Whether the lines held (sku, quantity_milli, unit_price_e4, amount_minor) are the sale's first."""
    scans = [intent for intent in intents if isinstance(intent, i.Scan)]
    if len(held) > len(scans):
        return False
    return all(
        sku == scan.sku
        and quantity_milli == scan.quantity_milli
        and (unit_price_e4 == scan.unit_price_e4 or amount_minor == scan.amount_minor)
        for (sku, quantity_milli, unit_price_e4, amount_minor), scan in zip(held, scans, strict=False)
    )


def going_on(intents: Sequence[i.Intent], lines: int, sale: str) -> list[i.Intent]:
    """What is left of the sale once `lines` of it are rung up; each intent names the sale it is for."""
    return [
        msgspec.structs.replace(intent, sale=sale)
        for intent in intents[1 + lines :]
        if isinstance(intent, i.Scan | i.TakeTender)
    ]
