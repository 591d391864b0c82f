"""What a person has done, and what nobody can make of it afterwards."""

from support.keys import person
from support.scene import Scene
from support.work import ALL, CLIENT, changed, ended, engaged, paid, promised_review

from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.facts import Facts, derive_facts


def facts(scene: Scene, who: str) -> Facts:
    return derive_facts(scene.evidence(), person(who).id)


def ways(scene: Scene, who: str) -> dict[str, int]:
    return {way: fact.count for way, fact in facts(scene, who).engagements.items()}


def test_of_somebody_new_nothing_is_known() -> None:
    found = facts(Scene(), "gus")
    assert (found.engagements, found.companions, found.payment_days) == ({}, (), ())
    assert found.milestones.count == found.bids_received.count == found.left.count == 0


def test_engagements_are_counted_by_how_they_ended() -> None:
    scene = Scene()
    documents = [engaged(scene) for _ending in range(4)]
    ended(scene, documents[0])
    ended(scene, documents[1], way="mutual")
    scene.publish(CLIENT, "closing", {"document": documents[2].id, "way": "convenience"})
    scene.engagement(CLIENT, ["dana"])
    for who in ALL:
        assert ways(scene, who) == {"completed": 1, "convenience": 1, "in-force": 1, "mutual": 1}
    assert facts(scene, "dana").one_sided.proofs == (documents[2].id,)
    assert ways(scene, "mallory") == {}


def test_a_change_order_makes_one_engagement_of_two_documents() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    changed(scene, document)
    found = facts(scene, "dana")
    assert (ways(scene, "dana"), found.accepted.count) == ({"in-force": 1}, 1)


def test_a_client_does_not_make_what_it_owes_vanish_by_signing_something_else_with_a_friend() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    scene.now_ms += 40 * DAY_MS
    assert facts(scene, CLIENT).payments_overdue.count == 1
    scene.conclude(scene.engagement(CLIENT, ["mallory"], prev=document.id), (CLIENT, "mallory"))
    found = facts(scene, CLIENT)
    assert found.payments_overdue.count == 1
    assert ways(scene, CLIENT) == {"contested": 2}
    assert facts(scene, "dana").accepted_first_time.count == 1


def test_deliveries_are_counted_for_those_who_made_them() -> None:
    scene = Scene()
    document = engaged(scene)
    first = scene.deliver("dana", document, 0)
    scene.judge(CLIENT, first, failed=[0])
    scene.now_ms += 1000
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    scene.now_ms += 20 * DAY_MS
    late = scene.deliver("dana", document, 1)
    scene.judge(CLIENT, late)
    found = facts(scene, "dana")
    assert found.milestones.proofs == found.accepted.proofs == tuple(sorted([first.id, late.id]))
    assert (found.accepted_first_time.proofs, found.late.proofs) == ((late.id,), (late.id,))
    assert facts(scene, "eli").milestones.count == facts(scene, CLIENT).milestones.count == 0


def test_days_to_payment_are_counted_to_when_all_of_it_was_there() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    paid(scene, "dana", document, 1)
    assert facts(scene, CLIENT).payment_days == ()
    scene.now_ms += 3 * DAY_MS
    last = paid(scene, "dana", document, 49_999)
    scene.now_ms += 30 * DAY_MS
    paid(scene, "dana", document, 1)
    found = facts(scene, CLIENT)
    assert (found.payment_days, found.payments.proofs) == ((3,), (last.id,))
    assert facts(scene, "dana").payment_days == ()


def test_money_before_acceptance_came_on_the_day_itself() -> None:
    scene = Scene()
    document = engaged(scene)
    paid(scene, "dana", document, 50_000)
    assert facts(scene, CLIENT).payment_days == ()
    scene.now_ms += 5 * DAY_MS
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    assert facts(scene, CLIENT).payment_days == (0,)


def _answers(scene: Scene, who: str = CLIENT) -> tuple[int, int, int]:
    found = facts(scene, who)
    return found.bids_received.count, found.bids_answered.count, found.lapsed.count


