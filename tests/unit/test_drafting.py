"""What an awarded bid suggests for the engagement."""

from typing import cast

from support.keys import person
from support.scene import START_MS, Scene

from folkmoot.agreement import Proposal, draft
from folkmoot.canonical import Value
from folkmoot.documents import ENGAGEMENT, check_terms, engagement_terms
from folkmoot.drafting import ACCEPT_DAYS, PAY_DAYS, WORK_DAYS, Engaging, from_award
from folkmoot.limits import DAY_MS
from folkmoot.record import Record, day_of
from folkmoot.state.team import Team, derive_team

ALLOCATED: list[Value] = [{"party": 0, "amount_minor": 100_000}, {"party": 1, "amount_minor": 200_000}]


def team_of(scene: Scene, *members: str) -> Team:
    formed = scene.form(members[0], list(members))
    found = derive_team(scene.evidence(), formed.id)
    assert found is not None
    return found


def suggested(opportunity: Record, bid: Record, team: Team | None = None) -> Engaging:
    """Return what is suggested, which every reader of documents has to take."""
    engaging = from_award(opportunity, bid, team, now_ms=START_MS)
    proposal = Proposal(
        type=ENGAGEMENT,
        drafter=person("carl").id,
        drafted=START_MS,
        accept_by=START_MS + DAY_MS,
        parties=engaging.parties,
        terms=engaging.terms,
    )
    document = draft(proposal, network="test", nonce=bytes(16))
    check_terms(document)
    assert engagement_terms(document).bid == bid.id
    return engaging


def milestone(engaging: Engaging) -> dict[str, Value]:
    [found] = cast("list[dict[str, Value]]", engaging.terms["milestones"])
    return found


def test_one_maker_gets_the_whole_price_in_one_milestone() -> None:
    scene = Scene()
    call = scene.opportunity()
    engaging = suggested(call, scene.bid("dana", call))
    assert [(party.capacity, party.identity) for party in engaging.parties] == [
        ("client", person("carl").id),
        ("maker", person("dana").id),
    ]
    assert "shares" not in engaging.terms
    assert milestone(engaging) == {
        "name": "All of it",
        "amount_minor": 480_000,
        "due_day": day_of(START_MS) + WORK_DAYS,
        "criteria": ["It does what the bid says."],
        "accept_days": ACCEPT_DAYS,
        "on_silence": "accept",
    }
    assert engaging.terms["pay_days"] == PAY_DAYS


def test_what_the_opportunity_asks_for_is_in_it() -> None:
    scene = Scene()
    call = scene.opportunity(
        need="n" * 700,
        deliver_by=START_MS + 40 * DAY_MS,
        criteria=[{"name": "craft", "weight": 40}],
        flow_down=[{"name": "Privacy", "text": "No data leaves."}],
    )
    engaging = suggested(call, scene.bid("dana", call))
    assert engaging.terms["deliverables"] == ["n" * 500]
    assert engaging.terms["flow_down"] == [{"name": "Privacy", "text": "No data leaves."}]
    assert (milestone(engaging)["due_day"], milestone(engaging)["criteria"]) == (
        day_of(START_MS) + 40,
        ["It does what the bid says."],
    )


def test_a_price_by_the_hour_is_no_total() -> None:
    scene = Scene()
    call = scene.opportunity()
    price: dict[str, Value] = {"amount_minor": 8000, "currency": "EUR", "unit": "hour"}
    assert milestone(suggested(call, scene.bid("dana", call, price=price)))["amount_minor"] == 0


def test_a_team_shares_as_its_bid_divides_the_price() -> None:
    scene = Scene()
    team = team_of(scene, "dana", "eli")
    call = scene.opportunity()
    engaging = suggested(call, scene.bid("dana", call, team=team.id, allocations=ALLOCATED), team)
    assert [party.capacity for party in engaging.parties] == ["client", "seat 0", "seat 1"]
    assert engaging.terms["shares"] == [0, 3334, 6666]
    assert engaging.terms["team"] == team.id


def test_a_team_that_did_not_divide_its_price_shares_as_it_agreed() -> None:
    scene = Scene()
    team = team_of(scene, "dana", "eli", "fay")
    call = scene.opportunity()
    nothing: list[Value] = [{"party": 0, "amount_minor": 0}, {"party": 63, "amount_minor": 5}]
    for extra in ({}, {"allocations": nothing}):
        engaging = suggested(call, scene.bid("dana", call, team=team.id, **cast("dict[str, Value]", extra)), team)
        assert engaging.terms["shares"] == [0, *team.terms.shares]


def test_after_members_were_replaced_the_old_division_is_nobodys() -> None:
    scene = Scene()
    team = team_of(scene, "dana", "eli")
    call = scene.opportunity()
    bid = scene.bid("dana", call, team=team.id, allocations=ALLOCATED)
    now = team_of(scene, "dana", "fay")
    engaging = suggested(call, bid, now)
    assert (engaging.terms["shares"], engaging.terms["team"]) == ([0, 5000, 5000], now.id)
