"""The suites `state` and `work`, read through `state`."""

import pytest
from vectors.suites import NETWORK, Case, cases_of, chains_of, name_of, operations_of, records_of

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.state.disputes import derive_dispute
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.person import derive_person
from folkmoot.state.recursion import derive_link
from folkmoot.state.reviews import derive_reviews
from folkmoot.state.snapshot import state_hash
from folkmoot.state.team import derive_team


def _evidence_of(case: Case, *, backwards: bool = False) -> Evidence:
    records = records_of(case, "held")
    order = records[::-1] if backwards else records
    return gather(order, chains_of(operations_of(case)), now_ms=int(case["now_ms"]), network=NETWORK)


@pytest.mark.parametrize("case", cases_of("state", "opportunity"), ids=name_of)
@pytest.mark.parametrize("backwards", [False, True])
def test_an_opportunity_stands_as_the_case_says(case: Case, backwards: bool) -> None:
    wanted = case["opportunity"]
    state = derive_opportunity(_evidence_of(case, backwards=backwards), RecordId(bytes.fromhex(wanted["id"])))
    assert state is not None
    assert (state.status.value, state.reason) == (wanted["status"], wanted["reason"])
    assert state.latest.id.hex() == wanted["latest"]
    assert [[bid.id.hex(), bid.status.value, bid.rule] for bid in state.bids] == wanted["bids"]
    assert sorted(award.hex() for award in state.awards) == wanted["awards"]


@pytest.mark.parametrize("case", cases_of("state", "team"), ids=name_of)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_team_stands_as_the_case_says(case: Case, backwards: bool) -> None:
    wanted = case["team"]
    team = derive_team(_evidence_of(case, backwards=backwards), DocumentId(bytes.fromhex(wanted["id"])))
    assert team is not None
    assert team.status.value == wanted["status"]
    assert [seat.status.value for seat in team.seats] == wanted["seats"]
    assert [[item.record.hex(), item.rule] for item in team.refused] == wanted["refused"]
    assert (team.superseded_by.hex() if team.superseded_by else "") == wanted["superseded_by"]


@pytest.mark.parametrize("case", cases_of("state", "person"), ids=name_of)
@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_known_of_a_person_is_what_the_case_says(case: Case, backwards: bool) -> None:
    wanted = case["person"]
    person = derive_person(_evidence_of(case, backwards=backwards), IdentityId(bytes.fromhex(wanted["identity"])))
    assert person is not None
    assert person.is_stale == wanted["stale"]
    shown = [[item.id.hex(), item.grade.value, item.is_shown] for item in person.endorsements]
    assert shown == wanted["endorsements"]
    assert [team.hex() for team in person.teams] == wanted["teams"]


@pytest.mark.parametrize("case", cases_of("work", "person"), ids=name_of)
def test_endorsements_of_work_are_of_the_class_that_the_case_says(case: Case) -> None:
    wanted = case["person"]
    person = derive_person(_evidence_of(case), IdentityId(bytes.fromhex(wanted["identity"])))
    assert person is not None
    shown = [[item.id.hex(), item.grade.value, item.is_shown] for item in person.endorsements]
    assert shown == wanted["endorsements"]


@pytest.mark.parametrize("case", cases_of("work", "engagement"), ids=name_of)
@pytest.mark.parametrize("backwards", [False, True])
def test_an_engagement_stands_as_the_case_says(case: Case, backwards: bool) -> None:
    wanted = case["engagement"]
    state = derive_engagement(_evidence_of(case, backwards=backwards), DocumentId(bytes.fromhex(wanted["id"])))
    assert state is not None
    assert state.status.value == wanted["status"]
    assert [[one.way, one.is_one_sided, one.proof.hex()] for one in state.endings] == wanted["endings"]
    milestones = [
        [one.status.value, str(one.accepted_at or ""), [[paid.place, paid.status.value] for paid in one.payments]]
        for one in state.milestones
    ]
    assert milestones == wanted["milestones"]


@pytest.mark.parametrize("case", cases_of("work", "call"), ids=name_of)
def test_a_call_stands_as_the_case_says(case: Case) -> None:
    wanted, evidence = case["call"], _evidence_of(case)
    state = derive_opportunity(evidence, RecordId(bytes.fromhex(wanted["id"])))
    assert state is not None
    assert [[bid.id.hex(), bid.status.value, bid.rule] for bid in state.bids] == wanted["bids"]
    assert [one.hex() for one in state.unrevealed] == wanted["unrevealed"]
    assert [one.hex() for one in state.clarifications] == wanted["clarifications"]
    link = derive_link(evidence, evidence.counted[state.id])
    assert [link.status.value, link.rule] == wanted["link"]


@pytest.mark.parametrize("case", cases_of("work", "dispute"), ids=name_of)
def test_a_dispute_stands_as_the_case_says(case: Case) -> None:
    wanted = case["dispute"]
    state = derive_dispute(_evidence_of(case), RecordId(bytes.fromhex(wanted["id"])))
    assert state is not None
    assert (state.status.value, state.reason) == (wanted["status"], wanted["reason"])
    assert [step.hex() for step in state.steps] == wanted["steps"]
    assert (state.settlement or b"").hex() == wanted["settlement"]


@pytest.mark.parametrize("case", cases_of("work", "reviews"), ids=name_of)
def test_reviews_stand_as_the_case_says(case: Case) -> None:
    wanted = case["reviews"]
    states = derive_reviews(_evidence_of(case), DocumentId(bytes.fromhex(wanted["id"])))
    assert [
        [one.author.hex(), one.status.value, (one.commit or b"").hex(), (one.review or b"").hex()] for one in states
    ] == wanted["reviews"]


@pytest.mark.parametrize("case", [*cases_of("state"), *cases_of("work")], ids=name_of)
def test_the_state_hash_is_that_of_the_case(case: Case) -> None:
    assert state_hash(_evidence_of(case)).hex() == case["state_hash"]
    assert state_hash(_evidence_of(case, backwards=True)).hex() == case["state_hash"]
