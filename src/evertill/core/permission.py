"""Who may do what. A permission is a word; a role holds some; an approver lends theirs for one intent."""

from __future__ import annotations

from evertill.core.shop import Role

PERMISSIONS = (
    "sell",
    "discount",
    "price_override",
    "void_line",
    "void_sale",
    "return_with_receipt",
    "return_without_receipt",
    "drawer_open",
    "cash_move",
    "shift_open",
    "shift_close",
    "x_report",
    "reprint",
    "park",
    "age_check",
    "approve",
    "settings",
)


def may(role: Role | None, permission: str) -> bool:
    """Whether `role` holds `permission`. No role holds nothing."""
    return role is not None and permission in role.permissions


def may_approve(role: Role | None, permission: str) -> bool:
    """Whether somebody of `role` may lend `permission` to a colleague on the spot."""
    return may(role, "approve") and may(role, permission)
