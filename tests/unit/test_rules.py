"""The verdict on one record."""

from itertools import pairwise

import pytest
from support.keys import NETWORK, Person, person
from support.lineage import Plan, key, revocation, root, step
from support.statements import BID, BODIES, NOW, SOON, TODAY, Place, said, said_by

from folkmoot.canonical import Value
from folkmoot.chain import Chain, read_chain
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, Scope
from folkmoot.keys import SecretKey
from folkmoot.kinds import KINDS
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, EVIDENCE_MARGIN_DAYS, EXHIBITED_BYTES_MAX
from folkmoot.record import Content, Record, Ref, day_of, seal
from folkmoot.rules import Accept, Defer, Ignore, Reject, Verdict, check_form, is_due, judge, judge_author

ALICE, BOB = person("alice"), person("bob")
NOTE = said(ALICE, "post", {"text": "Hello"})
PLAN = Plan(devices=(("phone", Scope.ALL), ("tablet", Scope.DAILY), ("reader", Scope.READ)), next_key="n0")
CAROL = root(PLAN)


def chain_of(*operations: Operation) -> Chain:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return chain


def rule_of(record: Record, *, who: Person = ALICE, now_ms: int = NOW) -> tuple[type[Verdict], str]:
    verdict = judge(record, chain_of(who.genesis), now_ms=now_ms, network=NETWORK)
    return type(verdict), "" if isinstance(verdict, Accept) else verdict.rule


def by_carol(device: str, *, rev: int = NOW) -> Record:
    return said_by(CAROL.identity, key(device), "post", {"text": "Hello"}, Place(rev=rev))


def refused_by(record: Record) -> str:
    with pytest.raises(DecodeError) as caught:
        check_form(record, network=NETWORK)
    assert rule_of(record) == (Reject, caught.value.rule)
    return caught.value.rule


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_good_record_of_every_kind_is_accepted(kind: str) -> None:
    record = said(ALICE, kind, BODIES[kind])
    assert rule_of(record) == (Accept, "")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_tombstone_of_every_kind_is_accepted(kind: str) -> None:
    assert rule_of(said(ALICE, kind, {}, Place(days=KINDS[kind].days_max))) == (Accept, "")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_slots_its_life_and_its_place(kind: str) -> None:
    bounds = KINDS[kind]
    body = BODIES[kind]
    assert rule_of(said(ALICE, kind, body, Place(bounds.slots - 1, days=bounds.days_max))) == (Accept, "")
    assert refused_by(said(ALICE, kind, {}, Place(bounds.slots))) == "KND-1"
    assert refused_by(said(ALICE, kind, {}, Place(days=bounds.days_max + 1))) == "KND-2"
    elsewhere = said(ALICE, kind, body, Place(space="design.fr"))
    if bounds.commons_only:
        assert refused_by(elsewhere) == "KND-3"
    else:
        check_form(elsewhere, network=NETWORK)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_references_are_exactly_what_the_body_implies(kind: str) -> None:
    good = said(ALICE, kind, BODIES[kind])
    changed = [[*good.refs, Ref("zzz", bytes(32))]] + ([list(good.refs[1:])] if good.refs else [])
    for refs in changed:
        content = Content(kind, "commons", 0, NOW, good.expires, refs, good.body)
        assert refused_by(seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)) == "KND-5"


def test_unknown_fields_are_left_alone() -> None:
    assert rule_of(said(ALICE, "post", {"text": "Hello", "mood": 1})) == (Accept, "")


def test_a_body_that_has_not_its_shape_is_rejected() -> None:
    assert refused_by(said(ALICE, "post", {"title": "Hello"})) == "KND-4"


@pytest.mark.parametrize("kind", ["opportunity", "bid", "draft", "agreement"])
def test_a_record_outlives_its_deadlines_by_ninety_days(kind: str) -> None:
    enough = day_of(SOON) - TODAY + EVIDENCE_MARGIN_DAYS
    assert rule_of(said(ALICE, kind, BODIES[kind], Place(days=enough))) == (Accept, "")
    assert refused_by(said(ALICE, kind, BODIES[kind], Place(days=enough - 1))) == "KND-6"


def exhibit(inner: Record) -> Record:
    content = Content(
        "exhibit", "commons", 0, NOW, TODAY + 90, sorted({Ref("exhibits", inner.id), *inner.refs}),
        {"record": inner.wire},
    )  # fmt: skip
    return seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)


def test_only_evidence_is_exhibited() -> None:
    assert rule_of(exhibit(said(BOB, "award", BODIES["award"]))) == (Accept, "")
    for inner in (
        said(BOB, "post", BODIES["post"]),
        said(BOB, "letter", {"text": "x"}),
        said(BOB, "bid", {}),
        exhibit(said(BOB, "bid", BID)),
    ):
        assert refused_by(exhibit(inner)) in ("KND-7", "EXH-2")


def test_what_is_exhibited_is_itself_well_formed() -> None:
    assert refused_by(exhibit(said(BOB, "bid", BID, Place(slot=64)))) == "KND-1"
    assert refused_by(exhibit(said(BOB, "bid", {**BID, "plan": ""}))) == "KND-4"


