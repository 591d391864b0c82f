"""A sync through a command, between real processes and data folders, with no network of nodes and no daemon."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from support.homes import keys_of
from support.keys import NETWORK, person
from support.world import Place, post

from folkmoot.ids import IdPrefix, id_to_text
from folkmoot.record import Record, day_of
from folkmoot_node.clock import SystemClock
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyfile import KEY_FILE, write_keys
from folkmoot_node.store import Store

ALICE, BOB = person("alice"), person("bob")
NOW_MS = SystemClock().now_ms()
RUN_S_MAX = 60.0
FOLKMOOT = [sys.executable, "-m", "folkmoot_node"]


def said(slot: int, space: str = "commons") -> Record:
    return post(ALICE, f"post {slot}", Place(slot, rev=NOW_MS, expires=day_of(NOW_MS) + 30, space=space))


COMMON, HERE, THERE = said(1), [said(slot) for slot in range(2, 40)], [said(slot) for slot in range(40, 45)]


def _folder(folder: Path, owner: str) -> None:
    folder.mkdir()
    write_keys(folder / KEY_FILE, keys_of(owner), None, Random(owner))


async def _filled(folder: Path, owner: str, *records: Record) -> Path:
    _folder(folder, owner)
    async with await Store.open(folder, network=NETWORK, clock=SystemClock()) as store:
        await Ingest(store, SystemClock()).take([ALICE.genesis.wire], [item.wire for item in records], source="own")
    return folder


async def _held(folder: Path) -> set[bytes]:
    async with await Store.open(folder, network=NETWORK, clock=SystemClock()) as store:
        everything = await store.everything()
        return {*(item.id for item in everything.operations), *(item.id for item in everything.records)}


def _folkmoot(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*FOLKMOOT, *map(str, words)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=RUN_S_MAX,
    )


def _command(folder: Path) -> str:
    return shlex.join([*FOLKMOOT, "sync", "--pipe", "--data", str(folder)])


async def test_two_folders_come_to_hold_the_same(tmp_path: Path) -> None:
    here = await _filled(tmp_path / "here", "erin", COMMON, *HERE)
    there = await _filled(tmp_path / "there", "frank", COMMON, *THERE)
    done = _folkmoot("sync", "--data", here, "--over", _command(there))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Synced with the other end." in done.stdout
    assert "Here 44 records (+5) and 3 operations (+1)." in done.stdout
    assert await _held(here) == await _held(there)
    again = _folkmoot("sync", "--data", here, "--over", _command(there), "--json")
    assert json.loads(again.stdout) == {"records": 44, "operations": 3, "more_records": 0, "more_operations": 0}


async def test_who_is_not_hosted_stays_out(tmp_path: Path) -> None:
    here = await _filled(tmp_path / "here", "erin", COMMON)
    there = await _filled(tmp_path / "there", "frank")
    (there / "config.toml").write_text(f'not_hosted = ["{id_to_text(IdPrefix.IDENTITY, ALICE.id)}"]\n')
    assert _folkmoot("sync", "--data", here, "--over", _command(there)).returncode == 0
    assert ALICE.genesis.id not in await _held(there)
    assert COMMON.id in await _held(here)


async def test_a_folder_in_use_is_told_at_either_end(tmp_path: Path) -> None:
    here = await _filled(tmp_path / "here", "erin", COMMON)
    there = await _filled(tmp_path / "there", "frank")
    async with await Store.open(there, network=NETWORK, clock=SystemClock()):
        done = _folkmoot("sync", "--data", here, "--over", _command(there))
        assert done.returncode == 4
        assert "Another Folkmoot daemon is using" in done.stderr
        assert _folkmoot("sync", "--data", there, "--over", _command(here)).returncode == 8


@pytest.mark.parametrize(
    ("command", "code", "reason"),
    [
        ("no-such-command-anywhere", 2, "cannot be run"),
        ("", 2, "the command is empty"),
        ("'unbalanced", 2, "cannot be read"),
        ("echo Welcome to this machine", 4, "the other end of the pipe"),
        ("cat", 4, "the other end of the pipe"),
    ],
)
async def test_a_command_that_leads_nowhere_is_one_sentence(
    tmp_path: Path, command: str, code: int, reason: str
) -> None:
    here = await _filled(tmp_path / "here", "erin", COMMON)
    done = _folkmoot("sync", "--data", here, "--over", command)
    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_both_ends_at_once_make_no_sense(tmp_path: Path) -> None:
    done = _folkmoot("sync", "--data", tmp_path, "--over", "true", "--pipe")
    assert done.returncode == 2
    assert "one end has --over" in done.stderr


def test_a_folder_without_a_node_is_one_sentence(tmp_path: Path) -> None:
    done = _folkmoot("sync", "--data", tmp_path, "--over", "true")
    assert done.returncode == 2
    assert "there is no identity here yet" in done.stderr
