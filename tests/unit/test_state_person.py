"""What is known of a person."""

from support.keys import person
from support.scene import Scene

from folkmoot.ids import IdentityId
from folkmoot.limits import DAY_MS
from folkmoot.record import day_of
from folkmoot.state.endorsements import EndorsementClass
from folkmoot.state.person import Person, derive_person


def derived(scene: Scene, name: str, *, now_ms: int | None = None) -> Person:
    found = derive_person(scene.evidence(now_ms=now_ms), person(name).id)
    assert found is not None
    return found


def test_a_stranger_is_nobody() -> None:
    assert derive_person(Scene().evidence(), IdentityId(bytes(32))) is None


def test_someone_without_a_profile_is_still_somebody() -> None:
    scene = Scene()
    found = derived(scene, "eli")
    assert (found.profile, found.availability, found.is_stale, found.is_disputed) == (None, None, False, False)


def test_the_latest_profile_is_shown_and_a_deleted_one_is_not() -> None:
    scene = Scene()
    scene.publish("eli", "profile", {"name": "Eli"})
    later = scene.publish("eli", "profile", {"name": "Eli Brandt"})
    assert derived(scene, "eli").profile == later
    scene.delete(later, "eli")
    assert derived(scene, "eli").profile is None


def test_availability_goes_stale_after_its_last_day() -> None:
    scene = Scene()
    today = day_of(scene.now_ms)
    scene.publish("eli", "availability", {"hours_per_week": 20, "from": today, "until": today + 14})
    assert not derived(scene, "eli", now_ms=scene.now_ms + 14 * DAY_MS).is_stale
    assert derived(scene, "eli", now_ms=scene.now_ms + 15 * DAY_MS).is_stale


def test_an_endorsement_appears_beside_a_profile_only_when_its_owner_lists_it() -> None:
    scene = Scene()
    given = scene.publish("dana", "endorsement", {"subject": person("eli").id, "text": "Reliable."})
    scene.publish("eli", "profile", {"name": "Eli"})
    assert [item.is_shown for item in derived(scene, "eli").endorsements] == [False]
    scene.publish("eli", "profile", {"name": "Eli", "shown": [given.id]})
    assert [(item.author, item.is_shown) for item in derived(scene, "eli").endorsements] == [
        (person("dana").id, True)
    ]


def test_an_endorsement_on_the_ground_of_a_shared_team_is_e2() -> None:
    scene = Scene()
    document = scene.form("dana", ["dana", "eli"])
    scene.publish("dana", "endorsement", {"subject": person("eli").id, "text": "Good.", "basis": document.id})
    found = derived(scene, "eli")
    assert [item.grade for item in found.endorsements] == [EndorsementClass.E2]
    assert found.teams == (document.id,)


def test_a_basis_that_does_not_hold_leaves_a_bare_word() -> None:
    scene = Scene()
    unformed = scene.offer("dana", ["dana", "eli"])
    foreign = scene.form("fay", ["fay", "gus"])
    for basis in (unformed.id, foreign.id, bytes(32)):
        scene.publish("dana", "endorsement", {"subject": person("eli").id, "text": "Good.", "basis": basis})
    assert {item.grade for item in derived(scene, "eli").endorsements} == {EndorsementClass.E1}


def test_a_withdrawn_endorsement_is_gone_even_where_it_is_exhibited() -> None:
    scene = Scene()
    given = scene.publish("dana", "endorsement", {"subject": person("eli").id, "text": "Good."})
    scene.exhibit("eli", given)
    scene.delete(given, "dana")
    assert derived(scene, "eli").endorsements == ()


def test_a_team_that_has_not_formed_is_not_listed() -> None:
    scene = Scene()
    document = scene.offer("dana", ["dana", "eli"])
    scene.agree("dana", document, ["dana"])
    assert derived(scene, "dana").teams == ()
