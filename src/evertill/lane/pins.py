"""Checking PINs: argon2id, away from the event loop, with the same work for known and unknown people."""

from __future__ import annotations

import argon2

from evertill.core.shop import StaffMember

_HASHER = argon2.PasswordHasher()
# Verified against when nobody has that id, so that the time taken does not tell who exists.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$At6tsyaoBSmAYZUkczKqGQ$k+sMvaT+VmObJIbP4Sv8fR4U1qiM0BanL0w0S2IKtn8"


def pin_fits(member: StaffMember | None, pin: str) -> bool:
    """Whether `pin` is this member's. Takes tens of milliseconds on purpose."""
    try:
        return _HASHER.verify(member.pin_hash if member is not None else _NOBODY, pin) and member is not None
    except argon2.exceptions.Argon2Error:
        return False
    except argon2.exceptions.InvalidHashError:
        return False


def hash_pin(pin: str) -> str:
    """An argon2id string for a new PIN."""
    return argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(pin)
