"""What comes out: Chinese as pictures, PDF with text in it. Needs a Chinese font and poppler's tools."""

import shutil
import subprocess
from pathlib import Path

import pytest

from evertill.lane.printing.escpos_bytes import Paper, render_escpos
from evertill.lane.printing.fonts import Face, find_face
from evertill.lane.printing.page import Page, Pair
from evertill.lane.printing.pdf import SHEET_MM, render_pdf
from evertill.lane.printing.raster import GridLine, draw_lines
from evertill.lane.printing.receipt import receipt_page
from tests.unit.lane.receipt_samples import HEAD, basket, document, line, shop

pytestmark = pytest.mark.process
RASTER = b"\x1dv0"
POINTS_MM = 72 / 25.4

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def mono() -> Face:
    face = find_face(mono=True)
    if face is None:
        pytest.skip("no Chinese font on this machine")
    return face


@pytest.fixture(scope="module")
def face() -> Face:
    found = find_face(mono=False)
    if found is None:
        pytest.skip("no Chinese font on this machine")
    return found


def receipt(locale: str) -> Page:
    return receipt_page(basket(), shop(), locale=locale, head_code=HEAD)


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "receipt.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-layout", folder / "receipt.pdf", "-"], capture_output=True, text=True, check=True
    )
    return told.stdout


def sizes_of(pdf: bytes, folder: Path) -> list[tuple[float, float]]:
    (folder / "receipt.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdfinfo", "-l", "99", folder / "receipt.pdf"], capture_output=True, text=True, check=True
    )
    rows = [row.split() for row in told.stdout.splitlines() if " size:" in row and row.startswith("Page")]
    return [(float(row[3]) / POINTS_MM, float(row[5]) / POINTS_MM) for row in rows]


def test_chinese_lines_are_pictures_as_wide_as_the_paper(mono: Face) -> None:
    page = Page(title="", locale="zh", rows=(Pair(left="牛奶", right="1.65"), Pair(left="Tea", right="2.00")))
    for columns in (32, 48):
        data = render_escpos(page, Paper(columns=columns, face=mono))
        place = data.index(RASTER)
        width_bytes = int.from_bytes(data[place + 4 : place + 6], "little")
        assert width_bytes * 8 == columns * 12
        assert data.count(RASTER) == 1
        assert b"Tea" in data, "the Latin line stays written"


def test_no_text_ever_goes_through_gb18030(mono: Face) -> None:
    page = Page(title="", locale="zh", rows=(Pair(left="合计", right="¥12.00"),))
    data = render_escpos(page, Paper(face=mono))
    assert "¥".encode("gb18030") not in data
    assert "合计".encode("gb18030") not in data


def test_a_drawn_figure_stands_where_a_written_one_does(mono: Face) -> None:
    picture = draw_lines([GridLine("牛奶".ljust(43) + "£1.65"[-3:])], mono, 576)
    ink = picture.point(lambda dot: 0 if dot else 255, "L").getbbox()
    assert ink is not None
    assert ink[0] < 12
    assert 576 - 24 < ink[2] <= 576


def test_bold_and_large_lines_carry_more_ink(mono: Face) -> None:
    def ink(given: GridLine) -> int:
        return draw_lines([given], mono, 576).histogram()[0]

    assert ink(GridLine("合计")) < ink(GridLine("合计", bold=True)) < ink(GridLine("合计", True, True))


@needs_poppler
def test_an_english_pdf_is_as_wide_as_the_paper_and_can_be_searched(tmp_path: Path) -> None:
    pdf = render_pdf(receipt("en"), None)
    said = text_of(pdf, tmp_path)
    for words in (
        "Corner & Daughters",
        "3 for 2 chocolate",
        "£19.08",
        "sea salt",
        "Guérande",
        "L1-7KQ-000042",
    ):
        assert words in said
    ((width_mm, height_mm),) = sizes_of(pdf, tmp_path)
    assert abs(width_mm - 80) < 0.5
    assert 100 < height_mm < 300


@needs_poppler
def test_a_chinese_pdf_carries_its_letters_and_can_be_searched(tmp_path: Path, face: Face) -> None:
    pdf = render_pdf(receipt("zh"), face)
    said = text_of(pdf, tmp_path)
    for words in ("街角便利店", "半脱脂牛奶", "巧克力买三付二", "2025年11月22日", "£19.08"):
        assert words in said
    assert len(pdf) < 100_000, "only the letters that are used are inside"


@needs_poppler
def test_a_pdf_without_a_chinese_font_still_shows_the_figures(tmp_path: Path) -> None:
    assert "£19.08" in text_of(render_pdf(receipt("zh"), None), tmp_path)


@needs_poppler
def test_the_longest_basket_goes_over_several_sheets_and_loses_no_line(tmp_path: Path) -> None:
    lines = tuple(line(no, {"en": f"Article {no:04}"}, amount_minor=no) for no in range(1, 2_001))
    page = receipt_page(document(lines), shop(), locale="en", head_code=HEAD)
    pdf = render_pdf(page, None)
    said = text_of(pdf, tmp_path)
    assert all(f"Article {no:04}" in said for no in range(1, 2_001))
    sizes = sizes_of(pdf, tmp_path)
    assert len(sizes) > 1
    assert all(height_mm <= SHEET_MM + 11 for _, height_mm in sizes)
