"""Trust from one's own key, over what a store holds: a crowd is worth what real people gave it, and no more."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from support.hired import accepted, closed, engaged, name_of
from support.keys import Person
from support.keys import person as person_named
from support.node_parts import NodeParts, node_parts, share
from support.scene import Scene
from support.three_nodes import Three, formed, three_nodes
from support.work import ended
from support.work import engaged as worked
from support.world import Place, StoppedClock, endorsement, sealed

from folkmoot.record import Record
from folkmoot.trust import CAPACITIES, WEIGHTS, TieKind
from folkmoot_node.acts.endorsement import endorse
from folkmoot_node.acts.vouch import vouch, withdraw_vouch
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views import trust as trust_view
from folkmoot_node.views.person_shapes import TrustShape
from folkmoot_node.views.trust import trust

VOUCH = WEIGHTS[TieKind.VOUCH]


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


def vouched(giver: Person, receiver: Person, slot: int = 0) -> Record:
    return sealed(giver, "vouch", {"subject": receiver.id, "how": "We met."}, Place(slot=slot))


def words_of(shown: TrustShape) -> list[list[str]]:
    """Return the ways in words, step by step."""
    return [[tie["words"] for step in way["steps"] for tie in step["ties"]] for way in shown["ways"]]


async def taken(node: NodeParts, people: Sequence[Person], records: Sequence[Record]) -> None:
    heard = await node.ingest.take(
        [who.genesis.wire for who in people], [record.wire for record in records], source="peer"
    )
    assert not heard.rejected


@asynccontextmanager
async def someone(name: str) -> AsyncIterator[NodeParts]:
    async with node_parts(name, StoppedClock()) as node:
        yield node


async def test_the_ways_are_told_in_words_with_what_proves_them(three: Three) -> None:
    carl, dana, eli = three
    first = await vouch(eli.author, name_of(carl), "We shared an office")
    await share(*three)
    document = await engaged(carl, dana)
    await accepted(document, carl, dana)
    await endorse(carl.author, name_of(dana), "Frank", basis=document)
    await closed(document, carl, dana)
    await share(*three)
    shown = await trust(eli.view, dana.who.id)
    assert (shown["amount"], shown["amount_max"], shown["distance"]) == (VOUCH, CAPACITIES[0], 2)
    assert words_of(shown) == [
        [
            "you vouched for Carl",
            "Carl endorsed Dana for work that was accepted",
            "Carl worked with Dana on A guide for the museum",
        ]
    ]
    [way] = shown["ways"]
    assert way["steps"][0]["ties"][0]["proof"].startswith("rec1")
    assert way["steps"][1]["ties"][-1]["proof"] == document
    assert shown["is_whole"]
    await withdraw_vouch(eli.author, name_of(carl))
    assert first.record.kind == "vouch"
    gone = await trust(eli.view, dana.who.id)
    assert (gone["amount"], gone["distance"], gone["ways"]) == (0, None, [])


async def test_work_under_way_and_bare_words_carry_nothing_and_a_shared_team_a_little(three: Three) -> None:
    carl, dana, eli = three
    document = await engaged(carl, dana)
    await endorse(carl.author, name_of(dana), "Fine")
    assert (await trust(carl.view, dana.who.id))["amount"] == 0
    await endorse(carl.author, name_of(dana), "Fine", basis=document)
    assert (await trust(carl.view, dana.who.id))["amount"] == WEIGHTS[TieKind.ENDORSEMENT_E2]
    team = await formed(three)
    await endorse(eli.author, name_of(dana), "Calm", basis=team)
    shown = await trust(eli.view, dana.who.id)
    assert words_of(shown) == [["you endorsed Dana for work that they agreed on"]]


async def test_one_has_no_trust_in_oneself_and_none_in_nobody(three: Three) -> None:
    own = await trust(three.eli.view, three.eli.who.id)
    assert (own["amount"], own["distance"], own["name"]) == (0, 0, "you")
    with pytest.raises(UnknownIdError):
        await trust(three.eli.view, person_named("a stranger").id)


async def test_fifty_puppets_are_worth_one_mistake_to_who_made_it_and_nothing_to_others() -> None:
    puppets = [person_named(f"puppet {number}") for number in range(50)]
    ada, vic, wes = (person_named(name) for name in ("ada", "vic", "wes"))
    crowd = Scene()
    names = [puppet.name for puppet in puppets]
    for place, name in enumerate(names):
        ended(crowd, worked(crowd, client=name, makers=[names[place - 1]]), by=(name, names[place - 1]))
    records = [*crowd.records]
    for place, puppet in enumerate(puppets):
        for step in range(8):
            other = puppets[(place + step + 1) % 50]
            records.append(vouched(puppet, other, slot=step))
            records.append(endorsement(puppet, other, "The best", Place(slot=step)))
    # The one mistake: Ada, whom Vic knows, vouches for one of them.
    records += [vouched(vic, ada), vouched(ada, puppets[0])]
    everybody = [ada, vic, wes, *puppets, *map(person_named, ("fay", "gus"))]
    async with someone(puppets[7].name) as node:
        await taken(node, everybody, records)
        # Among themselves they are worth a lot, so what they are worth to others is what is left out.
        assert (await trust(node.view, puppets[8].id))["amount"] > VOUCH + WEIGHTS[TieKind.ENGAGEMENT]
    for viewer, most in (("vic", VOUCH), ("wes", 0)):
        async with someone(viewer) as node:
            await taken(node, everybody, records)
            amounts = [(await trust(node.view, puppets[place].id))["amount"] for place in (0, 1, 25)]
            assert max(amounts) <= most
            assert amounts[0] == most


async def test_a_crowd_that_nobody_in_reach_knows_is_never_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust_view, "LOOKED_AT_MAX", 3)
    vic, ada, ben, cy = (person_named(name) for name in ("vic", "ada", "ben", "cy"))
    strangers = [person_named(f"stranger {number}") for number in range(20)]
    async with someone("vic") as node:
        loud = [vouched(one, strangers[place - 1]) for place, one in enumerate(strangers)]
        await taken(node, [vic, ada, ben, cy, *strangers], [*loud, vouched(vic, ada), vouched(ada, ben)])
        shown = await trust(node.view, ben.id)
        assert (shown["amount"], shown["looked_at"], shown["is_whole"]) == (VOUCH, 3, True)
        await taken(node, [], [vouched(vic, cy, slot=1)])
        shown = await trust(node.view, ben.id)
        assert (shown["looked_at"], shown["is_whole"]) == (3, False)
