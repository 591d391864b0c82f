"""What a node does not host it neither takes in nor keeps, by whichever way it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.keys import NETWORK, Person, person
from support.shelf import Shelf, opened
from support.sketched import check, scope_of
from support.world import TODAY, Place, bid, endorsement, opportunity, post, rotated

from folkmoot.bundle import gossip_bundles
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdPrefix, id_to_text
from folkmoot.keys import SecretKey
from folkmoot.record import Record
from folkmoot_node.config import load
from folkmoot_node.errors import ConfigError
from folkmoot_node.gossip import verdict_on
from folkmoot_node.hosting import NOT_HOSTED, NOT_HOSTED_MAX, Hosting, let_go
from folkmoot_node.ingest import Ingest
from folkmoot_node.transport import GossipVerdict

ALICE, MALLORY = person("alice"), person("mallory")
TABLET = SecretKey(b"\x05" * 32)
WITHOUT_MALLORY = Hosting(frozenset([MALLORY.id]))


@asynccontextmanager
async def hosting_all_but_mallory() -> AsyncIterator[Shelf]:
    async with opened(None) as shelf:
        yield replace(shelf, ingest=Ingest(shelf.store, shelf.clock, hosting=WITHOUT_MALLORY))


def _message(who: Person, record: Record) -> bytes:
    [message] = gossip_bundles([who.genesis], [record], network=NETWORK)
    return message


async def test_operations_and_records_of_others_are_taken_beside_what_is_left_aside() -> None:
    async with hosting_all_but_mallory() as shelf:
        taken = await shelf.take(ALICE, MALLORY, rotated(MALLORY, TABLET), post(ALICE), post(MALLORY))
        assert taken.new_records == (post(ALICE).id,)
        assert taken.new_operations == (ALICE.genesis.id,)
        assert taken.not_hosted == {MALLORY.id}
        assert {refusal.rule for refusal in taken.ignored} == {NOT_HOSTED}
        assert len(taken.ignored) == 3
        assert (taken.rejected, taken.verified, taken.deferred) == ((), 2, frozenset())
        assert shelf.ingest.counts == {NOT_HOSTED: 3}


async def test_gossip_of_who_is_not_hosted_is_neither_taken_nor_passed_on() -> None:
    async with hosting_all_but_mallory() as shelf:
        taken = await shelf.ingest.take_gossip(_message(MALLORY, post(MALLORY)), space="commons", source="peer")
        assert verdict_on(taken) is GossipVerdict.IGNORE
        assert taken.not_hosted == {MALLORY.id}
        assert await shelf.held() == set()
        taken = await shelf.ingest.take_gossip(_message(ALICE, post(ALICE)), space="commons", source="peer")
        assert verdict_on(taken) is GossipVerdict.ACCEPT


async def test_gossip_that_is_no_bundle_is_refused_as_ever() -> None:
    async with hosting_all_but_mallory() as shelf:
        with pytest.raises(DecodeError):
            await shelf.ingest.take_gossip(b"junk", space="commons", source="peer")


async def test_what_was_opened_elsewhere_is_left_aside_too() -> None:
    async with hosting_all_but_mallory() as shelf:
        taken = await shelf.ingest.take_opened(
            [ALICE.genesis, MALLORY.genesis], [post(MALLORY), post(ALICE)], source="own"
        )
        assert taken.new_records == (post(ALICE).id,)
        assert taken.new_operations == (ALICE.genesis.id,)


async def test_what_names_nobody_is_judged_by_the_rules() -> None:
    async with hosting_all_but_mallory() as shelf:
        taken = await shelf.ingest.take([b"junk", b"\x91\x01"], [b"", b"\x91\xc4\x01\x01"], source="peer")
        assert len(taken.rejected) == 4
        assert taken.ignored == ()


async def test_at_the_next_start_nothing_is_held_of_who_is_not_hosted() -> None:
    call = opportunity(MALLORY)
    items: list[Person | Operation | Record] = [
        ALICE,
        MALLORY,
        rotated(MALLORY, TABLET),
        call,
        post(MALLORY, place=Place(space="design.fr")),
        bid(ALICE, call),
        endorsement(ALICE, MALLORY),
    ]
    async with opened(None) as shelf:
        await shelf.take(*items)
        await let_go(WITHOUT_MALLORY, shelf.store, own=[ALICE.id])
        assert await shelf.held() == {bid(ALICE, call).id, endorsement(ALICE, MALLORY).id}
        assert await shelf.store.operations([MALLORY.id]) == []
        assert await shelf.store.forget(MALLORY.id) == 0
        await check(shelf, scope_of(TODAY))
        assert shelf.damage() == []


async def test_what_waited_for_who_is_not_hosted_is_let_go() -> None:
    async with opened(None) as shelf:
        await shelf.take(post(MALLORY))
        await let_go(WITHOUT_MALLORY, shelf.store, own=[ALICE.id])
        assert (await shelf.store.counts()).waiting == 0


async def test_nobody_leaves_themselves_out() -> None:
    async with opened(None) as shelf:
        with pytest.raises(ConfigError, match="the owner"):
            await let_go(WITHOUT_MALLORY, shelf.store, own=[MALLORY.id])


def test_the_number_stands_for_the_choice() -> None:
    both = [id_to_text(IdPrefix.IDENTITY, who.id) for who in (ALICE, MALLORY)]
    assert Hosting().number == Hosting.of([]).number == 0
    assert Hosting.of(both).number == Hosting.of(both[::-1]).number
    numbers = {Hosting.of(texts).number for texts in ([], both, both[:1], both[1:])}
    assert len(numbers) == 4
    assert all(0 <= number < 2**53 for number in numbers)


@pytest.mark.parametrize(
    "texts", [["folk1nobody"], [id_to_text(IdPrefix.RECORD, bytes(32))], ["x"] * (NOT_HOSTED_MAX + 1)]
)
def test_a_setting_that_names_no_identities_is_a_sentence(texts: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"not_hosted|at most"):
        Hosting.of(texts)


def test_the_setting_is_read_from_the_file_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = id_to_text(IdPrefix.IDENTITY, MALLORY.id)
    (tmp_path / "config.toml").write_text(f'not_hosted = ["{text}"]\n')
    assert Hosting.of(load(tmp_path).not_hosted) == WITHOUT_MALLORY
    monkeypatch.setenv("FOLKMOOT_NOT_HOSTED", f"{text}, {id_to_text(IdPrefix.IDENTITY, ALICE.id)}")
    assert Hosting.of(load(tmp_path).not_hosted) == Hosting(frozenset([ALICE.id, MALLORY.id]))
