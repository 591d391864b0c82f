"""What becomes of an engagement: signed by all, delivered, accepted or not, paid, and closed."""

from typing import cast

import pytest
from support.keys import person
from support.scene import Scene

from folkmoot.agreement import Document, Party
from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS
from folkmoot.state.engagement import Engagement, EngagementStatus, derive_engagement
from folkmoot.state.milestones import MilestoneStatus, PaymentStatus, divided

CLIENT, MAKERS = "carl", ("dana", "eli")
ALL = (CLIENT, *MAKERS)


def engaged(scene: Scene) -> Document:
    return scene.conclude(scene.engagement(CLIENT, MAKERS, witnesses=[person("gus").id]), ALL)


def derived(scene: Scene, document: Document) -> Engagement:
    found = derive_engagement(scene.evidence(), document.id)
    assert found is not None
    return found


def status(scene: Scene, document: Document, number: int = 0) -> MilestoneStatus:
    return derived(scene, document).milestones[number].status


def test_it_is_in_force_once_every_party_has_signed() -> None:
    scene = Scene()
    document = scene.engagement(CLIENT, MAKERS)
    for name in (CLIENT, "dana"):
        scene.accept(name, document)
    before = derived(scene, document)
    assert (before.status, before.signed, before.milestones) == (
        EngagementStatus.OFFERED,
        (True, True, False),
        (),
    )
    scene.accept("eli", document)
    scene.agree("dana", document, ALL)
    assert derived(scene, document).status is EngagementStatus.IN_FORCE


def test_a_team_is_no_engagement() -> None:
    scene = Scene()
    team = scene.form("dana", ["dana", "eli"])
    assert derive_engagement(scene.evidence(), team.id) is None


def test_a_change_order_counts_once_all_have_signed_it() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.now_ms += DAY_MS
    change = scene.engagement(CLIENT, MAKERS, prev=document.id, title="A longer guide")
    for name in (CLIENT, "dana"):
        scene.accept(name, change)
    assert derived(scene, document).status is EngagementStatus.IN_FORCE
    scene.accept("eli", change)
    scene.agree(CLIENT, change, ALL)
    assert derived(scene, document).status is EngagementStatus.SUPERSEDED
    assert derived(scene, change).status is EngagementStatus.IN_FORCE


def test_a_delivery_goes_on_counting_after_a_change_order() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    scene.now_ms += DAY_MS
    change = scene.conclude(scene.engagement(CLIENT, MAKERS, prev=document.id), ALL)
    assert status(scene, change) is MilestoneStatus.ACCEPTED


def test_a_milestone_is_delivered_rejected_delivered_again_and_accepted() -> None:
    scene = Scene()
    document = engaged(scene)
    assert status(scene, document) is MilestoneStatus.OPEN
    first = scene.deliver("dana", document, 0)
    assert status(scene, document) is MilestoneStatus.DELIVERED
    scene.judge(CLIENT, first, failed=[1])
    rejected = derived(scene, document).milestones[0]
    assert (rejected.status, rejected.failed) == (MilestoneStatus.REJECTED, (1,))
    scene.now_ms += 1000
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    accepted = derived(scene, document).milestones[0]
    assert (accepted.status, accepted.is_first_time) == (MilestoneStatus.ACCEPTED, False)
    assert accepted.accepted_at == scene.now_ms


def test_who_accepts_at_first_sight_is_told_so() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    review = scene.judge(CLIENT, delivery)
    found = derived(scene, document).milestones[0]
    assert found.is_first_time
    assert found.proofs == (delivery.id, review.id)


@pytest.mark.parametrize("who", ["mallory", CLIENT])
def test_nobody_but_a_party_that_works_delivers(who: str) -> None:
    scene = Scene()
    document = engaged(scene)
    scene.deliver(who, document, 0)
    assert status(scene, document) is MilestoneStatus.OPEN


@pytest.mark.parametrize("who", ["mallory", "dana"])
def test_nobody_but_the_client_accepts(who: str) -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(who, scene.deliver("dana", document, 0))
    assert status(scene, document) is MilestoneStatus.DELIVERED


def test_a_rejection_for_a_criterion_that_does_not_exist_is_nothing() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0), failed=[3])
    assert status(scene, document) is MilestoneStatus.DELIVERED


def test_who_has_accepted_cannot_reject_any_more() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.judge(CLIENT, delivery)
    scene.now_ms += 1000
    scene.judge(CLIENT, delivery, failed=[0])
    scene.deliver("dana", document, 0)
    assert status(scene, document) is MilestoneStatus.ACCEPTED


@pytest.mark.parametrize("witness", ["gus", CLIENT])
def test_silence_accepts_after_the_days_agreed_once_a_witness_or_the_client_has_seen_it(witness: str) -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.publish(witness, "seen", {"of": [delivery.id]})
    scene.now_ms += 5 * DAY_MS
    assert status(scene, document) is MilestoneStatus.DELIVERED
    scene.now_ms += 1
    assert status(scene, document) is MilestoneStatus.DEEMED_ACCEPTED


