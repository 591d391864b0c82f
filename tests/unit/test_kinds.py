"""The rules that each kind of record has of its own."""

import pytest
from support.agreements import DRAFTED, TERMS, team, yes
from support.keys import NETWORK, person
from support.statements import BID, BODIES, DOCUMENT, OPPORTUNITY, SOON, TODAY, said

from folkmoot.agreement import cosignature_value
from folkmoot.canonical import Value
from folkmoot.errors import DecodeError
from folkmoot.kinds import EDITION, KINDS
from folkmoot.kinds.bidding import listed_commits
from folkmoot.kinds.consent import carried_cosignatures, carried_document, carried_record, named_document
from folkmoot.kinds.people import shown_endorsements
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Content, Record, Ref, seal
from folkmoot.rules import check_form

ALICE, BOB, MALLORY = person("alice"), person("bob"), person("mallory")
CREDIT_TO_NOBODY: Value = [{"party": 2, "share": 1}]


def spoiled(kind: str, changes: dict[str, Value], *drop: str) -> Record:
    """Say something of a kind with fields changed, with no references unless the good body has them."""
    body = {name: value for name, value in {**BODIES[kind], **changes}.items() if name not in drop}
    refs = said(ALICE, kind, BODIES[kind]).refs
    content = Content(kind, "commons", 0, DRAFTED, TODAY + 200, refs, body)
    return seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)


def refused_by(record: Record) -> str:
    with pytest.raises(DecodeError) as caught:
        check_form(record, network=NETWORK)
    return caught.value.rule


def test_the_registry_knows_each_kind_by_its_name() -> None:
    assert EDITION == 1
    assert all(name == kind.name for name, kind in KINDS.items())
    assert KINDS.keys() == BODIES.keys()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_required_field_is_missed(kind: str) -> None:
    for name in KINDS[kind].shape.required:
        assert refused_by(spoiled(kind, {"more": 1}, name)) == "KND-4"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_field_may_hold_just_anything(kind: str) -> None:
    shape = KINDS[kind].shape
    for name in [*shape.required, *shape.optional]:
        assert refused_by(spoiled(kind, {name: -1})) in ("KND-4", "COS-1")


@pytest.mark.parametrize(
    ("kind", "rule", "changes"),
    [
        ("profile", "PRO-1", {"shown": [bytes(32), bytes(32)]}),
        ("profile", "KND-4", {"work": [{"title": "Tailor"}]}),
        ("profile", "KND-4", {"work": [{"claim": "verified"}]}),
        ("availability", "AVL-1", {"from": TODAY + 1, "until": TODAY}),
        ("availability", "AVL-1", {"until": TODAY + 367}),
        ("availability", "KND-4", {"hours_per_week": 169}),
        ("opportunity", "OPP-1", {"bids_close": SOON + 1}),
        ("opportunity", "OPP-2", {"budget": {"model": "hour", "currency": "EUR", "min_minor": 2, "max_minor": 1}}),
        ("opportunity", "KND-4", {"closed": {"reason": "boredom"}}),
        ("decline", "DEC-1", {"document": bytes(32)}),
        ("endorsement", "END-1", {"subject": ALICE.id}),
        ("draft", "ENC-2", {"document": b"\xc0"}),
        ("draft", "DRF-1", {"document": team("bob", "alice").data}),
        ("draft", "TEA-1", {"document": team("alice", "bob", terms={}).data}),
        ("draft", "TEA-2", {"document": team("alice", "bob", terms={**TERMS, "lead": 2}).data}),
        ("accept", "COS-1", {"cosignature": 1}),
        ("agreement", "COS-1", {"cosignatures": [1]}),
        ("agreement", "DOC-2", {"document": team("alice", "bob", network="elsewhere").data}),
        ("agreement", "TEA-1", {"document": team("alice", "bob", terms={}).data}),
        ("draft", "TEA-4", {"document": team("alice", "bob", terms={**TERMS, "scoping": CREDIT_TO_NOBODY}).data}),
        ("opportunity", "OPP-3", {"flow_down": [{"name": "wind", "text": text} for text in ("a", "b")]}),
        ("bid", "BID-5", {"commit": bytes(32)}),
        ("bid", "BID-5", {"salt": bytes(16)}),
        ("endorsement", "END-2", {"milestone": 0}),
        ("bid-list", "BDL-1", {"commits": [bytes(32), bytes(32)]}),
        ("bid-list", "BDL-1", {"commits": [b"\x01" * 32, bytes(32)]}),
        ("counter", "COU-1", {"document": bytes(32)}),
        ("counter", "COU-1", {"share": 1}),
        ("counter", "COU-1", {"party": 1}),
        ("review-of-delivery", "DRV-1", {"verdict": "accept"}),
        ("review-of-delivery", "DRV-1", {"failed": [1, 1]}),
        ("review-of-delivery", "DRV-1", {"failed": [1, 0]}),
        ("seen", "SEE-1", {"of": [bytes(32), bytes(32)]}),
        ("seen", "SEE-1", {"of": [b"\x01" * 32, bytes(32)]}),
        ("dispute-step", "DIS-1", {"step": "reply"}),
        ("vouch", "VOU-1", {"subject": ALICE.id}),
        ("exhibit", "EXH-1", {"record": b"\xc0"}),
        ("exhibit", "EXH-2", {"record": said(ALICE, "bid", BID).wire}),
    ],
)
def test_each_rule_refuses_what_breaks_it(kind: str, rule: str, changes: dict[str, Value]) -> None:
    dropped = ["basis"] if rule == "END-2" else []
    assert refused_by(spoiled(kind, changes, *dropped)) == rule


