"""The append-only chained log: open, append, sync, read, verify. Knows nothing of sales."""

from evertill.journal.line import Body, Checkpoint, EpochOpened, Head, Line, Position, chain_hash, read_body
from evertill.journal.opening import Found
from evertill.journal.reader import durable_head, read_after
from evertill.journal.reserve import Space
from evertill.journal.verify import Break, EpochReport, Report, Wrong, dump, verify
from evertill.journal.writer import Journal, Moved, NewEntry, Opening, Syncs

__all__ = [
    "Body",
    "Break",
    "Checkpoint",
    "EpochOpened",
    "EpochReport",
    "Found",
    "Head",
    "Journal",
    "Line",
    "Moved",
    "NewEntry",
    "Opening",
    "Position",
    "Report",
    "Space",
    "Syncs",
    "Wrong",
    "chain_hash",
    "dump",
    "durable_head",
    "read_after",
    "read_body",
    "verify",
]
