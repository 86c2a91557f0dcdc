"""The house's own rules, read from its source alone: who imports whom, what is out of bounds, what is dead.

The tables and every exception with its reason stand in tests/tidy/rooms.py. Nothing of the product is
imported or run, so this page answers in seconds, also when the product is broken.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from tests.tidy import rooms
from tests.tidy.faults import fault_codes, unclear_faults
from tests.tidy.glossary import barred_names
from tests.tidy.house import ROOT, Module, around, product, texts

EVERYWHERE = (*product(), *around())


def _none(found: Iterable[str], why: str) -> None:
    listed = sorted(set(found))
    assert not listed, f"{why}:\n  " + "\n  ".join(listed)


def _all_needed(table: Iterable[object], met: Iterable[object], name: str) -> None:
    _none((str(entry) for entry in set(table) - set(met)), f"{name} excuses what is not there any more")


# -- who may import whom ------------------------------------------------------------------------------


def test_every_room_imports_only_what_the_plan_allows() -> None:
    wrong = []
    for module in product():
        allowed = rooms.MAY_IMPORT.get(module.room)
        if allowed is None:
            wrong.append(f"{module.name}: the room {module.room!r} is not in the table")
            continue
        for one in module.imports:
            parts = one.target.split(".")
            if parts[0] != "evertill" or one.target == "evertill.__version__" or len(parts) == 1:
                continue
            if parts[1] != module.room and parts[1] not in allowed:
                wrong.append(f"{module.name}:{one.line} imports {one.target}")
    _none(wrong, "imports against the table in tests/tidy/rooms.py")


def test_lane_uplink_and_server_never_import_each_other() -> None:
    beside = {"lane", "uplink", "server"}
    for room in beside:
        assert not rooms.MAY_IMPORT[room] & beside, f"{room} stands beside the others"


def test_the_table_of_rooms_names_no_room_twice_around() -> None:
    for room, allowed in rooms.MAY_IMPORT.items():
        for other in allowed:
            assert room not in rooms.MAY_IMPORT[other], f"{room} and {other} import each other"


def test_no_import_hides_inside_a_function() -> None:
    found = {
        (m.name, one.target): f"{m.name}:{one.line} imports {one.target}"
        for m in EVERYWHERE
        for one in m.imports
        if one.deep
    }
    _none(
        (words for key, words in found.items() if key not in rooms.LATE_IMPORTS), "imports inside functions"
    )
    _all_needed(rooms.LATE_IMPORTS, found, "LATE_IMPORTS")


def test_no_module_of_the_product_is_dead() -> None:
    names = {module.name for module in product()}
    reached: set[str] = set()
    for module in (*product(), *(m for m in around() if not m.name.startswith("tests"))):
        for one in module.imports:
            reached |= {one.target, one.target.rpartition(".")[0]} & names
    packages = {module.name for module in product() if module.is_package}
    dead = names - reached - packages
    _none(dead - set(rooms.STARTED_OR_ASKED), "nobody imports or starts these modules")
    _all_needed(rooms.STARTED_OR_ASKED, dead, "STARTED_OR_ASKED")


# -- the machine stands behind ports --------------------------------------------------------------------


def _touches(name: str, banned: Iterable[str]) -> bool:
    return any(name == one or (one.endswith(".") and name.startswith(one)) for one in banned)


def _spelled_out(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Dotted names that begin with something imported, or plain built-in names."""
    for node, name in module.uses():
        first = name.split(".")[0]
        begin = node
        while isinstance(begin, ast.Attribute):
            begin = begin.value
        if isinstance(begin, ast.Name) and (begin.id in module.aliases or name == first):
            yield node, name


def test_only_host_and_cli_touch_clock_chance_and_other_programs() -> None:
    met, wrong = set(), []
    for module in product():
        if module.room in rooms.REAL:
            continue
        for node, name in _spelled_out(module):
            if _touches(name, rooms.MACHINE):
                met.add((module.name, name))
                if (module.name, name) not in rooms.MACHINE_ANYWAY:
                    wrong.append(f"{module.at(node)} {name}")
    _none(wrong, "outside host/ and cli/ the machine is reached through ports")
    _all_needed(rooms.MACHINE_ANYWAY, met, "MACHINE_ANYWAY")


def test_the_rules_the_journal_and_the_way_up_touch_no_disk_no_thread_and_no_log() -> None:
    wrong = []
    for module in product():
        if module.room not in rooms.PURE:
            continue
        for node, name in _spelled_out(module):
            if _touches(name, rooms.MACHINE_TOO) and not isinstance(getattr(node, "ctx", None), ast.Store):
                wrong.append(f"{module.at(node)} {name}")
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr in rooms.PATH_ACTS:
                wrong.append(f"{module.at(node)} .{node.attr}")
    _none(wrong, "these rooms see disk and net only through ports")