@pytest.mark.parametrize(
    ("kind", "rule", "left_out"),
    [
        ("counter", "COU-1", "bid"),
        ("review-of-delivery", "DRV-1", "failed"),
        ("dispute-step", "DIS-1", "reason"),
        ("review", "RVW-1", "salt"),
        ("review", "RVW-1", "commit"),
    ],
)
def test_what_belongs_together_is_not_parted(kind: str, rule: str, left_out: str) -> None:
    assert refused_by(spoiled(kind, {}, left_out)) == rule


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("availability", {"from": TODAY, "until": TODAY}),
        ("availability", {"from": TODAY, "until": TODAY + 366}),
        ("opportunity", {"bids_close": SOON, "decide_by": SOON}),
        ("opportunity", {"budget": {"model": "hour", "currency": "EUR", "min_minor": 5}}),
        ("opportunity", {"budget": {"model": "hour", "currency": "EUR", "max_minor": 0}}),
        ("opportunity", {"budget": {"model": "retainer", "currency": "EUR"}}),
        ("opportunity", {"closed": {"reason": "filled-elsewhere"}}),
        ("opportunity", {"flow_down": [{"name": name, "text": "a"} for name in ("wind", "rain")]}),
        ("bid", {"commit": bytes(32), "salt": bytes(16)}),
        ("bid-list", {"commits": list[Value]()}),
        ("delivery", {"evidence": list[Value]()}),
        ("endorsement", {"milestone": 31}),
    ],
)
def test_each_rule_lets_its_bound_pass(kind: str, changes: dict[str, Value]) -> None:
    check_form(said(ALICE, kind, {**BODIES[kind], **changes}), network=NETWORK)


def test_a_decline_declines_something() -> None:
    assert refused_by(said(ALICE, "decline", {"reason": "fit"})) == "DEC-1"
    check_form(said(ALICE, "decline", {"reason": "fit", "document": bytes(32)}), network=NETWORK)


def test_a_counter_answers_a_bid_or_a_document() -> None:
    about_a_seat: dict[str, Value] = {"text": "More.", "document": bytes(32), "party": 1, "share": 6000}
    record = said(ALICE, "counter", about_a_seat)
    check_form(record, network=NETWORK)
    assert record.refs == (Ref("document", bytes(32)),)
    assert said(ALICE, "counter", BODIES["counter"]).refs == (Ref("bid", bytes(32)),)


