"""Batches, their headers and answers: what travels is what was written, and everything too large is said."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.wire.answer import (
    Answer,
    AnswerFault,
    Mark,
    Result,
    answer_bytes,
    decode_answer,
    decode_signature,
    encode_answer,
)
from evertill.wire.batch import (
    BatchFault,
    BatchLimits,
    Sender,
    cut_lines,
    read_sender,
    request_bytes,
    sender_headers,
)

SENDER = Sender(store="S1", lane="L1", epoch="a" * 32, edition=7)
LIMITS = BatchLimits(entries_max=3, bytes_max=100)


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), min_size=1, max_size=3))
def test_lines_come_out_as_they_went_in(lines: list[bytes]) -> None:
    body = b"".join(line + b"\n" for line in lines)
    assert [line.text for line in cut_lines(body, LIMITS)] == lines


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "batch_empty"),
        (b"x" * 99, "batch_garbled"),
        (b"a\n" * 4, "batch_too_many_entries"),
        (b"a" * 100 + b"\n", "batch_too_large"),
    ],
)
def test_a_body_that_is_none_or_too_much_says_so(body: bytes, code: str) -> None:
    with pytest.raises(BatchFault) as told:
        cut_lines(body, LIMITS)
    assert told.value.code == code
    assert told.value.hint.endswith(".")


def test_a_body_of_exactly_the_limits_passes() -> None:
    assert len(cut_lines(b"a\n" * 3, LIMITS)) == 3
    assert len(cut_lines(b"a" * 99 + b"\n", LIMITS)) == 1


def test_headers_bring_the_sender_across() -> None:
    headers = sender_headers(SENDER, b"s" * 64)
    assert read_sender(headers) == (SENDER, b"s" * 64)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Evertill-Store", ""),
        ("Evertill-Store", "S1\nS2"),
        ("Evertill-Store", "../x"),
        ("Evertill-Lane", "L" * 65),
        ("Evertill-Epoch", "A" * 32),
        ("Evertill-Epoch", "a" * 31),
        ("Evertill-Edition", "-1"),
        ("Evertill-Edition", "1e3"),
        ("Evertill-Signature", "not base64!"),
    ],
)
def test_headers_that_are_not_well_formed_are_refused(name: str, value: str) -> None:
    headers = {**sender_headers(SENDER, b"s" * 64), name: value}
    with pytest.raises(BatchFault, match="request_unsigned"):
        read_sender(headers)


def test_the_signed_bytes_bind_everything_that_must_not_be_exchanged() -> None:
    def signed(method: str = "POST", path: str = "/p", body: bytes = b"b", **more: object) -> bytes:
        return request_bytes(method, path, msgspec.structs.replace(SENDER, **more), body)

    variants = {
        signed(),
        signed(method="GET"),
        signed(path="/q"),
        signed(body=b"c"),
        signed(store="S2"),
        signed(lane="L2"),
        signed(epoch="b" * 32),
        signed(edition=8),
    }
    assert len(variants) == 8


def test_an_answer_comes_back_as_it_was_given() -> None:
    answer = Answer(
        result=Result.SEND_FROM,
        store="S1",
        lane="L1",
        server_epoch="5" * 32,
        mark=Mark(epoch="a" * 32, seq=5, hash="b" * 64),
        send_after=Mark(epoch="a" * 32, seq=3, hash=""),
        code="entries_missing",
        text="t",
        hint="h",
    )
    assert decode_answer(encode_answer(answer)) == answer


def test_an_answer_to_one_request_is_not_one_to_another() -> None:
    assert answer_bytes(b"{}", b"one") != answer_bytes(b"{}", b"two")
    assert answer_bytes(b"{}", b"one") != answer_bytes(b"[]", b"one")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"result":"maybe"}', b"\xff", b"null"])
def test_an_answer_that_cannot_be_read_is_a_fault_that_may_be_tried_again(body: bytes) -> None:
    with pytest.raises(AnswerFault) as told:
        decode_answer(body)
    assert told.value.retry


def test_a_signature_that_cannot_be_read_is_a_fault() -> None:
    with pytest.raises(AnswerFault):
        decode_signature("$$$")
