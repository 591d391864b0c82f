"""The simulator: honest nodes come to hold the same in any weather, and the same seed does the same again."""

import dataclasses
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from simulation.mutants.planted import PLANTED
from support.command_line import Shell

from folkmoot_node.errors import ConfigError
from folkmoot_node.simulation.course import run
from folkmoot_node.simulation.dice import dice
from folkmoot_node.simulation.links import Links, packet, weave
from folkmoot_node.simulation.options import Options
from folkmoot_node.simulation.outcome import Outcome
from folkmoot_node.simulation.picture import page
from folkmoot_node.simulation.runs import read_seeds, run_all
from folkmoot_node.simulation.timeline import Timeline

SMALL = Options(nodes=8, records=80)
ROUGH = SMALL.in_rough_weather()
FIXED = (1, 2, 11, 12)
REGRESSIONS = Path(__file__).parent / "regressions.txt"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def calm() -> Outcome:
    return run(SMALL, 1)


def test_in_calm_weather_gossip_alone_carries_nearly_everything_everywhere(calm: Outcome) -> None:
    assert calm.faults == ()
    assert calm.published >= SMALL.records * 0.9
    assert len(calm.hashes) == SMALL.nodes
    median = calm.delay_ms(50)
    assert median is not None
    assert median < 1000


@pytest.mark.parametrize("seed", [*FIXED, *read_seeds(REGRESSIONS)])
def test_in_rough_weather_all_honest_nodes_derive_the_same_state(seed: int) -> None:
    outcome = run(ROUGH, seed)
    assert outcome.is_well, f"SEED={seed}: {outcome.faults}"
    assert len(set(outcome.hashes.values())) == 1
    assert outcome.fates["lost"] > 0
    assert outcome.fates["doubled"] > 0


def test_the_same_seed_does_the_same_in_another_process_whose_hashes_differ() -> None:
    code = (
        "from folkmoot_node.simulation.options import Options; from folkmoot_node.simulation.runs import run_all;"
        "o = Options(nodes=6, records=40).in_rough_weather();"
        "print([x.digest for x in run_all(o, [5], jobs=1, on_progress=lambda _part: None)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(said) == 1


def test_another_seed_does_something_else(calm: Outcome) -> None:
    assert run(SMALL, 2).digest != calm.digest


def test_real_databases_lead_to_the_same_as_memory() -> None:
    """All that is simulated is the disk: whatever happens on the way is the same to the byte."""
    options = Options(nodes=5, records=30, days=2).in_rough_weather()
    memory, real = run(options, 3), run(dataclasses.replace(options, store="sqlite"), 3)
    assert real.faults == ()
    ignored = {"options"}
    assert {key: value for key, value in real.value().items() if key not in ignored} == {
        key: value for key, value in memory.value().items() if key not in ignored
    }


def test_runs_in_several_processes_come_to_what_runs_in_one_come_to() -> None:
    options = Options(nodes=4, records=12, days=1)
    one, two = (
        [item.digest for item in run_all(options, [1, 2], jobs=jobs, on_progress=lambda _done: None)]
        for jobs in (1, 2)
    )
    assert one == two


def test_a_planted_bug_ends_with_its_seed_and_the_command_that_shows_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(tmp_path, capsys, monkeypatch)
    with PLANTED["fingerprint-drift"]():
        said = shell.line("simulate --nodes 8 --records 80 --rough --seed 1")
    assert said.code == 10
    assert "SEED=1" in said.out
    again = next(line for line in said.out.splitlines() if "folkmoot simulate" in line)
    assert "--seed 1 --nodes 8 --records 80" in again
    assert "--skew-minutes 9" in again


def test_the_page_of_pictures_needs_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(tmp_path, capsys, monkeypatch)
    out = tmp_path / "report.html"
    said = shell.line(f"simulate --nodes 4 --records 12 --days 1 --out {out} --json")
    assert said.code == 0
    [item] = json.loads(said.out)["items"]
    assert item["faults"] == []
    text = out.read_text(encoding="utf-8")
    assert text.count("<svg") == 3
    assert re.search(r"(src|href|url)[=(]\W*(https?:)?//", text) is None


def test_the_page_names_what_is_not_as_it_must_be(calm: Outcome) -> None:
    broken = dataclasses.replace(calm, faults=("node 1: <something>",))
    text = page([calm, broken])
    assert "1 of 2 runs are not as they must be" in text
    assert "node 1: &lt;something&gt;" in text


def test_honest_nodes_hang_together_without_the_hostile_ones() -> None:
    for seed in range(20):
        links = Links(Timeline(0), Options(), seed)
        for node in range(20):
            links.enter(node, Silent())
        weave(links, list(range(15)), list(range(15, 20)), 4, dice(seed, "test"))
        reached, todo = {0}, [0]
        while todo:
            fresh = [node for node in links.neighbours(todo.pop()) if node < 15 and node not in reached]
            reached.update(fresh)
            todo += fresh
        assert len(reached) == 15


class Silent:
    is_up = True

    def arrive(self, _sender: int, _sent: object) -> None:
        return None


async def test_links_lose_and_double_as_often_as_they_are_told() -> None:
    timeline = Timeline(0)
    links = Links(timeline, Options(loss=0.2, duplication=0.1, reordering=0.1), 1)
    for node in (0, 1):
        links.enter(node, Silent())
    links.connect(0, 1)
    for number in range(2000):
        links.send(0, 1, packet("topic", str(number).encode()))
    await timeline.run_until(60_000)
    assert 330 < links.fates["lost"] < 470
    assert 110 < links.fates["doubled"] < 220
    assert timeline.acts == 2000 - links.fates["lost"] + links.fates["doubled"]


async def test_what_happens_at_one_moment_happens_in_the_order_in_which_it_was_planned() -> None:
    timeline = Timeline(100)
    happened: list[str] = []
    for name in ("a", "b"):
        timeline.after(5, happened.append, name)
    timeline.at(0, happened.append, "late")
    await timeline.run_until(104)
    assert happened == ["late"]
    await timeline.run_until(200)
    assert happened == ["late", "a", "b"]
    assert timeline.now_ms == 200


def test_a_file_of_seeds_holds_numbers_and_reasons(tmp_path: Path) -> None:
    path = tmp_path / "seeds"
    path.write_text("# all of them\n3 # why\n\n14\n", encoding="utf-8")
    assert read_seeds(path) == [3, 14]
    path.write_text("three", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot read seeds"):
        read_seeds(path)
