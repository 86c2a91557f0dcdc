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

from evertill.core.promotions import Award, PromotionContext, PromotionLine, PromotionOutcome
from evertill.core.receipt import TaxLine
from evertill.core.rounding import divide, share
from evertill.core.rules import Rules
from evertill.core.sale import DiscountPart, Line, ManualDiscount, Sale
from evertill.core.tax import TaxableLine, TaxedLine

PPM = 1_000_000
NO_COUNTS: Mapping[str, int] = {}


class PricedLine(msgspec.Struct, frozen=True):
    """A line with what was taken off it. total_minor = amount_minor - discounts, before tax is added."""

    line: Line
    discounts: tuple[DiscountPart, ...]
    total_minor: int
    taxed: TaxedLine


class Priced(msgspec.Struct, frozen=True):
    """A basket priced. `gross_minor` is what the customer owes before cash rounding."""

    lines: tuple[PricedLine, ...]
    subtotal_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    taxes: tuple[TaxLine, ...]
    promotion_uses: tuple[tuple[str, int, int], ...] = ()
    coupons: tuple[tuple[str, str], ...] = ()


class Pricer:
    """Prices baskets by one edition's rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._seen: dict[int, tuple[Line, PromotionLine]] = {}
        self._counted_as = {promotion.id: promotion.counted_as for promotion in rules.promotion_list}
        self._last: tuple[Sale, tuple[object, ...], Priced] | None = None

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
        parts: dict[int, tuple[DiscountPart, ...]] = {
            line.no: line.original.discounts
            for line in lines
            if line.original is not None and line.original.discounts
        }
        context = PromotionContext(
            currency=sale.currency,
            at=minute,
            groups=sale.groups,
            coupons=sale.coupons,
            usage=usage,
            usage_today=usage_today,
            spent_minor=spent_minor,
        )
        eligible = [self._promotion_line(line) for line in lines if line.quantity_milli > 0]
        outcome = self._rules.promotions.evaluate(eligible, context)
        _add_shares(outcome.awards, parts)
        totals = [
            line.amount_minor - sum(part.amount_minor for part in parts[line.no])
            if line.no in parts
            else line.amount_minor
            for line in lines
        ]
        if sale.discounts:
            _give_manual_discounts(sale.discounts, lines, totals, parts, self._rules)
        priced = self._taxed(sale, lines, totals, parts, outcome)
        self._last = (sale, world, priced)
        return priced

    def _promotion_line(self, line: Line) -> PromotionLine:
        seen = self._seen.get(line.no)
        if seen is not None and seen[0] is line:
            return seen[1]
        made = PromotionLine(
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
        self._seen[line.no] = (line, made)
        return made

    def _taxed(
        self,
        sale: Sale,
        lines: Sequence[Line],
        totals: Sequence[int],
        parts: Mapping[int, tuple[DiscountPart, ...]],
        outcome: PromotionOutcome,
    ) -> Priced:
        exempt = sale.tax_exempt
        computed = self._rules.taxes.compute(
            [
                TaxableLine(line.tax_class, total, line.quantity_milli, exempt)
                for line, total in zip(lines, totals, strict=True)
                if line.original is None
            ]
        )
        fresh = iter(computed.lines)
        priced = []
        subtotal = net = tax = 0
        for line, total in zip(lines, totals, strict=True):
            taxed = next(fresh) if line.original is None else _mirrored(line)
            priced.append(PricedLine(line, parts.get(line.no, ()), total, taxed))
            subtotal += line.amount_minor
            net += taxed.net_minor
            tax += taxed.tax_minor
        return Priced(
            lines=tuple(priced),
            subtotal_minor=subtotal,
            discount_minor=subtotal - sum(totals),
            net_minor=net,
            tax_minor=tax,
            gross_minor=net + tax,
            taxes=self._tax_lines(priced),
            promotion_uses=tuple(
                (self._counted_as[award.promotion_id], award.times, award.amount_minor)
                for award in outcome.awards
            ),
            coupons=outcome.coupons,
        )

    def _tax_lines(self, priced: Sequence[PricedLine]) -> tuple[TaxLine, ...]:
        sums: dict[str, list[int]] = {}
        for line in priced:
            for tax_id, base_minor, tax_minor in line.taxed.taxes:
                pair = sums.get(tax_id)
                if pair is None:
                    sums[tax_id] = [base_minor, tax_minor]
                else:
                    pair[0] += base_minor
                    pair[1] += tax_minor
        known = {tax.id: tax for tax in self._rules.tax_table.taxes}
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


def _add_shares(awards: Sequence[Award], parts: dict[int, tuple[DiscountPart, ...]]) -> None:
    for award in awards:
        for line_no, amount_minor in award.shares:
            part = DiscountPart(amount_minor=amount_minor, names=award.names, promotion=award.promotion_id)
            parts[line_no] = (*parts.get(line_no, ()), part)


def _mirrored(line: Line) -> TaxedLine:
    original = line.original
    assert original is not None, "only a return line mirrors"
    return TaxedLine(original.net_minor, original.tax_minor, original.gross_minor, original.taxes)


def _give_manual_discounts(
    discounts: Sequence[ManualDiscount],
    lines: Sequence[Line],
    totals: list[int],
    parts: dict[int, tuple[DiscountPart, ...]],
    rules: Rules,
) -> None:
    """Takes manual discounts off `totals` in place: those on lines first, then those on the basket."""
    places = {line.no: index for index, line in enumerate(lines)}
    for discount in sorted(discounts, key=lambda given: given.line_no is None):
        if discount.line_no is None:
            chosen = [i for i, line in enumerate(lines) if discountable_by_hand(line) and totals[i] > 0]
        else:
            chosen = [places[discount.line_no]] if discount.line_no in places else []
        base = sum(totals[i] for i in chosen)
        amount = divide(base * discount.rate_ppm, PPM) if discount.rate_ppm else discount.amount_minor
        amount = max(0, min(amount, base))
        names = rules.reason_names(discount.reason)
        for index, taken in zip(chosen, share(amount, [totals[i] for i in chosen]), strict=True):
            if taken:
                totals[index] -= taken
                part = DiscountPart(amount_minor=taken, names=names, reason=discount.reason)
                parts[lines[index].no] = (*parts.get(lines[index].no, ()), part)


def discountable_by_hand(line: Line) -> bool:
    """Whether a manual discount may touch this line: goods sold (not taken back) that allow discounts."""
    return line.discountable and line.quantity_milli > 0 and line.kind != "deposit"
