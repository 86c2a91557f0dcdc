"""The acceptance table, row by row."""

from __future__ import annotations

import pytest

from evertill.core.fault import Fault
from evertill.journal.line import Head
from evertill.keeper.acceptance import Keeper, KeeperLimits
from evertill.wire.answer import Answer, Mark, Result
from evertill.wire.batch import Batch, Sender, mark_path, request_bytes
from evertill.wire.signature import SigningKey, is_signed
from tests.fakes.facts import MemoryFacts
from tests.fakes.journal_lines import Chain, signed_batch

KEY = SigningKey(b"lane key of L1 " + bytes(17))
STRANGER = SigningKey(b"somebody else " + bytes(18))
SERVER_EPOCH = "5" * 32


class Shop:
    """A keeper with one enrolled lane."""

    def __init__(self, limits: KeeperLimits | None = None) -> None:
        self.facts = MemoryFacts()
        self.facts.enrol("S1", "L1", KEY.public_key)
        self.keeper = Keeper(
            server_epoch=SERVER_EPOCH, verify=is_signed, limits=limits or KeeperLimits(branches_max=3)
        )

    def receive(self, batch: Batch) -> Answer:
        with self.facts.transaction() as tx:
            return self.keeper.receive(tx, batch)

    def send(self, chain: Chain, first: int, last: int) -> Answer:
        return self.receive(chain.batch(first, last, KEY))

    def asked(self, position: Mark | None) -> Answer:
        sender, path = Sender(store="S1", lane="L1"), mark_path("L1")
        signature = KEY.sign(request_bytes("GET", path, sender, b""))
        with self.facts.transaction() as tx:
            return self.keeper.mark(tx, sender, position, path=path, signature=signature)

    @property
    def held(self) -> set[str]:
        return {fact.hash for entries in self.facts.entries.values() for fact in entries.values()}

    @property
    def booked(self) -> list[str]:
        return [self.facts.entries[key][seq].hash for key, seq in self.facts.booked]

    @property
    def noted(self) -> list[tuple[str, int, int]]:
        return [(note.what, note.first_seq, note.last_seq) for note in self.facts.notes]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_first_entries_of_an_enrolled_lane_are_taken_and_acknowledged_up_to_the_last(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    answer = shop.send(chain, 1, 5)
    assert (answer.result, answer.held) == (Result.ACKED, True)
    assert answer.mark == Mark(epoch=chain.epoch, seq=5, hash=chain.hashes[4])
    assert shop.held == set(chain.hashes)


def test_the_next_entries_go_behind_the_mark(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    shop.send(chain, 1, 2)
    answer = shop.send(chain, 3, 5)
    assert answer.mark is not None and answer.mark.seq == 5
    assert len(shop.booked) == 5


def test_entries_that_come_again_are_acknowledged_again_and_kept_once(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    first = shop.send(chain, 1, 5)
    assert shop.send(chain, 1, 5) == first
    assert shop.send(chain, 2, 3) == first
    assert sorted(shop.booked) == sorted(chain.hashes)


def test_a_batch_that_overlaps_adds_only_what_is_new(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 4)
    answer = shop.send(chain, 3, 7)
    assert answer.mark is not None and answer.mark.seq == 7
    assert sorted(shop.booked) == sorted(chain.hashes)


def test_entries_behind_a_gap_are_not_parked_but_asked_for_from_the_mark(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 3)
    answer = shop.send(chain, 5, 7)
    assert answer.result is Result.SEND_FROM
    assert answer.send_after == Mark(epoch=chain.epoch, seq=3, hash=chain.hashes[2])
    assert shop.held == set(chain.hashes[:3])


def test_an_unknown_epoch_is_asked_for_from_its_beginning(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    answer = shop.send(chain, 4, 6)
    assert answer.result is Result.SEND_FROM
    assert answer.send_after == Mark(epoch=chain.epoch, seq=0, hash="")
    assert not shop.held


def test_two_machines_under_one_identity_lose_nothing_and_are_told(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    copy = chain.clone(4).sell(3, amount_minor=999)
    shop.send(chain, 1, 7)
    answer = shop.send(copy, 4, 7)
    assert (answer.result, answer.code) == (Result.FORK, "fork")
    assert answer.mark == Mark(epoch=copy.epoch, seq=7, hash=copy.hashes[6])
    assert shop.held == {*chain.hashes, *copy.hashes}
    assert sorted(shop.booked) == sorted({*chain.hashes, *copy.hashes})
    assert shop.noted == [("fork", 5, 7)]


def test_both_machines_of_a_fork_may_go_on_sending_their_own_history(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    copy = chain.clone(4).sell(3, amount_minor=999)
    shop.send(chain, 1, 7)
    shop.send(copy, 4, 7)
    chain.sell(2)
    copy.sell(1)
    assert shop.send(chain, 8, 9).result is Result.ACKED
    assert shop.send(copy, 8, 8).result is Result.FORK
    assert shop.send(copy, 2, 8).result is Result.FORK
    assert shop.held == {*chain.hashes, *copy.hashes}
    assert shop.noted == [("fork", 5, 7)], "told once, not at each batch"


def test_a_fork_of_a_fork_is_kept_too(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    copy = chain.clone(3).sell(5, amount_minor=999)
    third = copy.clone(5).sell(2, amount_minor=111)
    for each in (chain, copy, third):
        shop.send(each, 1, len(each.lines))
    assert shop.held == {*chain.hashes, *copy.hashes, *third.hashes}
    assert shop.noted == [("fork", 4, 8), ("fork", 6, 7)]


def test_a_fork_whose_beginning_was_not_sent_is_found_by_asking_for_earlier_entries(shop: Shop) -> None:
    chain = Chain("one").sell(40)
    copy = chain.clone(17).sell(30, amount_minor=999)
    shop.send(chain, 1, 41)
    first, steps = 40, 0
    answer = shop.send(copy, first, 47)
    while answer.result is Result.SEND_FROM:
        assert answer.send_after is not None and answer.send_after.seq < first - 1
        first, steps = answer.send_after.seq + 1, steps + 1
        answer = shop.send(copy, first, 47)
    assert answer.result is Result.FORK
    assert steps <= 6
    assert shop.held == {*chain.hashes, *copy.hashes}


def test_the_forked_lane_opens_a_new_epoch_behind_its_own_branch(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    copy = chain.clone(4).sell(3, amount_minor=999)
    shop.send(chain, 1, 7)
    shop.send(copy, 4, 7)
    child = copy.child("two").sell(2)
    assert shop.send(child, 1, 3).result is Result.ACKED


def test_more_copies_than_allowed_are_refused_and_nothing_else_changes(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 7)
    for amount in (1, 2):
        assert shop.send(chain.clone(4).sell(1, amount_minor=amount), 4, 5).result is Result.FORK
    held = shop.held
    answer = shop.send(chain.clone(4).sell(1, amount_minor=3), 4, 5)
    assert (answer.result, answer.code) == (Result.REFUSED, "too_many_forks")
    assert shop.held == held


def test_a_new_epoch_behind_the_last_entry_is_opened(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 7)
    child = chain.child("two").sell(2)
    assert shop.send(child, 1, 3).result is Result.ACKED
    assert shop.noted == []
    assert shop.asked(None).mark == Mark(epoch=child.epoch, seq=3, hash=child.hashes[2])


def test_an_epoch_whose_parent_lies_below_the_mark_is_a_restore_that_keeps_the_overlap(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 7)
    child = chain.child("two", at=4).sell(2)
    assert shop.send(child, 1, 3).result is Result.ACKED
    assert shop.held == {*chain.hashes, *child.hashes}
    assert shop.noted == [("restore", 5, 7)]


def test_a_lane_that_begins_anew_without_a_parent_is_quarantined_but_kept(shop: Shop) -> None:
    chain, anew = Chain("one").sell(6), Chain("anew").sell(3)
    shop.send(chain, 1, 7)
    answer = shop.send(anew, 1, 2)
    assert (answer.result, answer.code, answer.held) == (Result.QUARANTINED, "no_parent", True)
    assert shop.send(anew, 3, 4).result is Result.QUARANTINED
    assert shop.held == {*chain.hashes, *anew.hashes}
    assert sorted(shop.booked) == sorted(chain.hashes), "not in the books"
    assert shop.noted == [("quarantine", 1, 2)]
    assert shop.asked(None).mark == Mark(epoch=chain.epoch, seq=7, hash=chain.hashes[6])


def test_an_epoch_with_a_parent_that_never_was_is_quarantined(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    shop.send(chain, 1, 7)
    false = Chain("two", parent=Head(epoch=chain.epoch, seq=3, hash="f" * 64)).sell(1)
    assert shop.send(false, 1, 2).code == "parent_false"
    assert shop.booked == chain.hashes


def test_an_epoch_that_comes_before_its_parent_is_held_until_the_parent_is_there(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    child = chain.child("two").sell(2)
    shop.send(chain, 1, 3)
    answer = shop.send(child, 1, 3)
    assert (answer.result, answer.code) == (Result.QUARANTINED, "parent_missing")
    assert answer.send_after == Mark(epoch=chain.epoch, seq=3, hash=chain.hashes[2])
    assert shop.send(chain, 4, 7).result is Result.ACKED
    assert sorted(shop.booked) == sorted([*chain.hashes, *child.hashes])
    assert shop.send(child, 1, 3).result is Result.ACKED


def test_a_person_releases_what_was_held_aside_and_what_goes_on_from_it(shop: Shop) -> None:
    chain, anew = Chain("one").sell(6), Chain("anew").sell(3)
    child = anew.child("two").sell(1)
    shop.send(chain, 1, 7)
    shop.send(anew, 1, 4)
    assert shop.send(child, 1, 2).result is Result.QUARANTINED
    with shop.facts.transaction() as tx:
        assert shop.keeper.release(tx, "S1", "L1", anew.epoch)
    assert sorted(shop.booked) == sorted([*chain.hashes, *anew.hashes, *child.hashes])
    with shop.facts.transaction() as tx:
        assert not shop.keeper.release(tx, "S1", "L1", anew.epoch)
    assert len(shop.booked) == 13


def test_only_so_many_epochs_are_held_aside() -> None:
    shop = Shop(KeeperLimits(quarantined_epochs_max=2))
    shop.send(Chain("one"), 1, 1)
    for name in ("a", "b"):
        assert shop.send(Chain(name), 1, 1).result is Result.QUARANTINED
    assert shop.send(Chain("c"), 1, 1).code == "quarantine_full"
    assert shop.send(Chain("a"), 1, 1).result is Result.QUARANTINED


def test_a_lane_that_nobody_enrolled_is_refused_and_nothing_of_it_kept(shop: Shop) -> None:
    chain = Chain("one", lane="L9").sell(2)
    answer = shop.send(chain, 1, 3)
    assert (answer.result, answer.code, answer.mark) == (Result.REFUSED, "lane_unknown", None)
    assert answer.hint
    assert not shop.held


def test_a_revoked_lane_is_refused_but_keeps_its_earlier_sales_in_the_books(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    shop.send(chain, 1, 3)
    shop.facts.revoke("S1", "L1", "stolen")
    assert shop.send(chain, 4, 5).code == "lane_revoked"
    assert shop.booked == chain.hashes[:3]


def test_somebody_elses_signature_is_refused(shop: Shop) -> None:
    assert shop.receive(Chain("one").batch(1, 1, STRANGER)).code == "signature_wrong"
    assert not shop.held


def test_a_batch_signed_for_another_epoch_is_refused(shop: Shop) -> None:
    batch, other = Chain("one").batch(1, 1, KEY), Chain("two").batch(1, 1, KEY)
    mixed = Batch(
        sender=other.sender,
        method="POST",
        path=batch.path,
        body=batch.body,
        signature=batch.signature,
        lines=batch.lines,
    )
    assert shop.receive(mixed).code == "signature_wrong"


@pytest.mark.parametrize(
    "broken",
    [
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0]],
        lambda lines: [lines[0], lines[1].replace(b'"lines":1', b'"lines":2')],
        lambda lines: [lines[0], b"not a line\n"],
        lambda lines: [lines[0], lines[1][:-2] + b"\n"],
        lambda lines: [*lines[:1], *Chain("other").lines],
    ],
    ids=["gap", "order", "altered", "garbage", "cut", "other epoch"],
)
def test_lines_that_do_not_hold_together_are_refused_as_a_whole(shop: Shop, broken) -> None:  # type: ignore[no-untyped-def]
    chain = Chain("one").sell(3)
    answer = shop.receive(signed_batch(chain, b"".join(broken(chain.lines)), KEY))
    assert (answer.result, answer.code) == (Result.REFUSED, "chain_broken")
    assert not shop.held


def test_an_epoch_that_does_not_begin_with_its_opening_is_refused(shop: Shop) -> None:
    chain = Chain("one", opened=False).sell(2)
    assert shop.send(chain, 1, 2).code == "chain_broken"


def test_entries_that_make_no_sense_are_set_aside_and_do_not_block_the_ones_behind(shop: Shop) -> None:
    chain = Chain("one").sell(1)
    chain.add("SoldOnMars", b'{"price":1}')
    chain.add("SaleVoided", b'{"sale":5}')
    chain.add_body(chain.lines[0][130:].split(b'"seq":1')[0] + b'"seq":5,"at":"then this is no JSON}')
    chain.sell(1)
    answer = shop.send(chain, 1, 6)
    assert answer.result is Result.ACKED and answer.mark is not None and answer.mark.seq == 6
    assert shop.held == set(chain.hashes)
    assert len(shop.booked) == 3
    assert shop.noted == [("set_aside", 3, 3), ("set_aside", 4, 4), ("set_aside", 5, 5)]


def test_a_commit_that_failed_acknowledges_nothing_and_the_repeat_is_taken_once(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    shop.facts.commits_refused = 1
    with pytest.raises(Fault, match="facts_failed"):
        shop.send(chain, 1, 5)
    assert not shop.held
    assert shop.send(chain, 1, 5).result is Result.ACKED
    assert sorted(shop.booked) == sorted(chain.hashes)


def test_a_restored_server_says_that_it_does_not_hold_what_the_lane_had_acknowledged(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    acked = Mark(epoch=chain.epoch, seq=7, hash=chain.hashes[6])
    empty = shop.asked(acked)
    assert (empty.result, empty.held, empty.mark) == (Result.SEND_FROM, False, None)
    assert empty.send_after == Mark(epoch="", seq=0, hash="")
    shop.send(chain, 1, 3)
    older = shop.asked(acked)
    assert (older.held, older.send_after) == (False, Mark(epoch=chain.epoch, seq=3, hash=chain.hashes[2]))
    assert shop.send(chain, 4, 7).result is Result.ACKED
    assert shop.asked(acked).held


def test_lane_restored_ahead_of_an_old_server_sends_its_epochs_again_in_order(shop: Shop) -> None:
    chain = Chain("one").sell(6)
    child = chain.child("two").sell(4)
    shop.send(chain, 1, 3)
    answer = shop.asked(Mark(epoch=child.epoch, seq=5, hash=child.hashes[4]))
    assert answer.send_after == Mark(epoch=chain.epoch, seq=3, hash=chain.hashes[2])
