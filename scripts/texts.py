"""Gathers every text that a person sees into the catalogues, and says what is missing.

    python scripts/texts.py check     what update would change, and what has no translation; exit 1 if any
    python scripts/texts.py update    writes locale/evertill.pot and merges it into every .po

Texts in Python: N_("..."), _("..."), the text of Refusal("code", "text") and the hint of
Fault("code", "hint"). Texts of the screen: t("...") with a literal, and nothing else.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "evertill"
LOCALE = SOURCE / "lane" / "locale"
TEMPLATE = LOCALE / "evertill.pot"
TRANSLATIONS = {"zh_CN": LOCALE / "zh_CN" / "LC_MESSAGES" / "evertill.po"}
OUTSIDE = ("cli", "replay", "sample")  # texts of the command line stay English
KEYWORDS = {"_": None, "N_": None, "Refusal": (2,), "refuse": (2,), "Fault": (2,)}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SCREEN_TEXT = re.compile(r"(?<![\w.$])t\(\s*(\"(?:[^\"\\\n]|\\.)*\")?")
HEADER = "# Texts of Evertill: the register screen, refusals, faults and receipts."


def python_texts() -> Iterator[tuple[str, str, int]]:
    """(text, file, line) of every marked text in Python."""
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE)
        if place.parts[0] in OUTSIDE:
            continue
        for line, text, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            if isinstance(text, str):
                yield text, str(path.relative_to(ROOT)), line


def screen_texts() -> Iterator[tuple[str, str, int]]:
    """(text, file, line) of every t("...") of the screen. Raises ValueError for a t() without a literal."""
    for path in sorted((SOURCE / "lane" / "screen").rglob("*.js")):
        if "vendor" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        for found in SCREEN_TEXT.finditer(source):
            line = source.count("\n", 0, found.start()) + 1
            if found.group(1) is None:
                if source[: found.start()].endswith("function "):
                    continue
                raise ValueError(f"{path.name}:{line}: t() needs its text as a literal")
            yield found.group(1)[1:-1].replace('\\"', '"'), str(path.relative_to(ROOT)), line


def gather() -> Catalog:
    """The template: every text, with the places where it stands."""
    catalogue = Catalog(project="Evertill", charset="utf-8", header_comment=HEADER, fuzzy=False)
    for text, place, line in (*python_texts(), *screen_texts()):
        catalogue.add(text, locations=[(place, line)])
    return catalogue


def read(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue from its file; an empty one if there is none yet."""
    if not path.exists():
        return Catalog(locale=locale, project="Evertill", charset="utf-8", header_comment=HEADER)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file: sorted by text, places without line numbers, so that diffs stay small."""
    catalogue.fuzzy = False
    for message in catalogue:
        message.locations = sorted({(place, 0) for place, _ in message.locations})
        message.flags.discard("python-format")
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, include_lineno=False, ignore_obsolete=True, width=110)
    lines = out.getvalue().decode().splitlines(keepends=True)
    moving = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Language-Team',
    )
    return "".join(line for line in lines if not line.startswith(moving)).encode()


def merged(template: Catalog, translation: Catalog) -> Catalog:
    """`translation` with exactly the texts of `template`; nothing is guessed for new ones."""
    translation.update(template, no_fuzzy_matching=True)
    translation.obsolete.clear()
    return translation


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with one translated text."""
    text, said = str(message.id), str(message.string or "")
    if not said:
        yield f"no translation: {text!r}"
    elif set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(said)):
        yield f"other placeholders: {text!r} -> {said!r}"


def check() -> list[str]:
    """Everything that is not in order, as sentences."""
    template = gather()
    faults = (
        []
        if TEMPLATE.exists() and TEMPLATE.read_bytes() == written(gather())
        else ["evertill.pot is out of date"]
    )
    for locale, path in TRANSLATIONS.items():
        translation = read(path, locale)
        have, want = ({str(m.id) for m in each if m.id} for each in (translation, template))
        faults += [f"{locale}: missing: {text!r}" for text in sorted(want - have)]
        faults += [f"{locale}: unused: {text!r}" for text in sorted(have - want)]
        faults += [
            f"{locale}: {fault}" for message in translation if message.id for fault in faults_of(message)
        ]
    return faults


def update() -> None:
    """Writes the template and merges it into every translation."""
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(written(gather()))
    for locale, path in TRANSLATIONS.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(merged(gather(), read(path, locale))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("verb", choices=("check", "update"))
    if parser.parse_args().verb == "update":
        update()
        return 0
    faults = check()
    print("\n".join(faults) if faults else "texts: in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
