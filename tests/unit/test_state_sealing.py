"""Sealed bids: what a bidder or a client might try, and what counts all the same."""

from support.scene import Scene
from support.work import SALT, Promise, listed, promised_bid

from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.opportunity import BidStatus, OpportunityState, derive_opportunity

STANDING, VOID = BidStatus.STANDING, BidStatus.VOID


def sealed_call(scene: Scene, **extra: Value) -> Record:
    return scene.opportunity("carl", over=None, mode="sealed", **extra)


def derived(scene: Scene, call: Record) -> OpportunityState:
    state = derive_opportunity(scene.evidence(), call.id)
    assert state is not None
    return state


def verdict(scene: Scene, call: Record, bid: Record) -> tuple[BidStatus, str]:
    return next((found.status, found.rule) for found in derived(scene, call).bids if found.id == bid.id)


def close_bids(scene: Scene) -> None:
    scene.now_ms += 7 * DAY_MS


def backdated(scene: Scene, when: int, who: str, call: Record, **extra: str) -> Promise:
    now, scene.now_ms = scene.now_ms, when
    promise = promised_bid(scene, who, call, **extra)
    scene.now_ms = now
    return promise


def test_a_commit_in_time_that_is_listed_and_opened_later_counts() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    close_bids(scene)
    listed(scene, call, promise)
    assert derived(scene, call).unrevealed == (promise.commit.id,)
    bid = promise.opened_in(scene)
    assert verdict(scene, call, bid) == (STANDING, "")
    assert derived(scene, call).unrevealed == ()


def test_a_bid_without_a_commit_is_void_where_bids_are_sealed() -> None:
    scene = Scene()
    call = sealed_call(scene)
    assert verdict(scene, call, scene.bid("dana", call)) == (VOID, "BID-6")


def test_a_commit_that_nobody_holds_is_none() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise)
    bid = promise.opened_in(scene)
    scene.records.remove(promise.commit)
    assert verdict(scene, call, bid) == (VOID, "BID-6")


def test_something_else_than_what_was_promised_opens_nothing() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise)
    price = {"amount_minor": 1, "currency": "EUR", "unit": "fixed"}
    cheaper = promise.opened_in(scene, price=price)  # type: ignore[arg-type]
    salted = promise.opened_in(scene, salt=SALT[::-1])
    assert verdict(scene, call, cheaper) == verdict(scene, call, salted) == (VOID, "BID-6")
    assert derived(scene, call).unrevealed == (promise.commit.id,)


def test_a_copied_commit_cannot_be_opened_by_the_copier() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    body = {"opportunity": call.id, "digest": promise.commit.body["digest"]}
    copied = Promise("mallory", scene.publish("mallory", "bid-commit", body), promise.body)
    listed(scene, call, promise, copied)
    forged = copied.opened_in(scene)
    stolen = promise.opened_in(scene, by="mallory")
    assert verdict(scene, call, forged) == verdict(scene, call, stolen) == (VOID, "BID-6")
    assert derived(scene, call).unrevealed == tuple(sorted([promise.commit.id, copied.commit.id]))


def test_what_is_no_commit_is_not_opened() -> None:
    scene = Scene()
    call = sealed_call(scene)
    post = scene.publish("dana", "post", {"text": "I promise."})
    listed(scene, call)
    bid = scene.bid("dana", call, commit=post.id, salt=SALT)
    assert verdict(scene, call, bid) == (VOID, "BID-6")


def test_a_commit_to_a_bid_on_another_opportunity_opens_nothing_here() -> None:
    scene = Scene()
    call, other = sealed_call(scene), sealed_call(scene)
    promise = promised_bid(scene, "dana", other, opportunity=call.id)
    listed(scene, call, promise)
    assert verdict(scene, call, promise.opened_in(scene)) == (VOID, "BID-6")


def test_a_commit_after_the_close_is_late_although_it_is_listed() -> None:
    scene = Scene()
    call = sealed_call(scene)
    close_bids(scene)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise)
    assert verdict(scene, call, promise.opened_in(scene)) == (VOID, "BID-2")


def test_a_commit_dated_back_after_the_list_is_on_no_list() -> None:
    scene = Scene()
    call = sealed_call(scene)
    honest = promised_bid(scene, "dana", call)
    close_bids(scene)
    listed(scene, call, honest)
    honest.opened_in(scene)
    late = backdated(scene, honest.commit.rev, "eli", call)
    assert verdict(scene, call, late.opened_in(scene)) == (VOID, "BID-7")


def test_what_is_opened_before_any_list_waits_for_one() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    bid = promise.opened_in(scene)
    assert verdict(scene, call, bid) == (VOID, "BID-7")
    listed(scene, call, promise)
    assert verdict(scene, call, bid) == (STANDING, "")


def test_a_second_list_takes_away_and_adds_nothing() -> None:
    scene = Scene()
    call = sealed_call(scene)
    dana, eli, friend = (promised_bid(scene, name, call) for name in ("dana", "eli", "gus"))
    listed(scene, call, dana, eli)
    listed(scene, call, dana, friend)
    bids = [promise.opened_in(scene) for promise in (dana, eli, friend)]
    assert [verdict(scene, call, bid) for bid in bids] == [(STANDING, ""), (VOID, "BID-7"), (VOID, "BID-7")]


def test_a_list_that_was_exhibited_is_not_replaced_by_a_longer_one() -> None:
    scene = Scene()
    call = sealed_call(scene)
    dana, friend = promised_bid(scene, "dana", call), promised_bid(scene, "gus", call)
    first = listed(scene, call, dana)
    scene.exhibit("dana", first)
    listed(scene, call, dana, friend, over=first)
    assert verdict(scene, call, friend.opened_in(scene)) == (VOID, "BID-7")
    assert verdict(scene, call, dana.opened_in(scene)) == (STANDING, "")


