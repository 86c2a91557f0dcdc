"""What every way to a server promises; the real one and the simulated one both pass."""

from __future__ import annotations

import pytest

from evertill.ports import Exchange, Link, LinkFailed, LinkReply, LinkRequest


def request(
    path: str, *, body: bytes = b"", deadline_ms: int = 3_000, reply_bytes_max: int = 1 << 20
) -> LinkRequest:
    """A question to the contract's server, which does what the path says."""
    return LinkRequest(
        method="POST" if body else "GET",
        path=path,
        headers={"Evertill-Lane": "L1"},
        body=body,
        deadline_ms=deadline_ms,
        reply_bytes_max=reply_bytes_max,
    )


def outcome(link: Link, exchange: Exchange, tries: int = 200) -> LinkReply:
    """Waits for the reply, not for ever. Raises LinkFailed."""
    for _ in range(tries):
        if (reply := exchange.poll()) is not None:
            return reply
        link.wait(50)
    raise AssertionError("the exchange never ended")


class LinkContract:
    """Subclasses give `link`, to a server that answers /echo (201, header X-Was with the lane's name, the
    body), /break (closes without an answer), /silent (never answers) and /long (10,000 bytes); and
    `nowhere`, a link to a server that is not there."""

    @pytest.fixture
    def link(self) -> Link:
        raise NotImplementedError

    @pytest.fixture
    def nowhere(self) -> Link:
        raise NotImplementedError

    def test_a_reply_comes_with_status_headers_and_body(self, link: Link) -> None:
        reply = outcome(link, link.begin(request("/echo", body=b"\x00\xffx")))
        assert (reply.status, reply.headers["x-was"], reply.body) == (201, "L1", b"\x00\xffx")

    def test_one_request_after_another_goes_the_same_way(self, link: Link) -> None:
        for n in range(5):
            assert outcome(link, link.begin(request("/echo", body=b"%d" % n))).body == b"%d" % n

    def test_a_connection_that_breaks_was_one(self, link: Link) -> None:
        with pytest.raises(LinkFailed) as failure:
            outcome(link, link.begin(request("/break")))
        assert failure.value.was_connected
        assert outcome(link, link.begin(request("/echo", body=b"again"))).body == b"again"

    def test_nobody_there_is_told_apart(self, nowhere: Link) -> None:
        with pytest.raises(LinkFailed) as failure:
            outcome(nowhere, nowhere.begin(request("/echo")))
        assert not failure.value.was_connected

    def test_a_silent_server_can_be_left_and_asked_again(self, link: Link) -> None:
        exchange = link.begin(request("/silent", deadline_ms=60_000))
        for _ in range(3):
            assert exchange.poll() is None
            link.wait(20)
        exchange.abandon()
        assert outcome(link, link.begin(request("/echo", body=b"x"))).body == b"x"

    def test_a_reply_longer_than_allowed_is_none(self, link: Link) -> None:
        with pytest.raises(LinkFailed):
            outcome(link, link.begin(request("/long", reply_bytes_max=9_999)))
        assert len(outcome(link, link.begin(request("/long", reply_bytes_max=10_000))).body) == 10_000
