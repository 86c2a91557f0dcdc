"""However batches are split, doubled, delayed, reordered or lost on the way: the same facts, none twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.keeper.acceptance import Keeper, KeeperLimits
from evertill.wire.answer import Result
from evertill.wire.signature import SigningKey, is_signed
from tests.fakes.facts import MemoryFacts
from tests.fakes.journal_lines import Chain

KEY = SigningKey(b"lane key of L1 " + bytes(17))

FIRST = Chain("one").sell(9)
COPY = FIRST.clone(6).sell(5, amount_minor=7)  # a clone that went on by itself
SECOND = FIRST.child("two").sell(4)
THIRD = SECOND.child("three", at=3).sell(2)  # restored from an image: its parent lies below the head
LINEAGE = (FIRST, SECOND, THIRD)

piece = (
    st.sampled_from(LINEAGE)
    .flatmap(
        lambda chain: st.tuples(
            st.just(chain), st.integers(1, len(chain.lines)), st.integers(1, len(chain.lines))
        )
    )
    .map(lambda cut: (cut[0], min(cut[1:]), max(cut[1:])))
)


class Server:
    """A keeper and what it holds; `send` follows its answers as a lane would."""

    def __init__(self) -> None:
        self.facts = MemoryFacts()
        self.facts.enrol("S1", "L1", KEY.public_key)
        self.keeper = Keeper(server_epoch="5" * 32, verify=is_signed, limits=KeeperLimits())

    def post(self, chain: Chain, first: int, last: int) -> Result:
        with self.facts.transaction() as tx:
            answer = self.keeper.receive(tx, chain.batch(first, last, KEY))
        if answer.held:
            assert answer.mark is not None and answer.mark.seq >= last, "held means held to the last entry"
            assert chain.hashes[last - 1] in self.held
        return answer.result

    @property
    def held(self) -> list[str]:
        return [fact.hash for entries in self.facts.entries.values() for fact in entries.values()]

    @property
    def booked(self) -> list[str]:
        return [self.facts.entries[key][seq].hash for key, seq in self.facts.booked]


@settings(max_examples=150, deadline=None)
@given(st.lists(piece, max_size=25), st.integers(1, 5))
def test_any_splitting_repeating_and_reordering_ends_with_every_entry_once(pieces, step: int) -> None:  # type: ignore[no-untyped-def]
    server = Server()
    for chain, first, last in pieces:
        server.post(chain, first, last)
    for chain in LINEAGE:  # then the lane sends in order, as it does in the end
        for first in range(1, len(chain.lines) + 1, step):
            assert server.post(chain, first, min(first + step - 1, len(chain.lines))) is Result.ACKED
    everything = sorted(own for chain in LINEAGE for own in chain.hashes)
    assert sorted(server.held) == everything
    assert sorted(server.booked) == everything


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 14), st.integers(1, 14)), max_size=25), st.booleans())
def test_two_machines_under_one_identity_in_any_order_lose_nothing(cuts, copy_first: bool) -> None:  # type: ignore[no-untyped-def]
    server = Server()
    for is_copy, one, other in cuts:
        chain = COPY if is_copy else FIRST
        first, last = sorted((min(one, len(chain.lines)), min(other, len(chain.lines))))
        server.post(chain, first, last)
    for chain in (COPY, FIRST) if copy_first else (FIRST, COPY):
        for first in range(1, len(chain.lines) + 1, 3):
            last = min(first + 2, len(chain.lines))
            assert server.post(chain, first, last) in (Result.ACKED, Result.FORK)
    everything = sorted({*FIRST.hashes, *COPY.hashes})
    assert sorted(server.held) == everything
    assert sorted(server.booked) == everything


@settings(max_examples=60, deadline=None)
@given(st.lists(piece, max_size=15))
def test_nothing_but_what_was_sent_is_ever_held(pieces) -> None:  # type: ignore[no-untyped-def]
    server = Server()
    sent: set[str] = set()
    for chain, first, last in pieces:
        server.post(chain, first, last)
        sent |= set(chain.hashes[first - 1 : last])
        assert set(server.held) <= sent
        assert len(server.held) == len(set(server.held))
        assert set(server.booked) <= set(server.held)
