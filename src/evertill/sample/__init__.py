"""The sample shop that ships with the program: real goods, made-up prices (CREDITS.md).

`shop.jsonl` and `goods.jsonl.gz` hold the records of an edition, as scripts/make_sample_shop.py wrote them.
"""

from __future__ import annotations

import gzip
from importlib import resources

import msgspec

from evertill.wire.edition import EditionDraft, collect, decode_record


def load_sample(store: str = "S1") -> EditionDraft:
    """The sample shop as a draft for `store`: 2,497 goods, taxes, tenders, staff, promotions, customers."""
    folder = resources.files(__name__)
    shop = folder.joinpath("shop.jsonl").read_bytes()
    goods = gzip.decompress(folder.joinpath("goods.jsonl.gz").read_bytes())
    draft = collect(decode_record(line) for line in (shop + goods).splitlines())
    return msgspec.structs.replace(draft, settings=msgspec.structs.replace(draft.settings, store=store))