def test_a_client_is_asked_for_answers_once_the_time_to_decide_is_over() -> None:
    scene = Scene()
    call = scene.opportunity()
    chosen, other = scene.bid("dana", call), scene.bid("eli", call)
    scene.award(CLIENT, call, chosen)
    assert _answers(scene) == (0, 0, 0)
    scene.now_ms += 15 * DAY_MS
    assert _answers(scene) == (2, 1, 0)
    scene.publish(CLIENT, "decline", {"bid": other.id, "reason": "budget"})
    assert _answers(scene) == (2, 2, 0)
    assert _answers(scene, "dana") == (0, 0, 0)


def test_silence_is_a_lapsed_opportunity_and_bids_without_an_answer() -> None:
    scene = Scene()
    call = scene.opportunity()
    withdrawn = _bids(scene, call)
    scene.exhibit(CLIENT, withdrawn)
    scene.delete(withdrawn, "fay")
    scene.bid(CLIENT, call)
    scene.now_ms += 15 * DAY_MS
    assert _answers(scene) == (1, 0, 1)


def _bids(scene: Scene, call: Record) -> Record:
    scene.bid("dana", call)
    scene.bid("eli", call, valid_until=scene.now_ms + DAY_MS)
    return scene.bid("fay", call)


def test_a_bid_that_has_expired_since_was_owed_an_answer() -> None:
    scene = Scene()
    scene.bid("dana", scene.opportunity())
    scene.now_ms += 40 * DAY_MS
    assert _answers(scene) == (1, 0, 1)


def test_a_client_does_not_put_the_answer_off_by_revising() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.bid("dana", call)
    scene.exhibit("dana", call)
    scene.now_ms += 13 * DAY_MS
    scene.opportunity(over=call, revises=call.id)
    scene.now_ms += 2 * DAY_MS
    assert _answers(scene) == (1, 0, 0)


def test_a_call_that_is_closed_with_a_reason_answers_everybody_once() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.bid("dana", call)
    scene.exhibit("dana", call)
    scene.opportunity(over=call, revises=call.id, closed={"reason": "budget"})
    scene.now_ms += 15 * DAY_MS
    assert _answers(scene) == (1, 1, 0)


def test_a_review_that_is_promised_and_never_shown_is_on_record() -> None:
    scene = Scene()
    document = engaged(scene)
    promise = promised_review(scene, "dana", document, CLIENT)
    promised_review(scene, "eli", document, CLIENT).opened_in(scene)
    ended(scene, document)
    assert facts(scene, "dana").unrevealed.count == 0
    scene.now_ms += 15 * DAY_MS
    assert facts(scene, "dana").unrevealed.proofs == (promise.commit.id,)
    assert facts(scene, "eli").unrevealed.count == facts(scene, CLIENT).unrevealed.count == 0


def test_leaving_is_a_fact_of_who_was_there() -> None:
    scene = Scene()
    team = scene.form("dana", ["dana", "eli"])
    left = scene.publish("eli", "leave", {"document": team.id, "reason": "health"})
    scene.publish("mallory", "leave", {"document": team.id, "reason": "other"})
    scene.publish("eli", "leave", {"document": bytes(32), "reason": "other"})
    offered = scene.offer("dana", ["dana", "eli"])
    scene.publish("eli", "leave", {"document": offered.id, "reason": "other"})
    again = scene.publish("eli", "leave", {"document": team.id, "reason": "other"})
    assert facts(scene, "eli").left.proofs == (min(left.id, again.id),)
    assert facts(scene, "mallory").left.count == facts(scene, "dana").left.count == 0


def test_whoever_worked_together_has_whatever_became_of_the_team() -> None:
    scene = Scene()
    team = scene.form("dana", ["dana", "eli", "fay"])
    scene.offer("mallory", ["mallory", "dana"])
    scene.publish("fay", "leave", {"document": team.id, "reason": "scope"})
    later = scene.form("dana", ["dana", "eli"], prev=team.id)
    document = engaged(scene, makers=["dana"])
    found = {one.identity: one.proofs for one in facts(scene, "dana").companions}
    assert found == {
        person("eli").id: tuple(sorted([team.id, later.id])),
        person("fay").id: (team.id,),
        person(CLIENT).id: (document.id,),
    }
