"""What is generated is up to date, and `--check` says when it is not."""

import shutil
from pathlib import Path

import pytest
from vectors.make import ROOT, main

GENERATED = ("registries", "vectors")


def _copy_of_spec(to: Path) -> Path:
    shutil.copytree(ROOT / "spec", to / "spec")
    return to / "spec"


def test_everything_generated_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], ROOT) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["vectors/record.json", "registries/constants.json"])
def test_a_stale_file_is_named_and_left_as_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = _copy_of_spec(tmp_path) / name
    stale.write_text("{}\n", encoding="utf-8")
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().out == f"stale: spec/{name}\n"
    assert stale.read_text(encoding="utf-8") == "{}\n"


def test_a_changed_example_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = _copy_of_spec(tmp_path) / "ids.md"
    page.write_text(page.read_text(encoding="utf-8").replace("folk1", "folk2"), encoding="utf-8")
    assert main(["--check"], tmp_path) == 1
    assert "stale: spec/ids.md\n" in capsys.readouterr().out


def test_what_is_stale_is_written_anew(tmp_path: Path) -> None:
    spec = _copy_of_spec(tmp_path)
    (spec / "vectors" / "keys.json").unlink()
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert (spec / "vectors" / "keys.json").read_bytes() == (ROOT / "spec" / "vectors" / "keys.json").read_bytes()
