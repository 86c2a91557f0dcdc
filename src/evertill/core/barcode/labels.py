"""Labels with a price, a weight or a count inside: the shop's own numbers, from scale or deli counter.

A label is an EAN-13 that GS1 leaves to the shop or the country (restricted circulation number):

    prefix  article number  [check digit of the value]  value  check digit
      21        0042                                    01250       8

The shop's rules (core.shop.WeightBarcode) say how its labels are divided. What must hold: a label
written by a rule is read back by it with the same article and value. A label whose value is zero
names the article only: somebody has to weigh it. Source: GS1 General Specifications 2.1.12.
"""

from __future__ import annotations

import msgspec

from evertill.core.barcode.check_digits import check_digit, is_digits, measure_check_digit
from evertill.core.shop import WeightBarcode

LABEL_DIGITS = 13
HOLDS = ("price", "weight", "count")


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a label says. `base_code` is the label with value zero: one code for all labels of the article.

    `value` is in units of the rule's last decimal; None if the label's value digits are all zero.
    `intact` is false if the value's own check digit is wrong.
    """

    rule: WeightBarcode
    item: str
    value: int | None
    base_code: str
    intact: bool = True


def value_digits(rule: WeightBarcode) -> int:
    """How many digits the value has. Raises ValueError if the rule does not fit into 13 digits."""
    if not is_sound(rule):
        raise ValueError(f"labels cannot be divided so: {rule}")
    return _value_digits(rule)


def is_sound(rule: WeightBarcode) -> bool:
    """Whether the rule divides 13 digits: all parts have a place, and a value check digit is defined."""
    digits = _value_digits(rule)
    fits = rule.item_digits > 0 and digits > 0 and (not rule.value_check or digits in (4, 5))
    return fits and is_digits(rule.prefix) and rule.holds in HOLDS and 0 <= rule.decimals <= 5


def _value_digits(rule: WeightBarcode) -> int:
    return LABEL_DIGITS - 1 - len(rule.prefix) - rule.item_digits - rule.value_check


def encode_weight_barcode(rule: WeightBarcode, item: str, value: int) -> str:
    """The 13 digits of a label for article number `item` with `value`, in units of the rule's last decimal.

    (1250 is 1.250 kg, if the rule holds a weight with three decimals.) A shorter article number gets
    zeros in front. Raises ValueError if article number or value do not fit.
    """
    digits = value_digits(rule)
    if not is_digits(item) or len(item) > rule.item_digits:
        raise ValueError(f"article number {item!r} does not fit into {rule.item_digits} digits")
    if not 0 <= value < 10**digits:
        raise ValueError(f"value {value} does not fit into {digits} digits")
    written = str(value).zfill(digits)
    check = measure_check_digit(written) if rule.value_check else ""
    payload = rule.prefix + item.zfill(rule.item_digits) + check + written
    return payload + check_digit(payload)


def read_label(rule: WeightBarcode, code: str) -> Label | None:
    """What `code` (13 digits, check digit right) says by `rule`; None if it is not for it, or unsound."""
    if not code.startswith(rule.prefix) or not is_sound(rule):
        return None
    digits = _value_digits(rule)
    item = code[len(rule.prefix) : len(rule.prefix) + rule.item_digits]
    written = code[-1 - digits : -1]
    value = int(written)
    check = code[-2 - digits] if rule.value_check else ""
    return Label(
        rule=rule,
        item=item,
        value=value or None,
        base_code=encode_weight_barcode(rule, item, 0),
        intact=not check or check == measure_check_digit(written),
    )
