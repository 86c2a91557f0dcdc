"""The printers file."""

import pytest

from evertill.lane.printing.setup import PRINTERS_MAX, SetupError, read_printers


def test_a_network_printer_needs_only_a_name_and_an_address() -> None:
    (printer,) = read_printers(b'[{"id": "counter", "kind": "network", "host": "10.0.0.9"}]')
    assert (printer.label, printer.port, printer.columns) == ("counter", 9100, 48)


def test_small_paper_has_thirty_two_letters_a_line() -> None:
    (printer,) = read_printers(b'[{"id": "p", "kind": "file", "path": "/tmp/p", "width_mm": 58}]')
    assert printer.columns == 32


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "truncated"),
        (b'[{"id": "p", "kind": "network"}]', "needs host"),
        (b'[{"id": "p", "kind": "usb", "usb": "04b8"}]', "regex"),
        (b'[{"id": "p", "kind": "fax"}]', "fax"),
        (b'[{"id": "p", "kind": "file", "path": "/x", "widht": 58}]', "widht"),
        (
            b'[{"id": "p", "kind": "file", "path": "/x"}, {"id": "p", "kind": "file", "path": "/y"}]',
            "called p",
        ),
    ],
)
def test_a_wrong_printers_file_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(SetupError, match=words):
        read_printers(data)


def test_more_printers_than_a_lane_can_have_are_refused() -> None:
    one = b'{"id": "p%d", "kind": "file", "path": "/x"}'
    data = b"[" + b",".join(one % number for number in range(PRINTERS_MAX + 1)) + b"]"
    with pytest.raises(SetupError, match="at most"):
        read_printers(data)
