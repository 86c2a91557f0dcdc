"""The tables that the house is held to, and the few exceptions with their reasons.

An exception that is no longer needed fails the test too, so this page never says more than is true.
"""

from __future__ import annotations

# Room -> rooms it may import. docs/adr/0015 says where this differs from the first plan and why.
RULES = {"core"}
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),
    "core": set(),
    "ports": {"core"},
    "wire": {"core", "ports"},
    "journal": {"core", "ports"},
    "keeper": {"core", "ports", "wire", "journal"},
    "uplink": {"core", "ports", "wire", "journal"},
    "diagnosis": {"core", "ports", "wire"},
    "lane": {"core", "ports", "wire", "journal", "keeper", "diagnosis"},
    "server": {"core", "ports", "wire", "journal", "keeper", "diagnosis"},
    "host": {"core", "ports"},
    "sample": {"core", "wire"},
    "replay": {
        "core",
        "ports",
        "wire",
        "journal",
        "keeper",
        "uplink",
        "diagnosis",
        "lane",
        "server",
        "host",
        "sample",
    },
    "cli": {
        "core",
        "ports",
        "wire",
        "journal",
        "keeper",
        "uplink",
        "diagnosis",
        "lane",
        "server",
        "host",
        "sample",
        "replay",
    },
}

# Rooms that see the machine only through ports: no clock, disk, net, chance, thread, log or settings.
PURE = {"core", "ports", "wire", "journal", "keeper", "uplink"}
# Rooms whose work is the machine itself.
REAL = {"host", "cli"}

# Names that nobody outside host/ and cli/ may touch (a trailing dot: everything below).
MACHINE = (
    "time.",
    "random.",
    "secrets.",
    "uuid.uuid1",
    "uuid.uuid4",
    "subprocess.",
    "os.urandom",
    "os.system",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
)
# Names that the pure rooms may not touch either.
MACHINE_TOO = (
    "os.",
    "io.",
    "open",
    "print",
    "input",
    "asyncio.",
    "threading.",
    "queue.",
    "socket.",
    "logging.",
    "structlog.",
    "tempfile.",
    "shutil.",
    "glob.",
    "pathlib.Path.cwd",
    "pathlib.Path.home",
)
# What a Path does to the disk by itself; the pure rooms ask the Disk port instead.
PATH_ACTS = {
    "read_bytes",
    "read_text",
    "write_bytes",
    "write_text",
    "unlink",
    "mkdir",
    "rmdir",
    "touch",
    "iterdir",
    "glob",
    "rglob",
    "stat",
}
# (module, name) -> why it may.
MACHINE_ANYWAY = {
    ("evertill.lane.printing.worker", "time.sleep"): "the print worker is a process of its own that serves "
    "printers; it waits for paper in its own threads, and no sale waits for it",
    ("evertill.replay.connection", "time.monotonic"): "the replay is a client that runs beside the shop; it "
    "drops a connection that the other side has let go of by now",
}

# Where everything that goes wrong is caught, said and survived: (module, function) -> what it protects.
TOP_LOOPS = {
    ("evertill.lane.printing.worker", "_make_pdfs"): "one document that cannot be set does not end the PDFs",
    ("evertill.lane.printing.worker", "_set"): "one page that cannot be set does not end its printer",
    ("evertill.lane.printing.worker", "_try"): "a stumbling link does not end its printer's thread",
    ("evertill.server.writer", "_commit"): "one piece of work that fails does not end the fact writer",
    ("evertill.host.disk", "_serve"): "a bug in a sync thread is carried to whoever waits for the sync",
    ("tests.vectors.run", "*"): "a published case that breaks our code is a failed case with its reason",
}

# Imports inside functions: (module, target) -> why it is not at the top.
LATE_IMPORTS: dict[tuple[str, str], str] = {
    ("evertill.lane.finding", "pypinyin"): "60 MB of tables, only for the process that prepares a catalogue",
}

# Words that mean the noun was not found yet.
EMPTY_WORDS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "managers",
    "handler",
    "handlers",
}

LINES_MAX = 400
# Modules past 400 lines: name -> (most lines, why it is one room).
LONG = {
    "evertill.journal.writer": (
        560,
        "opening, appending, syncing, moving and closing share one lock on one tail",
    ),
    "evertill.lane.agent": (
        490,
        "decide, record, apply: one order, with what undoes it when the disk refuses",
    ),
    "evertill.uplink.pump": (480, "one exchange at a time; its states are read side by side"),
    "tests.unit.core.test_promotion_rules": (560, "one sentence for each rule of docs/promotions.md"),
    "tests.unit.server.test_catalogue_import": (500, "one dirty list after another, all against one import"),
}

# Modules that no module of the product imports: name -> what starts or asks them.
STARTED_OR_ASKED = {
    "evertill.cli.main": "the `evertill` command (pyproject.toml)",
    "evertill.cli.printer": "the lane's print worker process",
}
_PUBLISHED = "a rule that published cases ask about; no screen asks it yet (docs/adr/0017)"
STARTED_OR_ASKED |= {
    f"evertill.core.{name}": _PUBLISHED
    for name in (
        "amount",
        "tax.adapt",
        "tax.cart",
        "tax.document",
        "tax.invoice",
        "barcode.epc",
        "barcode.gs1_pack",
        "barcode.library",
        "barcode.patterns",
        "barcode.regions",
        "barcode.scan_data",
    )
}

# (module, name) -> why a unit test may.
UNIT_ANYWAY = {
    ("tests.unit.core.test_barcode", "subprocess.run"): "only a fresh interpreter shows what an import loads",
}

# Refusals whose code or text is only known when it happens: module -> where they come from.
_TOLD = "a fault's own code and hint, told in the form of a refusal"
DYNAMIC_REFUSALS = {"evertill.lane.api": _TOLD, "evertill.lane.register": _TOLD}

# (file, identifier) or identifier -> why a word that the glossary bars is right here.
BARRED_ANYWAY: dict[str, str] = {
    "cart": "core/tax/cart.py: what web shops call their basket; it answers for their figures, not ours",
}
