"""What becomes of a team offer."""

from support.keys import person
from support.scene import Scene

from folkmoot.agreement import cosignature_value
from folkmoot.limits import DAY_MS
from folkmoot.state.lineage import known_cosignatures
from folkmoot.state.team import SeatStatus, TeamStatus, derive_team

TEAM = ("dana", "eli", "fay")


def test_an_offer_that_nobody_answered_is_offered() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.status is TeamStatus.OFFERED
    assert [seat.status for seat in team.seats] == [SeatStatus.WAITING] * 3
    assert team.lead == person("dana").id
    assert not team.is_formed


def test_everybody_s_acceptance_forms_nothing_before_an_agreement_is_published() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    for member in TEAM:
        scene.accept(member, document)
    evidence = scene.evidence()
    team = derive_team(evidence, document.id)
    assert team is not None
    assert team.status is TeamStatus.OFFERED
    assert [seat.status for seat in team.seats] == [SeatStatus.SIGNED] * 3
    assert len(known_cosignatures(evidence, document)) == 3


def test_a_live_agreement_with_every_co_signature_forms_the_team() -> None:
    scene = Scene()
    document = scene.form("dana", TEAM)
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.is_formed
    assert team.members == tuple(person(name).id for name in TEAM)
    assert [seat.share for seat in team.seats] == [3333, 3333, 3334]


def test_two_agreement_records_with_half_the_signatures_each_form_the_team_together() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    scene.agree("dana", document, ["dana", "eli"])
    scene.agree("fay", document, ["fay"])
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.is_formed


def test_an_agreement_without_a_draft_is_enough() -> None:
    scene = Scene()
    document = scene.document("dana", TEAM)
    scene.agree("gus", document, TEAM)
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.is_formed


def test_an_acceptance_of_the_old_offer_does_not_count_for_the_new_one() -> None:
    scene = Scene()
    old = scene.offer("dana", TEAM)
    stale = scene.accept("fay", old)
    new = scene.offer("dana", TEAM, prev=old.id, exit="Whoever leaves hands over.")
    scene.accept("eli", new)
    evidence = scene.evidence()
    team = derive_team(evidence, new.id)
    assert team is not None
    assert [(refused.record, refused.rule) for refused in team.refused] == [(stale.id, "TEA-3")]
    assert team.seats[2].status is SeatStatus.WAITING
    before = derive_team(evidence, old.id)
    assert before is not None
    assert before.status is TeamStatus.SUPERSEDED
    assert before.superseded_by == new.id


def test_the_old_acceptance_is_no_longer_held_against_someone_who_accepted_the_new_offer() -> None:
    scene = Scene()
    old = scene.offer("dana", TEAM)
    scene.accept("fay", old)
    new = scene.offer("dana", TEAM, prev=old.id)
    scene.accept("fay", new)
    team = derive_team(scene.evidence(), new.id)
    assert team is not None
    assert team.refused == ()


def test_a_co_signature_on_the_old_offer_cannot_be_smuggled_into_an_agreement_on_the_new_one() -> None:
    scene = Scene()
    old = scene.offer("dana", TEAM)
    new = scene.offer("dana", TEAM, prev=old.id)
    smuggled = scene.cosignature("fay", old)
    honest = [scene.cosignature(name, new) for name in ("dana", "eli")]
    items = [cosignature_value(item) for item in sorted([*honest, smuggled])]
    scene.publish("dana", "agreement", {"document": new.data, "cosignatures": items})
    team = derive_team(scene.evidence(), new.id)
    assert team is not None
    assert team.status is TeamStatus.OFFERED


def test_an_acceptance_after_the_last_moment_is_refused_by_its_rule() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    late = scene.accept("fay", document, at=document.accept_by + 1)
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert [(refused.record, refused.rule) for refused in team.refused] == [(late.id, "COS-3")]


def test_an_offer_lapses_when_its_time_is_over() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    scene.accept("dana", document)
    team = derive_team(scene.evidence(now_ms=document.accept_by + 1), document.id)
    assert team is not None
    assert team.status is TeamStatus.LAPSED


def test_a_formed_team_does_not_lapse() -> None:
    scene = Scene()
    document = scene.form("dana", TEAM)
    team = derive_team(scene.evidence(now_ms=document.accept_by + DAY_MS), document.id)
    assert team is not None
    assert team.is_formed


def test_a_party_s_decline_ends_an_offer() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    scene.publish("fay", "decline", {"document": document.id, "reason": "timing"})
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.status is TeamStatus.DECLINED
    assert team.seats[2].status is SeatStatus.DECLINED


