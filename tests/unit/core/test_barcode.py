"""What a register makes of the codes that customers, scales and suppliers put before its scanner."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from evertill.core.barcode import (
    ScannedCode,
    doubt_refusal,
    encode_weight_barcode,
    is_valid_gtin,
    lookup_keys,
    parse_scan,
)
from evertill.core.barcode.gs1_checks import check_iban
from evertill.core.barcode.regions import REGION_RULES
from evertill.core.refusal import Refusal
from evertill.core.shop import WeightBarcode

CHEESE_BY_WEIGHT = WeightBarcode(prefix="21", item_digits=5, holds="weight", decimals=3)
MEAT_BY_PRICE = WeightBarcode(prefix="28", item_digits=4, holds="price", decimals=2, value_check=True)
SHOP_RULES = (CHEESE_BY_WEIGHT, MEAT_BY_PRICE)
CANDLE_DAY = date(2026, 11, 22)


def scanned(text: str, rules: tuple[WeightBarcode, ...] = (), minor_digits: int = 2) -> ScannedCode:
    found = parse_scan(text, rules, minor_digits=minor_digits)
    assert isinstance(found, ScannedCode), found
    return found


def refused(text: str, rules: tuple[WeightBarcode, ...] = ()) -> str:
    found = parse_scan(text, rules)
    assert isinstance(found, Refusal), found
    return found.code


def test_an_ean_13_is_an_article() -> None:
    code = scanned("5901234123457", SHOP_RULES)
    assert (code.kind, code.gtin) == ("article", "05901234123457")
    assert lookup_keys(code) == ("5901234123457", "05901234123457")


@pytest.mark.parametrize("filed", ["036000291452", "0036000291452", "00036000291452"])
@pytest.mark.parametrize(
    "on_the_tin", ["036000291452", "0036000291452", "]E00036000291452", "00036000291452"]
)
def test_an_american_tin_is_found_however_it_was_filed(filed: str, on_the_tin: str) -> None:
    assert filed in lookup_keys(scanned(on_the_tin))


def test_a_short_upc_e_finds_the_full_number() -> None:
    code = scanned("04252614")
    assert code.gtin == "00042100005264"
    assert lookup_keys(code)[:2] == ("04252614", "0042100005264")


def test_a_small_pack_with_an_ean_8_is_found_by_its_eight_digits_first() -> None:
    assert lookup_keys(scanned("]E496385074")) == (
        "96385074",
        "0000096385074",
        "000096385074",
        "00000096385074",
    )


def test_an_outer_case_keeps_its_own_number() -> None:
    assert lookup_keys(scanned("]I198765432109213")) == ("98765432109213",)


@pytest.mark.parametrize("own_code", ["85123A", "22423", "DOT", "102900005115168", "15056BL", "M"])
def test_the_shops_own_codes_stay_as_they_are(own_code: str) -> None:
    code = scanned(own_code)
    assert (code.kind, code.gtin, code.doubt) == ("plain", None, None)
    assert lookup_keys(code) == (own_code,)


def test_a_typing_error_is_doubted_but_an_old_catalogue_may_hold_just_this_number() -> None:
    code = scanned("5901234123458")
    assert (code.kind, code.doubt) == ("plain", "incorrect_check_digit")
    assert lookup_keys(code) == ("5901234123458",)
    refusal = doubt_refusal(code)
    assert refusal is not None
    assert refusal.code == "barcode_check_digit"
    assert refusal.params == {"code": "5901234123458"}


def test_an_unknown_code_without_a_check_digit_is_not_called_misread() -> None:
    assert doubt_refusal(scanned("85123A")) is None


def test_a_scanner_that_vouches_for_an_ean_is_not_believed_with_a_wrong_check_digit() -> None:
    assert refused("]E05901234123458") == "barcode_check_digit"
    assert refused("]C10105901234123458") == "barcode_check_digit"


def test_nothing_scanned_says_so() -> None:
    assert refused("") == refused(" \r\n") == refused("]C1") == refused("\x1d") == "barcode_empty"


def test_a_page_of_text_from_a_strangers_qr_code_is_refused() -> None:
    assert refused("]Q1" + "x" * 5_000) == "barcode_too_long"


def test_a_scanner_that_ends_with_carriage_return_reads_the_same() -> None:
    assert scanned("5901234123457\r\n").gtin == scanned("5901234123457").gtin


def test_cheese_from_the_scale_brings_its_weight() -> None:
    label = encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 328)
    code = scanned(label, SHOP_RULES)
    assert (code.kind, code.item, code.weight_g, code.price_minor) == ("label", "00042", 328, None)
    assert lookup_keys(code)[1:] == ("2100042", "00042")
    assert is_valid_gtin(lookup_keys(code)[0])


def test_all_labels_of_one_cheese_have_one_base_code() -> None:
    light = scanned(encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 100), SHOP_RULES)
    heavy = scanned(encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 9_999), SHOP_RULES)
    assert light.base_code == heavy.base_code == encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 0)


def test_meat_from_the_counter_brings_its_price() -> None:
    code = scanned(encode_weight_barcode(MEAT_BY_PRICE, "7", 1_299), SHOP_RULES)
    assert (code.kind, code.item, code.price_minor, code.weight_g) == ("label", "0007", 1_299, None)


def test_a_price_label_counts_in_the_minor_units_of_the_shop() -> None:
    label = encode_weight_barcode(MEAT_BY_PRICE, "7", 1_250)
    assert scanned(label, SHOP_RULES, minor_digits=3).price_minor == 12_500
    assert scanned(label, SHOP_RULES, minor_digits=0).price_minor == 13  # half away from zero


def test_a_smudged_price_label_is_not_charged() -> None:
    label = encode_weight_barcode(MEAT_BY_PRICE, "7", 1_299)
    smudged = label[:7] + "2" + label[8:12]
    assert smudged[:12] != label[:12]
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(smudged))
    assert refused(smudged + str(-total % 10), SHOP_RULES) == "barcode_value_check"


def test_a_label_of_zero_asks_for_the_scale() -> None:
    code = scanned(encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 0), SHOP_RULES)
    assert (code.kind, code.weight_g) == ("label", None)


def test_a_rule_that_does_not_fit_thirteen_digits_spoils_no_scan() -> None:
    broken = WeightBarcode(prefix="2", item_digits=12, holds="weight", decimals=3)
    label = encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 328)
    assert scanned(label, (broken,)).kind == "article"
    with pytest.raises(ValueError, match="cannot be divided"):
        encode_weight_barcode(broken, "1", 1)


def test_a_label_has_no_room_for_a_fourteenth_kilo_digit() -> None:
    with pytest.raises(ValueError, match="value"):
        encode_weight_barcode(CHEESE_BY_WEIGHT, "42", 100_000)
    with pytest.raises(ValueError, match="article number"):
        encode_weight_barcode(CHEESE_BY_WEIGHT, "123456", 1)


def test_a_swedish_shop_starts_from_its_countrys_labels() -> None:
    assert scanned("2388060112344", REGION_RULES["se"]).weight_g == 1_234
    assert scanned("2288060112347", REGION_RULES["se"]).price_minor == 123_400


def test_a_gs1_128_label_gives_lot_serial_expiry_and_weight() -> None:
    code = scanned("]C10109520123456788" + "3103001250" + "17270131" + "10L1\x1d" + "21S9")
    assert (code.kind, code.gtin, code.weight_g) == ("message", "09520123456788", 1_250)
    assert (code.lot, code.serial, code.expiry) == ("L1", "S9", "2027-01-31")
    assert lookup_keys(code) == ("9520123456788", "09520123456788")


def test_a_price_in_a_message_names_its_currency() -> None:
    code = scanned("]d20109520123456788" + "3932978" + "1299")
    assert (code.price_minor, code.price_currency) == (1_299, "EUR")
    assert scanned("]d20109520123456788" + "39221299").price_currency is None


def test_a_count_in_a_message_is_pieces() -> None:
    assert scanned("]d20109520123456788" + "3012").count == 12


def test_yoghurt_is_good_on_its_last_day_and_expired_the_day_after() -> None:
    code = scanned("]d2010952012345678817261122")
    assert not code.expired(CANDLE_DAY)
    assert code.expired(date(2026, 11, 23))


def test_an_expiry_without_a_day_lasts_to_the_end_of_the_month() -> None:
    code = scanned("]d2010952012345678817261100")
    assert code.expiry == "2026-11-30"
    assert not code.expired(date(2026, 11, 30))
    assert code.expired(date(2026, 12, 1))


def test_use_by_counts_before_best_before() -> None:
    assert scanned("]d201095201234567881527010117261201").expiry == "2026-12-01"
    assert scanned("]d2010952012345678815270101").expiry == "2027-01-01"


def test_a_wrapper_from_the_nineties_is_expired_and_one_without_a_date_never_is() -> None:
    assert scanned("]d2010952012345678817991231").expired(CANDLE_DAY)
    assert not scanned("5901234123457").expired(date(2099, 1, 1))


def test_goods_can_be_sold_though_their_label_has_a_date_of_zeros() -> None:
    code = scanned("]d201095201234567881700000010LOT")
    assert (code.gtin, code.lot, code.expiry, code.doubt) == ("09520123456788", "LOT", None, "illegal_month")
    assert not code.expired(CANDLE_DAY)


def test_goods_can_be_sold_though_the_scanner_swallowed_a_separator() -> None:
    code = scanned("]C1010952012345678810" + "L" * 30)
    assert (code.gtin, code.doubt) == ("09520123456788", "value_too_long")


def test_a_message_without_an_article_is_refused_if_it_makes_no_sense() -> None:
    assert refused("]C1891234") == "barcode_unreadable"


def test_a_pallet_number_is_a_message_without_article() -> None:
    code = scanned("]C100106141412345678908")
    assert (code.kind, code.gtin) == ("message", None)
    assert lookup_keys(code) == ("00106141412345678908",)


def test_a_message_is_recognised_without_symbology_identifier() -> None:
    assert scanned("01095201234567881010A").lot == "10A"
    assert scanned("\x1d0109520123456788\x1d10A").lot == "A"
    assert scanned("(01) 09520123456788 (10) A").lot == "A"


def test_a_digital_link_on_a_bottle_finds_the_bottle() -> None:
    code = scanned("]Q1https://example.com/wine/01/9520123456788/10/B7?17=280101&utm=poster")
    assert (code.gtin, code.lot, code.expiry) == ("09520123456788", "B7", "2028-01-01")


def test_an_advert_in_a_qr_code_is_just_an_unknown_code() -> None:
    assert scanned("]Q1https://example.com/win-a-car").kind == "plain"


def test_a_composite_symbol_adds_its_expiry_to_the_ean_beside_it() -> None:
    code = scanned("]E02112345678900|]e01726010110AB")
    assert (code.kind, code.gtin, code.lot) == ("article", "02112345678900", "AB")
    assert code.expired(CANDLE_DAY)


def test_a_magazine_is_found_without_its_issue_number() -> None:
    assert scanned("]E3977123456700305").gtin == "09771234567003"


def test_a_payment_slip_from_kosovo_has_a_good_account_number() -> None:
    """XK is in the IBAN registry (SWIFT), though ISO 3166 has no code for Kosovo."""
    assert check_iban("XK051212012345678906") is None
    assert check_iban("XK051212012345678907") == "incorrect_iban_checksum"
    assert check_iban("XX051212012345678906") == "illegal_iban_country_code"


def test_digits_of_another_script_are_no_article_number() -> None:
    assert scanned("٥٩٠١٢٣٤١٢٣٤٥٧").kind == "plain"
    assert not is_valid_gtin("²²²²²²²²")


@pytest.mark.process
def test_a_register_does_not_load_the_library_of_number_ranges() -> None:
    """It would cost 25 MB and a tenth of a second of every register's start (docs/adr/0003)."""
    question = "import sys, evertill.core.barcode; sys.exit('biip' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", question], check=False).returncode == 0
