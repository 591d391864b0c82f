"""Disputes: who may open one, who may take a step in it, and what nobody takes back."""

import pytest
from support.keys import person
from support.scene import Scene
from support.work import ALL, CLIENT, changed, engaged, paid, rebuked, reviewed_openly, step

from folkmoot.agreement import Document, Party
from folkmoot.ids import DocumentId, RecordId
from folkmoot.record import Record
from folkmoot.state.disputes import DisputeState, DisputeStatus, derive_dispute, disputes_about


def derived(scene: Scene, dispute: Record) -> DisputeState:
    found = derive_dispute(scene.evidence(), dispute.id)
    assert found is not None
    return found


def status(scene: Scene, dispute: Record) -> DisputeStatus:
    return derived(scene, dispute).status


def settled(scene: Scene, dispute: Record, *signers: str, prev: DocumentId | None = None) -> Document:
    parties = [Party("side", person(name).id) for name in signers]
    document = scene.propose(
        signers[0], "settlement", parties, {"dispute": dispute.id, "text": "Half of it."}, prev=prev
    )
    return scene.conclude(document, signers)


def test_a_party_disputes_the_engagement_and_whatever_is_done_under_it() -> None:
    scene = Scene()
    document = engaged(scene)
    delivery = scene.deliver("dana", document, 0)
    review = scene.judge(CLIENT, delivery, failed=[0])
    closing = scene.publish(CLIENT, "closing", {"document": document.id, "way": "cause"})
    receipt = paid(scene, "dana", document, 1)
    for target in (document.id, delivery.id, review.id, closing.id, receipt.id):
        dispute = rebuked(scene, "eli", target)
        assert status(scene, dispute) is DisputeStatus.OPEN
        assert [found.id for found in disputes_about(scene.evidence(), target)] == [dispute.id]


def test_an_outsider_s_dispute_is_void_and_shown_nowhere() -> None:
    scene = Scene()
    document = engaged(scene)
    for name in ("mallory", "gus", "fay"):
        assert status(scene, rebuked(scene, name, document.id)) is DisputeStatus.VOID
    assert disputes_about(scene.evidence(), document.id) == ()


def test_nothing_is_disputed_that_is_not_under_a_complete_engagement() -> None:
    scene = Scene()
    offered = scene.engagement(CLIENT, ["dana"])
    team = scene.form("dana", ["dana", "eli"])
    post = scene.publish("eli", "post", {"text": "hello"})
    review = scene.publish("dana", "review-of-delivery", {"delivery": post.id, "verdict": "accept"})
    unheld = scene.publish("dana", "review-of-delivery", {"delivery": bytes(32), "verdict": "accept"})
    for target in (offered.id, team.id, post.id, review.id, unheld.id, bytes(32)):
        assert status(scene, rebuked(scene, "dana", target)) is DisputeStatus.VOID


def test_the_subject_disputes_an_endorsement_and_nobody_else_does() -> None:
    scene = Scene()
    praise = scene.publish("eli", "endorsement", {"subject": person("dana").id, "text": "Quick."})
    assert status(scene, rebuked(scene, "mallory", praise.id)) is DisputeStatus.VOID
    dispute = rebuked(scene, "dana", praise.id)
    step(scene, "mallory", dispute, "reply")
    assert status(scene, dispute) is DisputeStatus.OPEN
    step(scene, "eli", dispute, "reply")
    assert status(scene, dispute) is DisputeStatus.REPLIED


def test_the_subject_disputes_a_review() -> None:
    scene = Scene()
    review = reviewed_openly(scene, CLIENT, engaged(scene), "dana")
    assert status(scene, rebuked(scene, "dana", review.id)) is DisputeStatus.OPEN
    assert status(scene, rebuked(scene, "eli", review.id)) is DisputeStatus.VOID


def test_a_dispute_goes_from_open_to_found_by_the_steps_of_those_entitled() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    reply = step(scene, CLIENT, dispute, "reply")
    assert status(scene, dispute) is DisputeStatus.REPLIED
    take = step(scene, "fay", dispute, "take")
    assert status(scene, dispute) is DisputeStatus.TAKEN
    finding = step(scene, "fay", dispute, "finding", reason="shared")
    found = derived(scene, dispute)
    assert (found.status, found.reason) == (DisputeStatus.FOUND, "shared")
    assert found.steps == (reply.id, take.id, finding.id)


