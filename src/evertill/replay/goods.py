"""A data set's goods as a change of the catalogue, beside whatever the shop sells already.

The goods stand in a price list, a category and under skus of the data set's own. Their tax class has
no tax, because the sets do not say what of their prices was tax; and no promotion touches them, because
the published prices are what was paid. The tender takes exact cash and leaves the drawer shut: nobody
stands there to close it twenty-five thousand times.
"""

from __future__ import annotations

from pathlib import Path

from evertill.core.pricebook import Category, Product
from evertill.core.shop import TenderKind
from evertill.core.tax import TaxClass
from evertill.replay.datasets import Dataset, Goods
from evertill.replay.ringing import sku_of, tender_of
from evertill.server.catalogue.merge import CatalogueChange, count_merge
from evertill.wire.edition import EditionDraft

UNTAXED = TaxClass(id="untaxed", names={"en": "Without tax", "zh": "不计税"})
FIELDS = ("names", "tax_class", "prices", "codes", "unit", "categories")


def change_for(dataset: Dataset, folder: Path) -> CatalogueChange:
    """All goods of a data set with what it takes to sell them. `folder` is the set's own."""
    shelf = Category(id=dataset.name, names=dataset.title)
    goods = list(dataset.goods(folder))
    shelves = {
        item.category: Category(
            id=f"{dataset.name}/{item.category}",
            names={"en": item.category, "zh": item.category},
            parent=dataset.name,
        )
        for item in goods
        if item.category and not item.category.isdigit()  # a number is no name for a shelf
    }
    return CatalogueChange(
        products=tuple(_product(dataset, item, shelves.get(item.category)) for item in goods),
        price_list=dataset.name,
        currency=dataset.currency,
        fields=FIELDS,
        categories=(shelf, *shelves.values()),
        tax_classes=(UNTAXED,),
        tenders=(_cash(dataset),),
    )


def _product(dataset: Dataset, item: Goods, shelf: Category | None) -> Product:
    return Product(
        sku=sku_of(dataset, item.code),
        names=item.names,
        tax_class=UNTAXED.id,
        prices={dataset.name: item.unit_price_e4},
        codes=(item.code,) if dataset.codes_are_barcodes else (),
        unit=item.unit,
        categories=(dataset.name, shelf.id) if shelf is not None else (dataset.name,),
        discountable=False,
    )


def _cash(dataset: Dataset) -> TenderKind:
    currency = dataset.currency
    return TenderKind(
        id=tender_of(dataset),
        names={"en": f"Exact cash {currency}", "zh": f"现金（不找零）{currency}"},
        currency=currency,
        opens_drawer=False,
    )


def is_in(draft: EditionDraft, change: CatalogueChange) -> bool:
    """Whether the edition holds all of the change already."""
    parts = (
        (change.tenders, draft.tenders),
        (change.tax_classes, draft.tax_table.classes),
        (change.categories, draft.categories),
    )
    if any({part.id for part in wanted} - {part.id for part in there} for wanted, there in parts):
        return False
    count = count_merge(draft, change)
    return count.added == count.changed == 0
