"""Opportunities within opportunities: what hangs on what, however deep, and what comes of it."""

from itertools import pairwise

import pytest
from support.keys import NETWORK, person
from support.scene import Scene, chains

from folkmoot.canonical import Value
from folkmoot.ids import DocumentId
from folkmoot.limits import DAY_MS, RECURSION_DEPTH_MAX
from folkmoot.record import Record
from folkmoot.state import recursion
from folkmoot.state.evidence import gather
from folkmoot.state.recursion import Branch, Link, LinkStatus, derive_link, derive_tree

SAFETY: dict[str, Value] = {"name": "safety", "text": "Nobody climbs alone."}


def below(scene: Scene, who: str, upper: Record, **extra: Value) -> Record:
    """Open a sub-opportunity that is decided when the one above is."""
    parent: dict[str, Value] = {"opportunity": upper.id, "seat": "Backend"}
    decide_by = upper.body["decide_by"]
    return scene.opportunity(who, over=None, **{"parent": parent, "decide_by": decide_by, **extra})


def link(scene: Scene, opportunity: Record) -> tuple[LinkStatus, str]:
    found = derive_link(scene.evidence(), opportunity)
    return found.status, found.rule


def won(scene: Scene, client: str, call: Record, bidder: str, *, team: DocumentId | None = None) -> Record:
    """Have a bid awarded."""
    bid = scene.bid(bidder, call, team=team)
    scene.award(client, call, bid)
    return bid


def team_of(
    scene: Scene, *members: str, filled_by: Record | None = None, prev: DocumentId | None = None
) -> DocumentId:
    terms: dict[str, Value] = {"filled_by": [{"seat": "Backend", "opportunity": filled_by.id}]} if filled_by else {}
    document = scene.offer(members[0], members, prev=prev, **terms)
    scene.agree(members[0], document, members)
    return document.id


def tree(scene: Scene, opportunity: Record, viewer: str = "") -> Branch:
    found = derive_tree(scene.evidence(), opportunity.id, person(viewer).id if viewer else None)
    assert found is not None
    return found


def test_an_opportunity_that_names_none_is_a_root() -> None:
    scene = Scene()
    assert link(scene, scene.opportunity()) == (LinkStatus.ROOT, "")


def test_it_is_conditional_then_firm_when_the_team_that_names_it_wins() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    assert link(scene, sub) == (LinkStatus.CONDITIONAL, "")
    won(scene, "carl", call, "eli", team=team_of(scene, "eli", "dana", filled_by=sub))
    assert link(scene, sub) == (LinkStatus.FIRM, "")


def test_a_single_bidder_fills_seats_without_a_team() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub, stranger = below(scene, "dana", call), below(scene, "mallory", call)
    won(scene, "carl", call, "dana")
    assert link(scene, sub) == (LinkStatus.FIRM, "")
    assert link(scene, stranger) == (LinkStatus.LAPSED, "")


def test_it_lapses_when_others_win_or_the_winning_team_does_not_name_it() -> None:
    scene = Scene()
    call = scene.opportunity()
    ours, theirs, unnamed = (below(scene, name, call) for name in ("dana", "mallory", "dana"))
    team = scene.offer("eli", ["eli", "dana"], filled_by=[{"seat": "Backend", "opportunity": ours.id}])
    scene.agree("eli", team, ["eli", "dana"])
    won(scene, "carl", call, "eli", team=team.id)
    assert [link(scene, one)[0] for one in (ours, theirs, unnamed)] == [
        LinkStatus.FIRM,
        LinkStatus.LAPSED,
        LinkStatus.LAPSED,
    ]


def test_a_team_that_names_an_outsider_s_opportunity_does_not_make_it_firm() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "mallory", call)
    won(scene, "carl", call, "eli", team=team_of(scene, "eli", "dana", filled_by=sub))
    assert link(scene, sub) == (LinkStatus.LAPSED, "")


