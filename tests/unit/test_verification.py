"""What a bundle proves by itself."""

import pytest
from support.keys import NETWORK, person
from support.scene import Scene

from folkmoot.bundle import pack, unpack
from folkmoot.canonical import Value, encode
from folkmoot.errors import DecodeError
from folkmoot.record import Content, seal
from folkmoot.rules import Accept, Defer
from folkmoot.state.team import TeamStatus
from folkmoot.verification import verify_bundle

TEAM = ("dana", "eli", "fay")
GENESES = [person(name).genesis for name in ("carl", *TEAM)]


def test_an_agreement_with_its_signers_operations_proves_the_team() -> None:
    scene = Scene()
    document = scene.form("dana", TEAM)
    agreement = scene.records[-1]
    found = verify_bundle(pack(GENESES, [agreement], network=NETWORK), now_ms=scene.now_ms, network=NETWORK)
    assert found.is_sound
    assert [(team.id, team.status) for team in found.teams] == [(document.id, TeamStatus.FORMED)]


def test_what_was_signed_stays_signed_after_it_expired() -> None:
    scene = Scene()
    scene.form("dana", TEAM)
    agreement = scene.records[-1]
    later_ms = (agreement.expires + 1000) * 86_400_000
    found = verify_bundle(pack(GENESES, [agreement], network=NETWORK), now_ms=later_ms, network=NETWORK)
    assert found.teams[0].status is TeamStatus.FORMED


def test_without_a_signer_s_operations_the_team_is_not_proved() -> None:
    scene = Scene()
    scene.form("dana", TEAM)
    without_fay = [item for item in GENESES if item.identity != person("fay").id]
    found = verify_bundle(
        pack(without_fay, [scene.records[-1]], network=NETWORK), now_ms=scene.now_ms, network=NETWORK
    )
    assert found.is_sound
    assert not found.teams[0].is_formed


def test_a_record_without_its_author_s_operations_is_incomplete() -> None:
    scene = Scene()
    post = scene.publish("gus", "post", {"text": "hello"})
    found = verify_bundle(pack(GENESES, [post], network=NETWORK), now_ms=scene.now_ms, network=NETWORK)
    assert not found.is_sound
    assert found.incomplete == (post,)
    assert isinstance(found.records[0][1], Defer)


def test_an_edited_record_is_named_and_the_others_still_verify() -> None:
    scene = Scene()
    for text in ("first", "second", "third"):
        scene.publish("eli", "post", {"text": text})
    data = pack(GENESES, scene.records, network=NETWORK)
    at = data.index(b"second")
    found = verify_bundle(data[:at] + b"SECOND" + data[at + 6 :], now_ms=scene.now_ms, network=NETWORK)
    position = 1 + sorted(record.id for record in scene.records).index(scene.records[1].id)
    assert [(damage.what, damage.position) for damage in found.damages] == [("record", position)]
    assert "post by folk1" in str(found.damages[0])
    assert "REC-9" in str(found.damages[0])
    assert [verdict for _record, verdict in found.records] == [Accept(), Accept()]
    assert not found.is_sound


def test_a_well_signed_record_that_breaks_its_kind_s_rules_is_named() -> None:
    eli = person("eli")
    content = Content("post", "commons", 0, 86_400_000 * 20_000, 20_001, (), {"words": "no text"})
    record = seal(content, author=eli.id, key=eli.key, network=NETWORK)
    found = verify_bundle(pack(GENESES, [record], network=NETWORK), now_ms=0, network=NETWORK)
    assert [damage.error.rule for damage in found.damages] == ["KND-4"]


def test_operations_that_found_nobody_are_left_aside() -> None:
    scene = Scene()
    post = scene.publish("eli", "post", {"text": "hello"})
    bundle = unpack(pack(GENESES, [post], network=NETWORK), network=NETWORK)
    orphan = b"\x92\xc4\x01\x80\x90"
    wires: list[Value] = [*bundle.operations, orphan]
    data = encode(["folkmoot-bundle/1", NETWORK, wires, [post.wire]])
    found = verify_bundle(data, now_ms=scene.now_ms, network=NETWORK)
    assert [damage.what for damage in found.damages] == ["operation"]


def test_something_else_is_no_bundle() -> None:
    with pytest.raises(DecodeError, match="BUN-1"):
        verify_bundle(b"{}", now_ms=0, network=NETWORK)
