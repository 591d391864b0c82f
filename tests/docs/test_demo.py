"""The demo does what the README says, and says so when it cannot."""

import subprocess
import sys
from pathlib import Path

import pytest

from folkmoot.state.team import TeamStatus
from folkmoot.verification import verify_bundle
from folkmoot_node.errors import ExitCode

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.network


def run_demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "folkmoot_node", "demo", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_five_strangers_become_a_team_whose_agreement_verifies_anywhere(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = run_demo(tmp_path, "--resume", str(ROOT / "examples" / "resumes" / "fay.json"))
    assert done.returncode == ExitCode.OK, done.stdout + done.stderr
    assert "5 of 5 nodes derive the same state" in done.stdout
    assert "5 of 5 nodes refused the acceptance of the old offer (TEA-3)" in done.stdout
    assert "profile: fay" in done.stdout
    bundle = (tmp_path / "demo-output" / "team-agreement.folkmoot").read_bytes()
    found = verify_bundle(bundle, now_ms=2**52, network="demo")
    assert found.is_sound
    formed = [team for team in found.teams if team.status is TeamStatus.FORMED]
    assert [len(team.members) for team in formed] == [4]


def test_outside_the_project_s_folder_it_says_what_is_missing(tmp_path: Path) -> None:
    done = run_demo(tmp_path)
    assert done.returncode != ExitCode.OK
    assert "examples/" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_resume_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "cv.json").write_text('{"name": "not a résumé"}')
    done = run_demo(tmp_path, "--resume", str(tmp_path / "cv.json"))
    assert done.returncode != ExitCode.OK
    assert "résumé" in done.stderr
    assert "Traceback" not in done.stderr
