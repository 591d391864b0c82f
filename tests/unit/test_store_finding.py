"""Lists and searches: the right records, newest first, a page at a time."""

import pytest
from support.keys import person
from support.shelf import opened
from support.world import (
    NOW_MS,
    Place,
    acceptance,
    agreement,
    bid,
    draft_of,
    endorsement,
    exhibit,
    opportunity,
    post,
    profile,
    team,
)

from folkmoot_node.store import PARTY, Cursor, Search
from folkmoot_node.store.finding import WORDS_MAX, match_expression

ALICE = person("alice")
BOB = person("bob")
CAROL = person("carol")
POSTS = [post(ALICE, f"number {n}", Place(slot=n, rev=NOW_MS - 10 * n)) for n in range(5)]


async def test_lists_are_newest_first() -> None:
    async with opened(None) as shelf:
        about = profile(ALICE, place=Place(rev=NOW_MS - 15))
        await shelf.take(ALICE, BOB, *reversed(POSTS), about, post(BOB, place=Place(rev=NOW_MS - 100)))
        assert await shelf.store.by_author(ALICE.id, "post") == POSTS
        assert await shelf.store.by_author(ALICE.id) == [*POSTS[:2], about, *POSTS[2:]]
        assert (await shelf.store.by_kind("post"))[:5] == POSTS
        assert len(await shelf.store.by_kind("post")) == 6


async def test_pages_join_up_even_among_records_of_one_millisecond() -> None:
    same_time = [post(ALICE, f"number {n}", Place(slot=n)) for n in range(7)]
    async with opened(None) as shelf:
        await shelf.take(ALICE, *same_time)
        found = await shelf.store.by_kind("post", limit=3)
        while page := await shelf.store.by_kind("post", limit=3, before=Cursor(found[-1].rev, found[-1].id)):
            found += page
        assert found == sorted(same_time, key=lambda record: record.id, reverse=True)


async def test_a_limit_below_nothing_finds_nothing() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, *POSTS)
        assert await shelf.store.by_kind("post", limit=0) == []
        assert await shelf.store.by_kind("post", limit=-1) == []


async def test_what_refers_to_an_id_is_found_by_relation() -> None:
    call = opportunity(CAROL)
    first, second = bid(ALICE, call, Place(rev=NOW_MS - 2)), bid(BOB, call)
    note = post(BOB, about=call.id)
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, CAROL, call, first, second, note)
        assert await shelf.store.referring(call.id, "opportunity") == [second, first]
        assert await shelf.store.referring(call.id, "opportunity", limit=1) == [second]
        newest = Cursor(second.rev, second.id)
        assert await shelf.store.referring(call.id, "opportunity", before=newest) == [first]
        assert await shelf.store.referring(call.id, "about") == [note]
        assert set(await shelf.store.referring(call.id, "about", "opportunity")) == {first, second, note}
        assert await shelf.store.referring(call.id, "subject") == []
        assert await shelf.store.referring(call.id) == []


async def test_a_record_that_names_one_id_under_two_relations_is_found_once() -> None:
    call = opportunity(CAROL)
    both = post(BOB, about=call.id, replies=call.id)
    async with opened(None) as shelf:
        await shelf.take(BOB, CAROL, call, both)
        assert await shelf.store.referring(call.id, "about", "replies") == [both]


async def test_offers_are_found_by_the_people_whom_they_name() -> None:
    document = team(ALICE, BOB)
    offer, signed = draft_of(ALICE, document), agreement(BOB, document, ALICE, BOB)
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, offer, signed, acceptance(BOB, document))
        assert set(await shelf.store.referring(BOB.id, PARTY)) == {offer, signed}
        assert await shelf.store.referring(CAROL.id, PARTY) == []


async def test_skills_are_found_in_any_case_and_all_must_match() -> None:
    both, one = profile(ALICE, "Python", "Machine  Learning"), profile(BOB, "python")
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, both, one)
        found = await shelf.store.find(Search(kind="profile", skills=["PYTHON"]))
        assert set(found) == {both, one}
        assert await shelf.store.find(Search(kind="profile", skills=["python", "machine learning"])) == [both]
        assert await shelf.store.find(Search(kind="profile", skills=["python", "Python"], text="bob")) == [one]
        assert await shelf.store.find(Search(kind="profile", skills=["pyth"])) == []
        assert await shelf.store.find(Search(kind="opportunity", skills=["python"])) == []


async def test_skills_are_those_of_opportunities_roles_posts_and_endorsements_too() -> None:
    call = opportunity(
        CAROL,
        skills=["Go"],
        roles=[{"title": "Backend", "seats": 1, "skills": ["Rust"], "prefer": ["Nix"]}],
    )
    talk = post(ALICE, tags=["Go"])
    async with opened(None) as shelf:
        await shelf.take(ALICE, CAROL, call, talk, endorsement(ALICE, BOB))
        for skill in ("go", "rust", "nix"):
            assert await shelf.store.find(Search(kind="opportunity", skills=[skill])) == [call]
        assert await shelf.store.find(Search(kind="post", skills=["go"])) == [talk]


