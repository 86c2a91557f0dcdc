"""Check digits and check characters: the arithmetic that tells a misread code from a good one.

Everything here takes plain ASCII text and is pure. Functions that compute a digit assume that
the caller has looked at the characters; functions that answer "is it right" never raise.
Sources: GS1 General Specifications 7.9 (check digits, price and weight check digits, check
character pair), ISO 13616 (IBAN), GB 32100-2015 (Chinese unified social credit code).
"""

from __future__ import annotations

from collections.abc import Iterator

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CSET82_VALUES = {character: value for value, character in enumerate(CSET82)}
PAIR_TEXT_MAX = 97  # as many primes as the pair's weights are defined for in one AI value, and to spare
PAIR_MODULUS = 1_021

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

# What a digit counts for in a price or weight check digit, by the name of its weight.
_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_FOUR_DIGITS = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
_FIVE_DIGITS = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)


def is_digits(text: str) -> bool:
    """Whether `text` is one or more ASCII digits. (str.isdigit alone takes ² and ٣ too.)"""
    return text.isascii() and text.isdigit()


def check_digit(payload: str) -> str:
    """The GS1 check digit of `payload`, ASCII digits without the check digit."""
    digits = payload.encode("ascii")
    total = 3 * (sum(digits[-1::-2]) - 48 * ((len(digits) + 1) // 2)) + sum(digits[-2::-2])
    return str((48 * (len(digits) // 2) - total) % 10)


def has_good_check_digit(code: str) -> bool:
    """Whether `code` is ASCII digits of which the last is the GS1 check digit of the others."""
    if not is_digits(code):
        return False
    digits = code.encode("ascii")
    odd, even = (len(digits) + 1) // 2, len(digits) // 2
    return (sum(digits[-1::-2]) - 48 * odd + 3 * (sum(digits[-2::-2]) - 48 * even)) % 10 == 0


def measure_check_digit(value: str) -> str:
    """The price or weight check digit of a 4- or 5-digit `value` (GS1 General Specifications 7.9.2-7.9.4).

    Raises ValueError for any other text: the standard defines none.
    """
    if not is_digits(value) or len(value) not in (4, 5):
        raise ValueError(f"a price or weight check digit needs 4 or 5 digits, not {value!r}")
    weights = _FOUR_DIGITS if len(value) == 4 else _FIVE_DIGITS
    total = sum(weight[int(digit)] for weight, digit in zip(weights, value, strict=True))
    if len(value) == 4:
        return str(total * 3 % 10)
    return str(_FIVE_MINUS.index(-total % 10))


def check_pair(text: str) -> str:
    """The two check characters of `text` (CSET 82, at most PAIR_TEXT_MAX long): GS1 7.9.5."""
    total = sum(
        CSET82_VALUES[character] * prime for character, prime in zip(reversed(text), _PRIMES, strict=False)
    )
    high, low = divmod(total % PAIR_MODULUS, 32)
    return CSET32[high] + CSET32[low]


def mod97(text: str) -> int:
    """ISO 7064 remainder of `text` (0-9, A-Z; A counts 10), as IBAN checks it: 1 is right."""
    return int("".join(str(int(character, 36)) for character in text)) % 97


def uscc_fault(number: str) -> str | None:
    """What is wrong with a Chinese unified social credit code: "length", "format", "checksum" or None.

    `number` is 18 upper-case characters without spaces.
    """
    if len(number) != 18:
        return "length"
    if not is_digits(number[:8]) or any(character not in USCC_ALPHABET for character in number[8:]):
        return "format"
    values = (USCC_ALPHABET.index(character) for character in number[:17])
    total = sum(weight * value for weight, value in zip(USCC_WEIGHTS, values, strict=True))
    return None if USCC_ALPHABET[-total % 31] == number[17] else "checksum"


def _primes(count: int) -> Iterator[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
            yield candidate
        candidate += 1


_PRIMES = tuple(_primes(PAIR_TEXT_MAX))
