"""What stands behind an endorsement, and every way in which it can cease to."""

import pytest
from support.keys import NETWORK, person, secret_key
from support.scene import Scene, chains
from support.work import ALL, CLIENT, MAKERS, changed, ended, engaged, rebuked
from support.world import recovered

from folkmoot.agreement import Document
from folkmoot.canonical import Value
from folkmoot.chain import read_chain
from folkmoot.record import Record
from folkmoot.state.endorsements import Basis, EndorsementClass, EndorsementState, derive_endorsement
from folkmoot.state.evidence import gather

E1, E2, E3 = EndorsementClass.E1, EndorsementClass.E2, EndorsementClass.E3


def praised(scene: Scene, who: str, subject: str, basis: Document | None = None, **extra: Value) -> Record:
    named: dict[str, Value] = {} if basis is None else {"basis": basis.id}
    return scene.publish(who, "endorsement", {"subject": person(subject).id, "text": "Good.", **named, **extra})


def derived(scene: Scene, record: Record) -> EndorsementState:
    return derive_endorsement(scene.evidence(), record, is_shown=False)


def grade(scene: Scene, record: Record) -> tuple[EndorsementClass, Basis]:
    found = derived(scene, record)
    return found.grade, found.basis


def test_a_bare_one_is_worth_its_words() -> None:
    scene = Scene()
    assert grade(scene, praised(scene, "eli", "dana")) == (E1, Basis.NONE_NAMED)


def test_a_basis_that_is_not_held_is_none() -> None:
    scene = Scene()
    unheld = scene.document("dana", MAKERS)
    assert grade(scene, praised(scene, "eli", "dana", unheld)) == (E1, Basis.NOT_HELD)


@pytest.mark.parametrize(("who", "subject"), [("mallory", "dana"), ("eli", "mallory")])
def test_both_have_to_be_in_it(who: str, subject: str) -> None:
    scene = Scene()
    for basis in (scene.form("dana", MAKERS), engaged(scene)):
        assert grade(scene, praised(scene, who, subject, basis)) == (E1, Basis.NOT_SHARED)


def test_a_document_of_another_type_is_no_basis() -> None:
    scene = Scene()
    closing = ended(scene, engaged(scene))
    assert grade(scene, praised(scene, "eli", "dana", closing)) == (E1, Basis.NOT_IN_FORCE)


def test_a_team_is_a_basis_once_it_has_formed() -> None:
    scene = Scene()
    team = scene.offer("dana", MAKERS)
    praise = praised(scene, "eli", "dana", team)
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)
    scene.agree("dana", team, MAKERS)
    assert grade(scene, praise) == (E2, Basis.SOUND)


def test_a_team_that_grows_stays_a_basis_and_one_that_goes_on_without_either_does_not() -> None:
    scene = Scene()
    team = scene.form("dana", MAKERS)
    praise = praised(scene, "eli", "dana", team)
    grown = scene.form("dana", [*MAKERS, "gus"], prev=team.id)
    assert grade(scene, praise) == (E2, Basis.SOUND)
    for document in (team, grown):
        scene.publish("eli", "leave", {"document": document.id, "reason": "health"})
    scene.form("dana", ["dana", "gus"], prev=grown.id)
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)


def test_a_contested_team_is_no_basis_and_strangers_contest_nothing() -> None:
    scene = Scene()
    team = scene.form("dana", MAKERS)
    praise = praised(scene, "eli", "dana", team)
    scene.form("mallory", ["mallory", "gus"], prev=team.id)
    assert grade(scene, praise) == (E2, Basis.SOUND)
    scene.form("dana", ["dana", "gus"], prev=team.id)
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)


def test_an_engagement_proves_more_once_something_was_accepted() -> None:
    scene = Scene()
    document = scene.engagement(CLIENT, MAKERS)
    praise = praised(scene, CLIENT, "dana", document)
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)
    scene.conclude(document, ALL)
    assert grade(scene, praise) == (E2, Basis.NOTHING_ACCEPTED)
    delivery = scene.deliver("dana", document, 0)
    assert grade(scene, praise) == (E2, Basis.NOTHING_ACCEPTED)
    scene.judge(CLIENT, delivery)
    assert grade(scene, praise) == (E3, Basis.SOUND)


