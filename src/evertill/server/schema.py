"""The tables of the embedded fact store. Every key begins with the store, so that stores can live apart.

`entries` is the truth: what the lanes signed, byte for byte. `sale`, `sale_tax`, `sale_tender` and
`voided_sale` are worked out from it in the same transaction and can be rebuilt from it at any time.
"""

from __future__ import annotations

VERSION = 1

STATEMENTS = """
create table if not exists lanes (
    store text not null,
    lane text not null,
    public_key blob not null,
    enrolled_at text not null,
    revoked text not null default '',
    primary key (store, lane)
) without rowid;

create table if not exists histories (
    ordinal integer primary key,          -- in the order of opening
    store text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    base integer not null,
    first_seq integer not null,
    parent_epoch text,
    parent_seq integer,
    parent_hash text,
    seq integer not null,
    hash text not null,
    quarantined text not null default '',
    unique (store, lane, epoch, branch)
);
create index if not exists histories_newest on histories (store, lane, ordinal) where branch = 0;
create index if not exists histories_aside on histories (store, lane, ordinal) where quarantined <> '';

create table if not exists entries (
    store text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    seq integer not null,
    hash blob not null,
    at text not null,
    day text not null,
    kind text not null,
    flag text not null default '',        -- why it is set aside, or empty
    body blob not null,
    primary key (store, lane, epoch, branch, seq)
);
create index if not exists entries_aside on entries (store, day) where flag <> '';

create table if not exists notes (
    ordinal integer primary key,
    store text not null,
    lane text not null,
    noted_at text not null,
    what text not null,
    epoch text not null,
    first_seq integer not null,
    last_seq integer not null,
    detail text not null
);
create index if not exists notes_of on notes (store, lane, ordinal);

create table if not exists sale (
    store text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    seq integer not null,
    sale text not null,
    day text not null,
    receipt text not null,
    currency text not null,
    source text not null,                 -- reference up to its first "/", or empty
    reference text not null,
    occurred_on text not null,
    lines integer not null,
    quantity_milli integer not null,
    weight_g integer not null,
    exact text not null,                  -- sum of quantity_milli * unit_price_e4, unrounded
    amount_minor integer not null,
    gross_minor integer not null,
    net_minor integer not null,
    tax_minor integer not null,
    discount_minor integer not null,
    rounding_minor integer not null,
    tip_minor integer not null,
    returned_lines integer not null,
    returned_minor integer not null,
    lines_voided integer not null,
    primary key (store, lane, epoch, branch, seq)
) without rowid;
create index if not exists sale_by_day on sale (store, day);
create index if not exists sale_by_number on sale (store, lane, sale);
create index if not exists sale_by_source on sale (store, source, occurred_on) where source <> '';

create table if not exists sale_tax (
    store text not null,
    day text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    seq integer not null,
    tax text not null,
    rate_ppm integer not null,
    currency text not null,
    source text not null,
    base_minor integer not null,
    tax_minor integer not null,
    primary key (store, day, lane, epoch, branch, seq, tax, rate_ppm)
) without rowid;

create table if not exists sale_tender (
    store text not null,
    day text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    seq integer not null,
    no integer not null,
    tender text not null,
    kind text not null,
    currency text not null,
    source text not null,
    amount_minor integer not null,
    tip_minor integer not null,
    primary key (store, day, lane, epoch, branch, seq, no)
) without rowid;

create table if not exists voided_sale (
    store text not null,
    day text not null,
    lane text not null,
    epoch text not null,
    branch integer not null,
    seq integer not null,
    currency text not null,
    total_minor integer not null,
    lines integer not null,
    primary key (store, day, lane, epoch, branch, seq)
) without rowid;
"""

PROJECTIONS = ("sale", "sale_tax", "sale_tender", "voided_sale")
