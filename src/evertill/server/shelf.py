"""Which edition is the newest, known without looking at the disk for every request."""

from __future__ import annotations

from evertill.ports import Clock
from evertill.server.publishing import EditionFolder

LOOK_EVERY_MS = 500


class EditionShelf:
    """The folder of published editions as the gate serves it. Another process may publish into it, too."""

    def __init__(self, folder: EditionFolder, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self._latest = 0
        self._looked_ns: int | None = None

    def latest_version(self) -> int:
        """The newest version, at most half a second old; 0 if there is none."""
        now = self._clock.monotonic_ns()
        if self._looked_ns is None or now - self._looked_ns >= LOOK_EVERY_MS * 1_000_000:
            self._looked_ns = now
            versions = self.folder.versions()
            self._latest = versions[-1] if versions else 0
        return self._latest

    def told(self, version: int) -> None:
        """A new edition was published just now."""
        self._latest = max(self._latest, version)
