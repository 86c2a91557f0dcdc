"""What a keeper answers: how far it holds a lane's entries, signed, and what the lane should do next.

An answer is only worth something with the gate's signature, and the signature covers the request it
answers: an old answer played back, or one meant for another lane, proves nothing. A lane keeps the
highest signed mark it ever saw; a lower one tells it that the server went back in time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from enum import StrEnum

import msgspec

from evertill.core.fault import Fault

ANSWER_SIGNATURE_HEADER = "Evertill-Gate-Signature"


class Result(StrEnum):
    """What became of a request, in the words of the acceptance table."""

    ACKED = "acked"  # held durably up to `mark`
    SEND_FROM = "send_from"  # something before is missing: send from the entry after `send_after`
    FORK = "fork"  # held, but beside another history of the same epoch: open a new epoch
    QUARANTINED = "quarantined"  # held aside, not in the books: a person must look first
    REFUSED = "refused"  # not held
    OVERLOADED = "overloaded"  # not looked at: come back after `retry_after_ms`


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The last entry of one history that the keeper holds durably."""

    epoch: str
    seq: int
    hash: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer. `mark` is of the history that the request belongs to, None if nothing of it is held.

    `held` says whether the position that was asked about (or the last entry sent) is in that history.
    `send_after` is where the lane should go on: send the entry behind it; seq 0 with an epoch means that
    epoch's first entry, and an empty epoch means the very first entry there is. `edition` is the newest
    version that the server has, 0 for none. `code`, `text` and `hint` are set when the result is not "acked".
    """

    result: Result
    store: str
    lane: str
    server_epoch: str
    mark: Mark | None = None
    held: bool = False
    send_after: Mark | None = None
    edition: int = 0
    code: str = ""
    text: str = ""
    hint: str = ""
    retry_after_ms: int = 0


class AnswerFault(Fault):
    """An answer that proves nothing: garbled, unsigned, or signed for another request."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "answer_garbled",
            "The answer was damaged or is not from this shop's server. Nothing is lost; selling goes on.",
            retry=True,
            detail=detail,
        )


_DECODER = msgspec.json.Decoder(Answer)


def encode_answer(answer: Answer) -> bytes:
    """The JSON of an answer."""
    return msgspec.json.encode(answer)


def answer_bytes(body: bytes, request_signature: bytes) -> bytes:
    """The bytes that a gate signs: its answer, bound to the request's signature."""
    return b"evertill-answer/1\n%b\n%b\n" % (
        hashlib.sha256(request_signature).hexdigest().encode(),
        hashlib.sha256(body).hexdigest().encode(),
    )


def decode_answer(body: bytes) -> Answer:
    """The answer in this JSON. Raises AnswerFault. The caller has checked the signature."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise AnswerFault(str(wrong)) from wrong


def decode_signature(header: str) -> bytes:
    """The signature in a header. Raises AnswerFault if there is none that can be read."""
    try:
        return base64.b64decode(header, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise AnswerFault(f"signature: {wrong}") from wrong
