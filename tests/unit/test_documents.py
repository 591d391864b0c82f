"""What the terms of each type of document hold."""

import pytest
from support.agreements import ACCEPT_BY, DRAFTED, TERMS, team
from support.keys import NETWORK, person

from folkmoot.agreement import Document, Party, Proposal, draft, open_document
from folkmoot.canonical import Value, decode, encode
from folkmoot.documents import (
    REVIEW_DAYS,
    Milestone,
    TeamTerms,
    check_terms,
    engagement_terms,
    named,
    team_terms,
    unknown_to_us,
)
from folkmoot.errors import DecodeError
from folkmoot.limits import SHARES_TOTAL

MILESTONE: dict[str, Value] = {
    "name": "The frame",
    "amount_minor": 100,
    "due_day": 20_000,
    "criteria": ["It is light.", "It is strong."],
    "accept_days": 5,
    "on_silence": "accept",
}
WORK: dict[str, Value] = {
    "title": "A kite",
    "deliverables": ["A kite."],
    "currency": "EUR",
    "milestones": [MILESTONE],
    "pay_days": 14,
}
CLIENT_AND_TWO = (
    Party("client", person("alice").id),
    Party("maker", person("bob").id),
    Party("painter", person("carol").id),
)
OUTSIDER = person("mallory").id


def agreed_on(kind: str, terms: dict[str, Value], parties: tuple[Party, ...] = CLIENT_AND_TWO) -> Document:
    proposal = Proposal(
        type=kind,
        drafter=person("alice").id,
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=parties,
        terms=terms,
    )
    return draft(proposal, network=NETWORK, nonce=bytes(16))


def refused(document: Document) -> str:
    with pytest.raises(DecodeError) as caught:
        check_terms(document)
    return caught.value.rule


def refused_by(terms: dict[str, Value]) -> str:
    with pytest.raises(DecodeError) as caught:
        check_terms(team("alice", "bob", terms=terms))
    return caught.value.rule


def other_type() -> Document:
    proposal = Proposal(
        type="recipe",
        drafter=person("alice").id,
        drafted=0,
        accept_by=1,
        parties=(Party("cook", None),),
        terms={"salt": 1},
    )
    return draft(proposal, network=NETWORK, nonce=bytes(16))


def test_terms_are_read_as_they_stand() -> None:
    document = team("alice", "bob", terms={**TERMS, "opportunity": bytes(32), "decide": "By consent."})
    check_terms(document)
    assert team_terms(document) == TeamTerms("Kites", "Build a kite", 0, bytes(32), (6000, 4000))  # type: ignore[arg-type]


def test_shares_and_opportunity_may_be_left_out() -> None:
    bare: dict[str, Value] = {"name": "Kites", "purpose": "Build a kite", "lead": 1}
    document = team("alice", "bob", terms=bare)
    check_terms(document)
    assert team_terms(document).shares == ()
    assert team_terms(document).opportunity is None


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"purpose": 1},
        {"lead": -1},
        {"lead": 64},
        {"opportunity": bytes(31)},
        {"shares": list[Value]()},
        {"shares": [SHARES_TOTAL + 1, 0]},
        {"decide": ""},
    ],
)
def test_terms_have_a_shape(changes: dict[str, Value]) -> None:
    assert refused_by({**TERMS, **changes}) == "TEA-1"


@pytest.mark.parametrize("name", ["name", "purpose", "lead"])
def test_a_team_has_a_name_a_purpose_and_a_lead(name: str) -> None:
    assert refused_by({key: value for key, value in TERMS.items() if key != name}) == "TEA-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"lead": 2},
        {"shares": [SHARES_TOTAL]},
        {"shares": [5000, 4999]},
        {"shares": [5000, 5001]},
        {"shares": [1, 2, 3]},
    ],
)
def test_the_lead_is_a_party_and_shares_make_a_whole(changes: dict[str, Value]) -> None:
    assert refused_by({**TERMS, **changes}) == "TEA-2"


def test_terms_of_another_type_are_left_alone_and_nobody_here_can_explain_them() -> None:
    check_terms(other_type())
    assert unknown_to_us(other_type()) == {"type"}


def test_whatever_this_edition_cannot_explain_is_named() -> None:
    assert unknown_to_us(team("alice", "bob")) == frozenset()
    assert unknown_to_us(team("alice", "bob", terms={**TERMS, "penalty": 1})) == {"penalty"}
    fields = decode(team("alice", "bob").data, bytes_max=20_000)
    assert isinstance(fields, dict)
    newer = open_document(encode({**fields, "witnesses": [bytes(32)]}), network=NETWORK)
    assert unknown_to_us(newer) == {"witnesses"}
    deep: dict[str, Value] = {**WORK, "milestones": [MILESTONE, {**MILESTONE, "penalty": 1}], "motto": "Up!"}
    assert unknown_to_us(agreed_on("engagement", deep)) == {"milestones.penalty", "motto"}


def test_credit_for_scoping_and_seats_to_be_filled_are_read_as_they_stand() -> None:
    more: dict[str, Value] = {
        "scoping": [{"party": 0, "share": 200}, {"party": 1, "share": 100}],
        "filled_by": [{"seat": "tail", "opportunity": bytes(32)}],
        "pattern": b"\x01" * 32,
    }
    document = team("alice", "bob", terms={**TERMS, **more})
    check_terms(document)
    read = team_terms(document)
    assert read.scoping == ((0, 200), (1, 100))
    assert read.filled_by == (("tail", bytes(32)),)
    assert read.pattern == b"\x01" * 32


