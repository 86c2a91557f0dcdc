"""Make the sample shop that ships inside the package: src/evertill/sample/shop.jsonl and goods.jsonl.gz.

Run it from the repository: `python scripts/make_sample_shop.py [FOLDER]`. It reads the Open Food
Facts extract in ../shared/data (ODbL, see src/evertill/sample/CREDITS.md) and the tables in
scripts/sample_shop/. The same input gives the same bytes, so a second run changes nothing.
"""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

from sample_shop import choice, own_goods, promotions, shop
from sample_shop.shelves import SHELVES

from evertill.core.pricebook import Category
from evertill.wire.edition import EditionDraft, encode_record
from evertill.wire.edition_check import check_edition

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / ".." / "shared" / "data" / "openfoodfacts-catalogue" / "openfoodfacts_catalogue.csv.gz"
CHINESE_NAMES = Path(__file__).with_name("sample_shop") / "chinese_names.tsv"


def draft() -> EditionDraft:
    """The whole sample shop, goods sorted by shelf and name after the shop's own."""
    goods = [*own_goods.weighed_products(), *own_goods.packed_products()]
    goods += choice.choose(CATALOGUE, CHINESE_NAMES)
    return EditionDraft(
        settings=shop.SETTINGS,
        tax_table=shop.TAX_TABLE,
        tenders=shop.TENDERS,
        roles=shop.ROLES,
        staff=shop.staff(),
        reasons=shop.REASONS,
        categories=tuple(
            Category(id=shelf.id, names={"en": shelf.en, "zh": shelf.zh}, colour=shelf.colour)
            for shelf in SHELVES
        ),
        price_lists=shop.PRICE_LISTS,
        promotions=promotions.PROMOTIONS,
        customers=shop.CUSTOMERS,
        products=tuple(goods),
    )


def main(folder: Path) -> None:
    """Write both files into `folder`; refuses to write a shop that contradicts itself."""
    sample = draft()
    problems = [problem for problem in check_edition(sample.records()) if problem.level == "error"]
    if problems:
        sys.exit("\n".join(f"{problem.subject}: {problem.text}" for problem in problems))
    lines = [encode_record(record) for record in sample.records()]
    goods = [line for line in lines if line.startswith(b'{"product":')]
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(b"".join(goods))
    rest = [line for line in lines if not line.startswith(b'{"product":')]
    (folder / "shop.jsonl").write_bytes(b"".join(rest))
    (folder / "goods.jsonl.gz").write_bytes(packed.getvalue())
    print(f"{len(goods)} goods, {len(rest)} other records, {len(packed.getvalue())} bytes packed")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src" / "evertill" / "sample")
