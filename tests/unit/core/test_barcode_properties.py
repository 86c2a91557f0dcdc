"""What holds for every code there is, with the library biip as referee."""

from __future__ import annotations

from datetime import date

from biip import ParseConfig
from biip.checksums import gs1_price_weight_check_digit, gs1_standard_check_digit
from biip.gtin import Gtin, GtinFormat
from biip.rcn import Rcn, RcnRegion
from biip.upc import Upc
from hypothesis import assume, given
from hypothesis import strategies as st

from evertill.core.barcode import (
    ScannedCode,
    encode_weight_barcode,
    is_valid_gtin,
    lookup_keys,
    parse_scan,
)
from evertill.core.barcode.check_digits import (
    CSET82,
    check_digit,
    check_pair,
    has_good_check_digit,
    measure_check_digit,
)
from evertill.core.barcode.epc import read_epc
from evertill.core.barcode.gs1_checks import CHECKS
from evertill.core.barcode.gs1_elements import (
    Element,
    read_bracketed,
    read_message,
    value_fault,
    write_bracketed,
    write_message,
)
from evertill.core.barcode.gs1_link import read_link, write_link
from evertill.core.barcode.gs1_pack import unpack
from evertill.core.barcode.gs1_table import IDENTIFIERS
from evertill.core.barcode.gtin import as_gtin, expand_upc_e, normal_gtin, printed_forms, suppress_upc_a
from evertill.core.barcode.labels import is_sound, read_label, value_digits
from evertill.core.barcode.library import ask, issuer_of
from evertill.core.barcode.patterns import match_pattern
from evertill.core.barcode.regions import REGION_RULES
from evertill.core.barcode.scan_data import SymbolData, Symbology, receive, transmit
from evertill.core.refusal import Refusal
from evertill.core.shop import WeightBarcode

DIGITS = "0123456789"
RULES = tuple(rule for rules in REGION_RULES.values() for rule in rules)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=least, max_size=most)


def gtins(*lengths: int) -> st.SearchStrategy[str]:
    payloads = st.sampled_from(lengths or (8, 12, 13, 14)).flatmap(lambda n: digits(n - 1, n - 1))
    return payloads.map(lambda payload: payload + check_digit(payload))


RULE = st.builds(
    WeightBarcode,
    prefix=st.sampled_from(("02", "20", "21", "29", "2", "211")),
    item_digits=st.integers(3, 7),
    holds=st.sampled_from(("price", "weight", "count")),
    decimals=st.integers(0, 4),
    value_check=st.booleans(),
).filter(is_sound)

GS1_PIECES = st.sampled_from(
    (
        "]C1",
        "]d2",
        "]E0",
        "]Q3",
        "]e0",
        "]",
        "\x1d",
        "|",
        "(",
        ")",
        "01",
        "10",
        "17",
        "3103",
        "8110",
        "https://a/",
    )
)
ANY_SCAN = st.one_of(
    st.text(max_size=500),
    st.lists(st.one_of(GS1_PIECES, digits(0, 20), gtins(), st.text(max_size=5)), max_size=12).map("".join),
)


@given(ANY_SCAN)
def test_whatever_is_scanned_the_register_stays_up(text: str) -> None:
    found = parse_scan(text, RULES)
    assert isinstance(found, ScannedCode | Refusal)
    if isinstance(found, ScannedCode):
        keys = lookup_keys(found)
        assert keys
        assert all(keys)
        assert found.gtin is None or is_valid_gtin(found.gtin)
        assert found.expired(date(2026, 1, 1)) in (True, False)
        assert found.expiry is None or date.fromisoformat(found.expiry)


@given(ANY_SCAN)
def test_no_reader_stumbles_over_any_text(text: str) -> None:
    for read in (
        read_message,
        read_bracketed,
        read_link,
        receive,
        read_epc,
        expand_upc_e,
        suppress_upc_a,
    ):
        read(text)
    unpack(text, separator="|")
    for check in CHECKS.values():
        assert check(text) is None or str(check(text))
    ask(Gtin.parse, text)
    match_pattern(".....{NNDD}..*", "any", text)


@given(digits(1, 20))
def test_check_digits_are_those_of_the_library(payload: str) -> None:
    right = check_digit(payload)
    assert int(right) == gs1_standard_check_digit(payload)
    assert [digit for digit in DIGITS if has_good_check_digit(payload + digit)] == [right]


@given(digits(4, 5))
def test_price_check_digits_are_those_of_the_library(value: str) -> None:
    assert int(measure_check_digit(value)) == gs1_price_weight_check_digit(value)


@given(st.one_of(gtins(), digits(6, 15)))
def test_article_numbers_are_right_exactly_if_the_library_says_so(code: str) -> None:
    # The library cuts zeros in front before it looks, so that it takes 00000000 apart differently.
    assume(code.strip("0"))
    assert is_valid_gtin(code) == (ask(Gtin.parse, code) is not None)


@given(gtins())
def test_an_article_number_has_the_librarys_other_lengths(code: str) -> None:
    assume(code.strip("0"))
    record = Gtin.parse(code)
    for length in (8, 12, 13, 14):
        theirs = record._as_format(GtinFormat(length)) if record.format <= length else None
        assert as_gtin(code, length) == theirs


@given(gtins())
def test_every_printed_form_leads_to_every_other(code: str) -> None:
    gtin = normal_gtin(code)
    assert gtin is not None
    forms = printed_forms(gtin)
    assert code in forms
    assert {normal_gtin(form) for form in forms} == {gtin}


@given(gtins(12))
def test_a_upc_a_shortens_as_in_the_library_and_expands_back(code: str) -> None:
    short = suppress_upc_a(code)
    assert short == (ask(lambda text: Upc.parse(text).as_upc_e(), code) if code[0] in "01" else None)
    assert short is None or expand_upc_e(short) == code