@pytest.mark.parametrize(
    "scoping",
    [
        [{"party": 2, "share": 1}],
        [{"party": 0, "share": 1}, {"party": 0, "share": 1}],
        [{"party": 1, "share": 1}, {"party": 0, "share": 1}],
        [{"party": 0, "share": SHARES_TOTAL}, {"party": 1, "share": 1}],
    ],
)
def test_credit_for_scoping_goes_to_each_party_once_and_is_at_most_all(scoping: list[Value]) -> None:
    assert refused_by({**TERMS, "scoping": scoping}) == "TEA-4"


def test_an_engagement_is_read_as_it_stands() -> None:
    more: dict[str, Value] = {
        "shares": [0, 7000, 3000],
        "review_days": 30,
        "witnesses": [OUTSIDER],
        "resolver": OUTSIDER,
        "bid": bytes(32),
        "opportunity": b"\x01" * 32,
        "team": b"\x02" * 32,
        "pattern": b"\x03" * 32,
        "flow_down": [{"name": "wind", "text": "Only below force 5."}],
    }
    document = agreed_on("engagement", {**WORK, **more})
    check_terms(document)
    read = engagement_terms(document)
    assert (read.title, read.client, read.currency, read.pay_days) == ("A kite", 0, "EUR", 14)
    assert read.milestones == (Milestone("The frame", 100, 20_000, ("It is light.", "It is strong."), 5, "accept"),)
    assert (read.shares, read.review_days) == ((0, 7000, 3000), 30)
    assert (read.witnesses, read.resolver) == ((OUTSIDER,), OUTSIDER)
    assert (read.bid, read.opportunity) == (bytes(32), b"\x01" * 32)
    assert (read.team, read.pattern) == (b"\x02" * 32, b"\x03" * 32)
    assert read.flow_down == {"wind": "Only below force 5."}


def test_an_engagement_that_says_little_has_the_usual_terms() -> None:
    document = agreed_on("engagement", WORK)
    check_terms(document)
    read = engagement_terms(document)
    assert (read.shares, read.review_days) == ((0, 5000, 5000), REVIEW_DAYS)
    assert (read.witnesses, read.resolver, read.flow_down) == ((), None, {})
    assert (read.bid, read.opportunity, read.team, read.pattern) == (None, None, None, None)


def test_what_cannot_be_divided_goes_to_the_first_who_works() -> None:
    makers = (Party("maker", None), *CLIENT_AND_TWO[:2], Party("painter", None))
    assert engagement_terms(agreed_on("engagement", WORK, makers)).shares == (3334, 0, 3333, 3333)


@pytest.mark.parametrize(
    "parties",
    [
        CLIENT_AND_TWO[:1],
        CLIENT_AND_TWO[1:],
        (CLIENT_AND_TWO[0], Party("client", person("bob").id)),
        (*CLIENT_AND_TWO, Party("pilot", person("alice").id)),
    ],
)
def test_an_engagement_has_one_client_who_does_not_work_in_it(parties: tuple[Party, ...]) -> None:
    assert refused(agreed_on("engagement", WORK, parties)) == "ENG-2"


def test_the_place_of_a_client_may_be_open() -> None:
    check_terms(agreed_on("engagement", WORK, (Party("client", None), Party("maker", None))))


@pytest.mark.parametrize(
    "shares", [[0, SHARES_TOTAL], [0, 5000, 5000, 0], [1, 9999, 0], [0, 5000, 4999], [0, 5000, 5001]]
)
def test_those_who_work_share_all_of_it(shares: list[Value]) -> None:
    assert refused(agreed_on("engagement", {**WORK, "shares": shares})) == "ENG-3"


@pytest.mark.parametrize("change", [{"witnesses": [OUTSIDER, person("bob").id]}, {"resolver": person("alice").id}])
def test_no_party_is_its_own_witness_or_judge(change: dict[str, Value]) -> None:
    assert refused(agreed_on("engagement", {**WORK, **change})) == "ENG-4"


def test_a_clause_that_flows_down_has_a_name_of_its_own() -> None:
    clauses: Value = [{"name": "wind", "text": text} for text in ("a", "b")]
    assert refused(agreed_on("engagement", {**WORK, "flow_down": clauses})) == "ENG-5"


@pytest.mark.parametrize(
    ("kind", "rule", "terms"),
    [
        ("engagement", "ENG-1", {**WORK, "milestones": [{**MILESTONE, "on_silence": "shrug"}]}),
        ("engagement", "ENG-1", {**WORK, "pay_days": 366}),
        ("closing", "CLO-1", {"engagement": bytes(32), "way": "cause"}),
        ("closing", "CLO-1", {"way": "mutual"}),
        ("settlement", "SET-1", {"dispute": bytes(31), "text": "Peace."}),
        ("settlement", "SET-1", {"dispute": bytes(32)}),
    ],
)
def test_the_terms_of_each_type_have_a_shape(kind: str, rule: str, terms: dict[str, Value]) -> None:
    assert refused(agreed_on(kind, terms)) == rule


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ("closing", {"engagement": bytes(32), "way": "mutual"}),
        ("settlement", {"dispute": bytes(32), "text": "Peace."}),
    ],
)
def test_who_ends_something_together_needs_few_words(kind: str, terms: dict[str, Value]) -> None:
    document = agreed_on(kind, terms)
    check_terms(document)
    assert unknown_to_us(document) == frozenset()


def test_terms_name_what_they_refer_to_whatever_the_type() -> None:
    seats: Value = [{"seat": "tail", "opportunity": bytes(32)}, {"opportunity": bytes(31)}, {"seat": "string"}, 1]
    terms: dict[str, Value] = {"filled_by": seats, "dispute": b"\x01" * 32, "team": "no id", "resolver": bytes(32)}
    assert set(named(agreed_on("recipe", terms))) == {("filled_by", bytes(32)), ("dispute", b"\x01" * 32)}
    assert list(named(agreed_on("recipe", {"filled_by": bytes(32)}))) == []
