"""What a basket costs: line amounts, then promotions, then manual discounts, then tax.

The order is fixed and the same on lane and server: one basket, one price. Each step works on
what the one before left. A line that mirrors an earlier receipt is not priced at all: its
amounts, discounts and taxes are those of the original, so that a refund equals its sale to
the cent even if the rules have changed since.

A Pricer remembers what it derived from a line as long as the line stays the same value, because
a scan changes one line of many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from evertill.core.promotions import Award, PromotionContext, PromotionLine
from evertill.core.receipt import TaxLine
from evertill.core.rounding import divide, share
from evertill.core.rules import Rules
from evertill.core.sale import DiscountPart, Line, ManualDiscount, Sale
from evertill.core.tax import TaxableLine, TaxedLine

PPM = 1_000_000
SHARES_REMEMBERED_MAX = 2_000  # of one promotion
NO_COUNTS: Mapping[str, int] = {}


class PricedLine(msgspec.Struct, frozen=True):
    """A line with what was taken off it. total_minor = amount_minor - discounts, before tax is added."""

    line: Line
    discounts: tuple[DiscountPart, ...]
    total_minor: int


class TaxedBasket(msgspec.Struct, frozen=True):
    """The tax of a basket; `lines` in the order of the priced lines."""

    lines: tuple[TaxedLine, ...]
    net_minor: int
    tax_minor: int
    taxes: tuple[TaxLine, ...]


class Priced:
    """A basket priced. Where prices hold their tax, it is only worked out when somebody asks for it."""

    __slots__ = (
        "_exempt",
        "_rules",
        "_taxed",
        "coupons",
        "discount_minor",
        "lines",
        "promotion_uses",
        "subtotal_minor",
    )

    def __init__(
        self,
        rules: Rules,
        lines: list[PricedLine],
        *,
        exempt: bool,
        promotion_uses: tuple[tuple[str, int, int], ...],
        coupons: tuple[tuple[str, str], ...],
    ) -> None:
        self.lines = lines
        self.subtotal_minor = sum([priced.line.amount_minor for priced in lines])
        self.discount_minor = self.subtotal_minor - sum([priced.total_minor for priced in lines])
        self.promotion_uses = promotion_uses
        self.coupons = coupons
        self._rules = rules
        self._exempt = exempt
        self._taxed: TaxedBasket | None = None

    @property
    def gross_minor(self) -> int:
        """What the customer owes before cash rounding."""
        if self._rules.tax_included and not self._exempt:
            return self.subtotal_minor - self.discount_minor
        return self.taxed.net_minor + self.taxed.tax_minor

    @property
    def taxed(self) -> TaxedBasket:
        """The basket's tax, worked out once."""
        if self._taxed is None:
            self._taxed = self._work_out_tax()
        return self._taxed

    def _work_out_tax(self) -> TaxedBasket:
        computed = iter(
            self._rules.taxes.compute(
                [
                    TaxableLine(
                        priced.line.tax_class, priced.total_minor, priced.line.quantity_milli, self._exempt
                    )
                    for priced in self.lines
                    if priced.line.original is None
                ]
            ).lines
        )
        lines = tuple(
            next(computed) if priced.line.original is None else _mirrored(priced.line)
            for priced in self.lines
        )
        return TaxedBasket(
            lines=lines,
            net_minor=sum(line.net_minor for line in lines),
            tax_minor=sum(line.tax_minor for line in lines),
            taxes=_tax_lines(self._rules, lines),
        )


