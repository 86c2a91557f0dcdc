"""An edition takes effect whole and verified or not at all."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.pricebook import Product
from evertill.core.shop import Settings
from evertill.wire.canonical import canonical_bytes
from evertill.wire.edition import (
    EDITION_FAULT_CODES,
    LINE_BYTES_MAX,
    EditionDraft,
    EditionFault,
    EditionHeader,
    collect,
    decode_record,
    encode_record,
    read_header,
    read_records,
    split_lines,
    verify_body,
)
from tests.unit.wire.small_shop import BEER, DRAFT, KEY, OTHER_KEY, TEA, edition_lines, with_products


def read(lines: list[bytes], **expected: object) -> EditionDraft:
    header = read_header(lines[0], KEY.public_key, **expected)  # type: ignore[arg-type]
    return collect(read_records(header, lines[1:]))


def code_of(lines: list[bytes], **expected: object) -> str:
    with pytest.raises(EditionFault) as caught:
        read(lines, **expected)
    assert caught.value.hint.endswith(".")
    return caught.value.code


def header_of(lines: list[bytes]) -> EditionHeader:
    return read_header(lines[0], KEY.public_key)


def signed_header(fields: object) -> bytes:
    signature = base64.b64encode(KEY.sign(canonical_bytes(fields))).decode()
    return canonical_bytes({"edition": fields, "signature": signature}) + b"\n"


def test_a_shop_comes_out_of_its_edition_as_it_went_in() -> None:
    assert read(edition_lines()) == DRAFT


def test_the_same_shop_gives_the_same_bytes() -> None:
    shuffled = msgspec.structs.replace(TEA, names=dict(reversed(TEA.names.items())))
    assert edition_lines(with_products(shuffled)) == edition_lines(with_products(TEA))


def test_the_header_tells_what_follows() -> None:
    lines = edition_lines(version=7)
    header = header_of(lines)
    assert (header.store, header.version, header.counts["product"], header.counts["staff"]) == ("S1", 7, 4, 1)
    assert header.body_bytes == len(b"".join(lines[1:]))


def test_an_edition_can_be_cut_into_pieces_of_any_size_on_its_way() -> None:
    lines = edition_lines()
    whole = b"".join(lines)
    for size in (1, 7, 1_000, len(whole)):
        chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert list(split_lines(chunks)) == lines


def test_the_body_can_be_proven_before_it_is_read() -> None:
    lines = edition_lines()
    body = b"".join(lines[1:])
    verify_body(header_of(lines), [body[:100], body[100:]])
    with pytest.raises(EditionFault, match="edition_truncated"):
        verify_body(header_of(lines), [body[:-1]])
    with pytest.raises(EditionFault, match="edition_garbled"):
        verify_body(header_of(lines), [body[:-2], b" \n"])


EDITION = b"".join(edition_lines())


@given(st.integers(0, len(EDITION) - 1), st.integers(0, 7))
def test_one_flipped_bit_anywhere_keeps_the_edition_out(offset: int, bit: int) -> None:
    garbled = bytearray(EDITION)
    garbled[offset] ^= 1 << bit
    with pytest.raises(EditionFault):
        read(list(split_lines([bytes(garbled)])))


def test_no_flipped_bit_of_the_header_gets_through() -> None:
    header = edition_lines()[0]
    for place in range(8 * (len(header) - 1)):
        garbled = bytearray(header)
        garbled[place // 8] ^= 1 << place % 8
        with pytest.raises(EditionFault):
            read_header(bytes(garbled), KEY.public_key)


@given(st.integers(0, len(EDITION) - 1))
def test_an_edition_that_ends_too_early_is_kept_out(length: int) -> None:
    lines = list(split_lines([EDITION[:length]])) or [b""]
    with pytest.raises(EditionFault):
        read(lines)


def test_a_lost_line_is_noticed_as_an_early_end() -> None:
    lines = edition_lines()
    assert code_of(lines[:-1]) == "edition_truncated"
    assert code_of([*lines[:-1], lines[-1][:20]]) == "edition_truncated"


def test_lines_exchanged_or_added_are_noticed() -> None:
    lines = edition_lines()
    assert code_of([*lines[:-2], lines[-1], lines[-2]]) == "edition_garbled"
    assert code_of([*lines, lines[-1]]) == "edition_garbled"


def test_nothing_is_proven_before_the_last_line() -> None:
    lines = edition_lines()
    lines[-2], lines[-1] = lines[-1], lines[-2]
    records = read_records(header_of(lines), lines[1:])
    seen = [next(records) for _ in lines[1:]]
    assert isinstance(seen[0], Settings)
    with pytest.raises(EditionFault, match="digest"):
        next(records)


def test_another_servers_edition_is_refused() -> None:
    assert code_of(edition_lines(key=OTHER_KEY)) == "edition_signature_wrong"


def test_a_header_that_was_changed_after_signing_is_refused() -> None:
    lines = edition_lines()
    changed = lines[0].replace(b'"version":1', b'"version":9')
    assert changed != lines[0]
    assert code_of([changed, *lines[1:]]) == "edition_signature_wrong"


def test_another_shops_edition_is_refused() -> None:
    assert code_of(edition_lines(), store="S2") == "edition_other_store"


def test_an_older_edition_is_refused_and_the_same_again_is_not() -> None:
    in_force = header_of(edition_lines(version=5))
    assert code_of(edition_lines(version=4), in_force=in_force) == "edition_older"
    assert read(edition_lines(version=5), in_force=in_force) == DRAFT
    assert read(edition_lines(version=6), in_force=in_force) == DRAFT


def test_two_editions_with_one_number_are_noticed() -> None:
    in_force = header_of(edition_lines(version=5))
    assert code_of(edition_lines(with_products(TEA), version=5), in_force=in_force) == "edition_twice"


def test_a_later_format_asks_for_an_update() -> None:
    fields = msgspec.to_builtins(header_of(edition_lines())) | {"format": "evertill-edition/2"}
    assert code_of([signed_header(fields)]) == "edition_unknown_format"


@pytest.mark.parametrize(
    "fields", [{"format": "evertill-edition/1"}, {"format": "evertill-edition/1", "more": 1}]
)
def test_a_signed_header_without_its_parts_is_garbled(fields: dict[str, object]) -> None:
    assert code_of([signed_header(fields)]) == "edition_garbled"


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"{}", b"[]", b"<html>", b"\xff\xfe", b'{"edition":{},"signature":"%%"}', b"null"]
)
def test_something_else_instead_of_an_edition_is_garbled(line: bytes) -> None:
    assert code_of([line]) == "edition_garbled"


def test_a_line_that_never_ends_is_cut_off() -> None:
    with pytest.raises(EditionFault, match="edition_garbled"):
        list(split_lines([b"x" * 100_000] * 10))
    with pytest.raises(EditionFault, match="edition_garbled"):
        read_header(b"x" * (LINE_BYTES_MAX + 1), KEY.public_key)


def test_a_record_of_a_later_release_asks_for_an_update() -> None:
    with pytest.raises(EditionFault, match="edition_unknown_record"):
        decode_record(b'{"voucher":{"id":"v1"}}\n')


@pytest.mark.parametrize(
    "line",
    [
        b'{"product":{"sku":"a"}}',
        b'{"product":{"sku":1,"names":{"en":"A"},"tax_class":"standard"}}',
        b'{"product":{"sku":"a","names":{"en":"A"},"tax_class":"standard","prices":{"shop":1.5}}}',
        b'{"product":null}',
        b'{"product":{}',
        b'{"promotion":{"id":"p","names":{"en":"P"},"rewards":[{"type":"give_all"}]}}',
        b'{"tax_table":{"rounding":"sometimes"}}',
    ],
)
def test_a_record_with_the_wrong_shape_is_garbled(line: bytes) -> None:
    with pytest.raises(EditionFault, match="edition_garbled"):
        decode_record(line)


def test_every_record_reads_back_alone() -> None:
    for record in DRAFT.records():
        assert decode_record(encode_record(record)) == record


def test_a_shop_without_settings_or_with_two_is_no_edition() -> None:
    records = list(DRAFT.records())
    for wrong in (records[1:], [records[0], *records]):
        with pytest.raises(EditionFault, match="edition_garbled"):
            collect(wrong)


def test_faults_tell_whether_fetching_again_may_help() -> None:
    again = {code for code in EDITION_FAULT_CODES if EditionFault(code).retry}
    assert again == {"edition_garbled", "edition_truncated"}


class CountedGoods:
    """Goods made while they are walked, as many as asked for."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __iter__(self) -> Iterator[Product]:
        for index in range(self.number):
            yield msgspec.structs.replace(BEER, sku=f"beer-{index}", deposit_sku=None)


def test_goods_are_streamed_and_never_gathered() -> None:
    draft = msgspec.structs.replace(DRAFT, products=CountedGoods(2_000))
    lines = edition_lines(draft)
    assert header_of(lines).counts["product"] == 2_000
    assert sum(isinstance(record, Product) for record in read_records(header_of(lines), lines[1:])) == 2_000
