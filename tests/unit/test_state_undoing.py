"""What is accepted, ended or received stays so, whatever anybody tries afterwards."""

from typing import cast

from support.keys import person
from support.scene import Scene
from support.work import ALL, CLIENT, changed, ended, engaged, paid

from folkmoot.agreement import Document, Party
from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot.state.engagement import Engagement, EngagementStatus, derive_engagement
from folkmoot.state.milestones import MilestoneState, MilestoneStatus, PaymentStatus
from folkmoot.state.team import TeamStatus, derive_team


def derived(scene: Scene, document: Document) -> Engagement:
    found = derive_engagement(scene.evidence(), document.id)
    assert found is not None
    return found


def milestone(scene: Scene, document: Document, number: int = 0) -> MilestoneState:
    return derived(scene, document).milestones[number]


def milestones_named(document: Document, *names: str, **other: Value) -> list[Value]:
    first = cast("list[dict[str, Value]]", document.terms["milestones"])[0]
    return [{**first, "name": name, **other} for name in names]


def test_strangers_contest_nothing_by_agreeing_among_themselves() -> None:
    scene = Scene()
    document = engaged(scene)
    rival = scene.conclude(scene.engagement("mallory", ["gus"], prev=document.id), ("mallory", "gus"))
    assert derived(scene, document).status is EngagementStatus.IN_FORCE
    assert derived(scene, rival).status is EngagementStatus.IN_FORCE
    team = scene.form("dana", ["dana", "eli"])
    scene.form("mallory", ["mallory"], prev=team.id)
    found = derive_team(scene.evidence(), team.id)
    assert found is not None
    assert found.status is TeamStatus.FORMED


def test_who_has_left_contests_nothing_either() -> None:
    scene = Scene()
    team = scene.form("dana", ["dana", "eli"])
    scene.publish("eli", "leave", {"document": team.id, "reason": "terms"})
    scene.form("eli", ["eli", "gus"], prev=team.id)
    found = derive_team(scene.evidence(), team.id)
    assert found is not None
    assert found.status is TeamStatus.FORMED


def test_what_strangers_or_drafts_say_under_the_lineage_is_not_said_of_the_engagement() -> None:
    scene = Scene()
    document = engaged(scene)
    draft = scene.engagement(CLIENT, ["dana"], prev=document.id)
    scene.deliver("dana", draft, 0)
    paid(scene, "dana", draft, 50_000)
    scene.publish("dana", "closing", {"document": draft.id, "way": "cause"})
    found = derived(scene, document)
    assert (found.status, found.milestones[0].status) == (EngagementStatus.IN_FORCE, MilestoneStatus.OPEN)
    assert found.milestones[0].payments[0].received_minor == 0


def test_a_party_that_contests_what_all_have_ended_changes_nothing() -> None:
    scene = Scene()
    document = engaged(scene)
    ended(scene, document)
    scene.conclude(scene.engagement(CLIENT, ["mallory"], prev=document.id), (CLIENT, "mallory"))
    assert (derived(scene, document).status, derived(scene, document).stands) == (EngagementStatus.CLOSED, True)


def test_one_party_s_closing_does_not_close_what_is_contested() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.publish("dana", "closing", {"document": document.id, "way": "convenience"})
    scene.conclude(scene.engagement(CLIENT, ["mallory"], prev=document.id), (CLIENT, "mallory"))
    assert derived(scene, document).status is EngagementStatus.CONTESTED


def test_a_party_does_not_un_end_it_by_signing_another_closing_with_a_friend() -> None:
    scene = Scene()
    document = engaged(scene)
    closing = ended(scene, document)
    ended(scene, document, way="mutual", by=(CLIENT, "mallory"), prev=closing.id)
    assert [(one.way, one.proof) for one in derived(scene, document).endings] == [("completed", closing.id)]


def test_all_can_agree_on_another_ending() -> None:
    scene = Scene()
    document = engaged(scene)
    closing = ended(scene, document)
    other = ended(scene, document, way="mutual", prev=closing.id)
    assert [(one.way, one.proof) for one in derived(scene, document).endings] == [("mutual", other.id)]


def test_a_closing_is_none_before_all_have_signed_it() -> None:
    scene = Scene()
    document = engaged(scene)
    parties = [Party("party", person(name).id) for name in ALL]
    closing = scene.propose("dana", "closing", parties, {"engagement": document.id, "way": "completed"})
    scene.agree("dana", closing, ["dana", "eli"])
    assert derived(scene, document).endings == ()


def test_a_milestone_goes_by_its_name_through_change_orders() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    paid(scene, "dana", document, 50_000)
    later = changed(
        scene, document, milestones=milestones_named(document, "Discovery", "Second half", "First half")
    )
    found = derived(scene, later).milestones
    assert [one.status for one in found] == [MilestoneStatus.OPEN, MilestoneStatus.OPEN, MilestoneStatus.ACCEPTED]
    assert [one.payments[0].received_minor for one in found] == [0, 0, 50_000]
    scene.judge(CLIENT, scene.deliver("eli", later, 1))
    assert milestone(scene, document, 1).status is MilestoneStatus.ACCEPTED


def test_milestones_of_one_name_are_told_apart_by_their_order() -> None:
    scene = Scene()
    document = engaged(scene)
    twice = changed(scene, document, milestones=milestones_named(document, "Sprint", "Sprint"))
    scene.judge(CLIENT, scene.deliver("dana", twice, 1))
    again = changed(scene, twice, milestones=milestones_named(document, "Sprint", "Test", "Sprint"))
    assert [one.is_accepted for one in derived(scene, again).milestones] == [False, False, True]


