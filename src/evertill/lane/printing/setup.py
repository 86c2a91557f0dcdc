"""Which printers a lane has: HOME/lane/printers.json, a list; no file means no printer.

    [{"id": "counter", "kind": "network", "host": "192.168.1.50"},
     {"id": "demo", "kind": "file", "path": "/tmp/receipts.bin", "width_mm": 58}]

The first is the one that prints receipts and holds the drawer. Fields: docs/printing.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

PRINTERS_MAX = 16


class PrinterSetup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One printer: where it is (`kind` says which of the fields count), its paper, its patience.

    `host` and `port` for network; `usb` "vvvv:pppp" (hex, as lsusb shows it) for USB; `path` for a file,
    a device or a serial port with `baud`. `send_s` is how long it may take no byte; `stale_s` how
    old a receipt may get before it is dropped.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    kind: Literal["network", "usb", "file", "serial"]
    name: str = ""
    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 9100
    usb: Annotated[str, msgspec.Meta(pattern="^([0-9a-fA-F]{4}:[0-9a-fA-F]{4})?$")] = ""
    path: str = ""
    baud: Annotated[int, msgspec.Meta(ge=300)] = 9600
    width_mm: Literal[58, 80] = 80
    codepage: str = "CP858"
    profile: str | None = None
    qr: Literal["picture", "native"] = "picture"
    cuts: bool = True
    drawer_pin: Literal[2, 5] = 2
    connect_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 3.0
    send_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0
    stale_s: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 120.0

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id

    @property
    def columns(self) -> int:
        """Letters in a line."""
        return 48 if self.width_mm == 80 else 32

    def lacks(self) -> str | None:
        """The field without which this kind of printer cannot be found; None if all is there."""
        needed = {"network": "host", "usb": "usb", "file": "path", "serial": "path"}[self.kind]
        return None if getattr(self, needed) else needed


class SetupError(ValueError):
    """The printers file cannot be used; the text says why, for the log and the owner."""


def read_printers(data: bytes) -> tuple[PrinterSetup, ...]:
    """The printers of a file's bytes. Raises SetupError: not JSON, unknown or missing fields, an id twice."""
    try:
        printers = msgspec.json.decode(data, type=tuple[PrinterSetup, ...])
    except msgspec.DecodeError as error:  # also what does not validate
        raise SetupError(str(error)) from error
    if len(printers) > PRINTERS_MAX:
        raise SetupError(f"{len(printers)} printers, at most {PRINTERS_MAX} can be set up")
    ids = [printer.id for printer in printers]
    for printer in printers:
        if ids.count(printer.id) > 1:
            raise SetupError(f"two printers are called {printer.id}")
        lacking = printer.lacks()
        if lacking is not None:
            raise SetupError(f"printer {printer.id} is of kind {printer.kind} and needs {lacking}")
    return printers
