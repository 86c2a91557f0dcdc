"""Finding a font with Chinese on this machine, and saying so when there is none.

The lists name what Debian's fonts-noto-cjk, fonts-wqy-* and fonts-droid-fallback install, and where Windows
and macOS keep theirs. A collection (.ttc) holds several faces; we take the simplified Chinese one,
and of those the one with half-width Latin letters, because it stands on the same grid as the printer's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from PIL import ImageFont

CANDIDATES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
_FACES_MAX = 20


class Face(msgspec.Struct, frozen=True):
    """One face of one font file."""

    path: str
    index: int


def find_face(candidates: Iterable[str] = CANDIDATES, *, mono: bool) -> Face | None:
    """The first readable face with simplified Chinese; None if the machine has none.

    `mono` asks for the face with half-width Latin letters where the file has one.
    """
    for path in candidates:
        if Path(path).is_file():
            return Face(path, _face_index(path, mono=mono))
    return None


def _face_index(path: str, *, mono: bool) -> int:
    names = _face_names(path)
    chinese = [index for index, name in enumerate(names) if name.endswith((" SC", "Hei", "Hei Mono"))]
    chosen = [index for index in chinese if ("Mono" in names[index]) == mono]
    return (chosen or chinese or [0])[0]


def _face_names(path: str) -> list[str]:
    if not path.endswith(".ttc"):
        return [""]
    names: list[str] = []
    for index in range(_FACES_MAX):
        try:
            names.append(ImageFont.truetype(path, 12, index=index).getname()[0] or "")
        except OSError:
            break
    return names
