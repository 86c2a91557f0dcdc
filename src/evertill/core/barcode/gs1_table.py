"""The GS1 Application Identifiers: what may follow each one, and which go together.

One row a group of identifiers with the same rules. Facts from the GS1 General Specifications and
the GS1 Barcode Syntax Dictionary (GS1 AISBL, Apache-2.0). Columns, separated by blanks:

    identifiers   "310-316:0-5" means 3100 to 3105, 3110 to 3115 ... ("a-b" and "a,b" in each half)
    flags         "*" length is fixed by the first two digits: no FNC1 needed after it
                  "?" may be a data attribute in a Digital Link;  "." none
    parts         joined by "+"; N digits, X CSET 82, Y CSET 39, Z base64url; "..n" up to n;
                  "[...]" may be left out; "/check" content rules of core.barcode.gs1_checks
    then any of   needs=A,B (one of them; "A&B" both; repeated: each of them), bars=A (never
                  together), key or key=A>B|C (Digital Link primary key and its qualifiers in order)

A pattern such as 31nn stands for every identifier that starts with 31; same=n bars every other
identifier that has the same first n digits (two net weights on one label).
"""

from __future__ import annotations

import re

import msgspec

_ROWS = """
00 *? N18/csum/key1 key
01 *? N14/csum/key1 bars=255,37 key=22>10>21|235
02 *? N14/csum/key1 bars=01,03 needs=37
03 * N14/csum/key1 bars=01,02,37
10 ? X..20 needs=01,02,03,8006,8026
11,13,15,16 *? N6/yymmd0 needs=01,02,03,8006,8026
12 *? N6/yymmd0 needs=8020
17 *? N6/yymmd0 needs=01,02,03,255,8006,8026
20 *? N2 needs=01,02,8006,8026
21 . X..20 needs=01,03,8006 bars=235
22 . X..20 needs=01
235 . X..28 needs=01
240,241 ? X..30 needs=01,02,8006,8026
242 ? N..6 needs=01,02,8006,8026
243 ? X..20 needs=01
250 ? X..30 needs=01,8006 needs=21
251 ? X..30 needs=01,8006
253 ? N13/csum/key+[X..17] key
254 . X..20 needs=414
255 ? N13/csum/key+[N..12] key bars=01,02,415,8006,8020,8026
30 ? N..8 needs=01,02
310-316,320-329,350-352,356,357,360,361,364-366:0-5 *? N6 needs=01,02 same=3
330-336,340-349,353-355,362,363,367-369:0-5 *? N6 needs=00,01 same=3
337:0-5 *? N6 needs=01 same=3
37 ? N..8 needs=00 needs=02,8026
390:0-9 ? N..15 needs=255,8020 same=3 bars=391n,394n,8111
391:0-9 ? N3/iso4217+N..15 needs=8020 same=3
392:0-9 ? N..15 needs=01 needs=30,31nn,32nn,35nn,36nn same=3 bars=393n
393:0-9 ? N3/iso4217+N..15 needs=30,31nn,32nn,35nn,36nn same=3
394:0-3 ? N4 needs=255 same=3 bars=8111
395:0-5 ? N6 needs=30,31nn,32nn,35nn,36nn same=3 bars=392n,393n,8005
400 ? X..30
401 ? X..30/key key
402 ? N17/csum/key key
403 ? X..30 needs=00
410-413,416 *? N13/csum/key
414 *? N13/csum/key key=254|7040
415 *? N13/csum/key needs=8020 key=8020
417 *? N13/csum/key key=7040
420 ? X..20 bars=421
421 ? N3/iso3166+X..9 bars=4307
422 ? N3/iso3166 needs=01,02,8006,8026 bars=426
423,425 ? N3/iso3166+[N3/iso3166]+[N3/iso3166]+[N3/iso3166]+[N3/iso3166] needs=01,02 bars=426
424 ? N3/iso3166 needs=01,02 bars=426
426 ? N3/iso3166 needs=01,02
427 ? X..3 needs=01,02 needs=422
4300,4301,4310,4311,4320 ? X..35/pcenc needs=00
4302,4304-4306,4312,4314-4316 ? X..70/pcenc needs=00
4303 ? X..70/pcenc needs=4302
4313 ? X..70/pcenc needs=4312
4307,4317 ? X2/iso3166alpha2 needs=00
4308,4319 ? X..30 needs=00
4309 ? N10/latitude+N10/longitude needs=00
4318 ? X..20 needs=00
4321-4323 ? N1/yesno needs=00
4324,4325 ? N6/yymmd0+N4/hhmi needs=00
4326 ? N6/yymmdd needs=00
4330 ? N6+[X1/hyphen] needs=00 bars=4331
4331 ? N6+[X1/hyphen] needs=00 bars=4330
4332 ? N6+[X1/hyphen] needs=00 bars=4333
4333 ? N6+[X1/hyphen] needs=00 bars=4332
7001 ? N13 needs=01,02,8006,8026
7002 ? X..30 needs=01,02
7003 ? N6/yymmdd+N4/hhmi needs=01,02
7004 ? N..4 needs=01 needs=10
7005 ? X..12 needs=01,02
7006 ? N6/yymmdd needs=01,02
7007 ? N6/yymmdd+[N6/yymmdd] needs=01,02
7008 ? X..3 needs=01,02
7009 ? X..10 needs=01,02
7010 ? X..2 needs=01,02
7011 ? N6/yymmdd+[N4/hhmi] needs=01,02
7020 ? X..20 needs=01,8006 needs=416
7021 ? X..20 needs=01,8006
7022 ? X..20 needs=7021
7023 ? X..30/key
703:0-9 ? N3/iso3166999+X..27 needs=01,02
7040 . N1+X1+X1+X1/importeridx
7041 . X..4/packagetype needs=00
710-717 ? X..20 needs=01
723:0-9 ? X2+X..28 needs=01,8004
7240 ? X..20 needs=01,8006
7241 ? N2/mediatype needs=8017,8018
7242 ? X..25 needs=8017,8018
7250 ? N8/yyyymmdd needs=8018 bars=7251
7251 ? N8/yyyymmdd+N4/hhmi needs=8018 bars=7250
7252 ? N1/iso5218 needs=8018
7253,7254 ? X..40/pcenc needs=8017,8018 bars=7256,7259
7255 ? X..10 needs=8017,8018 bars=7256,7259
7256 ? X..90/pcenc needs=8017,8018
7257 ? X..70/pcenc needs=8018
7258 ? X3/posinseqslash needs=8018&7259
7259 ? X..40/pcenc needs=8018 bars=7256
8001 ? N4/nonzero+N5/nonzero+N3/nonzero+N1/winding+N1 needs=01
8002 ? X..20
8003 ? N1/zero+N13/csum/key+[X..16] key
8004 ? X..30/key key=7040
8005 ? N6 needs=01,02
8006 ? N14/csum/key1+N4/pieceoftotal bars=01,37 key=22>10>21
8007 ? X..34/iban needs=415
8008 ? N6/yymmdd+N2/hh+[N2/mi]+[N2/ss] needs=01,02
8009 ? X..50 needs=00,01
8010 ? Y..30/key key=8011
8011 . N..12/nozeroprefix needs=8010
8012 ? X..20 needs=01,8006
8013 ? X..25/csumalpha/key key
8014 . X..25/csumalpha/key/hasnondigit needs=01
8017 ? N18/csum/key bars=8018 key=8019
8018 ? N18/csum/key bars=8017 key=8019
8019 ? N..10 needs=8017,8018
8020 . X..25 needs=415
8026 ? N14/csum/key1+N4/pieceoftotal needs=37 bars=02,8006
8030 ? Z..90 needs=00,01&21,253,255,8003,8004,8006&21,8010&8011,8017,8018
8040,8041 ? N15 needs=01
8042 ? N32 needs=01
8043 ? N18+[N..2] needs=01
8110 ? X..70/couponcode
8111 ? N4 needs=255
8112 ? X..70/couponposoffer
8200 ? X..70 needs=01
90 ? X..30
91-99 ? X..90
"""