def test_an_acceptance_names_no_criteria() -> None:
    check_form(said(ALICE, "review-of-delivery", {"delivery": bytes(32), "verdict": "accept"}), network=NETWORK)


@pytest.mark.parametrize("step", ["reply", "take", "withdraw"])
def test_only_a_finding_gives_a_reason(step: str) -> None:
    body: dict[str, Value] = {"dispute": bytes(32), "step": step}
    check_form(said(ALICE, "dispute-step", body), network=NETWORK)
    assert refused_by(said(ALICE, "dispute-step", {**body, "reason": "shared"})) == "DIS-1"


def test_a_review_need_not_open_a_commit() -> None:
    body: dict[str, Value] = {"document": bytes(32), "subject": BOB.id, "text": "Patient."}
    check_form(said(ALICE, "review", body), network=NETWORK)


def test_a_list_names_its_commits_and_a_receipt_refers_to_what_was_seen() -> None:
    listed = said(ALICE, "bid-list", BODIES["bid-list"])
    assert listed_commits(listed) == (bytes(32), b"\x01" * 32)
    assert listed.refs == (Ref("opportunity", bytes(32)),)
    assert said(ALICE, "seen", BODIES["seen"]).refs == (Ref("of", bytes(32)), Ref("of", b"\x01" * 32))


def test_what_others_rely_on_can_be_exhibited_and_is_not_taken_back() -> None:
    lasting = {name for name, kind in KINDS.items() if kind.evidence and not kind.withdrawable}
    assert lasting == {
        *("accept", "award", "bid-commit", "bid-list", "clarification", "closing", "delivery", "dispute"),
        *("dispute-step", "leave", "payment", "review-commit", "review-of-delivery", "seen"),
    }
    assert {name for name, kind in KINDS.items() if not kind.evidence} == {
        *("agreement", "availability", "draft", "exhibit", "pattern-outcome", "post", "profile"),
    }


def test_an_endorsement_needs_no_basis() -> None:
    record = said(ALICE, "endorsement", {"subject": BOB.id, "text": "Good."})
    check_form(record, network=NETWORK)
    assert record.refs == (Ref("subject", BOB.id),)


def test_an_agreement_s_cosignatures_ascend() -> None:
    first, second = (cosignature_value(yes(DOCUMENT, who)) for who in (ALICE, BOB))
    assert refused_by(spoiled("agreement", {"cosignatures": [second, first]})) == "AGM-1"
    assert refused_by(spoiled("agreement", {"cosignatures": [first, first]})) == "AGM-1"


def test_anybody_publishes_an_agreement_and_only_the_drafter_a_draft() -> None:
    check_form(said(MALLORY, "agreement", BODIES["agreement"]), network=NETWORK)
    assert refused_by(said(MALLORY, "draft", BODIES["draft"])) == "DRF-1"


def test_an_agreement_is_read_by_what_it_is_and_not_by_a_field_it_happens_to_have() -> None:
    body: dict[str, Value] = {**BODIES["agreement"], "cosignature": 1}
    check_form(said(ALICE, "agreement", body), network=NETWORK)
    assert carried_cosignatures(body) == (yes(DOCUMENT, ALICE), yes(DOCUMENT, BOB))
    accept: dict[str, Value] = {**BODIES["accept"], "cosignatures": 1}
    check_form(said(ALICE, "accept", accept), network=NETWORK)
    assert carried_cosignatures(accept) == (yes(DOCUMENT, ALICE),)


def test_an_agreement_about_a_bare_id_is_refused_and_nothing_worse() -> None:
    for extra in ({}, {"cosignature": 1}, {"cosignature": BODIES["accept"]["cosignature"]}):
        changes: dict[str, Value] = {"document": bytes(32), **extra}
        assert refused_by(spoiled("agreement", changes)) in ("ENC-7", "ENC-2", "COS-1")


