"""What is committed to and not yet opened outlives its node, and says nothing to whoever reads the data folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from support.keys import NETWORK, secret_key

from folkmoot_node.errors import FileError, RefusedError, StoreError
from folkmoot_node.unopened import UNOPENED_FILE, UNOPENED_MAX, Sealed, Unopened, restore_unopened

BID = Sealed("bid", "commons", {"plan": "Three weeks, and a party.", "price": {"amount_minor": 5}}, bytes(16))
DIGEST = bytes(range(32))


def opened(folder: Path, key: str = "dana") -> Unopened:
    return Unopened.open(folder, key=secret_key(key), network=NETWORK, entropy=Random("dice"))


def test_what_was_kept_is_there_after_a_restart_and_gone_once_forgotten(tmp_path: Path) -> None:
    opened(tmp_path).keep(DIGEST, BID)
    again = opened(tmp_path)
    assert again.get(DIGEST) == BID
    assert again.of_kind("bid") == {DIGEST: BID}
    assert again.of_kind("review") == {}
    again.forget(DIGEST)
    again.forget(DIGEST)
    assert opened(tmp_path).get(DIGEST) is None


def test_the_file_shows_nothing_of_it_and_only_to_its_user(tmp_path: Path) -> None:
    opened(tmp_path).keep(DIGEST, BID)
    path = tmp_path / UNOPENED_FILE
    assert b"party" not in path.read_bytes()
    assert b"party".hex().encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert "party" not in repr(BID)


WRITING = """
import sys
from pathlib import Path
from random import Random
from support.keys import NETWORK, secret_key
from folkmoot_node.unopened import Sealed, Unopened

unopened = Unopened.open(Path(sys.argv[1]), key=secret_key("dana"), network=NETWORK, entropy=Random("child"))
for number in range(1_000_000):
    unopened.keep((number % 50).to_bytes(32), Sealed("bid", "commons", {"plan": "x" * 4000}, bytes(16)))
    print(number, flush=True)
"""


def test_whoever_is_killed_in_the_middle_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    tests = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", WRITING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tests, env=_env(tests)) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(20)]
        child.kill()
    kept = opened(tmp_path).of_kind("bid")
    assert set(kept) >= {int(line).to_bytes(32) for line in lines}


def _env(tests: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tests)}


def test_without_anything_kept_there_is_no_file(tmp_path: Path) -> None:
    assert opened(tmp_path).of_kind("bid") == {}
    assert list(tmp_path.iterdir()) == []


def test_another_device_cannot_read_it(tmp_path: Path) -> None:
    opened(tmp_path).keep(DIGEST, BID)
    with pytest.raises(FileError, match="other keys"):
        opened(tmp_path, "eli")


@pytest.mark.parametrize("content", ["{", '{"format": "another"}', '{"format": "folkmoot-unopened/1"}'])
def test_a_damaged_file_is_an_error_and_not_an_empty_one(content: str, tmp_path: Path) -> None:
    (tmp_path / UNOPENED_FILE).write_text(content)
    with pytest.raises(FileError):
        opened(tmp_path)


def test_one_flipped_bit_is_found(tmp_path: Path) -> None:
    opened(tmp_path).keep(DIGEST, BID)
    document = json.loads((tmp_path / UNOPENED_FILE).read_text())
    flipped = bytearray.fromhex(document["sealed"])
    flipped[0] ^= 1
    (tmp_path / UNOPENED_FILE).write_text(json.dumps({**document, "sealed": flipped.hex()}))
    with pytest.raises(FileError, match="damaged"):
        opened(tmp_path)


def test_there_is_room_for_so_many_and_no_more() -> None:
    unopened = Unopened()
    for number in range(UNOPENED_MAX):
        unopened.keep(number.to_bytes(32), BID)
    with pytest.raises(RefusedError, match="no more fit"):
        unopened.keep(DIGEST, BID)
    unopened.keep(bytes(32), BID)


def test_what_the_disk_does_not_take_is_not_kept(tmp_path: Path) -> None:
    unopened = opened(tmp_path / "folder")
    (tmp_path / "folder").write_text("in the way")
    with pytest.raises(StoreError):
        unopened.keep(DIGEST, BID)
    assert unopened.get(DIGEST) is None


def test_a_backup_brings_it_back(tmp_path: Path) -> None:
    unopened = Unopened()
    unopened.keep(DIGEST, BID)
    restore_unopened(
        tmp_path, unopened.dump(), key=secret_key("dana"), network=NETWORK, entropy=Random("other dice")
    )
    assert opened(tmp_path).get(DIGEST) == BID
    with pytest.raises(FileError):
        restore_unopened(tmp_path, b"\x91\x01", key=secret_key("dana"), network=NETWORK, entropy=Random("x"))
