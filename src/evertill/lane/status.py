"""The status line: whether the register sells, where the last sale is safe, what is not yet sent, what is
wrong, and what the shop has to say. Gathered a few times a second, between intents.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

from evertill.core.fault import Fault
from evertill.core.shop import ShopMessage
from evertill.journal.line import Position
from evertill.journal.opening import Found
from evertill.lane.agent import Agent
from evertill.lane.home import LaneHome
from evertill.lane.scanners import Scanners
from evertill.lane.window import Printing
from evertill.lane.words import N_, words

LOW_SPACE_BYTES = 256 << 20
LOW_SPACE = N_("The register's disk is nearly full. Free some space; sales go on for now.")
SECOND_MEDIUM = N_("The register's disk failed and it moved to the second one. Have the disk replaced.")
SECOND_MISSING = N_("The register's second disk cannot be used. Sales go on; have it looked at.")
SET_ASIDE = N_(
    "Some entries of this register's journal could not be understood and were set aside. Sales go on; show"
    " this to your support."
)
DAMAGED = N_(
    "The register's journal was damaged. Sales go on in a new part of it; have the damaged part repaired"
    " from the server's copy."
)
CUT_SHORT = N_(
    "Entries that this register had written are missing: its disk was swapped, restored or cut short."
    " Sales go on in a new part of the journal; compare with the server's copy."
)
JOURNAL_WORDS = {
    Found.DAMAGE: DAMAGED,
    Found.BEHIND: CUT_SHORT,
    Found.EMPTY_BUT_KNOWN: CUT_SHORT,
    Found.OTHER_HISTORY: CUT_SHORT,
    Found.WITNESS_MISSING: N_(
        "The journal's witness is missing, so this may be a copy of another register. Sales go on in a new"
        " part of the journal."
    ),
    Found.MEDIUM_FAILED: N_(
        "The register's disk refused to keep entries. Sales go on in a new part of the journal; have the"
        " disk replaced."
    ),
}


class StatusLine:
    """Reads what the lane's own parts, the uplink and the printers tell; changes nothing."""

    def __init__(
        self, agent: Agent, home: LaneHome, printing: Printing, scanners: Scanners | None = None
    ) -> None:
        self._agent = agent
        self._home = home
        self._printing = printing
        self._scanners = scanners
        self._locale = "en"
        self._last_sale: tuple[str, Position | None] = ("", None)

    def gathered(self, locale: str, settle_fault: Fault | None, edition_words: str) -> dict[str, Any]:
        """All of it, as docs/api.md describes `status`, in words of `locale`."""
        self._locale = locale
        told = self._uplink_told()
        uplink = self._uplink_status(told)
        journal = self._journal_status(settle_fault)
        trouble = journal["state"] != "ok"
        return {
            "face": "trouble" if trouble else "ready" if uplink["state"] == "sending" else "offline",
            "unsent": uplink["unsent"],
            "safe": self._safe(told),
            "uplink": uplink,
            "printers": self._printing.status(locale),
            "scanners": self._scanners.status(self._say) if self._scanners is not None else [],
            "journal": journal,
            "clock": {"state": "behind" if self._agent.clock_behind_s else "ok"},
            "messages": [
                *(self._trouble(code, text) for code, text in self._troubles(edition_words)),
                *(self._message(message) for message in self._shop_messages()),
            ],
        }

    def _say(self, text: str) -> str:
        return words(self._locale)(text)

    def _safe(self, told: _UplinkStatus) -> dict[str, Any]:
        """On how many machines the last sale is: this one, and the server once its signed mark covers it."""
        last = self._agent.state.last
        if last is None:
            return {"machines": 1, "receipt": None}
        if self._last_sale[0] != last.receipt:
            with contextlib.suppress(Fault):
                self._last_sale = (last.receipt, self._agent.books.place(last.receipt))
        place, mark = self._last_sale[1] if self._last_sale[0] == last.receipt else None, told.mark
        is_held = (
            place is not None and mark is not None and mark.epoch == place.epoch and mark.seq >= place.seq
        )
        return {"machines": 2 if is_held else 1, "receipt": last.receipt}

    def _trouble(self, code: str, text: str) -> dict[str, Any]:
        return {"code": code, "kind": "register", "words": self._say(text)}

    def _message(self, message: ShopMessage) -> dict[str, Any]:
        said = message.names.get(self._locale) or message.names["en"]
        return {
            "code": "from_the_shop",
            "kind": "shop",
            "id": message.id,
            "names": message.names,
            "important": message.important,
            "words": said,
        }

    def _shop_messages(self) -> Iterator[ShopMessage]:
        """Those of now that whoever works here has not taken away today."""
        messages = self._agent.rules.settings.messages
        if not messages:
            return
        state, now = self._agent.state, self._agent.local_now()
        at = now.replace(tzinfo=None)
        today = state.read if state.read_day == self._agent.trading_day(now) else {}
        read = today.get(state.staff.staff, ()) if state.staff is not None else ()
        for message in messages:
            if message.id not in read and (message.window is None or message.window.holds(at)):
                yield message

    def _troubles(self, edition_words: str) -> Iterator[tuple[str, str]]:
        opening = self._agent.journal.opening
        if self._agent.clock_behind_s:
            yield "clock_behind", N_("The clock of this register is behind. Set it; sales go on meanwhile.")
        if self._agent.moved_to_second or opening.on_second:
            yield "second_medium", SECOND_MEDIUM
        elif opening.second_missing:
            yield "second_missing", SECOND_MISSING
        if opening.found in JOURNAL_WORDS:
            yield f"journal_{opening.found}", JOURNAL_WORDS[opening.found]
        if self._agent.set_aside:
            yield "entries_set_aside", SET_ASIDE
        if edition_words:
            yield "edition_refused", edition_words

    def _uplink_told(self) -> _UplinkStatus:
        try:
            told = (self._home.uplink / "status.json").read_bytes()
            return msgspec.json.decode(told, type=_UplinkStatus)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return _UplinkStatus()

    def _uplink_status(self, told: _UplinkStatus) -> dict[str, Any]:
        head = self._agent.journal.head
        known = told.mark is not None and told.mark.epoch == head.epoch
        unsent = head.seq - told.mark.seq if known and told.mark is not None else head.seq
        # A handful of entries on their way is not worth a change of the screen.
        return {
            "state": told.state,
            "unsent": 0 if unsent <= 3 else unsent,
            "hint": self._say(told.hint) if told.hint else "",
        }

    def _journal_status(self, settle_fault: Fault | None) -> dict[str, Any]:
        failure = self._agent.journal.failure or settle_fault
        if failure is not None:
            return {"state": "failed", "code": failure.code, "words": self._say(failure.hint)}
        try:
            free_bytes = self._agent.journal.space.free_bytes
        except OSError:
            free_bytes = 0
        if free_bytes < LOW_SPACE_BYTES:
            return {"state": "low_space", "words": self._say(LOW_SPACE)}
        return {"state": "ok", "words": ""}


class _Mark(msgspec.Struct):
    epoch: str
    seq: int


class _UplinkStatus(msgspec.Struct):
    state: str = "off"
    hint: str = ""
    mark: _Mark | None = None
