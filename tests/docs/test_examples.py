"""The examples run as they stand."""

import subprocess
import sys
from pathlib import Path

from folkmoot.verification import verify_bundle

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_team_forms_with_the_library_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "form_a_team.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("Lantern: formed, 3 members, ")
    bundle = (tmp_path / "lantern.folkmoot").read_bytes()
    assert verify_bundle(bundle, now_ms=2**52, network="example").teams[0].is_formed