def test_a_milestone_that_is_named_has_to_be_the_one_accepted() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    named = [praised(scene, CLIENT, "dana", document, milestone=number) for number in (0, 1, 31)]
    assert [grade(scene, praise)[0] for praise in named] == [E3, E2, E2]


def test_a_claim_that_silence_accepted_proves_nothing() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.deliver("dana", document, 0)
    scene.now_ms += 6 * 86_400_000
    assert grade(scene, praised(scene, "eli", "dana", document))[0] is E2


def test_a_change_order_keeps_what_was_proven() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    praise = praised(scene, CLIENT, "dana", document)
    changed(scene, document)
    assert grade(scene, praise) == (E3, Basis.SOUND)


def test_a_change_order_without_either_takes_the_basis_away() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    praise = praised(scene, "eli", "dana", document)
    scene.publish("eli", "leave", {"document": document.id, "reason": "scope"})
    changed(scene, document, makers=["dana"])
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)
    assert grade(scene, praised(scene, CLIENT, "dana", document)) == (E3, Basis.SOUND)


def test_a_contested_engagement_is_no_basis_unless_all_had_ended_it() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    praise = praised(scene, "eli", "dana", document)
    scene.conclude(scene.engagement(CLIENT, ["mallory"], prev=document.id), (CLIENT, "mallory"))
    assert grade(scene, praise) == (E1, Basis.NOT_IN_FORCE)
    ended(scene, document)
    assert grade(scene, praise) == (E3, Basis.SOUND)


def test_an_ending_for_cause_takes_the_basis_away_unless_all_had_ended_it() -> None:
    scene = Scene()
    document = engaged(scene)
    scene.judge(CLIENT, scene.deliver("dana", document, 0))
    praise = praised(scene, "eli", "dana", document)
    scene.publish(CLIENT, "closing", {"document": document.id, "way": "convenience"})
    assert grade(scene, praise) == (E3, Basis.SOUND)
    scene.publish("mallory", "closing", {"document": document.id, "way": "cause"})
    assert grade(scene, praise) == (E3, Basis.SOUND)
    scene.publish(CLIENT, "closing", {"document": document.id, "way": "cause"})
    assert grade(scene, praise) == (E1, Basis.CLOSED_FOR_CAUSE)
    ended(scene, document, way="mutual")
    assert grade(scene, praise) == (E3, Basis.SOUND)


@pytest.mark.parametrize("is_team", [True, False])
def test_a_repudiated_signature_is_no_basis_for_who_gave_it_and_one_for_the_others(is_team: bool) -> None:
    scene = Scene()
    basis = scene.form("dana", ["dana", "eli", "fay"]) if is_team else engaged(scene)
    about_dana, about_other = (
        praised(scene, "eli", "dana", basis),
        praised(scene, "eli", "fay" if is_team else CLIENT, basis),
    )
    dana = person("dana")
    stolen = read_chain([dana.genesis, recovered(dana, secret_key("dana/second"))], network=NETWORK)
    assert stolen is not None
    held = [record for record in scene.records if record.author != dana.id or record.kind == "agreement"]
    evidence = gather(held, {**chains(), dana.id: stolen}, now_ms=scene.now_ms, network=NETWORK)
    found = [derive_endorsement(evidence, one, is_shown=True) for one in (about_dana, about_other)]
    assert [(one.grade, one.basis) for one in found] == [
        (E1, Basis.REPUDIATED),
        (E2, Basis.SOUND if is_team else Basis.NOTHING_ACCEPTED),
    ]


def test_what_its_subject_says_against_it_stands_beside_it() -> None:
    scene = Scene()
    praise = praised(scene, "eli", "dana")
    dispute = rebuked(scene, "dana", praise.id)
    rebuked(scene, "mallory", praise.id)
    assert [one.id for one in derived(scene, praise).disputes] == [dispute.id]
