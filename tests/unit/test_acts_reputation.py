"""What people did and what they say of it: classes, disputes beside it, facts before it."""

from collections.abc import AsyncIterator

import pytest
from support.hired import accepted, closed, drafted, engaged, name_of
from support.keys import person as person_named
from support.node_parts import NodeParts, node_parts, share
from support.three_nodes import UNKNOWN_RECORD, Three, call_of, formed, placed, refused, three_nodes
from support.world import Place, StoppedClock, endorsement, rotated

from folkmoot.keys import SecretKey
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot_node.acts.closing import close_engagement
from folkmoot_node.acts.dispute import open_dispute, take_step
from folkmoot_node.acts.endorsement import endorse, hide_endorsement, revoke_endorsement, show_endorsement
from folkmoot_node.acts.opportunity import publish_opportunity
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.vouch import vouch, withdraw_vouch
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views.exporting import export
from folkmoot_node.views.facts import facts
from folkmoot_node.views.naming import document_id, identity_text, record_text
from folkmoot_node.views.people import person
from folkmoot_node.views.person_shapes import EndorsementShape


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def seen(viewer: NodeParts, subject: NodeParts) -> EndorsementShape:
    """Return the one endorsement of somebody that a viewer sees."""
    [item] = (await person(viewer.view, subject.who.id))["endorsements"]
    return item


async def said(three: Three, **fields: object) -> Record:
    """Let Carl endorse Dana, who shows it; everybody knows."""
    published = await endorse(three.carl.author, name_of(three.dana), "Frank and fast", **fields)  # type: ignore[arg-type]
    await share(*three)
    await show_endorsement(three.dana.author, record_text(published.record.id))
    await share(*three)
    return published.record


class TestVouches:
    async def test_nobody_vouches_for_themselves(self, three: Three) -> None:
        assert (await refused(three.eli, vouch(three.eli.author, name_of(three.eli), "Me"))).rule == "VOU-1"

    async def test_nobody_unheard_of_is_vouched_for(self, three: Three) -> None:
        stranger = identity_text(person_named("a stranger").id)
        assert type(await refused(three.eli, vouch(three.eli.author, stranger, "Hm"))) is UnknownIdError

    async def test_one_vouches_once_and_takes_it_back_once(self, three: Three) -> None:
        dana = name_of(three.dana)
        await refused(three.eli, withdraw_vouch(three.eli.author, dana))
        published = await vouch(three.eli.author, dana, "We shared an office")
        assert published.record.body["how"] == "We shared an office"
        assert "nothing about their work" in published.notes[0]
        assert "already" in (await refused(three.eli, vouch(three.eli.author, dana, "Still"))).message
        await withdraw_vouch(three.eli.author, dana)
        await refused(three.eli, withdraw_vouch(three.eli.author, dana))
        await vouch(three.eli.author, dana, "Again")


