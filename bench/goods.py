"""A large shop: the sample shop's goods and as many more of their kinds as are wanted.

Up to the sample's size the goods are the sample's own. The others are further packings of them: same
shelf, same tax, a price of their own and a valid EAN-13 of their own, so that promotions and taxes do
what they do in a shop of that size. The same number always makes the same goods.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from evertill.core.barcode.check_digits import check_digit
from evertill.core.pricebook import Product
from evertill.sample import load_sample
from evertill.wire.edition import EditionDraft

FIRST_CODE = 400_000_000_000  # twelve digits, without the check digit: ordinary packed goods


def large_shop(products: int) -> EditionDraft:
    """The sample shop with exactly so many products."""
    return replace(load_sample(), products=list(_goods(products)))


def plain_codes(draft: EditionDraft) -> list[str]:
    """The codes of goods that a scan turns into just one line: by the piece, for everyone, no deposit."""
    return [
        product.codes[0]
        for product in draft.products
        if product.unit == "each"
        and product.codes
        and not product.age_min
        and not product.deposit_sku
        and not product.open_price
        and product.kind == "goods"
    ]


def _goods(wanted: int) -> Iterator[Product]:
    sample = list(load_sample().products)
    if wanted < len(sample):
        yield from _some(sample, wanted)
        return
    yield from sample
    patterns = [product for product in sample if product.unit == "each" and len(product.codes) == 1]
    taken = {code for product in sample for code in product.codes}
    made, payload = len(sample), FIRST_CODE
    while made < wanted:
        payload += 37  # not one after the other, as a shop's codes are not
        code = f"{payload}{check_digit(str(payload))}"
        if code not in taken:
            yield _packing(patterns[made % len(patterns)], code, made)
            made += 1


def _some(sample: list[Product], wanted: int) -> list[Product]:
    """So many of the sample: the shop's own goods (others refer to them), and packed ones of all shelves."""
    own = [product for product in sample if not product.sku.isdigit()]
    packed = [product for product in sample if product.sku.isdigit()]
    count = wanted - len(own)
    return own + [packed[place * len(packed) // count] for place in range(count)]


def _packing(pattern: Product, code: str, number: int) -> Product:
    size = f"{50 + number % 190 * 5} g"
    return replace(
        pattern,
        sku=code,
        codes=(code,),
        names={locale: f"{name} {size}" for locale, name in pattern.names.items()},
        prices={name: price + number % 40 * 10_000 for name, price in pattern.prices.items()},
    )
