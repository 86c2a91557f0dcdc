"""A till that only writes its journal: sells for ever and prints each paid sale, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.journal import Journal, NewEntry

AT = "2026-11-22T19:05:01.123Z"


def main() -> None:
    home = Path(sys.argv[1])
    journal = Journal.open(
        HostDisk(),
        HostClock(),
        HostEntropy(),
        directory=home / "journal",
        witness_directory=home / "witness",
        store="S1",
        lane="L1",
        reserve_bytes=1 << 20,
    )
    print("found", journal.opening.found, flush=True)
    sale = 0
    while True:
        sale += 1
        day = f"2099-01-{1 + sale // 400 % 28:02d}"
        for item in range(sale % 7):
            journal.append("LineAdded", b'{"name":"%b"}' % (b"x" * (50 * item)), at=AT, day=day)
        taken = NewEntry(kind="TenderTaken", data=b"{}", at=AT, day=day)
        paid = NewEntry(kind="SalePaid", data=b'{"sale":%d}' % sale, at=AT, day=day)
        journal.append_many([taken, paid])
        journal.sync()
        head = journal.synced_head
        print("paid", head.epoch, head.seq, head.hash, flush=True)


if __name__ == "__main__":
    main()