def test_a_bid_of_a_team_that_never_formed_fills_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    document = scene.offer("eli", ["eli", "dana"], filled_by=[{"seat": "Backend", "opportunity": sub.id}])
    won(scene, "carl", call, "eli", team=document.id)
    assert link(scene, sub) == (LinkStatus.LAPSED, "")
    other = scene.opportunity()
    another = below(scene, "dana", other)
    won(scene, "carl", other, "eli", team=DocumentId(bytes(32)))
    assert link(scene, another) == (LinkStatus.LAPSED, "")


@pytest.mark.parametrize("revised", [False, True])
def test_any_version_of_it_can_be_named(revised: bool) -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    team = team_of(scene, "eli", "dana", filled_by=sub)
    latest = sub
    if revised:
        scene.exhibit("eli", sub)
        parent: dict[str, Value] = {"opportunity": call.id, "seat": "Backend"}
        decide_by = call.body["decide_by"]
        latest = scene.opportunity("dana", over=sub, revises=sub.id, parent=parent, decide_by=decide_by)
    won(scene, "carl", call, "eli", team=team)
    assert link(scene, latest) == (LinkStatus.FIRM, "")


def test_a_parent_that_is_never_awarded_lets_everything_below_lapse() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    deeper = below(scene, "eli", sub)
    won(scene, "dana", sub, "eli")
    assert link(scene, deeper) == (LinkStatus.CONDITIONAL, "")
    scene.now_ms += 15 * DAY_MS
    assert link(scene, sub) == link(scene, deeper) == (LinkStatus.LAPSED, "")


def test_what_lapsed_at_the_top_is_not_conditional_further_down() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    deeper = below(scene, "eli", sub)
    won(scene, "carl", call, "gus")
    assert link(scene, deeper) == (LinkStatus.LAPSED, "")


def test_a_withdrawn_parent_lets_it_lapse() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    scene.exhibit("dana", call)
    scene.opportunity(over=call, revises=call.id, closed={"reason": "budget"})
    assert link(scene, sub) == (LinkStatus.LAPSED, "")


def test_a_parent_awarded_twice_decides_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    won(scene, "carl", call, "dana")
    won(scene, "carl", call, "gus")
    assert link(scene, sub) == (LinkStatus.CONDITIONAL, "")


def test_a_seat_replaced_at_the_third_level_changes_nothing_above() -> None:
    scene = Scene()
    call = scene.opportunity()
    second = below(scene, "dana", call)
    third, other_third = below(scene, "eli", second), below(scene, "eli", second)
    won(scene, "carl", call, "dana", team=team_of(scene, "dana", "fay", filled_by=second))
    team = team_of(scene, "eli", "gus", filled_by=third)
    won(scene, "dana", second, "eli", team=team)
    assert [link(scene, one)[0] for one in (second, third, other_third)] == [
        LinkStatus.FIRM,
        LinkStatus.FIRM,
        LinkStatus.LAPSED,
    ]
    scene.now_ms += 1000
    team_of(scene, "eli", "gus", "fay", filled_by=other_third, prev=team)
    assert [link(scene, one)[0] for one in (second, third, other_third)] == [
        LinkStatus.FIRM,
        LinkStatus.LAPSED,
        LinkStatus.FIRM,
    ]


def test_two_rival_successors_of_the_winning_team_decide_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub, other = below(scene, "dana", call), below(scene, "dana", call)
    team = team_of(scene, "eli", "dana", filled_by=sub)
    won(scene, "carl", call, "eli", team=team)
    team_of(scene, "eli", "dana", filled_by=sub, prev=team)
    team_of(scene, "eli", "dana", filled_by=other, prev=team)
    assert link(scene, sub) == link(scene, other) == (LinkStatus.CONDITIONAL, "")


def test_a_parent_has_to_be_held_and_be_an_opportunity() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    post = scene.publish("carl", "post", {"text": "I have work."})
    parent: dict[str, Value] = {"opportunity": post.id, "seat": "Backend"}
    assert link(scene, scene.opportunity("dana", parent=parent)) == (LinkStatus.VOID, "SUB-1")
    scene.records.remove(call)
    assert link(scene, sub) == (LinkStatus.VOID, "SUB-1")
    assert tree(scene, sub).link == Link(LinkStatus.VOID, "SUB-1")


