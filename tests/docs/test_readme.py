"""What the README tells a newcomer to type works as written."""

import re
from pathlib import Path

import pytest
from support.keys import NETWORK, person
from support.scene import Scene

from folkmoot.bundle import pack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_library_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    scene = Scene()
    scene.form("dana", ["dana", "eli"])
    bundle = pack([person(name).genesis for name in ("dana", "eli")], [scene.records[-1]], network=NETWORK)
    (tmp_path / "team-agreement.folkmoot").write_bytes(bundle)
    monkeypatch.chdir(tmp_path)
    exec(compile(code.replace('network="demo"', f'network="{NETWORK}"'), "README.md", "exec"), {})
    assert capsys.readouterr().out == "Lantern formed 2\n"


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", README))
    assert {"demo", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_output_it_shows_is_of_this_demo() -> None:
    shown = README.split("<!-- demo output begins -->")[1].split("<!-- demo output ends -->")[0]
    for said in ("5 of 5 nodes derive the same state", "Who holds what", "verified"):
        assert said in shown
