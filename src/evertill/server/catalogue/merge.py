"""A change of the catalogue, and what it makes of the edition in force.

A change says only what its source knew. A list of codes and prices must not wipe out tax classes
and categories, so `fields` names what each of its products really carries; everything else of a
product that is already there stays. Goods are only ever removed by a change that says `replace`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from evertill.core.currency import cash_step_minor
from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.shop import TenderKind
from evertill.core.tax import TaxClass, TaxTable
from evertill.wire.edition import EditionDraft

FIELDS = (
    "names",
    "tax_class",
    "prices",
    "codes",
    "unit",
    "categories",
    "brand",
    "age_min",
)


class CatalogueChange(msgspec.Struct, frozen=True, kw_only=True):
    """Products to add or to change, as it travels from an import to the server.

    `fields`: what the products carry beyond their sku (of FIELDS). `match_codes`: skus were made
    from barcodes, so a product not found by sku is the one that alone carries its code.
    `price_list` and `currency`: where `prices` belong; a list of that id is added if there is none,
    and with a new currency also cash in it, so that somebody can pay. `categories`, `tax_classes` (of taxes
    that the shop has) and `tenders` are added if their ids are new; those that are there stay as they are.
    `replace`: goods that the change does not name are dropped; deposits, charges and lines whose price
    is typed stay.
    """

    products: tuple[Product, ...]
    price_list: str
    currency: str
    fields: tuple[str, ...] = FIELDS
    match_codes: bool = False
    categories: tuple[Category, ...] = ()
    replace: bool = False
    tax_classes: tuple[TaxClass, ...] = ()
    tenders: tuple[TenderKind, ...] = ()


class CatalogueTarget(Protocol):
    """Where a change goes: a publisher on this machine's files, or a running gate."""

    def merge(self, change: CatalogueChange) -> int:
        """Work `change` into the catalogue; returns the version of the new edition. Raises Fault."""


class MergeCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does: products new to the catalogue, changed, named but as they were, dropped."""

    added: int
    changed: int
    same: int
    dropped: int


def merge(draft: EditionDraft, change: CatalogueChange) -> EditionDraft:
    """`draft` with `change` worked in. The result walks the draft's products anew each time."""
    known = {category.id for category in draft.categories}
    categories = tuple(category for category in change.categories if category.id not in known)
    return msgspec.structs.replace(
        draft,
        tax_table=_with_classes(draft.tax_table, change.tax_classes),
        categories=(*draft.categories, *categories),
        price_lists=(*draft.price_lists, *_new_lists(draft, change)),
        tenders=(*draft.tenders, *_new_tenders(draft, change)),
        products=_MergedProducts(draft, change),
    )


def count_merge(draft: EditionDraft, change: CatalogueChange) -> MergeCount:
    """What `merge` would do to the products of `draft`."""
    before: dict[str, Product] = {product.sku: product for product in draft.products}
    added = changed = 0
    for product in _MergedProducts(draft, change):
        old = before.pop(product.sku, None)
        added += old is None
        changed += old is not None and old != product
    same = len(change.products) - added - changed
    return MergeCount(added=added, changed=changed, same=same, dropped=len(before))


class _MergedProducts:
    """First the draft's products, changed where the change says so, then the new ones in its order."""

    def __init__(self, draft: EditionDraft, change: CatalogueChange) -> None:
        self._old = draft.products
        self._change = change
        self._by_sku = {product.sku: product for product in change.products}
        self._by_sku.update(self._matched_by_code())

    def __iter__(self) -> Iterator[Product]:
        waiting = dict(self._by_sku)
        for old in self._old:
            new = waiting.pop(old.sku, None)
            if new is not None:
                yield changed(old, new, self._change.fields)
            elif not self._change.replace or old.kind != "goods" or old.open_price:
                yield old
        yield from waiting.values()

    def _matched_by_code(self) -> dict[str, Product]:
        """Changes of products that are in the catalogue under another sku, by that sku."""
        if not self._change.match_codes:
            return {}
        wanted = {product.sku: product for product in self._change.products if product.sku in product.codes}
        owners: dict[str, set[str]] = {}
        skus = set()
        for old in self._old:
            skus.add(old.sku)
            for code in old.codes:
                if code in wanted:
                    owners.setdefault(code, set()).add(old.sku)
        matched = {}
        for code, product in wanted.items():
            if product.sku not in skus and len(owners.get(code, ())) == 1:
                (sku,) = owners[code]
                matched[sku] = msgspec.structs.replace(product, sku=sku)
                self._by_sku.pop(product.sku, None)
        return matched


def changed(old: Product, new: Product, fields: tuple[str, ...]) -> Product:
    """`old` with `fields` of `new`. Of prices, names, codes and categories nothing is lost."""
    replaced: dict[str, Any] = {}
    for field in fields:
        value = getattr(new, field)
        if field in ("names", "prices"):
            value = getattr(old, field) | value
        elif field in ("codes", "categories"):
            before = getattr(old, field)
            value = before + tuple(item for item in value if item not in before)
        replaced[field] = value
    return msgspec.structs.replace(old, **replaced)


def _new_lists(draft: EditionDraft, change: CatalogueChange) -> tuple[PriceList, ...]:
    if any(price_list.id == change.price_list for price_list in draft.price_lists):
        return ()
    names = {"en": f"Shop price {change.currency}", "zh": f"店内价 {change.currency}"}
    return (PriceList(id=change.price_list, currency=change.currency, names=names),)


def _with_classes(table: TaxTable, classes: tuple[TaxClass, ...]) -> TaxTable:
    known = {tax_class.id for tax_class in table.classes}
    new = tuple(tax_class for tax_class in classes if tax_class.id not in known)
    return msgspec.structs.replace(table, classes=(*table.classes, *new)) if new else table


def _new_tenders(draft: EditionDraft, change: CatalogueChange) -> tuple[TenderKind, ...]:
    known = {tender.id for tender in draft.tenders}
    new = tuple(tender for tender in change.tenders if tender.id not in known)
    if any(tender.currency == change.currency for tender in (*draft.tenders, *new)):
        return new
    names = {"en": f"Cash {change.currency}", "zh": f"现金 {change.currency}"}
    return (
        *new,
        TenderKind(
            id=f"cash-{change.currency.lower()}",
            names=names,
            currency=change.currency,
            rounding_step_minor=cash_step_minor(change.currency),
        ),
    )
