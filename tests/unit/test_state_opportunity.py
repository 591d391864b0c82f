"""What becomes of an opportunity and the bids on it."""

from support.keys import NETWORK, person
from support.scene import Scene

from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS
from folkmoot.record import Content, Record, seal
from folkmoot.state.opportunity import BidStatus, OpportunityState, OpportunityStatus, derive_opportunity


def derived(scene: Scene, record: Record, *, now_ms: int | None = None) -> OpportunityState:
    state = derive_opportunity(scene.evidence(now_ms=now_ms), record.id)
    assert state is not None
    return state


def bid_statuses(state: OpportunityState) -> dict[RecordId, tuple[BidStatus, str]]:
    return {bid.id: (bid.status, bid.rule) for bid in state.bids}


def test_it_is_open_then_closed_to_bids_then_lapsed() -> None:
    scene = Scene()
    call = scene.opportunity()
    assert derived(scene, call).status is OpportunityStatus.OPEN
    assert derived(scene, call, now_ms=scene.now_ms + 8 * DAY_MS).status is OpportunityStatus.CLOSED_TO_BIDS
    assert derived(scene, call, now_ms=scene.now_ms + 15 * DAY_MS).status is OpportunityStatus.LAPSED


def test_an_award_by_the_client_counts() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    other = scene.bid("fay", call)
    award = scene.award("carl", call, bid)
    state = derived(scene, call)
    assert (state.status, state.award, state.awards) == (OpportunityStatus.AWARDED, bid.id, (award.id,))
    assert bid_statuses(state) == {bid.id: (BidStatus.AWARDED, ""), other.id: (BidStatus.STANDING, "")}


def test_an_award_by_anybody_else_counts_for_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    scene.award("eli", call, bid)
    assert derived(scene, call).status is OpportunityStatus.OPEN


def test_an_award_of_a_bid_on_another_opportunity_counts_for_nothing() -> None:
    scene = Scene()
    call, elsewhere = scene.opportunity(), scene.opportunity()
    bid = scene.bid("eli", elsewhere)
    scene.award("carl", call, bid)
    assert derived(scene, call).status is OpportunityStatus.OPEN


def test_an_award_of_something_that_is_no_bid_counts_for_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.award("carl", call, scene.publish("eli", "post", {"text": "hello"}))
    assert derived(scene, call).status is OpportunityStatus.OPEN


def test_two_awards_of_different_bids_cancel_each_other_and_are_both_shown() -> None:
    scene = Scene()
    call = scene.opportunity()
    bids = [scene.bid(name, call) for name in ("eli", "fay")]
    awards = [scene.award("carl", call, bid) for bid in bids]
    state = derived(scene, call)
    assert (state.status, state.award) == (OpportunityStatus.CONTESTED, None)
    assert set(state.awards) == {award.id for award in awards}
    assert {bid.status for bid in state.bids} == {BidStatus.STANDING}


def test_the_same_award_said_twice_is_one_award() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    scene.award("carl", call, bid)
    scene.award("carl", call, bid)
    assert derived(scene, call).status is OpportunityStatus.AWARDED


def test_an_overwritten_award_still_counts_where_it_is_exhibited() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    award = scene.award("carl", call, bid)
    scene.exhibit("eli", award)
    scene.delete(award, "carl")
    assert derived(scene, call).status is OpportunityStatus.AWARDED


def test_a_client_withdraws_with_a_reason() -> None:
    scene = Scene()
    call = scene.opportunity()
    closing = scene.opportunity(over=call, revises=call.id, closed={"reason": "cancelled"})
    scene.exhibit("eli", call)
    for record in (call, closing):
        state = derived(scene, record)
        assert (state.status, state.reason) == (OpportunityStatus.WITHDRAWN, "cancelled")


def test_a_deleted_opportunity_is_withdrawn_where_it_is_exhibited_and_gone_elsewhere() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.delete(call, "carl")
    assert derive_opportunity(scene.evidence(), call.id) is None
    scene.exhibit("eli", call)
    state = derived(scene, call)
    assert (state.status, state.reason) == (OpportunityStatus.WITHDRAWN, "deleted")