def test_a_document_in_a_record_shows_in_its_references() -> None:
    later = team("alice", "bob", prev=DOCUMENT.id, terms={**TERMS, "opportunity": b"\x05" * 32})
    record = said(ALICE, "draft", {"document": later.data})
    assert record.refs == (
        Ref("document", later.id), Ref("opportunity", b"\x05" * 32), Ref("prev", DOCUMENT.id)
    )  # fmt: skip
    assert named_document(record) == later.id
    assert carried_document(record.body, NETWORK) == later


def test_terms_of_an_unknown_type_name_an_opportunity_only_by_an_id() -> None:
    odd = team("alice", "bob", terms={"opportunity": b"short"})
    content = Content(
        "draft", "commons", 0, DRAFTED, TODAY + 200, [Ref("document", odd.id)], {"document": odd.data}
    )
    record = seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)
    assert refused_by(record) == "TEA-1"
    assert set(KINDS["draft"].refs(record.body, NETWORK)) == {Ref("document", odd.id)}


def test_an_exhibit_refers_to_what_its_record_refers_to() -> None:
    inner = carried_record(BODIES["exhibit"], NETWORK)
    record = said(ALICE, "exhibit", BODIES["exhibit"])
    assert inner.author == BOB.id
    assert set(record.refs) == {Ref("exhibits", inner.id), *inner.refs}


def test_what_the_states_read_of_work_is_what_was_said() -> None:
    closed = said(ALICE, "opportunity", {**OPPORTUNITY, "revises": bytes(32), "closed": {"reason": "budget"}})
    assert closed.refs == (Ref("revises", bytes(32)),)
    read = read_opportunity(closed)
    assert (read.bids_close, read.decide_by, read.revises, read.closed) == (SOON, SOON, bytes(32), "budget")
    opened = read_opportunity(said(ALICE, "opportunity", OPPORTUNITY))
    assert (opened.revises, opened.closed) == (None, None)
    assert (opened.is_sealed, opened.bids_max, opened.parent, opened.deliver_by) == (False, None, None, None)
    assert opened.flow_down == {}
    bid = read_bid(said(ALICE, "bid", BID))
    assert (bid.opportunity, bid.valid_until, bid.team) == (bytes(32), SOON, b"\x01" * 32)
    assert (bid.commit, bid.salt) == (None, None)
    alone = said(ALICE, "bid", {name: value for name, value in BID.items() if name != "team"})
    assert read_bid(alone).team is None
    assert alone.refs == (Ref("opportunity", bytes(32)),)


def test_what_the_states_read_of_sealed_and_nested_work_is_what_was_said() -> None:
    more: dict[str, Value] = {
        "mode": "sealed",
        "bids_max": 3,
        "deliver_by": SOON,
        "parent": {"opportunity": b"\x02" * 32, "seat": "tail"},
        "flow_down": [{"name": "wind", "text": "Only below force 5."}],
    }
    part = said(ALICE, "opportunity", {**OPPORTUNITY, **more})
    check_form(part, network=NETWORK)
    assert part.refs == (Ref("parent", b"\x02" * 32),)
    read = read_opportunity(part)
    assert (read.is_sealed, read.bids_max, read.parent, read.deliver_by) == (True, 3, b"\x02" * 32, SOON)
    assert read.flow_down == {"wind": "Only below force 5."}
    opening: dict[str, Value] = {"commit": b"\x03" * 32, "salt": bytes(16), "counter": b"\x04" * 32}
    bid = said(ALICE, "bid", {**BID, **opening})
    assert (read_bid(bid).commit, read_bid(bid).salt) == (b"\x03" * 32, bytes(16))
    assert {Ref("commit", b"\x03" * 32), Ref("counter", b"\x04" * 32)} <= set(bid.refs)


def test_a_profile_shows_what_it_lists() -> None:
    assert shown_endorsements(BODIES["profile"]) == (bytes(32), b"\x01" * 32)
    assert shown_endorsements({"name": "Bob"}) == ()
