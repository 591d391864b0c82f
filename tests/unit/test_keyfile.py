"""The file that holds a node's keys."""

import json
import random
import stat
from pathlib import Path

import pytest

from folkmoot.chain import read_chain
from folkmoot.identity import Snapshot, operation
from folkmoot.ids import IdentityId, IdPrefix, id_from_text
from folkmoot.keys import SecretKey, key_digest, rotation_key
from folkmoot_node.errors import ConfigError, FileError, PassphraseError, RefusedError, StoreError
from folkmoot_node.keyfile import GUARDED_MAX, PAPER_RANK, Created, create, is_sealed, unlock
from folkmoot_node.keyring import KeyRing

NETWORK = "test"


def made(path: Path, passphrase: str | None = None) -> Created:
    return create(
        path, network=NETWORK, passphrase=passphrase, entropy=random.Random(7), progress=lambda _tried: None
    )


def test_what_was_made_is_read_back(tmp_path: Path) -> None:
    created = made(tmp_path / "new" / "keys.json")
    assert unlock(tmp_path / "new" / "keys.json", None) == created.keys
    assert created.keys.identity == created.keys.operations[0].identity


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    made(tmp_path / "keys.json")
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_a_passphrase_seals_every_secret(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    created = made(path, "correct horse")
    assert is_sealed(path)
    text = path.read_text()
    assert created.keys.rotation_seed is not None
    for secret in (created.keys.device.seed, created.keys.rotation_seed, created.keys.transport_seed):
        assert secret.hex() not in text
    assert unlock(path, "correct horse") == created.keys
    with pytest.raises(PassphraseError, match="passphrase is wrong"):
        unlock(path, "correct house")
    with pytest.raises(PassphraseError, match="sealed"):
        unlock(path, None)


def test_the_recovery_key_is_in_no_file_and_entitles_to_recovery(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    created = made(path)
    assert not is_sealed(path)
    paper = SecretKey(id_from_text(created.paper_key, IdPrefix.PAPER_KEY))
    assert paper.seed.hex() not in path.read_text()
    founding = created.keys.operations[0]
    recovered = operation(
        Snapshot(devices=founding.devices, next_digest=founding.next, recovery=founding.recovery),
        [paper],
        parent=founding,
        rank=PAPER_RANK,
        network=NETWORK,
    )
    chain = read_chain([founding, recovered], network=NETWORK)
    assert chain is not None
    assert chain.head == recovered


def test_the_promised_rotation_key_is_the_first_of_the_rotation_seed(tmp_path: Path) -> None:
    keys = made(tmp_path / "keys.json").keys
    assert keys.rotation_seed is not None
    promised = rotation_key(keys.rotation_seed, 1, network=NETWORK).public
    assert keys.operations[0].next == key_digest(NETWORK, promised)


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    created = made(tmp_path / "keys.json")
    with pytest.raises(ConfigError, match="holds an identity already"):
        made(tmp_path / "keys.json")
    assert unlock(tmp_path / "keys.json", None) == created.keys


def test_no_secret_shows_in_a_text_form(tmp_path: Path) -> None:
    keys = made(tmp_path / "keys.json").keys
    assert repr(keys).startswith("Keys(folk1")
    assert keys.device.seed.hex() not in repr(keys) + repr(keys.device)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        unlock(tmp_path / "keys.json", None)
    assert "folkmoot init" in caught.value.advice


@pytest.mark.parametrize("damage", ["operations", "secrets", "network"])
def test_a_damaged_file_is_called_damaged(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "keys.json"
    made(path)
    document = json.loads(path.read_text())
    del document[damage]
    path.write_text(json.dumps(document))
    with pytest.raises(FileError, match="damaged"):
        unlock(path, None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "something else"}'])
def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(FileError):
        unlock(path, None)


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(FileError, match="cannot be read"):
        unlock(tmp_path / "keys.json", None)


def test_when_it_cannot_be_written_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        made(tmp_path / "file" / "keys.json")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_of_the_first_format_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    created = made(path)
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "format": "folkmoot-keys/1"}))
    assert unlock(path, None) == created.keys


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_what_came_to_the_keys_later_is_read_back(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "keys.json"
    made(path, passphrase)
    ring = KeyRing.open(path, passphrase, random.Random(8))
    guarded = IdentityId(bytes(32))
    assert ring.guardian_key(guarded) is None
    key = ring.new_guardian_key(guarded)
    assert ring.new_guardian_key(guarded) == key
    ring.note_offer(ring.keys.operations[0])
    again = KeyRing.open(path, passphrase, random.Random(9))
    assert again.keys == ring.keys
    assert again.guardian_key(guarded) == key
    assert is_sealed(path) == (passphrase is not None)


def test_a_node_guards_no_more_than_it_can(tmp_path: Path) -> None:
    made(tmp_path / "keys.json")
    ring = KeyRing.open(tmp_path / "keys.json", None, random.Random(8))
    for number in range(GUARDED_MAX):
        ring.new_guardian_key(IdentityId(number.to_bytes(32)))
    assert len(unlock(tmp_path / "keys.json", None).guarding) == GUARDED_MAX
    with pytest.raises(RefusedError, match="and no more"):
        ring.new_guardian_key(IdentityId(b"x" * 32))


def test_when_the_file_cannot_be_written_anew_the_keys_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    created = made(path)
    ring = KeyRing.open(path, None, random.Random(8))
    (tmp_path / "keys.json.new").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        ring.new_guardian_key(IdentityId(bytes(32)))
    assert ring.keys == created.keys == unlock(path, None)


@pytest.mark.parametrize("n", [0, 3, 2**30, "much"])
def test_a_cost_that_this_program_never_asks_for_is_damage(tmp_path: Path, n: object) -> None:
    path = tmp_path / "keys.json"
    made(path, "correct horse")
    document = json.loads(path.read_text())
    document["scrypt"]["n"] = n
    path.write_text(json.dumps(document))
    with pytest.raises(FileError, match="damaged"):
        unlock(path, "correct horse")