@pytest.mark.parametrize("who", ["mallory", "gus", "carl", "dana"])
def test_nobody_but_the_resolver_takes_it_or_finds(who: str) -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    step(scene, who, dispute, "take")
    step(scene, who, dispute, "finding", reason="client-at-fault")
    assert (status(scene, dispute), derived(scene, dispute).steps) == (DisputeStatus.OPEN, ())


def test_where_no_resolver_is_named_nobody_takes_it() -> None:
    scene = Scene()
    document = scene.conclude(scene.engagement(CLIENT, ["dana"]), (CLIENT, "dana"))
    dispute = rebuked(scene, "dana", document.id)
    step(scene, "fay", dispute, "take")
    step(scene, "fay", dispute, "finding", reason="shared")
    assert status(scene, dispute) is DisputeStatus.OPEN


def test_a_finding_without_a_take_counts_once_the_take_is_held() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    step(scene, "fay", dispute, "finding", reason="unproven")
    assert status(scene, dispute) is DisputeStatus.OPEN
    step(scene, "fay", dispute, "take")
    assert status(scene, dispute) is DisputeStatus.FOUND


@pytest.mark.parametrize("who", ["mallory", "dana", "fay"])
def test_nobody_but_another_party_replies(who: str) -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    step(scene, who, dispute, "reply")
    assert status(scene, dispute) is DisputeStatus.OPEN


def test_only_who_opened_it_withdraws_it_and_not_by_overwriting() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    step(scene, CLIENT, dispute, "withdraw")
    scene.exhibit("eli", dispute)
    scene.delete(dispute, "dana")
    assert status(scene, dispute) is DisputeStatus.OPEN
    step(scene, "dana", dispute, "withdraw")
    assert status(scene, dispute) is DisputeStatus.WITHDRAWN


def test_who_was_found_against_does_not_withdraw_what_was_found() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    step(scene, "fay", dispute, "take")
    step(scene, "fay", dispute, "finding", reason="provider-at-fault")
    step(scene, "dana", dispute, "withdraw")
    assert status(scene, dispute) is DisputeStatus.FOUND


def test_a_later_finding_gives_the_reason() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    for word, extra in (("take", {}), ("finding", {"reason": "shared"}), ("finding", {"reason": "no-fault"})):
        step(scene, "fay", dispute, word, **extra)
    assert derived(scene, dispute).reason == "no-fault"


def test_all_sides_settle_it_and_one_side_alone_does_not() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    settled(scene, dispute, "dana", "mallory")
    settled(scene, dispute, "dana", CLIENT)
    assert status(scene, dispute) is DisputeStatus.OPEN
    step(scene, "fay", dispute, "take")
    step(scene, "fay", dispute, "finding", reason="shared")
    document = settled(scene, dispute, *ALL)
    scene.now_ms += 1000
    settled(scene, dispute, *ALL)
    found = derived(scene, dispute)
    assert (found.status, found.settlement) == (DisputeStatus.SETTLED, document.id)


def test_an_unsigned_settlement_is_none() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    parties = [Party("side", person(name).id) for name in ALL]
    document = scene.propose("dana", "settlement", parties, {"dispute": dispute.id, "text": "All of it."})
    scene.agree("dana", document, ["dana"])
    assert status(scene, dispute) is DisputeStatus.OPEN


def test_a_side_does_not_unsettle_it_by_signing_another_settlement_with_a_friend() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    document = settled(scene, dispute, *ALL)
    settled(scene, dispute, CLIENT, "mallory", prev=document.id)
    assert derived(scene, dispute).settlement == document.id


def test_all_sides_can_replace_what_they_settled_on() -> None:
    scene = Scene()
    dispute = rebuked(scene, "dana", engaged(scene).id)
    first = settled(scene, dispute, *ALL)
    second = settled(scene, dispute, *ALL, prev=first.id)
    assert derived(scene, dispute).settlement == second.id


def test_a_dispute_under_an_engagement_stays_one_after_a_change_order() -> None:
    scene = Scene()
    document = engaged(scene)
    dispute = rebuked(scene, "dana", document.id)
    step(scene, "fay", dispute, "take")
    changed(scene, document, resolver=person("mallory").id)
    step(scene, "mallory", dispute, "finding", reason="client-at-fault")
    assert status(scene, dispute) is DisputeStatus.TAKEN


def test_what_is_no_dispute_has_no_state() -> None:
    scene = Scene()
    post = scene.publish("eli", "post", {"text": "hello"})
    assert derive_dispute(scene.evidence(), post.id) is None
    assert derive_dispute(scene.evidence(), RecordId(bytes(32))) is None
