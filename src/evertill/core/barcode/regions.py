"""How whole countries divide their price and weight labels, as rules that a shop there can start from.

Facts from the GS1 member organisations (Sweden, Norway by observation of Swedish practice, Denmark,
Finland, the Baltics, Germany, Great Britain). A prefix that a country leaves free is not listed.
"""

from __future__ import annotations

from evertill.core.shop import WeightBarcode


def _rules(
    holds: str, decimals: dict[str, int], item_digits: int, check: bool = False
) -> list[WeightBarcode]:
    return [
        WeightBarcode(prefix=prefix, item_digits=item_digits, holds=holds, decimals=count, value_check=check)
        for prefix, count in decimals.items()
    ]


_WEIGHT_BY_PREFIX = {"23": 3, "24": 2, "25": 1}
_BALTIC = tuple(_rules("weight", _WEIGHT_BY_PREFIX, 6))
_NORDIC = (*_rules("price", {"20": 2, "21": 1, "22": 0}, 6), *_BALTIC)

REGION_RULES: dict[str, tuple[WeightBarcode, ...]] = {
    "de": (
        *_rules("price", {"22": 2, "23": 2}, 4, check=True),
        *_rules("count", {"25": 0, "26": 0}, 4, check=True),
        *_rules("weight", {"28": 3, "29": 3}, 4, check=True),
    ),
    "dk": (
        *_rules("price", {"21": 2, "22": 2, "23": 2, "24": 2}, 4),
        *_rules("weight", {"26": 3, "28": 3}, 4),
        *_rules("weight", {"27": 3}, 5),
    ),
    "ee": _BALTIC,
    "fi": _BALTIC,
    "gb": tuple(_rules("price", {"20": 2}, 5, check=True)),
    "lt": _BALTIC,
    "lv": _BALTIC,
    "no": _NORDIC,
    "se": _NORDIC,
}

REGION_CURRENCIES = {"de": "EUR", "dk": "DKK", "gb": "GBP", "no": "NOK", "se": "SEK"}
