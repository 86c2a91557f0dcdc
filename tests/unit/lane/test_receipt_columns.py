"""Text on the paper's grid."""

from hypothesis import given
from hypothesis import strategies as st

from evertill.lane.printing.columns import column_lines, pair_lines, text_width, wrap

TEXTS = st.text(alphabet="abcXYZ 0129.,-£é牛奶巧克力，（）", max_size=120)
WIDTHS = st.integers(min_value=12, max_value=48)


def visible(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, WIDTHS)
def test_a_long_name_is_broken_and_no_letter_of_it_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(text_width(line) <= width for line in lines)
    assert visible("".join(lines)) == visible(text)


@given(TEXTS, st.integers(-(10**9), 10**9).map(str), WIDTHS, st.integers(0, 4))
def test_the_figure_stands_flush_right_whatever_the_name(
    left: str, right: str, width: int, indent: int
) -> None:
    lines = pair_lines(left, right, width, indent)
    assert all(text_width(line) <= width for line in lines)
    assert lines[-1].endswith(right)
    assert text_width(lines[-1]) == width
    assert visible("".join(lines)) == visible(left) + right


def test_a_chinese_name_leaves_the_figure_where_latin_names_have_it() -> None:
    assert text_width(pair_lines("半脱脂牛奶", "1.65", 32)[0]) == text_width(
        pair_lines("Milk", "1.65", 32)[0]
    )


def test_words_are_not_torn_where_there_is_a_space() -> None:
    assert wrap("Belgian dark chocolate", 13) == ["Belgian dark", "chocolate"]


def test_a_word_longer_than_the_paper_is_cut_rather_than_lost() -> None:
    assert wrap("Donaudampfschifffahrt", 10) == ["Donaudampf", "schifffahr", "t"]


def test_figures_too_long_for_their_columns_take_a_line_of_their_own() -> None:
    cells = ("VAT 20%", "1,000,000.00", "200,000.00", "1,200,000.00")
    lines = column_lines(cells, (5, 4, 3, 4), 32)
    assert lines[0] == "VAT 20%"
    assert all(cell in "".join(lines) for cell in cells[1:3])
    assert all(text_width(line) <= 32 for line in lines)
