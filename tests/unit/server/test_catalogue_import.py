"""A shop's own list of goods: good rows in, bad rows aside with their line and a reason."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.barcode.check_digits import check_digit
from evertill.core.fault import Fault
from evertill.core.pricebook import Category
from evertill.server.catalogue.cells import (
    CellWrong,
    find_decimal_mark,
    read_codes,
    read_price_e4,
    read_rate_ppm,
)
from evertill.server.catalogue.merge import CatalogueChange
from evertill.server.catalogue_import import (
    ImportOptions,
    ImportResult,
    currency_digits,
    import_into,
    options_for,
    read_catalogue,
)
from tests.unit.wire.small_shop import DRAFT

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"


def options(**parts: Any) -> ImportOptions:
    fitting = options_for(
        DRAFT, currency=parts.pop("currency", "EUR"), price_list=parts.pop("price_list", None)
    )
    return msgspec.structs.replace(fitting, **parts)


def take(text: str | bytes, **parts: Any) -> ImportResult:
    data = text.encode() if isinstance(text, str) else text
    return read_catalogue(data, options(**parts))


def problems(result: ImportResult) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in result.problems]


def test_a_plain_list_becomes_goods() -> None:
    result = take("Barcode,Name,Price,VAT\n4006381333931,Pen,2.55,19%\n96385074,Tea,0.99,7\n")
    pen, tea = result.change.products
    assert (pen.sku, pen.codes, pen.names, pen.prices) == (
        "4006381333931",
        ("4006381333931",),
        {"en": "Pen"},
        {"shop": 2_550_000},
    )
    assert (pen.tax_class, tea.tax_class) == ("standard", "reduced")
    assert result.change.fields == ("names", "tax_class", "prices", "codes")
    assert (result.rows, result.rows_bad, result.bad_csv) == (2, 0, "")


def test_chinese_headings_are_understood_and_names_kept_in_both_places() -> None:
    result = take(
        "商品条码,品名,零售价（元）,单位,分类\n6901789103187,葱香味饼,3.70,包,饼干\n", currency="CNY"
    )
    (cracker,) = result.change.products
    assert cracker.names == {"en": "葱香味饼", "zh": "葱香味饼"}
    assert cracker.prices == {"shop-cny": 3_700_000}
    assert cracker.categories == ("饼干",)
    assert result.change.categories == (Category(id="饼干", names={"en": "饼干", "zh": "饼干"}),)


@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8-sig", b"", "UTF-8 (the file says so)"),
        ("utf-16", b"", "UTF-16"),
        ("utf-16-le", b"", "UTF-16-LE"),
        ("utf-16-be", b"", "UTF-16-BE"),
        ("gb18030", b"", "GB18030"),
        ("gbk", b"", "GB18030"),
    ],
)
def test_a_chinese_list_is_read_in_whatever_encoding_it_comes(encoding: str, mark: bytes, said: str) -> None:
    text = "条码,名称,售价\n6901789103187,迪士尼葱香味饼,3.70\n6919046601178,正航薄饼（奶油味）,2.30\n"
    result = take(mark + text.encode(encoding))
    assert [product.names["zh"] for product in result.change.products] == [
        "迪士尼葱香味饼",
        "正航薄饼（奶油味）",
    ]
    assert said in result.statements[0]


def test_a_european_list_in_windows_1252_is_not_taken_for_chinese() -> None:
    result = take("EAN;Bezeichnung;Preis\n4006381333931;Käse à la crème, groß;1.234,50\n".encode("cp1252"))
    (cheese,) = result.change.products
    assert cheese.names == {"en": "Käse à la crème, groß"}
    assert cheese.prices == {"shop": 1_234_500_000}
    assert "Windows-1252" in result.statements[0]


def test_an_encoding_that_does_not_fit_is_said_with_the_line() -> None:
    data = b"code,name,price\n96385074,Tea,1\n" + "4006381333931,Käse,2\n".encode("cp1252")
    with pytest.raises(Fault, match=r"--encoding.*utf-8, line 3"):
        take(data, encoding="utf-8")
    with pytest.raises(Fault, match="import_encoding_unknown"):
        take(data, encoding="klingon")


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"PK\x03\x04\x00\x00\x00\x00\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\x00"]
)
def test_something_that_is_no_list_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Fault) as caught:
        take(data)
    assert caught.value.code in ("import_empty", "import_not_text")
    assert caught.value.hint.endswith(".")


def test_columns_can_be_told_by_heading_or_by_number() -> None:
    text = "A,B,C\n96385074,Tea,9.99\n"
    (tea,) = take(text, told={"A": "code", "2": "name", "C": "price"}).change.products
    assert (tea.sku, tea.names["en"], tea.prices["shop"]) == ("96385074", "Tea", 9_990_000)


def test_a_told_column_beats_the_guess_and_can_be_ignored() -> None:
    text = "barcode,name,price,price2\n96385074,Tea,9.99,8.88\n"
    assert take(text, told={"price2": "price"}).change.products[0].prices == {"shop": 8_880_000}
    result = take(text, told={"price": "ignore"}, known=frozenset(("96385074",)))
    assert result.change.products[0].prices == {}
    assert dict(result.meanings)["price"] == ""


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"colour": "code"}, "import_column_unknown"),
        ({"barcode": "shape"}, "import_field_unknown"),
        ({"barcode": "code", "name": "code"}, "import_field_twice"),
    ],
)
def test_a_told_column_that_is_not_there_is_said(told: dict[str, str], code: str) -> None:
    with pytest.raises(Fault) as caught:
        take("barcode,name,price\n96385074,Tea,1\n", told=told)
    assert caught.value.code == code


def test_a_list_without_a_column_of_codes_names_its_columns() -> None:
    with pytest.raises(Fault, match="the columns are: name, price"):
        take("name,price\nTea,1\n")


def test_a_list_without_headings_is_read_when_its_columns_are_told() -> None:
    result = take(
        "4006381333931,Pen,2.55\n96385074,Tea,0.99\n", told={"1": "code", "2": "name", "3": "price"}
    )
    assert [product.names["en"] for product in result.change.products] == ["Pen", "Tea"]
    assert result.rows == 2


def test_bad_rows_stand_aside_word_for_word_with_line_and_reason() -> None:
    text = (
        "code,name,price\r\n"
        "4006381333931,Pen,2.55\r\n"
        "4006381333932,Wrong digit,1.00\r\n"
        '96385074,"Two\r\nlines",3.00\r\n'
        "\r\n"
        '"12345678",  "Spaced, quoted" ,abc\r\n'
    )
    result = take(text)
    assert [product.names["en"] for product in result.change.products] == ["Pen", "Two lines"]
    assert problems(result) == [
        (3, "The check digit of 4006381333932 is wrong; 4006381333931 would be right."),
        (7, "The check digit of 12345678 is wrong; 12345670 would be right."),
    ]
    assert result.bad_csv.splitlines() == [
        "code,name,price,reason",
        "4006381333932,Wrong digit,1.00,line 3: " + result.problems[0].text,
        '"12345678",  "Spaced, quoted" ,abc,line 7: ' + result.problems[1].text,
    ]


def test_bad_rows_put_right_can_be_imported_again_as_they_are() -> None:
    result = take("code,name,price\n4006381333932,Pen,2.55\n")
    corrected = result.bad_csv.replace("\n4006381333932", "\n4006381333931")
    (pen,) = take(corrected).change.products
    assert pen.prices == {"shop": 2_550_000}


def test_a_quote_never_closed_spoils_its_own_line_only() -> None:
    result = take('code,name,price\n96385074,"Tea,1\n4006381333931,Pen 5" long,2\n')
    assert [product.names["en"] for product in result.change.products] == ['Pen 5" long']
    assert problems(result)[0] == (2, "A quotation mark is not closed, or stands in the middle of a text.")


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("", "The price is missing."),
        ("free", "is not a number"),
        ("0", "The price is zero."),
        ("0.00", "The price is zero."),
        ("-1.20", "is negative"),
        ("4006381333931", "far too high"),
        ("1.2.3", "is not a number"),
        ("0.1234567", "more decimals than can be kept"),
        ("--5", "is not a number"),
    ],
)
def test_a_price_that_cannot_be_meant_is_refused(price: str, reason: str) -> None:
    result = take(f"code,name,price\n96385074,Tea,{price}\n")
    assert result.change.products == ()
    assert reason in result.problems[0].text


@pytest.mark.parametrize(
    ("price", "mark", "price_e4"),
    [
        ("2.55", ".", 2_550_000),
        ("2,55", ",", 2_550_000),
        ("¥3.70", ".", 3_700_000),
        ("3.70元", ".", 3_700_000),
        ("€ 1.234,50", ",", 1_234_500_000),
        ("1,234.5 EUR/kg", ".", 1_234_500_000),
        ("1'234.50", ".", 1_234_500_000),
        ("３．７０", ".", 3_700_000),
        ("0.001", ".", 1_000),
        ("7", ".", 7_000_000),
        ("7.", ".", 7_000_000),
    ],
)
def test_prices_are_read_as_people_write_them(price: str, mark: str, price_e4: int) -> None:
    assert read_price_e4(price, mark=mark, digits=2, max_minor=100_000_000) == price_e4


@given(st.integers(1, 10_000_000), st.sampled_from((".", ",")), st.sampled_from((0, 2, 3)))
def test_every_price_that_is_written_down_is_read_back(minor: int, mark: str, digits: int) -> None:
    whole, cents = divmod(minor, 10**digits)
    group = "," if mark == "." else "."
    text = f"{whole:,}".replace(",", group) + (f"{mark}{cents:0{digits}d}" if digits else "")
    assert read_price_e4(text, mark=mark, digits=digits, max_minor=10_000_000) == minor * 10_000


def test_a_comma_among_points_is_refused_not_guessed() -> None:
    result = take('code,name,price\n96385074,Tea,1.20\n4006381333931,Pen,"3,70"\n65833254,Ink,2.40\n')
    assert "has a ',' where the other prices of this list have '.'" in problems(result)[0][1]
    assert len(result.change.products) == 2


@pytest.mark.parametrize(
    ("prices", "digits", "mark"),
    [
        (["1,50", "2,75", "1.000"], 2, ","),
        (["1.50", "1,000"], 2, "."),
        (["1.234,50"], 2, ","),
        (["1.000.000"], 0, ","),
        (["1,234"], 2, "."),
        (["1,234"], 3, ","),
        (["5", "abc", ""], 2, "."),
    ],
)
def test_the_mark_before_the_cents_is_found_from_the_whole_column(
    prices: list[str], digits: int, mark: str
) -> None:
    assert find_decimal_mark(prices, digits) == mark


def test_a_currency_without_cents_and_one_with_three_keep_their_digits() -> None:
    yen = take("code,name,price\n96385074,Tea,350\n", currency="JPY").change.products[0]
    dinar = take("code,name,price\n96385074,Tea,1.250\n", currency="KWD").change.products[0]
    assert (yen.prices, dinar.prices) == ({"shop-jpy": 3_500_000}, {"shop-kwd": 12_500_000})
    with pytest.raises(Fault, match="import_currency_unknown"):
        currency_digits("Euro")


@given(st.text("0123456789", min_size=12, max_size=12), st.sampled_from("0123456789"))
def test_a_code_is_taken_only_with_its_right_check_digit(payload: str, digit: str) -> None:
    right = check_digit(payload)
    if digit == right:
        assert read_codes(payload + digit, plain=False) == (payload + digit,)
    else:
        with pytest.raises(CellWrong, match=payload + right):
            read_codes(payload + digit, plain=False)
    assert read_codes(payload + digit, plain=True) == (payload + digit,)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("", ()),
        ("4006381333931", ("4006381333931",)),
        ("'4006381333931", ("4006381333931",)),
        ("4006381333931.0", ("4006381333931",)),
        ("４００６３８１３３３９３１", ("4006381333931",)),
        ("4 006381 333931", ("4006381333931",)),
        ("4006381333931; 96385074", ("4006381333931", "96385074")),
        ("301", ("301",)),
        ("AB-12", ("AB12",)),
    ],
)
def test_codes_are_read_as_spreadsheets_write_them(cell: str, codes: tuple[str, ...]) -> None:
    assert read_codes(cell, plain=False) == codes


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("4.00638E+12", "The spreadsheet has shortened the code"),
        ("84501202316", "it should be 084501202316"),
        ("692168282348", "692168282345 would be right"),
        ("123456789012345678", "more digits than a barcode"),
        ("商品", "cannot be printed as a barcode"),
    ],
)
def test_codes_that_a_spreadsheet_has_spoilt_are_refused_with_a_way_out(cell: str, reason: str) -> None:
    with pytest.raises(CellWrong, match=reason):
        read_codes(cell, plain=False)


def test_goods_by_weight_are_known_by_their_unit_and_a_jin_is_half_a_kilogram() -> None:
    result = take("code,name,price,unit\n301,Apples,2.50,kg\n302,梨,3.00,斤\n303,Bag,1.00,pc\n")
    assert [(p.unit, p.prices["shop"]) for p in result.change.products] == [
        ("kg", 2_500_000),
        ("kg", 6_000_000),
        ("each", 1_000_000),
    ]


@pytest.mark.parametrize(
    ("text", "ppm"), [("19%", 190_000), ("19", 190_000), ("0.07", 70_000), ("7,0 %", 70_000), ("x", None)]
)
def test_tax_rates_are_read_as_people_write_them(text: str, ppm: int | None) -> None:
    assert read_rate_ppm(text) == ppm


def test_a_tax_rate_that_the_shop_does_not_have_is_refused_with_those_it_has() -> None:
    result = take("code,name,price,vat\n96385074,Tea,1,16%\n")
    assert problems(result) == [
        (2, "There is no tax class for '16%'. The classes are: standard (19 %), reduced (7 %).")
    ]


def test_one_barcode_for_several_flavours_is_kept_with_a_warning() -> None:
    result = take("code,name,price\n96385074,Tea mint,1\n96385074,Tea lemon,1\n")
    assert [(p.sku, p.codes) for p in result.change.products] == [
        ("96385074", ("96385074",)),
        ("96385074-2", ("96385074",)),
    ]
    assert (result.problems[0].level, result.problems[0].line) == ("warning", 3)


def test_a_row_that_stands_twice_is_taken_once_and_one_that_contradicts_is_refused() -> None:
    result = take("code,name,price\n96385074,Tea,1\n96385074,Tea,1\n96385074,Tea,2\n")
    assert len(result.change.products) == 1
    assert [(problem.line, problem.level) for problem in result.problems] == [(3, "warning"), (4, "error")]
    assert "line 2" in result.problems[1].text


def test_an_article_with_a_row_for_each_barcode_gets_all_of_them() -> None:
    result = take("sku,code,name,price\nA1,96385074,Tea,1\nA1,4006381333931,Tea,1\nA1,65833254,Tea,9\n")
    (tea,) = result.change.products
    assert tea.codes == ("96385074", "4006381333931")
    assert result.problems[-1].text == "The article number A1 stands in line 2 with other data."
    assert not result.change.match_codes


def test_a_list_of_prices_only_needs_goods_that_are_known() -> None:
    result = take("code,price\n4006381333931,9.99\n96385074,1\n", known=frozenset(("4006381333931",)))
    assert result.change.fields == ("prices", "codes")
    assert [p.sku for p in result.change.products] == ["4006381333931"]
    assert problems(result) == [(3, "The name is missing.")]
    named = take("code,price\n96385074,1\n", names_from_codes=True)
    assert named.change.products[0].names == {"en": "96385074"}


def test_a_name_with_broken_characters_points_to_the_encoding() -> None:
    result = take("code,name,price\n96385074,Te\ufffd,1\n")
    assert "check the encoding" in result.problems[0].text


def test_a_row_with_too_many_cells_is_refused() -> None:
    result = take("code,name,price\n96385074,Tea,1,2\n4006381333931,Pen,1,,\n")
    assert [p.names["en"] for p in result.change.products] == ["Pen"]
    assert "more cells than the list has columns" in result.problems[0].text


def test_a_known_category_is_found_by_any_of_its_names() -> None:
    drinks = Category(id="drinks", names={"en": "Drinks", "zh": "饮料"})
    result = take("code,name,price,类别\n96385074,Tea,1,饮料\n", categories=(drinks,))
    assert result.change.products[0].categories == ("drinks",)
    assert result.change.categories == ()


def test_the_preview_shows_the_first_rows_good_and_bad() -> None:
    result = take("code,name,price\n96385074,Tea,1\n1234567,,1\n4006381333931,Pen,1\n", preview_rows=2)
    assert [(row.line, row.product is not None, bool(row.problem)) for row in result.preview] == [
        (2, True, False),
        (3, False, True),
    ]


def test_a_price_list_in_another_currency_is_refused() -> None:
    with pytest.raises(Fault, match="import_price_list_currency"):
        options_for(DRAFT, currency="CNY", price_list="shop")
    with pytest.raises(Fault, match="import_tax_class_unknown"):
        options_for(DRAFT, tax_class="luxury")


class RememberedTarget:
    """A target that keeps what it was given."""

    def __init__(self) -> None:
        self.changes: list[CatalogueChange] = []

    def merge(self, change: CatalogueChange) -> int:
        self.changes.append(change)
        return len(self.changes)


def test_good_rows_reach_the_catalogue_and_nothing_does_if_all_are_bad() -> None:
    target = RememberedTarget()
    good = take("code,name,price\n96385074,Tea,1\n")
    assert import_into(target, good) == 1
    with pytest.raises(Fault, match="import_nothing_good"):
        import_into(target, take("code,name,price\n96385070,Tea,1\n"))
    assert target.changes == [good.change]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.tuples(cell, cell, cell), max_size=8))
def test_every_row_is_taken_or_set_aside_whatever_it_holds(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("code", "name", "price"), *rows])
    result = take(out.getvalue(), delimiter=",")
    warned = sum(problem.level == "warning" for problem in result.problems)
    flavours = sum("another name" in problem.text for problem in result.problems)
    assert result.rows == len(result.change.products) + result.rows_bad + warned - flavours
    if result.rows_bad:
        again = list(csv.reader(io.StringIO(result.bad_csv, newline="")))
        assert len(again) >= 2


def shared(name: str) -> bytes:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_dirty_list_of_a_chinese_supermarket_comes_in_but_for_four_rows(encoding: str) -> None:
    data = shared("cn-supermarket-goods/goods.csv").decode().encode(encoding)
    result = take(data, currency="CNY")
    assert (result.rows, result.rows_bad, len(result.change.products)) == (224, 4, 220)
    assert [problem.line for problem in result.problems if problem.level == "error"] == [102, 141, 144, 206]
    shared_codes = {p.codes for p in result.change.products if p.sku != p.codes[0]}
    assert shared_codes == {("6911316540309",), ("6926475201015",)}
    assert result.encoding == encoding


def test_the_open_food_facts_extract_comes_in_with_prices_told_to_be_elsewhere() -> None:
    lines = shared("openfoodfacts-catalogue/openfoodfacts_catalogue.csv.gz").decode().splitlines()[:5_001]
    text = "\n".join([lines[0] + ",price", *(line + ",1.99" for line in lines[1:])])
    result = take(text)
    assert result.rows == 5_000
    assert len(result.change.products) + result.rows_bad >= 4_990
    assert result.rows_bad < 50


def test_a_catalogue_without_names_comes_in_by_its_codes() -> None:
    lines = shared("tafeng-grocery/tafeng_catalogue.csv.gz").decode().splitlines()[:3_001]
    result = take(
        "\n".join(lines), currency="TWD", told={"modal_unit_price_twd": "price"}, names_from_codes=True
    )
    assert (result.rows, result.rows_bad) == (3_000, 0)
    assert next(iter(result.change.products)).prices == {"shop-twd": 13_000_000}
