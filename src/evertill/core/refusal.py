"""A refusal: a business "no". It is a returned value with words for the cashier; nothing is recorded."""

from __future__ import annotations

from typing import Any

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """Why an intent was not carried out, and what the cashier can do next.

    `code` names the obstacle (stable, snake_case, part of the API). `text` is an English
    sentence, also the catalogue key of its translations, with {placeholders} filled from
    `params`; money in params is given as `*_minor` integers beside `currency`.
    """

    code: str
    text: str
    params: dict[str, Any] = {}
