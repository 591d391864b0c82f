"""An evidence page says what its bundle proves, carries that bundle, and lets nobody's words become markup."""

import base64
import re
from html import unescape

import pytest
from support.keys import NETWORK, person
from support.scene import PEOPLE, Scene

from folkmoot.agreement import Document
from folkmoot.bundle import pack
from folkmoot.ids import DocumentId
from folkmoot.verification import verify_bundle
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.evidence import evidence_page

MEAN = '<script>alert("me")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def engagement(scene: Scene) -> Document:
    document = scene.engagement("carl", ["dana"], title=MEAN)
    return scene.conclude(document, ["carl", "dana"])


def bundle(scene: Scene) -> bytes:
    return pack([person(name).genesis for name in PEOPLE], scene.records, network=NETWORK)


def page(scene: Scene, document: DocumentId, data: bytes | None = None) -> str:
    data = bundle(scene) if data is None else data
    return evidence_page(data, verify_bundle(data, now_ms=scene.now_ms, network=NETWORK), document)


def test_an_engagement_is_shown_with_its_milestones_and_what_became_of_them(
    scene: Scene, engagement: Document
) -> None:
    first = scene.deliver("dana", engagement, 0)
    scene.judge("carl", first, failed=[1])
    scene.judge("carl", scene.deliver("dana", engagement, 0))
    words = unescape(re.sub(r"<[^>]*>", " ", page(scene, engagement.id)))
    for shown in ("in-force", "First half", "accepted", "Second half", "open", "It is documented.", "1000"):
        assert shown in words


def test_words_of_others_never_become_markup(scene: Scene, engagement: Document) -> None:
    made = page(scene, engagement.id)
    assert "<script" not in made
    assert "<img" not in made
    assert MEAN in unescape(made)
    assert "default-src 'none'" in made


def test_the_page_carries_the_bundle_that_it_was_made_from(scene: Scene, engagement: Document) -> None:
    [carried] = re.findall(r"base64,([A-Za-z0-9+/=]+)", page(scene, engagement.id))
    assert base64.b64decode(carried) == bundle(scene)


def test_every_claim_leads_to_a_record_or_a_person_on_the_page(scene: Scene, engagement: Document) -> None:
    scene.judge("carl", scene.deliver("dana", engagement, 0))
    made = page(scene, engagement.id)
    led_to = set(re.findall(r'href="#([^"]+)"', made))
    assert led_to
    assert led_to <= set(re.findall(r' id="([^"]+)"', made))


def test_the_page_loads_nothing_and_runs_nothing(scene: Scene, engagement: Document) -> None:
    made = page(scene, engagement.id)
    links = re.findall(r'(?:href|src)="([^"#][^"]*)"', made)
    assert all(link.startswith("data:application/octet-stream;base64,") for link in links)


def test_a_team_is_shown_with_its_seats_and_the_yes_that_does_not_count(scene: Scene) -> None:
    old = scene.offer("dana", ["dana", "eli"])
    scene.accept("eli", old)
    new = scene.offer("dana", ["dana", "eli"], prev=old.id)
    words = unescape(re.sub(r"<[^>]*>", " ", page(scene, new.id)))
    assert "Lantern" in words
    assert "TEA-3" in words


def test_what_does_not_verify_is_said_at_the_top(scene: Scene, engagement: Document) -> None:
    data = bundle(scene)
    place = data.rindex(b"It is tested.")
    broken = data[:place] + b"It is wasted." + data[place + len(b"It is wasted.") :]
    made = page(scene, engagement.id, broken)
    assert "do not verify" in made
    assert "All " not in made.split("How to check this")[1].split("Save the signed")[0]


def test_what_the_bundle_does_not_hold_has_no_page(scene: Scene, engagement: Document) -> None:
    assert engagement.id != bytes(32)
    with pytest.raises(UnknownIdError):
        page(scene, DocumentId(bytes(32)))


def test_a_document_of_another_type_has_no_page(scene: Scene, engagement: Document) -> None:
    closing = scene.propose(
        "carl", "closing", engagement.parties, {"engagement": engagement.id, "way": "completed"}
    )
    with pytest.raises(ConfigError):
        page(scene, closing.id)
