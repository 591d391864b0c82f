"""Blind reviews on real stores: nobody reads one before theirs is promised, and none is kept back unseen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.hired import closed, drafted, engaged, name_of
from support.node_parts import NodeParts, node_parts, share
from support.three_nodes import UNKNOWN_RECORD, UNKNOWN_TEAM, Three, formed, refused, three_nodes
from support.world import StoppedClock, sealed

from folkmoot_node.acts.dispute import open_dispute
from folkmoot_node.acts.published import Published
from folkmoot_node.acts.review import commit_review, open_reviews, withdraw_review
from folkmoot_node.automation import Automation
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.notices import Notice, entry
from folkmoot_node.unopened import UNOPENED_FILE
from folkmoot_node.views.facts import facts
from folkmoot_node.views.naming import document_id, record_text
from folkmoot_node.views.people import person
from folkmoot_node.views.reviews import reviews

WORDS = "Frank about delays, and worth every cent."


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def promised(author: NodeParts, document: str, subject: NodeParts, text: str = WORDS) -> Published:
    return await commit_review(author.author, document, subject=name_of(subject), text=text, again="gladly")


async def settled(*nodes: NodeParts) -> None:
    """Let every node do what it does by itself, and tell the others."""
    for node in nodes:
        await node.settle()
    await share(*nodes)


async def statuses(viewer: NodeParts, document: str) -> list[tuple[str, str, str]]:
    """Return whose review stands how, and what of it can be read."""
    items = (await reviews(viewer.view, document_id(document), viewer.author.unopened))["items"]
    return sorted((item["author_name"], item["status"], item["text"]) for item in items)


async def test_nobody_can_read_a_review_before_the_other_is_promised_and_then_both_are_shown(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await closed(document, three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await share(*three)
    await settled(*three)
    for node in three:
        held = (await node.store.everything()).records
        assert not any(WORDS.encode() in record.wire for record in held)
    assert await statuses(three.dana, document) == [("Carl", "committed", "")]
    assert await statuses(three.carl, document) == [("Carl", "committed", WORDS)]
    await promised(three.dana, document, three.carl, "Paid on time.")
    await share(*three)
    await settled(*three)
    for node in three:
        assert await statuses(node, document) == [
            ("Carl", "revealed", WORDS),
            ("Dana", "revealed", "Paid on time."),
        ]
        assert not node.author.unopened.of_kind("review")
    [shown] = (await person(three.eli.view, three.dana.who.id))["reviews"]
    assert (shown["author_name"], shown["again"], shown["text"]) == ("Carl", "gladly", WORDS)


async def test_what_is_shown_names_the_promise_of_the_other_side(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    other = await promised(three.dana, document, three.carl)
    await share(*three)
    [opened] = await open_reviews(three.carl.author)
    assert opened.body["counterpart"] == other.record.id


async def test_one_side_alone_is_shown_once_the_time_of_the_other_is_over(three: Three) -> None:
    document = await engaged(three.carl, three.dana, review_days=14)
    await closed(document, three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await share(*three)
    three.carl.clock.advance_days(14)
    await settled(*three)
    assert await statuses(three.eli, document) == [("Carl", "committed", "")]
    three.carl.clock.advance_days(1)
    await settled(*three)
    assert await statuses(three.eli, document) == [("Carl", "revealed", WORDS)]


async def test_who_speaks_after_their_time_is_shown_as_late(three: Three) -> None:
    document = await engaged(three.carl, three.dana, review_days=14)
    await closed(document, three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await share(*three)
    three.carl.clock.advance_days(15)
    await settled(*three)
    late = await promised(three.dana, document, three.carl, "I read theirs first.")
    assert "shown as late" in late.notes[1]
    await share(*three)
    await settled(*three)
    assert ("Dana", "late", "I read theirs first.") in await statuses(three.eli, document)


async def test_what_is_given_up_is_never_shown_and_counts_as_kept_back(three: Three) -> None:
    document = await engaged(three.carl, three.dana, review_days=14)
    await closed(document, three.carl, three.dana)
    promise = await promised(three.carl, document, three.dana)
    stranger = await refused(three.dana, withdraw_review(three.dana.author, UNKNOWN_RECORD))
    assert type(stranger) is UnknownIdError
    await withdraw_review(three.carl.author, record_text(promise.record.id))
    again = await refused(three.carl, withdraw_review(three.carl.author, record_text(promise.record.id)))
    assert "not kept here" in again.message
    three.carl.clock.advance_days(15)
    await share(*three)
    await settled(*three)
    assert await statuses(three.eli, document) == [("Carl", "unrevealed", "")]
    found = await facts(three.eli.view, three.carl.who.id)
    assert found["unrevealed"]["proofs"] == [record_text(promise.record.id)]


async def test_its_author_alone_takes_a_review_back(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await promised(three.dana, document, three.carl)
    await share(*three)
    [opened] = await open_reviews(three.carl.author)
    await share(*three)
    error = await refused(three.dana, withdraw_review(three.dana.author, record_text(opened.id)))
    assert "somebody else's" in error.message
    taken = await withdraw_review(three.carl.author, record_text(opened.id))
    assert "your promise stays" in taken.notes[0]
    await share(*three)
    assert (await person(three.eli.view, three.dana.who.id))["reviews"] == []


async def test_a_dispute_stands_beside_a_review(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await promised(three.dana, document, three.carl)
    await share(*three)
    [opened] = await open_reviews(three.carl.author)
    await share(*three)
    await open_dispute(three.dana.author, record_text(opened.id), "Not so.")
    await share(*three)
    [shown] = (await person(three.eli.view, three.dana.who.id))["reviews"]
    assert [item["text"] for item in shown["disputes"]] == ["Not so."]


async def test_only_parties_review_each_other_and_each_other_party_once(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await share(*three)
    assert (await refused(three.eli, promised(three.eli, document, three.dana))).rule == "RVW-2"
    assert (await refused(three.carl, promised(three.carl, document, three.carl))).rule == "RVW-3"
    assert (await refused(three.carl, promised(three.carl, document, three.eli))).rule == "RVW-3"
    promise = await promised(three.carl, document, three.dana)
    assert "already" in (await refused(three.carl, promised(three.carl, document, three.dana))).message
    await withdraw_review(three.carl.author, record_text(promise.record.id))
    assert (await refused(three.carl, promised(three.carl, document, three.dana))).rule == "RVW-2"
    await promised(three.dana, document, three.carl)
    await share(*three)
    await open_reviews(three.dana.author)
    error = await refused(three.dana, promised(three.dana, document, three.carl))
    assert error.message == "you have reviewed them already"


async def test_only_engagements_that_all_have_signed_are_reviewed(three: Three) -> None:
    assert type(await refused(three.carl, promised(three.carl, UNKNOWN_TEAM, three.dana))) is UnknownIdError
    team = await formed(three)
    assert "is a team" in (await refused(three.eli, promised(three.eli, team, three.dana))).message
    document = await drafted(three.carl, three.dana)
    assert (await refused(three.carl, promised(three.carl, document, three.dana))).rule == "RVW-2"


async def test_three_parties_open_theirs_when_all_have_promised_and_name_different_promises(three: Three) -> None:
    document = await engaged(three.carl, three.dana, three.eli)
    for author in three:
        for subject in three:
            if subject is not author:
                await promised(author, document, subject, f"Of {name_of(subject)}")
        await share(*three)
        if author is not three.eli:
            assert await open_reviews(three.carl.author) == []
    opened = [record for node in three for record in await open_reviews(node.author)]
    assert len(opened) == 6
    assert len({record.body["counterpart"] for record in opened}) == 6


async def test_a_promise_outlives_a_crash_and_says_nothing_on_the_disk(tmp_path: Path) -> None:
    clock = StoppedClock()
    async with node_parts("dana", clock, tmp_path) as dana:
        async with node_parts("carl", clock, tmp_path) as carl:
            await share(carl, dana)
            document = await engaged(carl, dana)
            await promised(carl, document, dana)
            await promised(dana, document, carl)
            await dana.hear(carl)
            assert WORDS.encode() not in (tmp_path / "carl" / UNOPENED_FILE).read_bytes()
        async with node_parts("carl", clock, tmp_path) as carl:
            await carl.hear(dana)
            await carl.settle()
            [review] = await carl.store.by_author(carl.who.id, "review")
            assert review.body["text"] == WORDS


async def test_a_crash_between_showing_and_noting_it_shows_nothing_twice(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    await promised(three.dana, document, three.carl)
    await share(*three)
    [(digest, sealed)] = three.carl.author.unopened.of_kind("review").items()
    assert len(await open_reviews(three.carl.author)) == 1
    three.carl.author.unopened.keep(digest, sealed)
    assert await open_reviews(three.carl.author) == []
    assert not three.carl.author.unopened.of_kind("review")


async def test_a_promise_that_could_not_be_published_is_not_kept(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    three.carl.author.spaces = frozenset({"elsewhere"})
    with pytest.raises(RefusedError):
        await promised(three.carl, document, three.dana)
    assert not three.carl.author.unopened.of_kind("review")


async def test_a_node_opens_its_review_as_soon_as_the_other_promise_arrives(three: Three) -> None:
    document = await engaged(three.carl, three.dana)
    await promised(three.carl, document, three.dana)
    automation = Automation(three.carl.author)
    await automation.look_at_everything()
    other = await promised(three.dana, document, three.carl)
    stranger = sealed(three.eli.who, "review-commit", {"document": bytes(32), "digest": bytes(32)})
    await three.carl.ingest.take([], [stranger.wire], source="peer")
    await automation.look_at(Notice(put=(entry(stranger),)))
    assert await three.carl.store.by_author(three.carl.who.id, "review") == []
    await three.carl.hear(three.dana)
    await automation.look_at(Notice(put=(entry(other.record),)))
    assert len(await three.carl.store.by_author(three.carl.who.id, "review")) == 1


async def test_a_review_that_cannot_be_published_is_kept_and_does_not_hold_up_others(three: Three) -> None:
    first = await engaged(three.carl, three.dana)
    second = await engaged(three.carl, three.eli)
    for other, document in ((three.dana, first), (three.eli, second)):
        await promised(three.carl, document, other)
        await promised(other, document, three.carl)
    await share(*three)
    kept = three.carl.author.unopened
    digest, one = next(iter(kept.of_kind("review").items()))
    three.carl.author.spaces = frozenset({"commons"})
    kept.keep(digest, replace(one, space="left"))
    with pytest.raises(RefusedError, match="takes no part in the space left"):
        await open_reviews(three.carl.author)
    assert list(kept.of_kind("review")) == [digest]
    assert len(await three.carl.store.by_author(three.carl.who.id, "review")) == 1
    await three.carl.settle()
    assert list(kept.of_kind("review")) == [digest]