def test_evidence_is_small_enough_to_be_exhibited() -> None:
    room = EXHIBITED_BYTES_MAX - len(said(ALICE, "bid", {**BID, "pad": b"x" * 10_000}).wire) + 10_000
    biggest = said(ALICE, "bid", {**BID, "pad": b"x" * room})
    assert len(biggest.wire) == EXHIBITED_BYTES_MAX
    assert rule_of(biggest) == (Accept, "")
    assert refused_by(said(ALICE, "bid", {**BID, "pad": b"x" * (room + 1)})) == "KND-8"
    exhibited = exhibit(said(BOB, "bid", {**BID, "pad": b"x" * room}))
    assert rule_of(exhibited) == (Accept, "")
    post: dict[str, Value] = {"text": "x", "pad": b"x" * (room + 300)}
    assert rule_of(said(ALICE, "post", post)) == (Accept, "")


def test_an_unknown_kind_has_sixteen_slots_and_is_never_rejected() -> None:
    assert rule_of(said(ALICE, "letter", {"text": 1}, Place(15, days=5000))) == (Accept, "")
    assert rule_of(said(ALICE, "letter", {"text": 1}, Place(16))) == (Ignore, "UNK-1")


def test_a_record_counts_up_to_the_day_before_it_expires() -> None:
    note = said(ALICE, "post", {"text": "x"}, Place(days=3))
    last = (TODAY + 3) * DAY_MS - 1
    assert rule_of(note, now_ms=last) == (Accept, "")
    assert rule_of(note, now_ms=last + 1) == (Ignore, "CLK-1")


def test_a_record_may_be_dated_up_to_the_end_of_tomorrow() -> None:
    end = (TODAY + 2) * DAY_MS - 1
    assert rule_of(said(ALICE, "post", {"text": "x"}, Place(rev=end))) == (Accept, "")
    assert rule_of(said(ALICE, "post", {"text": "x"}, Place(rev=end + 1))) == (Ignore, "CLK-2")
    assert rule_of(said(ALICE, "post", {"text": "x"}, Place(rev=end)), now_ms=TODAY * DAY_MS) == (Accept, "")


def test_form_comes_before_the_clock_and_the_clock_before_the_author() -> None:
    old = said(BOB, "post", {}, Place(slot=500, days=3))
    assert rule_of(old, now_ms=NOW + 9 * DAY_MS) == (Reject, "KND-1")
    fine = said(BOB, "post", {}, Place(days=3))
    assert rule_of(fine, now_ms=NOW + 9 * DAY_MS) == (Ignore, "CLK-1")


def test_without_the_author_s_operations_a_record_waits_for_them() -> None:
    assert judge(NOTE, None, now_ms=NOW, network=NETWORK) == Defer("AUT-1", ALICE.id)


def test_a_device_that_nothing_certifies_waits() -> None:
    for device in ("stranger", "reader"):
        assert judge_author(by_carol(device), chain_of(CAROL)) == Defer("AUT-1", CAROL.identity)
    for device in ("phone", "tablet"):
        assert judge_author(by_carol(device), chain_of(CAROL)) == Accept()


def test_what_a_revocation_rules_out_is_ignored() -> None:
    entries = (revocation("tablet", last_rev=NOW), revocation("phone", keep=[by_carol("phone").id]))
    plan = PLAN._replace(next_key="n1", revoke=tuple(sorted(entries, key=lambda entry: entry.device)))
    chain = chain_of(CAROL, step(CAROL, plan, signers=("n0",)))
    assert judge_author(by_carol("tablet"), chain) == Accept()
    assert judge_author(by_carol("phone"), chain) == Accept()
    for late in (by_carol("tablet", rev=NOW + 1), by_carol("phone", rev=NOW + 1), by_carol("phone", rev=NOW - 1)):
        verdict = judge_author(late, chain)
        assert isinstance(verdict, Ignore)
        assert verdict.rule == "AUT-2"


def test_after_an_identity_is_closed_nothing_of_it_counts() -> None:
    end = step(CAROL, PLAN._replace(next_key="n1", close=True), rank=1, signers=("paper",))
    verdict = judge_author(by_carol("phone"), chain_of(CAROL, end))
    assert isinstance(verdict, Ignore)
    assert verdict.rule == "AUT-3"


def test_judging_in_two_steps_is_judging_at_once() -> None:
    chains = [
        None,
        chain_of(CAROL),
        chain_of(CAROL, step(CAROL, PLAN._replace(next_key="n1", revoke=(revocation("phone"),)), signers=("n0",))),
    ]
    records = [by_carol("phone"), by_carol("tablet"), by_carol("stranger"), said_by_stranger()]
    for record in records:
        first = judge(record, None, now_ms=NOW, network=NETWORK)
        for chain in chains:
            at_once = judge(record, chain, now_ms=NOW, network=NETWORK)
            assert at_once == (judge_author(record, chain) if isinstance(first, Defer) else first)


def said_by_stranger() -> Record:
    return said_by(CAROL.identity, SecretKey(bytes(32)), "post", {"text": 1})


def test_a_record_is_shown_once_it_is_at_most_ten_minutes_ahead() -> None:
    assert is_due(NOTE, NOW - CLOCK_SKEW_MS_MAX)
    assert not is_due(NOTE, NOW - CLOCK_SKEW_MS_MAX - 1)
    assert all(earlier <= later for earlier, later in pairwise(is_due(NOTE, NOW + at) for at in range(-2, 2)))