async def test_words_are_found_without_accents_and_the_last_may_be_unfinished() -> None:
    call = opportunity(CAROL, "Café in Zürich", need="A till that works offline.")
    async with opened(None) as shelf:
        await shelf.take(CAROL, call)
        for text in ("zurich", "cafe TILL", "offli", "Café in Zürich!", '"offline" -works'):
            assert await shelf.store.find(Search(kind="opportunity", text=text)) == [call], text
        for text in ("caf", "tillage", "off till", "of", "onl", "!!!"):
            expected = [call] if text == "caf" else []
            assert await shelf.store.find(Search(kind="opportunity", text=text)) == expected, text
        assert await shelf.store.find(Search(kind="post", text="zurich")) == []


async def test_skills_and_words_together_narrow_a_search() -> None:
    a, b = opportunity(CAROL, "Shop", skills=["go"]), opportunity(BOB, "Bank", skills=["go"])
    async with opened(None) as shelf:
        await shelf.take(BOB, CAROL, a, b)
        assert await shelf.store.find(Search(kind="opportunity", skills=["go"], text="bank")) == [b]


async def test_a_search_for_nothing_finds_all_of_a_kind() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, *POSTS)
        assert await shelf.store.find(Search(kind="post")) == POSTS
        assert await shelf.store.find(Search(kind="post", text="  ")) == POSTS


@pytest.mark.parametrize(
    "text", ["a AND", "NEAR(", "words : x", "col:*", '"', "''; DROP TABLE records", "a" * 10_000, "_ _", "\x00"]
)
async def test_no_text_breaks_the_language_of_searches(text: str) -> None:
    async with opened(None) as shelf:
        assert await shelf.store.find(Search(kind="post", text=text)) == []


def test_a_search_has_a_bounded_number_of_words() -> None:
    expression = match_expression("word " * 1000)
    assert expression is not None
    assert expression.count("word") == WORDS_MAX


async def test_a_closure_goes_both_ways_and_through_documents() -> None:
    call = opportunity(CAROL)
    document = team(ALICE, BOB, on=call.id)
    offer, yes = draft_of(ALICE, document), acceptance(BOB, document)
    answer = bid(ALICE, call, team=document.id)
    unrelated = post(CAROL)
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, CAROL, call, offer, yes, answer, unrelated)
        for start in (call.id, document.id, answer.id, yes.id):
            found = await shelf.store.closure([start])
            assert found.is_whole
            assert set(found.records) == {call, offer, yes, answer}
        assert set((await shelf.store.closure([call.id, unrelated.id])).records) == {
            call,
            offer,
            yes,
            answer,
            unrelated,
        }


async def test_a_closure_follows_only_the_relations_asked_for() -> None:
    call = opportunity(CAROL)
    answer, note = bid(ALICE, call), post(BOB, about=call.id)
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, CAROL, call, answer, note)
        found = await shelf.store.closure([answer.id], relations={"opportunity"})
        assert found.records == (answer, call)
        assert (await shelf.store.closure([answer.id], relations=())).records == (answer,)


async def test_a_closure_does_not_wander_through_people_by_itself() -> None:
    """That two teams share a member makes neither part of the other."""
    one, other = team(ALICE, BOB), team(CAROL, BOB)
    first, second = draft_of(ALICE, one), draft_of(CAROL, other)
    async with opened(None) as shelf:
        await shelf.take(ALICE, CAROL, first, second)
        assert (await shelf.store.closure([one.id])).records == (first,)
        found = await shelf.store.closure([BOB.id], relations={PARTY})
        assert set(found.records) == {first, second}


async def test_a_closure_that_is_cut_says_so() -> None:
    call = opportunity(CAROL)
    notes = [post(ALICE, about=call.id, place=Place(slot=n, rev=NOW_MS - n)) for n in range(4)]
    async with opened(None) as shelf:
        await shelf.take(ALICE, CAROL, call, *notes)
        cut = await shelf.store.closure([call.id], records_max=3)
        assert cut.records == (call, *notes[:2])
        assert not cut.is_whole
        assert (await shelf.store.closure([call.id], records_max=5)).is_whole
        assert (await shelf.store.closure([bytes(32)])).records == ()


async def test_an_exhibit_leads_to_what_its_record_refers_to() -> None:
    call = opportunity(CAROL)
    shown = exhibit(ALICE, bid(BOB, call))
    async with opened(None) as shelf:
        await shelf.take(ALICE, CAROL, call, shown)
        assert set((await shelf.store.closure([call.id])).records) == {call, shown}