@pytest.mark.parametrize("witness", ["mallory", "dana", None])
def test_silence_that_nobody_entitled_has_witnessed_is_only_claimed(witness: str | None) -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    if witness is not None:
        scene.publish(witness, "seen", {"of": [delivery.id]})
    scene.now_ms += 6 * DAY_MS
    found = derived(scene, document).milestones[0]
    assert (found.status, found.accepted_at) == (MilestoneStatus.ACCEPTANCE_CLAIMED, None)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("reject", MilestoneStatus.DEEMED_REJECTED), ("nothing", MilestoneStatus.DELIVERED)],
)
def test_silence_means_what_the_terms_say(word: str, expected: MilestoneStatus) -> None:
    scene = Scene()
    draft = scene.engagement(CLIENT, MAKERS)
    agreed = cast("list[dict[str, Value]]", draft.terms["milestones"])
    milestones: list[Value] = [{**item, "on_silence": word} for item in agreed]
    document = scene.conclude(scene.engagement(CLIENT, MAKERS, milestones=milestones), ALL)
    scene.publish(CLIENT, "seen", {"of": [scene.deliver("dana", document, 0).id]})
    scene.now_ms += 6 * DAY_MS
    assert status(scene, document) is expected


def test_a_rejection_after_silence_has_accepted_is_too_late() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.publish("gus", "seen", {"of": [delivery.id]})
    scene.now_ms += 6 * DAY_MS
    scene.judge(CLIENT, delivery, failed=[0])
    assert status(scene, document) is MilestoneStatus.DEEMED_ACCEPTED


def test_a_rejection_within_the_days_agreed_counts_whatever_was_seen() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    scene.publish("gus", "seen", {"of": [delivery.id]})
    scene.judge(CLIENT, delivery, failed=[0])
    scene.now_ms += 6 * DAY_MS
    assert status(scene, document) is MilestoneStatus.REJECTED


def pay(scene: Scene, who: str, document: Document, amount: int, *, way: str = "received") -> RecordId:
    body = {"document": document.id, "milestone": 0, "way": way, "amount_minor": amount, "currency": "EUR"}
    return scene.publish(who, "payment", body).id  # type: ignore[arg-type]


def test_only_the_receipt_of_the_payee_shows_that_money_came() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    pay(scene, CLIENT, document, 100_000, way="sent")
    pay(scene, "mallory", document, 50_000)
    pay(scene, "dana", document, 20_000)
    last = pay(scene, "dana", document, 30_000)
    dana, eli = derived(scene, document).milestones[0].payments
    assert (dana.status, dana.amount_minor, dana.received_minor) == (PaymentStatus.RECEIVED, 50_000, 50_000)
    assert last in dana.proofs
    assert (eli.status, eli.received_minor, eli.sent_minor) == (PaymentStatus.DUE, 0, 100_000)
    scene.now_ms += 32 * DAY_MS
    _dana, eli = derived(scene, document).milestones[0].payments
    assert (eli.status, eli.overdue_days) == (PaymentStatus.OVERDUE, 2)


def test_nothing_is_due_before_acceptance() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.deliver("dana", document, 0)
    scene.now_ms += 4 * DAY_MS
    assert {p.status for p in derived(scene, document).milestones[0].payments} == {PaymentStatus.NOT_DUE}


def test_an_amount_is_divided_to_the_last_unit() -> None:
    assert divided(100, (0, 3333, 3333, 3334)) == (0, 34, 33, 33)
    assert divided(0, (0, 10_000)) == (0, 0)


def test_a_closing_that_all_sign_goes_before_what_one_side_says() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.publish(CLIENT, "closing", {"document": document.id, "way": "cause"})
    scene.publish("mallory", "closing", {"document": document.id, "way": "lapsed"})
    alone = derived(scene, document)
    assert alone.status is EngagementStatus.CLOSED
    assert [(e.way, e.is_one_sided, e.by) for e in alone.endings] == [("cause", True, (person(CLIENT).id,))]
    parties = [Party("party", person(name).id) for name in ALL]
    closing = scene.propose("dana", "closing", parties, {"engagement": document.id, "way": "completed"})
    scene.conclude(closing, ALL)
    together = derived(scene, document)
    assert [(e.way, e.is_one_sided) for e in together.endings] == [("completed", False), ("cause", True)]


def test_a_closing_that_one_party_has_not_signed_is_none() -> None:
    scene = Scene()
    document = engaged(scene)
    parties = [Party("party", person(name).id) for name in ALL[:2]]
    closing = scene.propose("dana", "closing", parties, {"engagement": document.id, "way": "completed"})
    scene.conclude(closing, ALL[:2])
    assert derived(scene, document).status is EngagementStatus.IN_FORCE
