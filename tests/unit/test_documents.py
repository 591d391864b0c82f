"""What a team agrees on."""

import pytest
from support.agreements import TERMS, team
from support.keys import NETWORK, person

from folkmoot.agreement import Document, Party, Proposal, draft, open_document
from folkmoot.canonical import Value, decode, encode
from folkmoot.documents import TeamTerms, check_terms, team_terms, unknown_to_us
from folkmoot.errors import DecodeError
from folkmoot.limits import SHARES_TOTAL


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
