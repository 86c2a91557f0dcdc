"""The simulated way keeps the contract of the real one."""

from __future__ import annotations

import pytest

from evertill.ports import LinkReply, LinkRequest
from tests.contract.link_contract import LinkContract
from tests.fakes.clock import SimulatedClock
from tests.fakes.link import SimulatedLink


def echo(request: LinkRequest) -> LinkReply:
    body = b"x" * 10_000 if request.path == "/long" else request.body
    return LinkReply(status=201, headers={"x-was": request.headers["Evertill-Lane"]}, body=body)


class LinkByPath(SimulatedLink):
    """A simulated way whose faults are chosen by the path, as the contract's server does."""

    def begin(self, request: LinkRequest):  # type: ignore[no-untyped-def]
        fault = {"/break": "request_lost", "/silent": "silent"}.get(request.path, "ok")
        self.faults = iter([fault])
        return super().begin(request)


class TestSimulatedLink(LinkContract):
    @pytest.fixture
    def link(self) -> SimulatedLink:
        return LinkByPath(SimulatedClock(), echo)

    @pytest.fixture
    def nowhere(self) -> SimulatedLink:
        return SimulatedLink(SimulatedClock(), echo, iter(["absent"]))