def test_a_delivery_of_a_milestone_that_does_not_exist_is_none() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 7))
    assert [one.status for one in derived(scene, document).milestones] == [MilestoneStatus.OPEN] * 2


def test_what_somebody_delivered_before_leaving_stays_accepted_in_the_change_order() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.publish("dana", "leave", {"document": document.id, "reason": "health"})
    later = changed(scene, document, makers=["eli", "gus"], witnesses=[person("mallory").id])
    scene.judge(CLIENT, delivery)
    assert milestone(scene, later).is_accepted
    assert derived(scene, document).superseded_by == later.id
    scene.deliver("dana", later, 1)
    assert milestone(scene, later, 1).status is MilestoneStatus.OPEN


def test_a_delivery_in_the_middle_of_a_change_order_is_answered_by_either_document_s_client_only() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    later = changed(scene, document)
    scene.judge("eli", delivery)
    assert milestone(scene, later).status is MilestoneStatus.DELIVERED
    scene.judge(CLIENT, delivery)
    assert milestone(scene, later).is_accepted


def test_saying_yes_late_does_not_put_off_what_silence_made_due() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.publish("gus", "seen", {"of": [delivery.id]})
    scene.now_ms += 40 * DAY_MS
    before = milestone(scene, document)
    assert before.status is MilestoneStatus.DEEMED_ACCEPTED
    assert before.payments[0].overdue_days == 5
    scene.judge(CLIENT, delivery)
    after = milestone(scene, document)
    assert (after.status, after.accepted_at) == (MilestoneStatus.ACCEPTED, before.accepted_at)
    assert after.payments[0].status is PaymentStatus.OVERDUE


def test_accepting_an_older_delivery_later_does_not_put_off_what_is_due() -> None:
    scene = Scene()
    document = engaged(scene)
    first = scene.deliver("dana", document, 0)
    scene.judge(CLIENT, first, failed=[0])
    scene.now_ms += 1000
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    before = milestone(scene, document)
    scene.now_ms += 40 * DAY_MS
    scene.judge(CLIENT, first)
    after = milestone(scene, document)
    assert (after.accepted_at, after.is_first_time) == (before.accepted_at, False)
    assert after.payments[0].status is PaymentStatus.OVERDUE


def test_accepting_again_does_not_put_off_what_is_due() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    review = scene.judge(CLIENT, delivery)
    scene.exhibit("dana", review)
    scene.now_ms += 20 * DAY_MS
    body: dict[str, Value] = {"delivery": delivery.id, "verdict": "accept"}
    scene.publish(CLIENT, "review-of-delivery", body, over=review)
    assert milestone(scene, document).accepted_at == review.rev


def test_a_rejection_put_in_the_place_of_an_acceptance_takes_nothing_back_where_it_is_exhibited() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    review = scene.judge(CLIENT, delivery)
    scene.exhibit("dana", review)
    body: dict[str, Value] = {"delivery": delivery.id, "verdict": "reject", "failed": [0]}
    scene.publish(CLIENT, "review-of-delivery", body, over=review)
    assert milestone(scene, document).status is MilestoneStatus.ACCEPTED


def test_receipts_by_a_crowd_make_nobody_silent() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    for name in ("mallory", "fay", "dana", "eli"):
        scene.publish(name, "seen", {"of": [delivery.id]})
    scene.now_ms += 30 * DAY_MS
    assert milestone(scene, document).status is MilestoneStatus.ACCEPTANCE_CLAIMED


def test_a_receipt_dated_before_the_delivery_starts_no_clock_before_it() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    now, scene.now_ms = scene.now_ms, scene.now_ms - 10 * DAY_MS
    scene.publish("gus", "seen", {"of": [delivery.id]})
    scene.now_ms = now + 5 * DAY_MS
    assert milestone(scene, document).status is MilestoneStatus.DELIVERED


def test_who_holds_two_places_is_paid_once_for_both() -> None:
    scene = Scene()
    parties = (
        Party("client", person(CLIENT).id),
        Party("writer", person("dana").id),
        Party("reader", person("dana").id),
    )
    terms = engaged(scene).terms
    draft = scene.propose(CLIENT, "engagement", parties, terms)
    scene.agree(CLIENT, draft, [CLIENT, "dana"])
    paid(scene, "dana", draft, 50_000)
    (payment,) = milestone(scene, draft).payments
    assert (payment.place, payment.amount_minor, payment.received_minor) == (1, 100_000, 50_000)
    assert payment.status is PaymentStatus.NOT_DUE
    paid(scene, "dana", draft, 50_000)
    assert milestone(scene, draft).payments[0].status is PaymentStatus.RECEIVED


def test_receipts_in_another_currency_or_by_others_pay_nothing() -> None:
    scene = Scene()
    document = engaged(scene)
    paid(scene, "dana", document, 50_000, currency="ITL")
    paid(scene, "eli", document, 50_000)
    paid(scene, "mallory", document, 50_000)
    dana, eli = milestone(scene, document).payments
    assert (dana.received_minor, eli.received_minor) == (0, 50_000)


def test_what_was_sent_to_somebody_is_shown_with_them() -> None:
    scene = Scene()
    document = engaged(scene)
    paid(scene, CLIENT, document, 50_000, way="sent", payee=2)
    paid(scene, "mallory", document, 50_000, way="sent", payee=1)
    assert [one.sent_minor for one in milestone(scene, document).payments] == [0, 50_000]


def test_nobody_un_receives_by_overwriting_where_it_is_exhibited() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    receipt = paid(scene, "dana", document, 50_000)
    scene.exhibit(CLIENT, receipt)
    scene.delete(receipt, "dana")
    assert milestone(scene, document).payments[0].status is PaymentStatus.RECEIVED
