"""The daemon as its operator meets it: real processes, real signals, real libp2p, a disk that fills up."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from folkmoot.bundle import unpack
from folkmoot_node.errors import ExitCode
from folkmoot_node.testnet.processes import ActRefusedError, NodeProcess

pytestmark = pytest.mark.network


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    created = NodeProcess("Dana", tmp_path)
    created.create()
    yield created
    created.stop()


def command(node: NodeProcess, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "folkmoot_node", "--data", str(node.folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


def post(node: NodeProcess, text: str) -> str:
    return str(node.post("/posts", {"text": text})["id"])


def test_a_daemon_stops_cleanly_when_told_to(node: NodeProcess) -> None:
    node.start(peers=[])
    assert (node.folder / "api.json").stat().st_mode & 0o777 == 0o600
    assert node._process is not None
    node._process.send_signal(signal.SIGTERM)
    assert node._process.wait(30) == ExitCode.OK
    assert not (node.folder / "api.json").exists()


def test_a_second_daemon_on_the_same_folder_is_refused(node: NodeProcess) -> None:
    node.start(peers=[])
    record = post(node, "before")
    second = command(node, "node", "--listen", "/ip4/127.0.0.1/tcp/0")
    assert second.returncode == ExitCode.ALREADY_RUNNING
    assert "Traceback" not in second.stderr
    assert node.received_ms(record) is not None


def test_what_was_acknowledged_survives_a_kill(node: NodeProcess) -> None:
    records: list[str] = []
    for _life in range(3):
        node.start(peers=[])
        records += [post(node, f"post {len(records)}") for _ in range(5)]
        node.kill()
    node.start(peers=[])
    assert all(node.received_ms(record) is not None for record in records)


def test_garbage_on_its_ports_does_not_stop_a_node(node: NodeProcess) -> None:
    node.start(peers=[])
    access = json.loads((node.folder / "api.json").read_text())
    api_port = int(access["url"].rpartition(":")[2])
    p2p_port = int(node.address.split("/")[4])
    for port in (api_port, p2p_port):
        for junk in (
            b"",
            os.urandom(4096),
            b"\x13/multistream/1.0.0\n" + os.urandom(300),
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(junk)
    assert node.received_ms(post(node, "still here")) is not None


def test_only_who_has_the_token_is_served(node: NodeProcess) -> None:
    node.start(peers=[])
    client = node._client()
    assert client.get("/status", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/status", headers={"Host": "evil.example"}).status_code in {400, 403, 421}
    assert client.get("/status").status_code == 200


def test_two_nodes_find_each_other_again_after_one_is_killed(tmp_path: Path) -> None:
    carl, dana = NodeProcess("Carl", tmp_path), NodeProcess("Dana", tmp_path)
    try:
        for somebody in (carl, dana):
            somebody.create()
        carl.start(peers=[])
        dana.start(peers=[carl.address])
        dana.kill()
        record = post(carl, "while you were away")
        dana.start(peers=[carl.address])
        for _attempt in range(600):
            if dana.received_ms(record) is not None:
                break
            time.sleep(0.1)
        assert dana.received_ms(record) is not None
    finally:
        for somebody in (carl, dana):
            somebody.stop()


def test_a_full_disk_is_one_sentence_and_changes_nothing(node: NodeProcess) -> None:
    node.start(peers=[])
    before = post(node, "while there is room")
    assert node._process is not None
    used = max(path.stat().st_size for path in node.folder.iterdir())
    resource.prlimit(node._process.pid, resource.RLIMIT_FSIZE, (used + 4096, resource.RLIM_INFINITY))
    refused: list[ActRefusedError] = []
    for number in range(40):
        try:
            post(node, f"{number} " + "x" * 3000)
        except ActRefusedError as error:
            refused.append(error)
    assert refused
    assert all("Traceback" not in str(error) for error in refused)
    resource.prlimit(node._process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    after = post(node, "room again")
    assert all(node.received_ms(record) is not None for record in (before, after))


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    node = NodeProcess("Dana", tmp_path)
    (tmp_path / "right").write_text("correct horse\n")
    (tmp_path / "wrong").write_text("correct house\n")
    made = command(node, "init", "--passphrase-file", str(tmp_path / "right"), "--yes", "--json")
    assert made.returncode == 0
    refused = command(node, "node", "--passphrase-file", str(tmp_path / "wrong"))
    assert refused.returncode == ExitCode.WRONG_PASSPHRASE
    assert "passphrase is wrong" in refused.stderr


def test_an_exported_bundle_verifies_and_an_edited_one_is_named(node: NodeProcess, tmp_path: Path) -> None:
    node.start(peers=[])
    post(node, "something to prove")
    file = tmp_path / "mine.folkmoot"
    assert command(node, "export", "--out", str(file)).returncode == 0
    assert command(node, "verify", str(file)).returncode == 0
    assert unpack(file.read_bytes(), network="demo").records
    file.write_bytes(file.read_bytes().replace(b"something", b"SOMETHING"))
    edited = command(node, "verify", str(file))
    assert edited.returncode == ExitCode.UNVERIFIED
    assert "record 1" in edited.stdout + edited.stderr
    assert "post by folk1" in edited.stdout + edited.stderr


def test_a_peer_added_by_hand_is_dialled_again_after_a_restart(tmp_path: Path) -> None:
    carl, dana = NodeProcess("Carl", tmp_path), NodeProcess("Dana", tmp_path)
    try:
        for somebody in (carl, dana):
            somebody.create()
            somebody.start(peers=[])
        dana.post("/peers", {"address": carl.address})
        dana.kill()
        record = post(carl, "while you were away")
        dana.start(peers=[])
        for _attempt in range(600):
            if dana.received_ms(record) is not None:
                break
            time.sleep(0.1)
        assert dana.received_ms(record) is not None
    finally:
        for somebody in (carl, dana):
            somebody.stop()


def test_a_node_whose_log_cannot_be_written_lives_on(node: NodeProcess) -> None:
    node.log.symlink_to("/dev/full")
    node.start(peers=[])
    assert node.received_ms(post(node, "still here")) is not None
    assert node._process is not None
    node._process.send_signal(signal.SIGTERM)
    assert node._process.wait(30) == ExitCode.OK
