"""Which column of a shop's list means what: told by the person, or guessed from its heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from evertill.core.fault import Fault

FIELDS = (
    "sku",
    "code",
    "name",
    "name_en",
    "name_zh",
    "price",
    "tax_class",
    "category",
    "brand",
    "unit",
    "age_min",
)
IGNORE = "ignore"

# Headings as they are met, in the order of how sure they are; letters and digits only, lower case.
_HEADINGS_TABLE = """
code: barcode ean ean13 gtin gtin13 gtin14 upc code codes eancode
    barcodenumber barcodes itembarcode 条码 条形码 商品条码 商品条形码 国际条码 国条 條碼 商品條碼
    国际条形码 主条码 barkod codebarre codebarres strichcode
sku: sku article articlenumber articleno itemnumber itemno itemcode
    productid productcode plu stockcode id 货号 商品编码 商品编号 编码 编号 自编码 商品代码 貨號
    品号 店内码 artikelnummer 单品编码
name_zh: namezh zhname chinesename namecn cnname 中文名 中文名称 品名中文
name_en: nameen enname englishname 英文名 英文名称
name: name productname product title description item itemname articlename
    longname bezeichnung artikel 名称 商品名称 品名 商品名 货品名称 商品 名稱 商品名稱 產品名稱 产品名称
    单品名称 规格名称
price: price retailprice sellingprice saleprice salesprice unitprice rrp
    shopprice grossprice priceincvat 售价 零售价 销售价 单价 价格 现价 零售价格 销售价格 售價 單價
    價格 零售單價 标价 preis verkaufspreis vk prix
tax_class: taxclass tax vat vatrate taxrate gst 税率 税类 稅率 销项税率 mwst ust
category: category categories department group family section 分类 类别 品类 类目 商品类别
    商品分类 大类 部门 分類 類別 分类名称 warengruppe rayon
brand: brand manufacturer 品牌 厂家 商标 marke marque
unit: unit uom unitofmeasure soldby 单位 計量單位 计量单位 销售单位 einheit
age_min: agemin age minage agelimit 年龄 最低年龄 年龄限制
"""
_MONEY_TAIL = re.compile(r"(cny|rmb|eur|usd|twd|gbp|chf|jpy|hkd|元|eurkg)$")


class Columns(msgspec.Struct, frozen=True):
    """The meaning of the columns. `places` maps a field to its column's index from 0."""

    places: dict[str, int]
    headings: tuple[str, ...]
    has_heading: bool

    def cell(self, cells: Sequence[str], field: str) -> str:
        """The cell of `field`, empty if the list has no such column or the row is short."""
        place = self.places.get(field, -1)
        return cells[place] if 0 <= place < len(cells) else ""


def find_columns(first_row: Sequence[str], told: Mapping[str, str]) -> Columns:
    """The columns of a list whose first row is `first_row`.

    `told` maps a heading (or a column number from 1) to a field of FIELDS or "ignore"; what is not
    told is guessed. Raises Fault if a told column or field is unknown, or if there is no column to
    know an article by (code or sku).
    """
    headings = tuple(first_row)
    has_heading = not any(cell.isdigit() and len(cell) >= 7 for cell in first_row)
    places = _told_places(headings, told, has_heading=has_heading)
    taken: set[int | None] = set(places.values())
    taken |= {_place_of(heading, headings) for heading, field in told.items() if field == IGNORE}
    if has_heading:
        _guess(headings, places, taken)
    if "code" not in places and "sku" not in places:
        hint = "No column holds barcodes or article numbers. Say which one does, with --map COLUMN=code."
        raise Fault("import_columns_unknown", hint, detail=f"the columns are: {', '.join(headings)}")
    return Columns(places, headings, has_heading)


def _told_places(headings: tuple[str, ...], told: Mapping[str, str], *, has_heading: bool) -> dict[str, int]:
    places: dict[str, int] = {}
    for heading, field in told.items():
        if field == IGNORE:
            continue
        if field not in FIELDS:
            hint = "There is no such field. Map the column to one that there is, or to `ignore`."
            raise Fault("import_field_unknown", hint, detail=f"{field}; there are {', '.join(FIELDS)}")
        if field in places:
            raise Fault("import_field_twice", "Two columns are mapped to one field. Map one.", detail=field)
        place = _place_of(heading, headings)
        if place is None:
            shown = ", ".join(headings) if has_heading else f"numbers 1 to {len(headings)}"
            hint = "The list has no such column. Write its heading as it stands, or its number."
            raise Fault("import_column_unknown", hint, detail=f"{heading}; the columns are: {shown}")
        places[field] = place
    return places


def _place_of(heading: str, headings: tuple[str, ...]) -> int | None:
    if heading in headings:
        return headings.index(heading)
    plain = [_plain(each) for each in headings]
    if _plain(heading) in plain:
        return plain.index(_plain(heading))
    if heading.isdigit() and 1 <= int(heading) <= len(headings):
        return int(heading) - 1
    return None


def _guess(headings: tuple[str, ...], places: dict[str, int], taken: set[int | None]) -> None:
    plain = [_plain(heading) for heading in headings]
    for field, known in _headings().items():
        if field in places:
            continue
        for word in known:
            place = next(
                (at for at, heading in enumerate(plain) if at not in taken and _means(heading, word)), None
            )
            if place is not None:
                places[field] = place
                taken.add(place)
                break


def _means(heading: str, word: str) -> bool:
    return word in (heading, _MONEY_TAIL.sub("", heading))


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).lower())


@cache
def _headings() -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\n +", " ", _HEADINGS_TABLE.strip()).splitlines():
        field, _, words = line.partition(":")
        fields[field] = tuple(words.split())
    return fields
