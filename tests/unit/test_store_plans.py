"""No query walks a whole table or a whole space, so that a million records cost no more than a hundred."""

import re
import sqlite3

from support.keys import person, secret_key
from support.shelf import Shelf, opened
from support.world import (
    NOW_MS,
    TODAY,
    Place,
    bid,
    deleted,
    draft_of,
    opportunity,
    post,
    profile,
    recovered,
    sealed,
    team,
)

from folkmoot.limits import DAY_MS
from folkmoot_node.store import PARTY, Cursor, Scope, Search, Selection

ALICE = person("alice")
BOB = person("bob")
SCAN = re.compile(r"SCAN (records|refs|skills|operations|own_records)\b|records_by_space \(space=\?\)")
"""Steps that take the longer the more is held; quarantine is bounded, and reading all of it is fine."""


async def _use_everything(shelf: Shelf) -> None:
    store, call = shelf.store, opportunity(BOB, skills=["go"])
    before = Cursor(NOW_MS, call.id)
    await store.adopt(ALICE.id)
    await shelf.take(post(BOB))
    await shelf.take(ALICE, BOB, call, post(ALICE), profile(ALICE, "go"), draft_of(ALICE, team(ALICE, BOB)))
    await shelf.take(
        deleted(ALICE, post(ALICE)), post(ALICE, "later", Place(rev=NOW_MS + DAY_MS)), bid(ALICE, call)
    )
    await shelf.take(sealed(ALICE, "letter", {"text": "x"}, Place(expires=TODAY + 9)))
    await store.held([ALICE.genesis.id], [call.id])
    await store.placement(call.id)
    await store.operations_of(ALICE.id)
    await store.closure([call.id])
    await store.closure([BOB.id], relations={PARTY})
    await store.by_author(ALICE.id)
    await store.by_author(ALICE.id, "post", before=before)
    await store.by_kind("post", before=before)
    await store.referring(call.id, "opportunity", before=before)
    await store.referring(call.id, "opportunity", author=ALICE.id, kind="bid")
    for search in (
        Search(kind="opportunity", skills=["go"]),
        Search(kind="opportunity", skills=["go", "rust"]),
        Search(kind="opportunity", skills=["go"], text="shop"),
        Search(kind="opportunity", text="shop"),
    ):
        await store.find(search, before=before)
    await store.at(call.address)
    await store.own_records(ALICE.id, "post", "commons")
    await store.archived(ALICE.id, before=before)
    await store.choose(Selection(day=TODAY, authors=(ALICE.id,)))
    await store.choose(Selection(day=TODAY, authors=(ALICE.id,), spaces=("commons",)))
    await store.choose(Selection(day=TODAY, spaces=("commons",)))
    scope = Scope(
        spaces=("commons",),
        as_of=TODAY + 1,
        without_identities=frozenset([BOB.id]),
        without_items=frozenset([call.id[:16]]),
    )
    await store.snapshot(scope)
    await store.ids_of([call.id[:8]], scope)
    await store.wires(await store.whole_identities([BOB.genesis.id]))
    await shelf.take(recovered(ALICE, secret_key("phone")))
    shelf.clock.advance_days(400)
    await shelf.ingest.sweep(confirmed_day=TODAY + 400)


async def test_every_query_finds_its_rows_by_an_index() -> None:
    async with opened(None) as shelf:
        connection = shelf.store._writing._connection
        statements: set[str] = set()
        connection.set_trace_callback(statements.add)
        await _use_everything(shelf)
        connection.set_trace_callback(None)
        looked_at = {
            statement for statement in statements if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", statement)
        }
        assert len(looked_at) > 40
        walks = [
            (step, statement)
            for statement in looked_at
            for step in _plan(connection, statement)
            if SCAN.search(step)
        ]
        assert walks == []


def _plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