class TestClasses:
    async def test_a_word_grows_with_the_work_behind_it(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        early = await endorse(three.carl.author, name_of(three.dana), "So far so good", basis=document)
        assert "nothing of it is accepted yet" in early.notes[0]
        await accepted(document, three.carl, three.dana)
        record = await said(three, basis=document, milestone=0)
        shown = await seen(three.eli, three.dana)
        assert (shown["id"], shown["class"], shown["why"]) == (record_text(record.id), "E3", "")
        assert (shown["milestone"], shown["given"]) == (0, 2)

    async def test_only_who_it_is_of_decides_whether_it_is_shown(self, three: Three) -> None:
        published = await endorse(three.carl.author, name_of(three.dana), "Fine")
        await share(*three)
        assert (await person(three.eli.view, three.dana.who.id))["endorsements"] == []
        assert (await seen(three.dana, three.dana))["is_shown"] is False
        await show_endorsement(three.dana.author, record_text(published.record.id))
        await share(*three)
        shown = await seen(three.eli, three.dana)
        assert (shown["class"], shown["why"]) == ("E1", "none-named")
        await hide_endorsement(three.dana.author, record_text(published.record.id))
        await share(*three)
        assert (await person(three.eli.view, three.dana.who.id))["endorsements"] == []

    async def test_a_milestone_that_nobody_accepted_is_no_ground_for_the_highest_class(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        await accepted(document, three.carl, three.dana)
        await said(three, basis=document, milestone=1)
        shown = await seen(three.eli, three.dana)
        assert (shown["class"], shown["why"]) == ("E2", "nothing-accepted")

    async def test_what_ends_for_cause_takes_the_ground_away(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        await accepted(document, three.carl, three.dana)
        await said(three, basis=document)
        await close_engagement(three.carl.author, document, way="cause", note="They left.")
        await share(*three)
        shown = await seen(three.eli, three.dana)
        assert (shown["class"], shown["why"]) == ("E1", "closed-for-cause")

    async def test_a_milestone_needs_an_engagement_that_has_it(self, three: Three) -> None:
        dana = name_of(three.dana)
        without = await refused(three.carl, endorse(three.carl.author, dana, "Good", milestone=0))
        assert (type(without), without.rule) == (ConfigError, "END-2")
        team = await formed(three)
        error = await refused(three.eli, endorse(three.eli.author, dana, "Good", basis=team, milestone=0))
        assert error.message == "it has no milestone 0"
        document = await engaged(three.carl, three.dana)
        act = endorse(three.carl.author, dana, "Good", basis=document, milestone=2)
        assert (await refused(three.carl, act)).message == "it has no milestone 2"

    async def test_nobody_endorses_themselves_from_another_device(self, three: Three) -> None:
        second = SecretKey(bytes(31) + b"2")
        await three.eli.author.advance(rotated(three.eli.who, second))
        three.eli.author.key = second
        assert (await refused(three.eli, endorse(three.eli.author, name_of(three.eli), "Great"))).rule == "END-1"


class TestBesideAndBack:
    async def test_a_dispute_stands_beside_the_words_and_takes_nothing_away(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        await accepted(document, three.carl, three.dana)
        record = await said(three, basis=document)
        opened = await open_dispute(three.dana.author, record_text(record.id), "That was not my part.")
        await share(*three)
        shown = await seen(three.eli, three.dana)
        assert shown["class"] == "E3"
        [beside] = shown["disputes"]
        assert (beside["by_name"], beside["status"], beside["text"]) == ("Dana", "open", "That was not my part.")
        await take_step(three.dana.author, record_text(opened.record.id), word="withdraw")
        await share(*three)
        assert [item["status"] for item in (await seen(three.eli, three.dana))["disputes"]] == ["withdrawn"]

    async def test_a_bare_word_has_its_dispute_beside_it_too(self, three: Three) -> None:
        record = await said(three)
        await open_dispute(three.dana.author, record_text(record.id), "We never met.")
        await share(*three)
        assert [item["text"] for item in (await seen(three.eli, three.dana))["disputes"]] == ["We never met."]

    async def test_what_its_author_revokes_is_gone_though_copies_exist(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        record = await said(three, basis=document)
        await three.dana.author.exhibit(record)
        stranger = await refused(three.dana, revoke_endorsement(three.dana.author, record_text(record.id)))
        assert "Carl" in stranger.message
        await revoke_endorsement(three.carl.author, record_text(record.id))
        await share(*three)
        for node in three:
            assert (await person(node.view, three.dana.who.id))["endorsements"] == []
        again = await refused(three.carl, revoke_endorsement(three.carl.author, record_text(record.id)))
        assert type(again) is UnknownIdError or again.message == "that endorsement was revoked before"

    async def test_what_was_revoked_is_exported_no_more(self, three: Three) -> None:
        record = await said(three)
        assert record.wire in await export(three.eli.view, [record_text(record.id)])
        await revoke_endorsement(three.carl.author, record_text(record.id))
        await share(*three)
        with pytest.raises(UnknownIdError):
            await export(three.eli.view, [record_text(record.id)])

    async def test_only_endorsements_are_revoked(self, three: Three) -> None:
        error = await refused(three.carl, revoke_endorsement(three.carl.author, UNKNOWN_RECORD))
        assert type(error) is UnknownIdError


class TestFacts:
    async def test_what_somebody_did_is_shown_with_what_proves_it(self, three: Three) -> None:
        document = await engaged(three.carl, three.dana)
        await accepted(document, three.carl, three.dana)
        team = await formed(three)
        await closed(document, three.carl, three.dana)
        await share(*three)
        found = await facts(three.eli.view, three.dana.who.id)
        assert found["is_whole"]
        assert found["engagements"] == {"completed": {"count": 1, "proofs": [document]}}
        assert (found["milestones"]["count"], found["accepted_first_time"]["count"]) == (1, 1)
        assert {item["name"]: item["proofs"] for item in found["companions"]} == {"Carl": [document], "Eli": [team]}
        assert (await person(three.eli.view, three.dana.who.id))["facts"] == found

    async def test_a_client_who_answers_nobody_is_seen_to(self, three: Three) -> None:
        published = await publish_opportunity(three.carl.author, call_of(three.carl))
        await share(*three)
        call = record_text(published.record.id)
        three.dana.clock.at_ms += 1
        placed_bid = await placed(three, call, valid_until=three.carl.clock.now_ms() + 60 * DAY_MS)
        three.carl.clock.advance_days(40)
        found = await facts(three.eli.view, three.carl.who.id)
        assert found["lapsed"]["proofs"] == [call]
        assert found["bids_received"]["proofs"] == [placed_bid]
        assert found["bids_answered"]["count"] == 0

    async def test_nobody_unheard_of_has_facts(self, three: Three) -> None:
        with pytest.raises(UnknownIdError):
            await facts(three.eli.view, person_named("a stranger").id)

    async def test_an_engagement_that_nobody_else_signed_is_no_fact(self, three: Three) -> None:
        await drafted(three.carl, three.dana)
        assert (await facts(three.eli.view, three.dana.who.id))["engagements"] == {}


async def test_thousands_of_words_about_somebody_leave_what_they_did_and_show_in_view() -> None:
    clock = StoppedClock()
    async with node_parts("carl", clock) as carl, node_parts("dana", clock) as dana:
        for node in (carl, dana):
            await publish_profile(node.author, {"name": node.who.name.title()})
        await share(carl, dana)
        document = await engaged(carl, dana)
        await accepted(document, carl, dana)
        published = await endorse(carl.author, name_of(dana), "Frank and fast", basis=document)
        await share(carl, dana)
        await show_endorsement(dana.author, record_text(published.record.id))
        for number in range(40):
            troll = person_named(f"troll {number}")
            words = [endorsement(troll, dana.who, "Hm", Place(slot=slot)) for slot in range(64)]
            await dana.ingest.take([troll.genesis.wire], [word.wire for word in words], source="peer")
        await carl.hear(dana)
        shown = await person(carl.view, dana.who.id)
        assert [item["class"] for item in shown["endorsements"]] == ["E3"]
        assert shown["facts"]["is_whole"]
        assert shown["facts"]["engagements"]["in-force"]["proofs"] == [document]
        scene = await carl.view.around_person(dana.who.id, document_id(document))
        assert len(scene.evidence.counted) < 100
        own = await person(dana.view, dana.who.id)
        assert len(own["endorsements"]) <= 101
        assert record_text(published.record.id) in {item["id"] for item in own["endorsements"]}