def test_a_decline_counts_only_from_a_party() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    scene.publish("mallory", "decline", {"document": document.id, "reason": "other"})
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.status is TeamStatus.OFFERED


def test_a_yes_can_be_taken_back_before_everybody_has_signed_and_said_again() -> None:
    scene = Scene()
    document = scene.offer("dana", TEAM)
    scene.accept("eli", document)
    scene.now_ms += 1000
    scene.publish("eli", "decline", {"document": document.id, "reason": "other"})
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert (team.status, team.seats[1].status) == (TeamStatus.DECLINED, SeatStatus.WITHDRAWN)
    scene.now_ms += 1000
    scene.accept("eli", document)
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert (team.status, team.seats[1].status) == (TeamStatus.OFFERED, SeatStatus.SIGNED)


def test_nobody_takes_a_yes_back_once_everybody_has_signed() -> None:
    scene = Scene()
    document = scene.form("dana", TEAM)
    scene.now_ms += 1000
    scene.publish("eli", "decline", {"document": document.id, "reason": "other"})
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert (team.status, team.seats[1].status) == (TeamStatus.FORMED, SeatStatus.SIGNED)


def test_the_others_go_on_without_a_member_who_left() -> None:
    scene = Scene()
    first = scene.form("dana", TEAM)
    smaller = scene.offer("dana", ["dana", "eli"], prev=first.id)
    for name in ("dana", "eli"):
        scene.accept(name, smaller)
    scene.agree("dana", smaller, ["dana", "eli"])
    before = derive_team(scene.evidence(), smaller.id)
    scene.publish("mallory", "leave", {"document": first.id, "reason": "other"})
    assert before is not None
    assert before.status is TeamStatus.CONTESTED
    scene.publish("fay", "leave", {"document": first.id, "reason": "availability"})
    after, gone = derive_team(scene.evidence(), smaller.id), derive_team(scene.evidence(), first.id)
    assert after is not None
    assert gone is not None
    assert after.is_formed
    assert (gone.status, gone.seats[2].status) == (TeamStatus.SUPERSEDED, SeatStatus.LEFT)


def test_applications_stand_beside_the_open_seat_that_they_name() -> None:
    scene = Scene()
    document = scene.offer("dana", ["dana", None])
    wanted = scene.publish("gus", "apply", {"document": document.id, "party": 1, "text": "I can."})
    scene.publish("gus", "apply", {"document": document.id, "party": 0, "text": "Or this."})
    scene.publish("dana", "apply", {"document": document.id, "party": 1, "text": "Me again."})
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert [seat.applications for seat in team.seats] == [(), (wanted.id,)]


def test_nobody_un_signs_by_overwriting_their_acceptance() -> None:
    scene = Scene()
    document = scene.form("dana", TEAM)
    accept = next(r for r in scene.records if r.kind == "accept" and r.author == person("fay").id)
    gone = scene.delete(accept, "fay")
    held = [r for r in scene.records if r.id != accept.id]
    assert gone in held
    team = derive_team(scene.evidence(records=held), document.id)
    assert team is not None
    assert team.is_formed


def test_a_successor_signed_by_all_supersedes_a_formed_team() -> None:
    scene = Scene()
    first = scene.form("dana", TEAM)
    second = scene.form("dana", [*TEAM, "gus"], prev=first.id)
    evidence = scene.evidence()
    before, after = derive_team(evidence, first.id), derive_team(evidence, second.id)
    assert before is not None
    assert after is not None
    assert (before.status, before.superseded_by) == (TeamStatus.SUPERSEDED, second.id)
    assert after.is_formed


def test_a_successor_that_leaves_a_signer_out_is_contested() -> None:
    scene = Scene()
    first = scene.form("dana", TEAM)
    second = scene.form("dana", ["dana", "eli"], prev=first.id)
    evidence = scene.evidence()
    before, after = derive_team(evidence, first.id), derive_team(evidence, second.id)
    assert before is not None
    assert after is not None
    assert before.status is TeamStatus.CONTESTED
    assert after.status is TeamStatus.CONTESTED


def test_an_open_seat_keeps_a_team_from_forming() -> None:
    scene = Scene()
    document = scene.offer("dana", ["dana", None])
    scene.agree("dana", document, ["dana"])
    team = derive_team(scene.evidence(), document.id)
    assert team is not None
    assert team.status is TeamStatus.OFFERED
    assert team.seats[1].status is SeatStatus.OPEN
    assert team.members == (person("dana").id,)


def test_an_unknown_document_is_no_team() -> None:
    scene = Scene()
    scene.offer("dana", TEAM)
    assert derive_team(scene.evidence(), scene.document("dana", TEAM).id) is None