class Pricer:
    """Prices baskets by one edition's rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._seen: dict[int, tuple[Line, PromotionLine]] = {}
        self._plain: dict[int, PricedLine] = {}
        self._counted_as = {promotion.id: promotion.counted_as for promotion in rules.promotion_list}
        self._last: tuple[Sale, tuple[object, ...], Priced] | None = None
        self._shares: dict[str, dict[int, DiscountPart]] = {}

    def price(
        self,
        sale: Sale,
        at: datetime,
        *,
        usage: Mapping[str, int] = NO_COUNTS,
        usage_today: Mapping[str, int] = NO_COUNTS,
        spent_minor: Mapping[str, int] = NO_COUNTS,
    ) -> Priced:
        """The price of `sale` at local time `at`; `usage` counts uses of promotions before this sale."""
        minute = at.replace(second=0, microsecond=0)
        world = (minute, usage, usage_today, spent_minor)
        if self._last is not None and self._last[0] is sale and self._last[1] == world:
            return self._last[2]
        lines = sale.live_lines
        context = PromotionContext(
            currency=sale.currency,
            at=minute,
            groups=sale.groups,
            coupons=sale.coupons,
            usage=usage,
            usage_today=usage_today,
            spent_minor=spent_minor,
        )
        outcome = self._rules.promotions.evaluate(self._promotion_lines(lines), context)
        parts: dict[int, tuple[DiscountPart, ...]] = {}
        for line in lines:
            if line.original is not None and line.original.discounts:
                parts[line.no] = line.original.discounts
        self._add_shares(outcome.awards, parts)
        if sale.discounts:
            _give_manual_discounts(sale.discounts, lines, parts, self._rules)
        priced = Priced(
            self._rules,
            self._priced_lines(lines, parts),
            exempt=sale.tax_exempt,
            promotion_uses=tuple(
                [
                    (self._counted_as[award.promotion_id], award.times, award.amount_minor)
                    for award in outcome.awards
                ]
            ),
            coupons=outcome.coupons,
        )
        self._last = (sale, world, priced)
        return priced

    def _priced_lines(
        self, lines: Sequence[Line], parts: Mapping[int, tuple[DiscountPart, ...]]
    ) -> list[PricedLine]:
        plain = self._plain
        priced = []
        for line in lines:
            found = plain.get(line.no)
            discounts = parts.get(line.no, ())
            if found is None or found.line is not line or found.discounts != discounts:
                total = line.amount_minor - sum([part.amount_minor for part in discounts])
                found = plain[line.no] = PricedLine(line, discounts, total)
            priced.append(found)
        return priced

    def _add_shares(self, awards: Sequence[Award], parts: dict[int, tuple[DiscountPart, ...]]) -> None:
        for award in awards:
            known = self._shares.setdefault(award.promotion_id, {})
            if len(known) > SHARES_REMEMBERED_MAX:
                known.clear()
            for line_no, amount_minor in award.shares:
                part = known.get(amount_minor)
                if part is None:
                    part = known[amount_minor] = DiscountPart(
                        amount_minor=amount_minor, names=award.names, promotion=award.promotion_id
                    )
                before = parts.get(line_no)
                parts[line_no] = (part,) if before is None else (*before, part)

    def _promotion_lines(self, lines: Sequence[Line]) -> list[PromotionLine]:
        seen = self._seen
        found = []
        for line in lines:
            known = seen.get(line.no)
            if known is None or known[0] is not line:
                known = seen[line.no] = (line, _promotion_line(line))
            if line.quantity_milli > 0:
                found.append(known[1])
        return found


def _promotion_line(line: Line) -> PromotionLine:
    return PromotionLine(
        no=line.no,
        sku=line.sku,
        categories=line.categories,
        brand=line.brand,
        kind=line.kind,
        quantity_milli=line.quantity_milli,
        unit=line.unit,
        unit_price_e4=line.unit_price_e4,
        amount_minor=line.amount_minor,
        discountable=line.discountable,
    )


def _tax_lines(rules: Rules, lines: Sequence[TaxedLine]) -> tuple[TaxLine, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        for tax_id, base_minor, tax_minor in line.taxes:
            base, tax = sums.get(tax_id, (0, 0))
            sums[tax_id] = (base + base_minor, tax + tax_minor)
    known = {tax.id: tax for tax in rules.tax_table.taxes}
    return tuple(
        TaxLine(
            tax=tax_id,
            names=known[tax_id].names if tax_id in known else {"en": tax_id},
            rate_ppm=known[tax_id].rate_ppm if tax_id in known else 0,
            base_minor=base_minor,
            tax_minor=tax_minor,
        )
        for tax_id, (base_minor, tax_minor) in sorted(sums.items())
    )


def _mirrored(line: Line) -> TaxedLine:
    original = line.original
    assert original is not None, "only a return line mirrors"
    return TaxedLine(original.net_minor, original.tax_minor, original.gross_minor, original.taxes)


def _give_manual_discounts(
    discounts: Sequence[ManualDiscount],
    lines: Sequence[Line],
    parts: dict[int, tuple[DiscountPart, ...]],
    rules: Rules,
) -> None:
    """Adds manual discounts to `parts`, each taken of what is left: first on lines, then on the basket."""
    left = {
        line.no: line.amount_minor - sum(part.amount_minor for part in parts.get(line.no, ()))
        for line in lines
        if discountable_by_hand(line)
    }
    for discount in sorted(discounts, key=lambda given: given.line_no is None):
        chosen = [no for no in left if discount.line_no in (None, no) and left[no] > 0]
        base = sum(left[no] for no in chosen)
        amount = divide(base * discount.rate_ppm, PPM) if discount.rate_ppm else discount.amount_minor
        amount = max(0, min(amount, base))
        names = rules.reason_names(discount.reason)
        for no, taken in zip(chosen, share(amount, [left[no] for no in chosen]), strict=True):
            if taken:
                left[no] -= taken
                part = DiscountPart(amount_minor=taken, names=names, reason=discount.reason)
                parts[no] = (*parts.get(no, ()), part)


def discountable_by_hand(line: Line) -> bool:
    """Whether a manual discount may touch this line: goods sold (not taken back) that allow discounts."""
    return line.discountable and line.quantity_milli > 0 and line.kind != "deposit"