def test_the_rules_of_the_shop_hold_no_float() -> None:
    wrong = [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in product()
        if module.room in rooms.RULES
        for node in module.nodes
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and module.spelled(node.func) == "float")
    ]
    _none(wrong, "money, quantities and rates are whole numbers")


def test_importing_a_module_does_nothing() -> None:
    wrong = []
    for module in (*product(), *(m for m in around() if m.name.startswith("tests.fakes"))):
        wrong += [f"{module.at(node)} {ast.unparse(node)[:60]}" for node in _done_at_import(module)]
    _none(wrong, "work is done where it is asked for, not at import")


def _done_at_import(module: Module) -> Iterator[ast.stmt]:
    acts = (
        *rooms.MACHINE,
        "open",
        "print",
        "socket.",
        "threading.Thread",
        "asyncio.run",
        "logging.basicConfig",
    )
    for statement in module.tree.body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) in (
            "TYPE_CHECKING",
            "__name__ == '__main__'",
        ):
            continue
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        names = [module.spelled(call.func) for call in calls]
        attributes = [call.func.attr for call in calls if isinstance(call.func, ast.Attribute)]
        verbs = module.room == "cli" and ast.unparse(statement).startswith(("app.add_typer(", "app.command("))
        plain = isinstance(statement, ast.Expr) and bool(calls) and not verbs
        touches = any(_touches(name, acts) for name in names) or rooms.PATH_ACTS & set(attributes)
        if plain or touches or isinstance(statement, ast.While | ast.With | ast.Try):
            yield statement


# -- what goes wrong is said ----------------------------------------------------------------------------


def test_everything_is_caught_only_in_the_named_top_loops() -> None:
    met, wrong = set(), []
    for module in EVERYWHERE:
        for function, handler in _catch_alls(module):
            allowed = {(module.name, function), (module.name, "*")} & set(rooms.TOP_LOOPS)
            met |= allowed
            if not allowed:
                wrong.append(f"{module.at(handler)} in {function}")
    _none(wrong, "`except Exception` outside the named top loops")
    _all_needed(rooms.TOP_LOOPS, met, "TOP_LOOPS")


