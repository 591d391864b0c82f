"""The stories of a test network come out as they are told, with real nodes on loopback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from folkmoot.verification import verify_bundle
from folkmoot_node.errors import ExitCode
from folkmoot_node.testnet.network import NETWORK
from folkmoot_node.testnet.stories import STORIES
from folkmoot_node.testnet.telling import BUNDLE_FILE

DECIDED_BY = {
    "S2": {"BID-2", "BID-3", "STA-5"},
    "S3": {"SUB-2", "SUB-4"},
    "S5": {"DLV-2", "DLV-4", "PMT-1"},
    "S6": {"END-1"},
}
"""Rules by which each story sees something refused."""


def tell(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "folkmoot_node", "testnet", "story", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.mark.network
@pytest.mark.parametrize("name", STORIES)
def test_a_story_holds_on_every_node_and_what_remains_verifies(name: str, tmp_path: Path) -> None:
    done = tell(name, "--json", "--keep", str(tmp_path / "kept"))
    report = json.loads(done.stdout)
    assert [step for step in report["steps"] if step["sort"] == "failed"] == []
    assert done.returncode == ExitCode.OK
    assert report["held"]
    assert DECIDED_BY[name] <= {step["rule"] for step in report["steps"] if step["sort"] == "refused"}
    assert {person["name"] for person in report["people"]} == set(STORIES[name].people)
    bundle = (tmp_path / "kept" / BUNDLE_FILE).read_bytes()
    assert len(bundle) == report["bundle_bytes"]
    assert verify_bundle(bundle, now_ms=2**52, network=NETWORK).is_sound


def test_a_story_that_is_not_there_is_one_sentence() -> None:
    done = tell("S99")
    assert done.returncode == ExitCode.USAGE
    assert "S99" in done.stderr
    assert "S2, S3, S5, S6" in done.stderr


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear diary")
    done = tell("S5", "--keep", str(tmp_path))
    assert done.returncode == ExitCode.USAGE
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