def test_nobody_but_the_client_lists() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise, by="mallory")
    bid = promise.opened_in(scene)
    assert verdict(scene, call, bid) == (VOID, "BID-7")
    listed(scene, call, promise)
    listed(scene, call, by="mallory")
    assert verdict(scene, call, bid) == (STANDING, "")


def test_of_one_identity_only_so_many_commits_count() -> None:
    scene = Scene()
    call = sealed_call(scene, bids_max=1)
    first, second = promised_bid(scene, "dana", call), promised_bid(scene, "dana", call, plan="Otherwise.")
    listed(scene, call, first, second)
    assert verdict(scene, call, second.opened_in(scene)) == (VOID, "BID-8")
    assert verdict(scene, call, first.opened_in(scene)) == (STANDING, "")


def test_nobody_chooses_among_their_commits_by_taking_one_back() -> None:
    scene = Scene()
    call = sealed_call(scene, bids_max=1)
    first, second = promised_bid(scene, "dana", call), promised_bid(scene, "dana", call, plan="Otherwise.")
    listed(scene, call, first, second)
    scene.exhibit("carl", first.commit)
    scene.delete(first.commit, "dana")
    assert verdict(scene, call, second.opened_in(scene)) == (VOID, "BID-8")


def test_an_unlisted_commit_dated_back_pushes_nothing_out() -> None:
    scene = Scene()
    call = sealed_call(scene, bids_max=1)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise)
    bid = promise.opened_in(scene)
    backdated(scene, promise.commit.rev - 60_000, "dana", call, plan="Earlier.")
    assert verdict(scene, call, bid) == (STANDING, "")


def test_a_client_makes_no_room_for_a_friend_by_revising_how_many_bids_count() -> None:
    scene = Scene()
    call = sealed_call(scene, bids_max=1)
    first, second = promised_bid(scene, "gus", call), promised_bid(scene, "gus", call, plan="Otherwise.")
    listed(scene, call, first, second)
    scene.exhibit("dana", call)
    revised = scene.opportunity(over=call, revises=call.id, mode="sealed", bids_max=2)
    assert verdict(scene, revised, second.opened_in(scene)) == (VOID, "BID-8")


def test_one_commit_is_opened_once() -> None:
    scene = Scene()
    call = sealed_call(scene)
    promise = promised_bid(scene, "dana", call)
    listed(scene, call, promise)
    first, second = promise.opened_in(scene), promise.opened_in(scene)
    assert verdict(scene, call, first) == (STANDING, "")
    assert verdict(scene, call, second) == (VOID, "BID-8")
    scene.exhibit("carl", first)
    scene.delete(first, "dana")
    assert verdict(scene, call, first) == (BidStatus.WITHDRAWN, "")
    assert verdict(scene, call, second) == (STANDING, "")


def test_a_void_bid_has_opened_its_commit_all_the_same() -> None:
    scene = Scene()
    call = sealed_call(scene)
    unsigned = scene.offer("dana", ["dana", "eli"])
    promise = promised_bid(scene, "dana", call, team=unsigned.id)
    listed(scene, call, promise)
    assert verdict(scene, call, promise.opened_in(scene)) == (VOID, "BID-3")
    assert derived(scene, call).unrevealed == ()


def test_what_was_sealed_once_is_not_opened_for_a_late_friend() -> None:
    scene = Scene()
    call = sealed_call(scene)
    scene.exhibit("dana", call)
    revised = scene.opportunity(over=call, revises=call.id, mode="open")
    again = scene.opportunity(over=revised, revises=revised.id)
    scene.exhibit("dana", revised)
    assert verdict(scene, again, scene.bid("gus", again)) == (VOID, "BID-6")


def test_bids_on_the_open_version_stay_when_the_next_is_sealed() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("dana", call)
    scene.exhibit("dana", call)
    scene.opportunity(over=call, revises=call.id, mode="sealed")
    assert verdict(scene, call, bid) == (STANDING, "")


def test_a_commit_to_an_open_bid_means_nothing() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("dana", call, commit=bytes(32), salt=SALT)
    assert verdict(scene, call, bid) == (STANDING, "")


def test_of_open_bids_the_first_count_and_a_withdrawn_one_makes_room() -> None:
    scene = Scene()
    call = scene.opportunity(bids_max=1)
    first, second = scene.bid("dana", call), scene.bid("dana", call)
    assert verdict(scene, call, second) == (VOID, "BID-8")
    assert verdict(scene, call, scene.bid("eli", call)) == (STANDING, "")
    scene.exhibit("carl", first)
    scene.delete(first, "dana")
    assert verdict(scene, call, first) == (BidStatus.WITHDRAWN, "")
    assert verdict(scene, call, second) == (STANDING, "")


def test_clarifications_are_the_client_s_and_are_not_taken_back() -> None:
    scene = Scene()
    call = scene.opportunity()
    question = scene.publish("dana", "question", {"opportunity": call.id, "text": "How large?"})
    other = scene.publish("eli", "question", {"opportunity": call.id, "text": "How old?"})
    scene.publish("mallory", "clarification", {"opportunity": call.id, "text": "Tiny."})
    said = scene.publish(
        "carl", "clarification", {"opportunity": call.id, "text": "Large.", "question": question.id}
    )
    for kept, by in ((said, "carl"), (other, "eli")):
        scene.exhibit("dana" if by == "carl" else "gus", kept)
        scene.delete(kept, by)
    state = derived(scene, call)
    assert (state.questions, state.clarifications) == ((question.id,), (said.id,))