def _catch_alls(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Handlers of everything that do not raise it again, and suppress(Exception), with their function."""
    owner = {id(node): function.name for function in module.functions for node in ast.walk(function)}
    for node in module.nodes:
        caught = None
        if isinstance(node, ast.ExceptHandler):
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            caught = None if again else node.type or ast.Name("Exception")
        elif isinstance(node, ast.Call) and module.spelled(node.func).endswith("suppress"):
            caught = ast.Tuple(node.args)
        names = {n.id for n in ast.walk(caught) if isinstance(n, ast.Name)} if caught is not None else set()
        if names & {"Exception", "BaseException"}:
            yield owner.get(id(node), ""), node


def test_one_refusal_code_has_one_meaning() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    dynamic = set()
    for module in product():
        for node in module.nodes:
            if not isinstance(node, ast.Call) or not module.spelled(node.func).endswith(
                "core.refusal.Refusal"
            ):
                continue
            code, text = (*node.args, None, None)[:2]
            if isinstance(code, ast.Constant) and text is not None:
                said[str(code.value)].add(_text(module, text))
            else:
                dynamic.add(module.name)
    assert len(said) > 60, "the refusals were not found"
    _none(
        (f"{code}: {sorted(meanings)}" for code, meanings in said.items() if len(meanings) > 1),
        "two meanings",
    )
    _none((code for code in said if not re.fullmatch(r"[a-z][a-z0-9_]*", code)), "codes are snake_case")
    _none(dynamic - set(rooms.DYNAMIC_REFUSALS), "refusals whose code cannot be read from the source")
    _all_needed(rooms.DYNAMIC_REFUSALS, dynamic, "DYNAMIC_REFUSALS")


def _text(module: Module, node: ast.expr) -> str:
    """A literal's words, or those of the name that the same function or module gave them."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    for other in module.nodes:
        if isinstance(other, ast.Assign) and ast.unparse(other.targets[0]) == ast.unparse(node):
            return ast.unparse(other.value)
    return ast.unparse(node)


def test_every_fault_says_its_code_where_it_is_raised() -> None:
    assert len(fault_codes()) > 40, "the faults were not found"
    _none(unclear_faults(), "a fault's code must be readable from the source")


# -- shape and names ------------------------------------------------------------------------------------


def test_no_module_outgrows_its_room() -> None:
    long = {module.name: module.lines for module in EVERYWHERE if module.lines > rooms.LINES_MAX}
    wrong = [
        f"{name}: {lines} lines" for name, lines in long.items() if lines > rooms.LONG.get(name, (0, ""))[0]
    ]
    _none(wrong, f"look again at modules past {rooms.LINES_MAX} lines")
    _all_needed(rooms.LONG, long, "LONG")


@pytest.mark.parametrize("module", EVERYWHERE, ids=lambda module: module.name)
def test_no_module_is_called_by_an_empty_word(module: Module) -> None:
    last = module.name.rpartition(".")[2]
    assert not set(last.split("_")) & rooms.EMPTY_WORDS, "find the noun"
    assert not last.startswith("process_"), "find the noun"


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    silent = [m.name for m in product() if m.text.strip() and ast.get_docstring(m.tree) is None]
    _none(silent, "a module opens with a line or an essay")


def test_the_words_that_the_glossary_bars_are_not_used_as_names() -> None:
    found = barred_names()
    _none(
        (words for key, words in found if key not in rooms.BARRED_ANYWAY), "docs/glossary.md has another word"
    )
    _all_needed(rooms.BARRED_ANYWAY, {key for key, _ in found}, "BARRED_ANYWAY")


# -- tests and texts ------------------------------------------------------------------------------------


def test_no_test_patches_the_product() -> None:
    banned = ("unittest.mock", "mock.", "pytest_mock", "monkeypatch.setattr", "monkeypatch.setitem")
    wrong = [
        f"{module.at(node)} {name}"
        for module in EVERYWHERE
        for node, name in module.uses()
        if name.startswith(banned)
    ]
    wrong += [
        f"{m.name}:{one.line}" for m in EVERYWHERE for one in m.imports if "mock" in one.target.split(".")
    ]
    _none(wrong, "needing a patch means that a port is missing")


def test_unit_tests_neither_sleep_nor_start_programs_nor_open_sockets() -> None:
    banned = (
        "time.sleep",
        "subprocess.",
        "socket.",
        "multiprocessing.",
        "httpx.get",
        "httpx.post",
        "httpx.Client",
    )
    met = {
        (module.name, name): f"{module.at(node)} {name}"
        for module in around()
        if module.name.startswith("tests.unit")
        for node, name in _spelled_out(module)
        if _touches(name, banned)
    }
    wrong = [words for key, words in met.items() if key not in rooms.UNIT_ANYWAY]
    wrong += [
        module.at(node)
        for module in around()
        if module.name.startswith("tests.unit")
        for node in module.nodes
        if isinstance(node, ast.Call) and module.spelled(node.func) == "asyncio.sleep"
        if ast.unparse(node.args[0]) != "0"  # giving way is not sleeping
    ]
    _none(wrong, "a unit test touches no net and no other program, and never sleeps")
    _all_needed(rooms.UNIT_ANYWAY, met, "UNIT_ANYWAY")


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b")
    wrong = [
        f"{name}: {found}"
        for name, text in texts().items()
        if name.startswith(("src/", "tests/", "bench/", "scripts/")) and name.endswith((".py", ".js"))
        for found in marks.findall(text)
    ]
    wrong += [
        f"{module.at(node)} {name}"
        for module in product()
        for node, name in module.uses()
        if name == "NotImplementedError"
    ]
    _none(wrong, "unfinished")


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    shared = {"/", "/tmp", "/home", "/srv", "/opt", "/var/tmp"}
    folders = [re.escape(str(folder)) for folder in (ROOT, ROOT.parent) if str(folder) not in shared]
    named = re.compile(r"(?<![\w.$})-])(?:" + "|".join([*folders, "/root", r"/Users/\w+"]) + ")/")
    wrong = [f"{name}: {found}" for name, text in texts().items() for found in named.findall(text)]
    _none(wrong, "paths of one machine")


def test_the_locks_pin_every_package_by_hash_and_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = texts()[name]
        assert "://" not in text and "index-url" not in text and "find-links" not in text, (
            f"{name} names a host"
        )
        pinned = re.findall(r"^[a-z0-9][^\n]*", text, re.MULTILINE | re.IGNORECASE)
        assert pinned and all("==" in line for line in pinned), f"{name} leaves a version open"
        assert text.count("--hash=sha256:") >= len(pinned), f"{name} leaves a package without its hash"


def test_no_file_names_a_package_index() -> None:
    hosts = re.compile(r"(?:pypi|pythonhosted|npmjs|jsdelivr|unpkg|esm)\.(?:org|com|net|sh)\b")
    wrong = [f"{name}: {found}" for name, text in texts().items() for found in hosts.findall(text)]
    _none(wrong, "packages come from wherever the machine is set up to get them")