def test_bids_on_an_earlier_version_stay_with_the_revised_opportunity() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    revised = scene.opportunity(over=call, revises=call.id, title="A better guide")
    scene.exhibit("eli", call)
    state = derived(scene, revised)
    assert [item.id for item in state.bids] == [bid.id]
    assert state.latest.id == revised.id
    assert derived(scene, call).latest.id == revised.id


def test_a_revision_cannot_make_earlier_bids_late() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    scene.opportunity(over=call, revises=call.id, bids_close=bid.rev - 1)
    scene.exhibit("eli", call)
    assert bid_statuses(derived(scene, call))[bid.id] == (BidStatus.STANDING, "")


def test_somebody_else_s_revision_is_none() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.opportunity("mallory", revises=call.id, closed={"reason": "cancelled"})
    assert derived(scene, call).status is OpportunityStatus.OPEN


def test_the_client_s_own_bid_is_void() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("carl", call)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.VOID, "BID-1")}


def test_a_bid_after_the_close_is_void() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.now_ms += 8 * DAY_MS
    bid = scene.bid("eli", call)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.VOID, "BID-2")}


def test_a_team_bids_only_once_it_has_formed() -> None:
    scene = Scene()
    call = scene.opportunity()
    document = scene.offer("dana", ["dana", "eli"])
    bid = scene.bid("dana", call, team=document.id)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.VOID, "BID-3")}
    scene.agree("eli", document, ["dana", "eli"])
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.STANDING, "")}


def test_a_bid_falls_when_its_team_is_contested() -> None:
    scene = Scene()
    call = scene.opportunity()
    first = scene.form("dana", ["dana", "eli"])
    bid = scene.bid("dana", call, team=first.id)
    scene.form("dana", ["dana", "gus"], prev=first.id)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.VOID, "BID-3")}


def test_a_bid_stands_when_its_team_forms_anew() -> None:
    scene = Scene()
    call = scene.opportunity()
    first = scene.form("dana", ["dana", "eli"])
    bid = scene.bid("dana", call, team=first.id)
    scene.form("dana", ["dana", "eli", "fay"], prev=first.id)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.STANDING, "")}


def test_only_the_lead_bids_for_a_team() -> None:
    scene = Scene()
    call = scene.opportunity()
    document = scene.form("dana", ["dana", "eli"])
    bid = scene.bid("eli", call, team=document.id)
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.VOID, "BID-3")}


def test_a_bid_in_another_space_does_not_count() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    content = Content(bid.kind, "design.fr", bid.slot, bid.rev, bid.expires, bid.refs, bid.body)
    eli = person("eli")
    afar = seal(content, author=eli.id, key=eli.key, network=NETWORK)
    state = derive_opportunity(scene.evidence(records=[call, bid, afar]), call.id)
    assert state is not None
    assert bid_statuses(state) == {bid.id: (BidStatus.STANDING, ""), afar.id: (BidStatus.VOID, "BID-4")}


def test_a_bid_is_declined_by_the_client_alone() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    scene.publish("mallory", "decline", {"bid": bid.id, "reason": "other"})
    assert bid_statuses(derived(scene, call)) == {bid.id: (BidStatus.STANDING, "")}
    scene.publish("carl", "decline", {"bid": bid.id, "reason": "budget"})
    state = derived(scene, call)
    assert (state.bids[0].status, state.bids[0].reason) == (BidStatus.DECLINED, "budget")


def test_a_bid_is_withdrawn_by_overwriting_it_and_runs_out_by_itself() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid, other = scene.bid("eli", call), scene.bid("fay", call)
    scene.exhibit("carl", bid)
    scene.delete(bid, "eli")
    statuses = bid_statuses(derived(scene, call, now_ms=scene.now_ms + 40 * DAY_MS))
    assert statuses == {bid.id: (BidStatus.WITHDRAWN, ""), other.id: (BidStatus.EXPIRED, "")}


def test_an_id_of_something_else_is_no_opportunity() -> None:
    scene = Scene()
    assert derive_opportunity(scene.evidence(), scene.publish("eli", "post", {"text": "hello"}).id) is None