class Part(msgspec.Struct, frozen=True):
    """One piece of a value: `kind` N, X, Y or Z, `least` to `most` characters, further `checks` by name."""

    kind: str
    least: int
    most: int
    optional: bool
    checks: tuple[str, ...]


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """An Application Identifier. `needs`: of each group one alternative, all of whose members are there.

    `bars` and the members of `needs` may be patterns (31nn). `qualifiers` is None unless the
    identifier is a Digital Link primary key; then the orders in which qualifiers may follow it.
    """

    ai: str
    parts: tuple[Part, ...]
    predefined: bool
    attribute: bool
    needs: tuple[tuple[tuple[str, ...], ...], ...] = ()
    bars: tuple[str, ...] = ()
    qualifiers: tuple[tuple[str, ...], ...] | None = None

    @property
    def length_max(self) -> int:
        """The most characters a value of it may have."""
        return sum(part.most for part in self.parts)


def find_identifier(text: str) -> Identifier | None:
    """The identifier that `text` starts with. No identifier is the beginning of another one."""
    for length in (2, 3, 4):
        found = IDENTIFIERS.get(text[:length])
        if found is not None:
            return found
    return None


def matches(ai: str, pattern: str) -> bool:
    """Whether `ai` is the one that `pattern` names: "310n" is any of 3100 to 3109."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))


def _numbers(text: str) -> list[str]:
    found: list[str] = []
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        found += [str(number).zfill(len(first)) for number in range(int(first), int(last or first) + 1)]
    return found


def _part(text: str) -> Part:
    optional = text.startswith("[")
    form, *checks = text.strip("[]").split("/")
    size = form[1:]
    most = int(size.removeprefix(".."))
    return Part(form[0], 1 if size.startswith("..") else most, most, optional, tuple(checks))


def _identifiers(row: str) -> list[Identifier]:
    names, flags, form, *notes = row.split()
    stems, _, tails = names.partition(":")
    ais = [stem + tail for stem in _numbers(stems) for tail in (_numbers(tails) if tails else [""])]
    values: dict[str, list[str]] = {"needs": [], "bars": [], "same": [], "key": []}
    for note in notes:
        name, _, value = note.partition("=")
        values[name].append(value)
    needs = tuple(tuple(tuple(one.split("&")) for one in group.split(",")) for group in values["needs"])
    bars = [ai for group in values["bars"] for ai in group.split(",")]
    orders = None
    if values["key"]:
        orders = tuple(tuple(order.split(">")) for order in values["key"][0].split("|") if order)
    return [
        Identifier(
            ai=ai,
            parts=tuple(_part(piece) for piece in form.split("+")),
            predefined="*" in flags,
            attribute="?" in flags,
            needs=needs,
            bars=(*bars, *(ai[: int(size)].ljust(len(ai), "n") for size in values["same"])),
            qualifiers=orders,
        )
        for ai in ais
    ]


IDENTIFIERS: dict[str, Identifier] = {
    found.ai: found for row in re.findall(r"\S.*", _ROWS) for found in _identifiers(row)
}