def test_it_is_decided_no_later_than_its_parent() -> None:
    scene = Scene()
    call = scene.opportunity()
    assert link(scene, below(scene, "dana", call, decide_by=call.body["decide_by"] + 1)) == (  # type: ignore[operator]
        LinkStatus.VOID,
        "SUB-2",
    )


@pytest.mark.parametrize(("deliver_by", "expected"), [(None, "SUB-2"), (100, ""), (101, "SUB-2")])
def test_it_is_delivered_no_later_than_its_parent(deliver_by: int | None, expected: str) -> None:
    scene = Scene()
    call = scene.opportunity(deliver_by=100)
    terms: dict[str, Value] = {} if deliver_by is None else {"deliver_by": deliver_by}
    assert link(scene, below(scene, "dana", call, **terms))[1] == expected


@pytest.mark.parametrize("text", ["Nobody climbs alone.", "Somebody climbs alone."])
def test_clauses_flow_down_word_for_word(text: str) -> None:
    scene = Scene()
    call = scene.opportunity(flow_down=[SAFETY])
    sub = below(scene, "dana", call, flow_down=[{"name": "safety", "text": text}, {"name": "own", "text": "More."}])
    assert link(scene, sub)[1] == ("" if text == SAFETY["text"] else "SUB-3")
    assert link(scene, below(scene, "dana", call)) == (LinkStatus.VOID, "SUB-3")
    assert tree(scene, sub).branches[0].clauses == (("safety",) if text == SAFETY["text"] else ())


def test_naming_an_earlier_version_does_not_get_around_a_clause_of_the_one_that_was_won() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    scene.exhibit("dana", call)
    revised = scene.opportunity(over=call, revises=call.id, flow_down=[SAFETY])
    won(scene, "carl", revised, "dana")
    assert link(scene, sub) == (LinkStatus.VOID, "SUB-3")


def test_a_client_undoes_nothing_below_by_revising_after_the_award() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    won(scene, "carl", call, "dana")
    scene.exhibit("dana", call)
    scene.opportunity(over=call, revises=call.id, flow_down=[SAFETY])
    assert link(scene, sub) == (LinkStatus.FIRM, "")


def test_a_middle_level_undoes_nothing_below_by_hanging_itself_elsewhere() -> None:
    scene = Scene()
    call, middle = scene.opportunity(), scene.opportunity("dana")
    sub = below(scene, "eli", middle)
    won(scene, "dana", middle, "eli")
    scene.exhibit("eli", middle)
    parent: dict[str, Value] = {"opportunity": call.id, "seat": "Backend"}
    decide_by = call.body["decide_by"]
    moved = scene.opportunity("dana", over=middle, revises=middle.id, parent=parent, decide_by=decide_by)
    assert link(scene, moved) == (LinkStatus.CONDITIONAL, "")
    assert link(scene, sub) == (LinkStatus.FIRM, "")


def chain_of(scene: Scene, levels: int) -> list[Record]:
    """Open a chain in which the winner of each level, Dana or Eli, opens the next."""
    found = [scene.opportunity()]
    for level in range(1, levels):
        found.append(below(scene, ("dana", "eli")[level % 2], found[-1]))
    return found


def test_a_chain_of_eight_levels_holds_to_the_bottom_and_the_ninth_is_void() -> None:
    scene = Scene()
    calls = chain_of(scene, RECURSION_DEPTH_MAX + 1)
    clients = ["carl", *(("dana", "eli")[level % 2] for level in range(1, len(calls) + 1))]
    for call, (client, bidder) in zip(calls, pairwise(clients), strict=True):
        won(scene, client, call, bidder)
    assert [link(scene, call) for call in calls] == [
        (LinkStatus.ROOT, ""),
        *[(LinkStatus.FIRM, "")] * (RECURSION_DEPTH_MAX - 1),
        (LinkStatus.VOID, "SUB-4"),
    ]


