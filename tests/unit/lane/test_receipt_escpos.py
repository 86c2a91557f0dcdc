"""Pages as bytes for a printer, as far as that needs no font."""

import re

from evertill.lane.printing.columns import text_width
from evertill.lane.printing.escpos_bytes import Paper, grid_lines, render_escpos
from evertill.lane.printing.page import Page, Pair, Text
from evertill.lane.printing.receipt import drawer_page, receipt_page
from tests.unit.lane.receipt_samples import HEAD, basket, document, line, shop

RASTER = b"\x1dv0"


def receipt(locale: str = "en") -> Page:
    return receipt_page(basket(), shop(), locale=locale, head_code=HEAD)


def page(*rows: Text | Pair) -> Page:
    return Page(title="", locale="en", rows=rows)


def test_an_english_receipt_is_written_in_the_printers_own_letters() -> None:
    data = render_escpos(receipt(), Paper())
    assert data.startswith(b"\x1b@\x1c.")
    assert b"Semi-skimmed milk 2 pt" in data
    assert "£19.08".encode("cp858") in data
    assert data.count(RASTER) == 1, "only the QR code is a picture"
    assert data.endswith(b"\x1dVA\x03")


def test_a_printer_that_draws_qr_codes_is_sent_the_text() -> None:
    data = render_escpos(receipt(), Paper(qr_native=True))
    assert RASTER not in data
    assert b"EVT1:S1:L1:L1-7KQ-000042:9f3c51d2" in data


def test_a_printer_without_a_knife_feeds_the_paper_out() -> None:
    data = render_escpos(receipt(), Paper(cuts=False))
    assert b"\x1dV" not in data
    assert data.endswith(b"\x1bd\x04")


def test_chinese_mode_is_left_before_any_letter_above_127() -> None:
    data = render_escpos(receipt(), Paper())
    first_high = next(place for place, byte in enumerate(data) if byte > 127)
    assert data.index(b"\x1c.") < first_high


def test_the_yen_sign_is_one_byte_and_never_four_of_gb18030() -> None:
    data = render_escpos(page(Pair(left="Total", right="¥12.00")), Paper())
    assert "¥12.00".encode("cp858") in data
    assert "¥".encode("gb18030") not in data


def test_without_a_font_chinese_becomes_question_marks_of_the_same_width() -> None:
    data = render_escpos(page(Pair(left="牛奶 Milk", right="1.65")), Paper())
    written = re.findall(rb"\? \?  Milk +1\.65", data)
    assert len(written) == 1
    assert len(written[0]) == 48
    assert RASTER not in data


def test_every_line_fits_on_small_and_on_large_paper() -> None:
    long = document((line(1, {"en": "Extraordinarily " * 9}, amount_minor=99_999_999_99),))
    for columns in (32, 48):
        for row in receipt_page(long, shop(), locale="en", head_code=HEAD).rows:
            for each in grid_lines(row, columns):
                assert text_width(each.text) <= (columns // 2 if each.large else columns)


def test_the_drawer_is_opened_by_one_pulse_and_nothing_else() -> None:
    assert render_escpos(drawer_page(), Paper(drawer_pin=1)) == b"\x1b@\x1bp1<x"
