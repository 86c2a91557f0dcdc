"""money-rounding: rounding, scales, splitting, arithmetic and currency digits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from evertill.core.amount import Amount, CurrencyMismatch, Scale, ScaleError, ScaleMismatch
from evertill.core.currency import everyday
from evertill.core.money import Odd
from evertill.core.rounding import Inexact, Rounding, round_exact, share
from tests.vectors.outcome import Outcome, compared

SET = "money-rounding"
MODES = {
    "HALF-UP": Rounding.HALF_UP,
    "HALF-DOWN": Rounding.HALF_DOWN,
    "HALF-EVEN": Rounding.HALF_EVEN,
    "UP": Rounding.UP,
    "DOWN": Rounding.DOWN,
    "Up": Rounding.UP,
    "Down": Rounding.DOWN,
    "Ceiling": Rounding.CEILING,
    "Floor": Rounding.FLOOR,
    "HalfUp": Rounding.HALF_UP,
    "HalfDown": Rounding.HALF_DOWN,
    "HalfEven": Rounding.HALF_EVEN,
    "HalfCeiling": Rounding.HALF_CEILING,
    "HalfFloor": Rounding.HALF_FLOOR,
    "Unnecessary": Rounding.EXACT,
}
ODDS = {
    "FloorToFirst": Odd.TO_FIRST,
    "FloorToLargestRemainder": Odd.TO_LARGEST_REST,
    "FloorToLargestRatio": Odd.TO_LARGEST_WEIGHT,
    "FloorSeparate": Odd.APART,
    "BlockSeparate": Odd.BLOCKS_APART,
    "ToFirst": Odd.TO_FIRST,
    "Separate": Odd.APART,
}
ERRORS: dict[str, tuple[type[Exception], ...]] = {
    "RoundingNecessaryException": (Inexact,),
    "ContextException": (ScaleError,),
    "CurrencyMismatchException": (CurrencyMismatch,),
    "ContextMismatchException": (ScaleMismatch,),
    "MoneyMismatchException": (CurrencyMismatch, ScaleMismatch),
    "DivisionByZeroException": (ZeroDivisionError,),
}
CURRENCY_OWN = Scale()


def run(case: dict[str, Any]) -> Outcome:
    wanted = case.get("expected", case.get("expectedResult", case.get("expectedQuotient", case.get("c"))))
    if isinstance(wanted, dict) and "error" in wanted:
        return _refused(case, wanted["error"])
    return KINDS[case["kind"]](case, wanted)


def _refused(case: dict[str, Any], name: str) -> Outcome:
    """Passed if the product refuses for that reason; of a reason it does not tell apart, for any."""
    try:
        came = KINDS[case["kind"]](case, None)
    except ERRORS.get(name, (ValueError, ArithmeticError)):
        return compared(name, name)
    return compared(name, came)


def _mode(case: dict[str, Any], usual: str = "Unnecessary") -> Rounding:
    named = (case.get(name) for name in ("roundingMode", "rounding", "method"))
    return MODES[next((name for name in named if name), usual)]


def _number(given: Any) -> Fraction:
    if isinstance(given, dict):
        given, *_ = next(iter(given.values()))
    return Fraction(str(given))


def _scale(given: dict[str, Any] | None) -> Scale:
    if given is None:
        return CURRENCY_OWN
    ((name, values),) = given.items()
    makers: dict[str, Callable[..., Scale]] = {
        "DefaultContext": lambda: CURRENCY_OWN,
        "AutoContext": lambda: Scale(unlimited=True),
        "CashContext": lambda step: Scale(step=step),
        "CustomContext": lambda digits, step=1: Scale(digits, step),
    }
    return makers[name](*values)


def _money(given: Any) -> Amount:
    amount, currency, *rest = given
    mode = MODES[rest[1]] if len(rest) > 1 else Rounding.EXACT
    return _scale(rest[0] if rest else None).fit(_number(amount), currency, mode)


def _operand(given: Any) -> Fraction | Amount:
    return _money(given) if isinstance(given, list) else _number(given)


def _bare(amount: Amount) -> str:
    return str(amount).split()[1]


def _step(case: dict[str, Any]) -> Fraction:
    return _number(case["unit"]) if "unit" in case else 1 / Fraction(10) ** int(case["digits"])


def _round(case: dict[str, Any], wanted: Any) -> Outcome:
    rounded = round_exact(_number(case["amount"]), _step(case), _mode(case, "HALF-UP"))
    return compared(_number(wanted), rounded)


def _is_zero(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, round_exact(_number(case["amount"]), _step(case)) == 0)


def _compare(case: dict[str, Any], wanted: Any) -> Outcome:
    a, b = (round_exact(_number(case[side]), _step(case)) for side in "ab")
    return compared(wanted, (a > b) - (a < b))


def _cash(case: dict[str, Any], wanted: Any) -> Outcome:
    fitted = Scale(step=case["step"]).fit(_number(case["amount"]), case["currency"], _mode(case))
    return compared(wanted, _bare(fitted))


def _custom(case: dict[str, Any], wanted: Any) -> Outcome:
    scale = Scale(case["scale"], case.get("step", 1))
    return compared(wanted, _bare(scale.fit(_number(case["amount"]), case["currency"], _mode(case))))


def _default(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, _bare(CURRENCY_OWN.fit(_number(case["amount"]), case["currency"], _mode(case))))


def _auto(case: dict[str, Any], wanted: Any) -> Outcome:
    scale = Scale(unlimited=True)
    return compared(wanted, _bare(scale.fit(_number(case["amount"]), case["currency"], _mode(case))))


def _allocate(case: dict[str, Any], wanted: Any) -> Outcome:
    weights = [_number(ratio) for ratio in case["ratios"]]
    return compared(
        wanted, [str(part) for part in _money(case["money"]).allocated(weights, ODDS[case["mode"]])]
    )


def _split(case: dict[str, Any], wanted: Any) -> Outcome:
    weights = [Fraction(1)] * case["targets"]
    return compared(
        wanted, [str(part) for part in _money(case["money"]).allocated(weights, ODDS[case["mode"]])]
    )


def _plus(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, str(_money(case["money"]).plus(_operand(case["plus"]), _mode(case))))


def _minus(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, str(_money(case["money"]).minus(_operand(case["minus"]), _mode(case))))


def _multiply(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, str(_money(case["money"]).times(_number(case["multiplier"]), _mode(case))))


def _divide(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, str(_money(case["money"]).over(_number(case["divisor"]), _mode(case))))


def _quotient(case: dict[str, Any], wanted: Any) -> Outcome:
    divisor = round_exact(_number(case["divisor"]), rounding=Rounding.EXACT)
    quotient, rest = _money(case["money"]).quotient_and_rest(int(divisor))
    return compared((wanted, case.get("expectedRemainder")), (str(quotient), str(rest)))


def _to_context(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, str(_money(case["money"]).at(_scale(case["context"]), _mode(case))))


def _convert(case: dict[str, Any], wanted: Any) -> Outcome:
    currency, rate, *rest = case["parameters"]
    scale = _scale(rest[0]) if rest and rest[0] is not None else None
    mode = MODES[rest[1]] if len(rest) > 1 else _mode(case)
    return compared(wanted, str(_money(case["money"]).exchanged(currency, _number(rate), scale, mode)))


def _compare_money(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, _money(case["a"]).compared_to(_operand(case["b"])))


def _minor(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(_number(wanted), _money(case["money"]).minor)


def _sum(case: dict[str, Any], wanted: Any) -> Outcome:
    scale = case.get("context")
    first, *others = (_money([*money[:2], *([scale] if scale else money[2:])]) for money in case["monies"])
    for other in others:
        first = first.plus(other)
    return compared(wanted, str(first))


def _prorate(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, share(case["total"], case["weights"]))


def _digits(case: dict[str, Any], wanted: Any) -> Outcome:
    return compared(wanted, everyday(case["currency"])._asdict())


KINDS: dict[str, Callable[[dict[str, Any], Any], Outcome]] = {
    "round": _round,
    "is_zero": _is_zero,
    "compare": _compare,
    "brick_cash_rounding": _cash,
    "brick_custom_scale": _custom,
    "brick_default_scale": _default,
    "brick_auto_scale": _auto,
    "brick_allocate": _allocate,
    "brick_split": _split,
    "brick_plus": _plus,
    "brick_minus": _minus,
    "brick_multiply": _multiply,
    "brick_divide": _divide,
    "brick_quotient_remainder": _quotient,
    "brick_to_context": _to_context,
    "brick_convert": _convert,
    "brick_compare": _compare_money,
    "brick_minor_amount": _minor,
    "brick_sum": _sum,
    "prorate": _prorate,
    "cldr_currency_digits": _digits,
}