def test_a_tree_shows_the_whole_chain_from_any_of_it_and_ends() -> None:
    scene = Scene()
    calls = chain_of(scene, RECURSION_DEPTH_MAX + 4)
    at, depth = tree(scene, calls[3]), 0
    assert at.state.id == calls[0].id
    while at.branches:
        (at,) = at.branches
        depth += 1
    assert (depth, at.depth) == (RECURSION_DEPTH_MAX, RECURSION_DEPTH_MAX)
    assert at.link == Link(LinkStatus.VOID, "SUB-4")
    assert tree(scene, calls[-1]).depth == 0


def test_two_that_were_revised_to_hang_on_each_other_still_make_a_tree() -> None:
    scene = Scene()
    first = scene.opportunity("dana")
    second = below(scene, "eli", first)
    scene.exhibit("gus", first)
    parent: dict[str, Value] = {"opportunity": second.id, "seat": "Backend"}
    decide_by = first.body["decide_by"]
    turned = scene.opportunity("dana", over=first, revises=first.id, parent=parent, decide_by=decide_by)
    found = tree(scene, turned)
    assert found.state.latest.id == turned.id
    assert [one.state.latest.id for one in found.branches] == [second.id]
    assert found.branches[0].branches == ()


def test_a_sub_opportunity_is_shown_where_its_latest_version_hangs() -> None:
    scene = Scene()
    here, there = scene.opportunity(), scene.opportunity()
    sub = below(scene, "dana", here)
    scene.exhibit("eli", sub)
    parent: dict[str, Value] = {"opportunity": there.id, "seat": "Frontend"}
    decide_by = there.body["decide_by"]
    moved = scene.opportunity("dana", over=sub, revises=sub.id, parent=parent, decide_by=decide_by)
    assert tree(scene, here).branches == ()
    assert [(one.seat, one.state.latest.id) for one in tree(scene, there).branches] == [("Frontend", moved.id)]
    assert tree(scene, sub).state.id == there.id


def test_prices_are_shown_to_those_they_concern_alone() -> None:
    scene = Scene()
    call = scene.opportunity()
    sub = below(scene, "dana", call)
    formed = team_of(scene, "dana", "fay", filled_by=sub)
    won(scene, "carl", call, "dana", team=formed)
    won(scene, "dana", sub, "eli")
    team_of(scene, "dana", "fay", "gus", filled_by=sub, prev=formed)

    def seen(viewer: str) -> tuple[bool, bool]:
        top = tree(scene, call, viewer)
        assert (top.awarded_to, top.team) == (person("dana").id, formed)
        return top.price is not None, top.branches[0].price is not None

    assert seen("carl") == seen("fay") == seen("gus") == (True, False)
    assert seen("dana") == (True, True)
    assert seen("eli") == (False, True)
    assert seen("mallory") == seen("") == (False, False)


def test_a_crowd_of_hangers_on_leaves_room_for_those_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recursion, "TREE_NODES_MAX", 3)
    scene = Scene()
    call = scene.opportunity()
    for _hanger_on in range(8):
        below(scene, "mallory", call)
    ours = below(scene, "dana", call)
    won(scene, "carl", call, "dana")
    found = tree(scene, call)
    assert len(found.branches) == 2
    assert found.branches[0].state.id == ours.id


def test_what_is_no_opportunity_has_no_tree() -> None:
    scene = Scene()
    post = scene.publish("carl", "post", {"text": "hello"})
    assert derive_tree(scene.evidence(), post.id, None) is None


def test_a_link_takes_no_longer_than_the_chain_is_deep() -> None:
    scene = Scene()
    calls = chain_of(scene, 40)
    evidence = gather(scene.records, chains(), now_ms=scene.now_ms, network=NETWORK)
    assert derive_link(evidence, calls[-1]) == Link(LinkStatus.VOID, "SUB-4")
