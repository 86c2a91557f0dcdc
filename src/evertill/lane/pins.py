"""Checking PINs and staff cards: argon2id, away from the event loop, the same work for known and unknown.

The cards of a shop share a salt (docs/adr/0018): a card does not say whose it is, so one calculation must
be enough to find out.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

import argon2
from argon2 import low_level

from evertill.core.shop import StaffMember

_HASHER = argon2.PasswordHasher()
# Verified against when nobody has that id, so that the time taken does not tell who exists.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$At6tsyaoBSmAYZUkczKqGQ$k+sMvaT+VmObJIbP4Sv8fR4U1qiM0BanL0w0S2IKtn8"
_WRONG = (argon2.exceptions.Argon2Error, argon2.exceptions.InvalidHashError)


def pin_fits(member: StaffMember | None, pin: str) -> bool:
    """Whether `pin` is this member's. Takes tens of milliseconds on purpose."""
    try:
        return _HASHER.verify(member.pin_hash if member is not None else _NOBODY, pin) and member is not None
    except _WRONG:
        return False


def hash_pin(pin: str) -> str:
    """An argon2id string for a new PIN."""
    return argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(pin)


def card_holder(members: Sequence[StaffMember], card: str) -> StaffMember | None:
    """Whose card this is, None if nobody's. One calculation for all cards that share a salt."""
    by_salt: dict[str, list[StaffMember]] = {}
    for member in members:
        if member.card_hash:
            by_salt.setdefault(member.card_hash.rpartition("$")[0], []).append(member)
    for holders in by_salt.values():
        hashed = _hashed_like(holders[0].card_hash, card)
        for holder in holders:
            if hmac.compare_digest(holder.card_hash, hashed):
                return holder
    return None


def _hashed_like(known: str, card: str) -> str:
    """`card` as an argon2 string with the salt and cost of `known`; empty if that is none."""
    try:
        cost = argon2.extract_parameters(known)
        salt = known.split("$")[-2]
        return low_level.hash_secret(
            card.encode(),
            base64.b64decode(salt + "=" * (-len(salt) % 4)),
            time_cost=cost.time_cost,
            memory_cost=cost.memory_cost,
            parallelism=cost.parallelism,
            hash_len=cost.hash_len,
            type=cost.type,
            version=cost.version,
        ).decode()
    except (*_WRONG, ValueError):
        return ""


def hash_card(card: str, salt: bytes) -> str:
    """An argon2id string for a staff card; `salt`, at least eight bytes, is the same for all of a shop."""
    return low_level.hash_secret(card.encode(), salt, 2, 19_456, 1, 32, low_level.Type.ID).decode()
