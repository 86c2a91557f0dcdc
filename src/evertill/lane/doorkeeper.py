"""Who may come in: PINs and staff cards, checked away from the event loop, one at a time.

A thousand guesses sent at once meet the same lock as a thousand in a row. A card names nobody until it
fits, so wrong cards are counted together and lock out cards only; PINs still work then.
"""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from evertill.core import intent as i
from evertill.core.refusal import Refusal
from evertill.core.shop import StaffMember
from evertill.core.state import UNKNOWN_CARDS
from evertill.lane.agent import Agent, Answer
from evertill.lane.pins import card_holder, pin_fits


class Doorkeeper:
    """Checks what people prove themselves with, for one lane."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._checking = asyncio.Lock()

    async def sign_in(self, intent: i.SignIn) -> Answer:
        """The agent's answer to a sign-in by PIN or card."""
        if intent.card is None:
            member = await self._by_pin(intent.staff, intent.pin)
            return self._agent.answer(intent, pin_ok=member is not None)
        found = await self._by_card(intent.card)
        if isinstance(found, Refusal):
            return found
        return self._agent.answer(replace(intent, staff=found.id, card=None), pin_ok=True)

    async def approver(self, approval: i.Approval) -> StaffMember | Refusal:
        """Whoever lends a permission, proven by PIN or card."""
        if approval.card is not None:
            return await self._by_card(approval.card)
        wait_s = self._agent.pin_wait_s(approval.staff)
        if wait_s:
            return Refusal(
                "pin_locked",
                "Too many wrong PINs. Wait {seconds} seconds, or ask a colleague to sign in.",
                {"seconds": wait_s},
            )
        found = await self._by_pin(approval.staff, approval.pin)
        return found or Refusal("wrong_pin", "The PIN is not right. Try again.")

    async def _by_pin(self, staff: str, pin: str) -> StaffMember | None:
        """The member if the PIN is theirs; a wrong one is counted. A locked-out person is not even tried."""
        async with self._checking:
            if self._agent.pin_wait_s(staff):
                return None
            member = self._agent.rules.staff.get(staff)
            if await asyncio.to_thread(pin_fits, member, pin):
                return member
            if member is not None:
                self._agent.pin_failed(staff)
            return None

    async def _by_card(self, card: str) -> StaffMember | Refusal:
        async with self._checking:
            wait_s = self._agent.pin_wait_s(UNKNOWN_CARDS)
            if wait_s:
                return Refusal(
                    "card_locked",
                    "Too many unknown cards. Wait {seconds} seconds, or use a PIN.",
                    {"seconds": wait_s},
                )
            members = tuple(self._agent.rules.staff.values())
            holder = await asyncio.to_thread(card_holder, members, card)
            if holder is not None:
                return holder
            self._agent.pin_failed(UNKNOWN_CARDS)
            return Refusal("unknown_card", "Nobody here has this card. Try again, or use your PIN.")