@given(st.sampled_from("01"), digits(6, 6))
def test_a_upc_e_expands_as_in_the_library(system: str, body: str) -> None:
    full = expand_upc_e(system + body)
    assert full == Upc.parse(system + body).as_upc_a()
    assert full is not None
    assert expand_upc_e(system + body + full[-1]) == full
    assert system == "1" or expand_upc_e(body) == full


@given(RULE, st.data())
def test_what_a_label_is_printed_with_the_scan_brings_back(rule: WeightBarcode, data: st.DataObject) -> None:
    item = data.draw(digits(rule.item_digits, rule.item_digits))
    value = data.draw(st.integers(0, 10 ** value_digits(rule) - 1))
    code = encode_weight_barcode(rule, item, value)
    label = read_label(rule, code)
    assert len(code) == 13
    assert is_valid_gtin(code)
    assert label is not None
    assert (label.item, label.value, label.intact) == (item, value or None, True)
    scanned = parse_scan(code, (rule,), minor_digits=rule.decimals)
    assert isinstance(scanned, ScannedCode)
    assert (scanned.item, scanned.base_code) == (item, encode_weight_barcode(rule, item, 0))
    if rule.holds == "price":
        assert scanned.price_minor == (value or None)


@given(st.sampled_from(sorted(REGION_RULES)), st.integers(0, 9), digits(10, 10))
def test_national_labels_are_read_as_by_the_library(region: str, prefix: int, body: str) -> None:
    payload = f"2{prefix}{body}"
    code = payload + check_digit(payload)
    record = ask(lambda text: Gtin.parse(text, config=_config(region)), code)
    scanned = parse_scan(code, REGION_RULES[region])
    if record is None:
        assert isinstance(scanned, Refusal)
        return
    assert isinstance(record, Rcn)
    assert isinstance(scanned, ScannedCode)
    weight = None if not record.weight else record.weight * 1_000
    price = None if not record.price else record.price * 100
    assert (scanned.weight_g, scanned.price_minor, scanned.count) == (weight, price, record.count or None)
    assert (scanned.base_code or code) == record.without_variable_measure().value


def _config(region: str) -> ParseConfig:
    return ParseConfig(rcn_region=RcnRegion(region))


LOTS = st.text(CSET82, min_size=1)
ELEMENTS = st.lists(
    st.one_of(
        gtins(14).map(lambda code: Element("01", code)),
        LOTS.map(lambda text: Element("10", text[:20])),
        LOTS.map(lambda text: Element("21", text[:20])),
        st.dates(date(2000, 1, 1), date(2049, 12, 31)).map(lambda day: Element("17", day.strftime("%y%m%d"))),
        digits(6, 6).map(lambda text: Element("3103", text)),
        digits(1, 15).map(lambda text: Element("3922", text)),
        digits(1, 8).map(lambda text: Element("37", text)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda element: element.ai,
).map(tuple)


@given(ELEMENTS)
def test_a_message_is_read_as_it_was_written(elements: tuple[Element, ...]) -> None:
    assert read_message(write_message(elements)) == elements
    assert read_bracketed(write_bracketed(elements)) == elements


@given(ELEMENTS, st.sampled_from([Symbology.GS1_128, Symbology.QR_CODE, Symbology.DATA_MATRIX]))
def test_a_symbol_is_received_as_it_was_sent(elements: tuple[Element, ...], symbology: Symbology) -> None:
    data = SymbolData(symbology, "\x1d" + write_message(elements))
    sent = transmit(data)
    assert sent is not None
    assert receive(sent) == data


@given(ELEMENTS, st.sampled_from(["", "shop", "a/b"]))
def test_a_digital_link_is_read_as_it_was_written(elements: tuple[Element, ...], stem: str) -> None:
    link = write_link(elements, domain="example.com", stem=stem)
    has_key = any(element.ai == "01" for element in elements)
    assert (link is not None) == has_key
    if link is not None:
        found = read_link(link)
        assert isinstance(found, tuple), found
        assert set(found) == set(elements)


@given(LOTS, st.integers(0, 1_020))
def test_a_check_pair_catches_one_wrong_character(text: str, at: int) -> None:
    text = text[:60]
    whole = text + check_pair(text)
    assert CHECKS["csumalpha"](whole) is None
    at %= len(text)
    other = "A" if text[at] != "A" else "B"
    assert CHECKS["csumalpha"](text[:at] + other + whole[at + 1 :]) == "incorrect_check_pair"


ALPHABETS = {"N": DIGITS, "X": CSET82, "Y": "#-/ABC019", "Z": "AZaz09-_"}


@given(st.sampled_from(sorted(IDENTIFIERS)), st.booleans(), st.data())
def test_a_value_of_the_right_shape_survives_a_message(ai: str, whole: bool, data: st.DataObject) -> None:
    value = ""
    for part in IDENTIFIERS[ai].parts:
        if whole or not part.optional:
            value += data.draw(st.text(ALPHABETS[part.kind], min_size=part.least, max_size=part.most))
    message = ai + value + "\x1d" + "10LOT"
    assert read_message(message, content=False) == (Element(ai, value), Element("10", "LOT"))
    fault = value_fault(IDENTIFIERS[ai], value)
    assert isinstance(read_message(message), tuple) == (fault is None)
    assert value_fault(IDENTIFIERS[ai], value + "\x7f") is not None


def test_the_back_office_can_name_who_issued_a_number() -> None:
    issuer = issuer_of("07032069804988")
    assert issuer is not None
    assert (issuer.prefix, issuer.usage, issuer.company_prefix) == ("703", "GS1 Norway", "703206")
