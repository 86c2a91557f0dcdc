"""What every fact store promises; the real one and the one in memory both pass."""

from __future__ import annotations

import msgspec
import pytest

from evertill.keeper.facts import Fact, FactStore, History, Note
from evertill.wire.answer import Mark


def history(epoch: str = "e", branch: int = 0, **more: object) -> History:
    """A history up to entry 2."""
    fields = {
        "store": "S1",
        "lane": "L1",
        "epoch": epoch,
        "branch": branch,
        "base": 0,
        "first_seq": 1,
        "parent": None,
        "seq": 2,
        "hash": "b" * 64,
    }
    return History(**{**fields, **more})  # type: ignore[arg-type]


def fact(seq: int, letter: str, *, flag: str = "", body: bytes = b"{}") -> Fact:
    """Entry `seq`, whose hash is all one letter."""
    return Fact(
        seq=seq,
        hash=letter * 64,
        at="2026-11-22T09:00:00.000Z",
        day="2026-11-22",
        kind="X",
        flag=flag,
        body=body,
    )


class FactStoreContract:
    """Subclasses give a fixture `facts`: an empty store in which lane L1 of S1 is enrolled with key KEY."""

    KEY = b"k" * 32

    @pytest.fixture
    def facts(self) -> FactStore:
        raise NotImplementedError

    def test_an_enrolled_lane_is_known_by_its_key_and_others_are_not(self, facts: FactStore) -> None:
        with facts.transaction() as tx:
            lane = tx.lane("S1", "L1")
            assert lane is not None and (lane.public_key, lane.revoked) == (self.KEY, "")
            assert tx.lane("S1", "L2") is None
            assert tx.lane("S2", "L1") is None

    def test_what_was_appended_is_there_in_the_next_transaction(self, facts: FactStore) -> None:
        parent = Mark(epoch="p", seq=9, hash="a" * 64)
        kept = history(parent=parent)
        with facts.transaction() as tx:
            assert tx.histories("S1", "L1", "e") == []
            tx.put_history(kept)
            tx.append(kept, [fact(1, "a"), fact(2, "b", flag="unknown_kind", body=b"\x00\xff")])
        with facts.transaction() as tx:
            assert tx.histories("S1", "L1", "e") == [kept]
            assert [tx.hash_at(kept, seq) for seq in (0, 1, 2, 3)] == [None, "a" * 64, "b" * 64, None]

    def test_a_history_grows(self, facts: FactStore) -> None:
        grown = history(seq=3, hash="c" * 64)
        with facts.transaction() as tx:
            tx.put_history(history())
            tx.put_history(grown)
            assert tx.histories("S1", "L1", "e") == [grown]

    def test_a_transaction_that_ends_badly_leaves_nothing(self, facts: FactStore) -> None:
        def half_done() -> None:
            with facts.transaction() as tx:
                tx.put_history(history())
                tx.append(history(), [fact(1, "a")])
                tx.note(Note(store="S1", lane="L1", what="fork", epoch="e", first_seq=1, last_seq=1))
                raise RuntimeError("the world ends")

        with pytest.raises(RuntimeError):
            half_done()
        with facts.transaction() as tx:
            assert tx.histories("S1", "L1", "e") == []
            assert tx.hash_at(history(), 1) is None

    def test_branches_are_kept_apart_and_listed_in_order(self, facts: FactStore) -> None:
        branch = history(branch=1, first_seq=2)
        with facts.transaction() as tx:
            tx.put_history(branch)
            tx.put_history(history())
            tx.append(branch, [fact(2, "d")])
            tx.append(history(), [fact(2, "b")])
            assert tx.histories("S1", "L1", "e") == [history(), branch]
            assert (tx.hash_at(branch, 2), tx.hash_at(history(), 2)) == ("d" * 64, "b" * 64)

    def test_the_newest_is_the_trunk_opened_last_that_is_in_the_books(self, facts: FactStore) -> None:
        with facts.transaction() as tx:
            assert tx.newest("S1", "L1") is None
            tx.put_history(history("one"))
            tx.put_history(history("two"))
            tx.put_history(history("aside", quarantined="no_parent"))
            tx.put_history(history("one", branch=1))
            tx.put_history(history("one", seq=5, hash="f" * 64))
            assert tx.newest("S1", "L1") == history("two")
            assert tx.quarantined("S1", "L1") == [history("aside", quarantined="no_parent")]
            assert tx.newest("S1", "L2") is None

    def test_what_was_held_aside_can_be_released(self, facts: FactStore) -> None:
        aside = history("aside", quarantined="no_parent")
        with facts.transaction() as tx:
            tx.put_history(aside)
            tx.append(aside, [fact(1, "a"), fact(2, "b")])
            tx.release(aside)
        with facts.transaction() as tx:
            assert tx.quarantined("S1", "L1") == []
            assert tx.newest("S1", "L1") == msgspec.structs.replace(aside, quarantined="")
