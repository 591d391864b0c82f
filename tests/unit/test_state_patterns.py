"""Ways of working, and whose word on them counts."""

from support.keys import person
from support.scene import Scene
from support.work import CLIENT, engaged

from folkmoot.agreement import Document, Party
from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.record import Record
from folkmoot.state.patterns import PatternState, derive_pattern


def pattern(scene: Scene) -> Record:
    steps: list[Value] = ["One writes.", "One reads."]
    return scene.publish("fay", "pattern", {"name": "Two pairs of eyes", "intent": "Fewer faults.", "steps": steps})


def outcome(scene: Scene, who: str, chosen: Record, document: Document, verdict: str, *values: int) -> Record:
    measures: list[Value] = [{"name": "faults", "value": value} for value in values]
    extra: dict[str, Value] = {"measures": measures} if measures else {}
    body: dict[str, Value] = {"pattern": chosen.id, "document": document.id, "verdict": verdict}
    return scene.publish(who, "pattern-outcome", {**body, **extra})


def derived(scene: Scene, chosen: Record) -> PatternState:
    found = derive_pattern(scene.evidence(), chosen.id)
    assert found is not None
    return found


def formed_by(scene: Scene, chosen: Record, *members: str) -> Document:
    document = scene.offer(members[0], members, pattern=chosen.id)
    scene.agree(members[0], document, members)
    return document


def test_what_its_users_say_of_it_is_compared() -> None:
    scene = Scene()
    chosen = pattern(scene)
    team = formed_by(scene, chosen, "dana", "eli")
    work = engaged(scene, pattern=chosen.id)
    said = [
        outcome(scene, "dana", chosen, team, "keep", 3),
        outcome(scene, "eli", chosen, team, "keep", 9),
        outcome(scene, CLIENT, chosen, work, "drop", 5, 700),
        outcome(scene, "dana", chosen, work, "change"),
    ]
    found = derived(scene, chosen)
    assert found.used_by == tuple(sorted([team.id, work.id]))
    assert found.outcomes == tuple(sorted(one.id for one in said))
    assert found.verdicts == {"change": 1, "drop": 1, "keep": 2}
    assert (found.measures["faults"].values, found.measures["faults"].median) == ((3, 5, 9), 5)


def test_of_two_values_in_the_middle_the_lower_is_the_median() -> None:
    scene = Scene()
    chosen = pattern(scene)
    team = formed_by(scene, chosen, "dana", "eli")
    outcome(scene, "dana", chosen, team, "keep", 8)
    outcome(scene, "eli", chosen, team, "keep", 2)
    assert derived(scene, chosen).measures["faults"].median == 2


def test_outsiders_and_those_who_chose_another_way_say_nothing_of_it() -> None:
    scene = Scene()
    chosen, other = pattern(scene), pattern(scene)
    team, elsewhere = formed_by(scene, chosen, "dana", "eli"), formed_by(scene, other, "dana", "eli")
    outcome(scene, "mallory", chosen, team, "drop")
    outcome(scene, "dana", chosen, elsewhere, "drop")
    assert derived(scene, chosen).outcomes == ()


def test_an_offer_that_not_all_have_signed_uses_nothing() -> None:
    scene = Scene()
    chosen = pattern(scene)
    offered = scene.offer("dana", ["dana", "eli"], pattern=chosen.id)
    outcome(scene, "dana", chosen, offered, "keep")
    assert (derived(scene, chosen).used_by, derived(scene, chosen).outcomes) == ((), ())


def test_a_document_of_a_type_that_nobody_knows_uses_nothing() -> None:
    scene = Scene()
    chosen = pattern(scene)
    pact = scene.propose("dana", "pact", [Party("one", person("dana").id)], {"pattern": chosen.id})
    scene.agree("dana", pact, ["dana"])
    outcome(scene, "dana", chosen, pact, "keep")
    assert derived(scene, chosen).used_by == ()


def test_of_each_party_and_document_the_latest_word_counts() -> None:
    scene = Scene()
    chosen = pattern(scene)
    team = formed_by(scene, chosen, "dana", "eli")
    said = [outcome(scene, "dana", chosen, team, verdict) for verdict in ("keep", "change", "drop")]
    assert derived(scene, chosen).outcomes == (said[-1].id,)
    scene.delete(said[-1], "dana")
    assert derived(scene, chosen).outcomes == (said[-2].id,)


def test_what_is_no_pattern_has_no_state() -> None:
    scene = Scene()
    post = scene.publish("fay", "post", {"text": "hello"})
    assert derive_pattern(scene.evidence(), post.id) is None
    assert derive_pattern(scene.evidence(), RecordId(bytes(32))) is None
