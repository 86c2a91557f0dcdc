"""A register with its local API, in memory: the real agent, guard and routes, and nobody's disk or net."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from evertill.lane.api import api
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.lane.register import Register
from tests.fakes.lane import FakeLane, PaperlessPrinting

ORIGIN = "http://127.0.0.1:8770"
T = TypeVar("T")


class Counter:
    """One register and somebody who asks it things."""

    def __init__(self, lane: FakeLane | None = None) -> None:
        self.lane = lane or FakeLane()
        self.printing = PaperlessPrinting()

        async def prepare(version: int) -> None:
            raise OSError(f"no edition {version} here")

        self.register = Register(
            agent=self.lane.agent,
            home=LaneHome(Path("/nowhere")),
            identity=LaneIdentity(store="S1", lane="L1", gate_public_key="00" * 32),
            printing=self.printing,
            prepare_catalogue=prepare,
            origins={ORIGIN, "http://localhost:8770"},
            about={"home": "/nowhere"},
        )
        self.app = api(self.register)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The answer to one intent."""
        answer: dict[str, Any] = (
            await self.client.post("/api/v1/intents", json={"type": kind, **fields})
        ).json()
        return answer

    async def do(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Insists on a yes."""
        answer = await self.ask(kind, **fields)
        assert answer["ok"], answer
        return answer

    async def open(self, staff: str = "1") -> Counter:
        """Signed in with the right PIN, with an open shift."""
        await self.do("SignIn", staff=staff, pin=staff * 4)
        await self.do("OpenShift", float_minor={"EUR": 10_000})
        return self

    @property
    def seq(self) -> int:
        """How many entries there are."""
        return self.lane.agent.journal.head.seq


def at_the_counter(scene: Callable[[Counter], Awaitable[T]]) -> Callable[[], None]:
    """A test that plays `scene` at a fresh counter."""

    def test() -> None:
        asyncio.run(_play(scene))

    test.__name__, test.__doc__ = scene.__name__, scene.__doc__
    return test


async def _play(scene: Callable[[Counter], Awaitable[T]]) -> T:
    return await scene(Counter())
