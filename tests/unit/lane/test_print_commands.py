"""The bytes of the commands that we send ourselves."""

import pytest

from evertill.lane.printing import commands


def test_the_drawer_pulse_is_given_in_steps_of_two_milliseconds() -> None:
    assert commands.kick(1, on_ms=120, off_ms=240) == b"\x1bp1<x"


def test_the_cut_feeds_the_print_past_the_knife_first() -> None:
    assert commands.cut() == b"\x1dVA\x03"


@pytest.mark.parametrize(
    "command",
    [
        lambda: commands.feed(0),
        lambda: commands.feed(256),
        lambda: commands.kick(2),
        lambda: commands.kick(0, on_ms=512),
        lambda: commands.print_width(0),
        lambda: commands.left_margin(65_536),
        lambda: commands.cut(48),
        lambda: commands.justify(True),
    ],
)
def test_a_number_that_the_printer_would_misread_is_refused(command: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        command()  # type: ignore[operator]
