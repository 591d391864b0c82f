"""`evidence` writes a page from a bundle, and leaves what is there alone."""

from pathlib import Path

import pytest
from support.command_line import Shell
from support.keys import NETWORK, person
from support.scene import PEOPLE, Scene

from folkmoot.bundle import pack
from folkmoot.ids import IdPrefix, id_to_text
from folkmoot_node.errors import ExitCode


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def engagement(tmp_path: Path) -> str:
    """Write the bundle of an engagement that both have signed, and return its id."""
    scene = Scene()
    document = scene.conclude(scene.engagement("carl", ["dana"]), ["carl", "dana"])
    data = pack([person(name).genesis for name in PEOPLE], scene.records, network=NETWORK)
    (tmp_path / "work.folkmoot").write_bytes(data)
    return id_to_text(IdPrefix.DOCUMENT, document.id)


def test_a_page_is_written_from_a_bundle_without_any_node(shell: Shell, engagement: str, tmp_path: Path) -> None:
    bundle, out = tmp_path / "work.folkmoot", tmp_path / "work.html"
    done = shell("evidence", engagement, "--bundle", str(bundle), "--out", str(out), "--json")
    assert done.code == ExitCode.OK
    assert done.json["verified"]
    assert done.json["bytes"] == len(out.read_bytes())
    assert "A guide for the museum" in out.read_text(encoding="utf-8")


def test_a_file_that_is_there_is_replaced_only_on_demand(shell: Shell, engagement: str, tmp_path: Path) -> None:
    out = tmp_path / "work.html"
    out.write_text("mine")
    words = ("evidence", engagement, "--bundle", str(tmp_path / "work.folkmoot"), "--out", str(out))
    assert shell(*words).code == ExitCode.USAGE
    assert out.read_text() == "mine"
    assert shell(*words, "--force").code == ExitCode.OK


def test_what_is_no_bundle_is_one_sentence(shell: Shell, engagement: str, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear diary")
    done = shell("evidence", engagement, "--bundle", str(letter), "--out", str(tmp_path / "page.html"))
    assert done.code == ExitCode.BAD_FILE
    assert not (tmp_path / "page.html").exists()


def test_a_document_that_the_bundle_does_not_hold_is_said_so(shell: Shell, engagement: str, tmp_path: Path) -> None:
    other = id_to_text(IdPrefix.DOCUMENT, bytes(32))
    assert other != engagement
    words = ("--bundle", str(tmp_path / "work.folkmoot"), "--out", str(tmp_path / "page.html"))
    assert shell("evidence", other, *words).code == ExitCode.NOT_FOUND
