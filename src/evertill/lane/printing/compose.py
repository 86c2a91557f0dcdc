"""From what the lane asked for to a page that this machine can set."""

from __future__ import annotations

import msgspec

from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.shop import Settings
from evertill.lane.printing.page import Page, Text, is_latin, texts
from evertill.lane.printing.receipt import receipt_page
from evertill.lane.printing.report import report_page
from evertill.lane.printing.talk import Sheet

NO_FONT_LINE = "No font with Chinese on this register: printed without."


def compose(sheet: Sheet, *, has_font: bool) -> Page:
    """The page asked for. Without a font for Chinese it is in English, and says so if anything is lost.

    Raises msgspec.DecodeError if document or settings are not what they claim to be.
    """
    settings = msgspec.json.decode(sheet.settings, type=Settings)
    if has_font:
        return _laid_out(sheet, settings, sheet.locale)
    page = _laid_out(sheet, settings, "en")
    if sheet.locale == "en" and all(map(is_latin, texts(page))):
        return page
    return msgspec.structs.replace(page, rows=(Text(text=NO_FONT_LINE, bold=True), *page.rows))


def _laid_out(sheet: Sheet, settings: Settings, locale: str) -> Page:
    if sheet.kind == "report":
        return report_page(
            msgspec.json.decode(sheet.document, type=ShiftReport),
            settings,
            locale=locale,
            lane=sheet.lane,
            printed_at=sheet.printed_at,
            copy_no=sheet.copy_no,
        )
    return receipt_page(
        msgspec.json.decode(sheet.document, type=SaleDocument),
        settings,
        locale=locale,
        head_code=sheet.head_code,
        copy_no=sheet.copy_no,
    )
