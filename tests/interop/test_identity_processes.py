"""An identity through its whole life at the command line, with real nodes: another machine, a backup, recovery."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from folkmoot_node.testnet.processes import NodeProcess

pytestmark = pytest.mark.network

WITHIN_S = 60.0


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], NodeProcess]]:
    """Make nodes that are stopped at the end, whatever happens."""
    monkeypatch.setenv("FOLKMOOT_SYNC_INTERVAL_S", "1")
    made: list[NodeProcess] = []

    def make(name: str) -> NodeProcess:
        made.append(NodeProcess(name, tmp_path))
        return made[-1]

    yield make
    for node in made:
        node.stop()


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "folkmoot_node", *words, "--data", str(folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=180,
        env=dict(os.environ),
    )


def answer(folder: Path, *words: str) -> dict[str, Any]:
    done = run(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def error(folder: Path, *words: str) -> dict[str, Any]:
    done = run(folder, *words)
    assert "Traceback" not in done.stderr
    refusal: dict[str, Any] = json.loads(done.stdout)["error"]
    return refusal


def until(what: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WITHIN_S
    while not what():
        assert time.monotonic() < give_up
        time.sleep(0.3)


def found(node: NodeProcess, tmp_path: Path) -> Path:
    """Make somebody's identity, and return the file with the paper key."""
    paper = tmp_path / f"{node.name}.paper"
    words = ["init", "--network", "demo", "--no-passphrase", "--recovery-key-file", str(paper)]
    node.identity = answer(node.folder, *words)["identity"]
    return paper


def posts(node: NodeProcess) -> set[str]:
    return {item["text"] for item in node.get("/posts")["items"]}


def standing(node: NodeProcess, identity: str) -> list[str]:
    return sorted(device["standing"] for device in node.get(f"/identities/{identity}")["devices"])


def test_a_second_machine_joins_and_is_revoked_and_the_paper_key_ends_it(
    nodes: Callable[[str], NodeProcess], tmp_path: Path
) -> None:
    carl, dana, laptop, fresh = (nodes(name) for name in ("Carl", "Dana", "Laptop", "Fresh"))
    found(carl, tmp_path)
    paper = found(dana, tmp_path)
    carl.start(peers=[])
    dana.start(peers=[carl.address])
    dana.post("/posts", {"text": "from the first machine"})

    request, offer = tmp_path / "request.json", tmp_path / "offer.json"
    answer(laptop.folder, "identity", "request", "--network", "demo", "--no-passphrase", "--out", str(request))
    assert error(laptop.folder, "node")["code"] == "usage"
    answer(dana.folder, "identity", "add-device", str(request), "--scope", "all", "--out", str(offer), "--yes")
    key = answer(laptop.folder, "identity", "join", str(offer))["key"]
    laptop.start(peers=[dana.address])
    until(lambda: standing(dana, dana.identity) == ["signs", "signs"])
    laptop.post("/posts", {"text": "from the laptop"})
    until(lambda: posts(carl) == {"from the first machine", "from the laptop"})

    words = ["identity", "revoke-device", key[:16], "--stolen", "--keep-shown-list", "--yes"]
    assert len(answer(dana.folder, *words)["kept"]) == 1
    until(lambda: standing(carl, dana.identity) == ["revoked", "signs"])
    assert posts(carl) == {"from the first machine", "from the laptop"}
    assert answer(dana.folder, "identity", "rotate")["rank"] == 0
    assert error(laptop.folder, "identity", "rotate")["code"] == "refused"

    dana.stop()
    laptop.stop()
    newest = tmp_path / "newest.paper"
    words = [
        "identity",
        "recover",
        dana.identity,
        "--paper",
        "--peer",
        carl.address,
        "--paper-key-file",
        str(paper),
    ]
    words += ["--recovery-key-file", str(newest), "--network", "demo", "--no-passphrase", "--yes"]
    recovered = answer(fresh.folder, *words)
    assert recovered["identity"] == dana.identity
    assert newest.read_text().startswith("paper1")
    fresh.start(peers=[carl.address])
    fresh.post("/posts", {"text": "I am back"})
    until(lambda: "I am back" in posts(carl))
    until(lambda: standing(carl, dana.identity) == ["revoked", "revoked", "signs"])
    assert posts(carl) == {"from the first machine", "from the laptop", "I am back"}
    closing = ["identity", "close", "--paper-key-file"]
    name = fresh.get("/identities/me")["name"]
    assert error(fresh.folder, *closing, str(paper), "--name", name)["code"] == "refused"
    answer(fresh.folder, *closing, str(newest), "--name", name)
    until(lambda: posts(carl) == set())


def test_a_restored_node_waits_until_it_has_met_one_that_knows_it(
    nodes: Callable[[str], NodeProcess], tmp_path: Path
) -> None:
    carl, dana, again = (nodes(name) for name in ("Carl", "Dana", "Again"))
    found(carl, tmp_path)
    found(dana, tmp_path)
    carl.start(peers=[])
    dana.start(peers=[carl.address])
    secret, backup = tmp_path / "secret", tmp_path / "dana.backup"
    secret.write_text("correct horse\n")
    dana.post("/posts", {"text": "before"})
    answer(dana.folder, "backup", "--out", str(backup), "--passphrase-file", str(secret))
    assert backup.stat().st_mode & 0o777 == 0o600
    dana.post("/posts", {"text": "after"})
    until(lambda: posts(carl) == {"before", "after"})
    dana.stop()
    words = ["restore", str(backup), "--passphrase-file", str(secret), "--no-passphrase"]
    assert answer(again.folder, *words)["identity"] == dana.identity
    assert error(again.folder, *words)["code"] == "usage"
    again.start(peers=[])
    done = run(again.folder, "post", "too early")
    assert json.loads(done.stdout)["error"]["rule"] == "restored"
    assert any("restored from a backup" in note for note in again.get("/status")["notes"])
    again.post("/peers", {"address": carl.address})
    until(lambda: posts(again) == {"before", "after"})
    until(lambda: run(again.folder, "post", "caught up").returncode == 0)
    until(lambda: posts(carl) == {"before", "after", "caught up"})


def test_guardians_bring_an_identity_back(nodes: Callable[[str], NodeProcess], tmp_path: Path) -> None:
    carl, dana, eli, fresh = (nodes(name) for name in ("Carl", "Dana", "Eli", "Fresh"))
    for node in (carl, eli):
        found(node, tmp_path)
    paper = found(dana, tmp_path)
    carl.start(peers=[])
    for node in (dana, eli):
        node.start(peers=[carl.address])
    keys = [tmp_path / f"{node.name}.guardian" for node in (carl, eli)]
    for node, file in zip((carl, eli), keys, strict=True):
        answer(node.folder, "identity", "guardian", "make", "--for", dana.identity, "--out", str(file))
    newest = tmp_path / "newest.paper"
    words = ["identity", "guardians", "set", "2", *map(str, keys), "--paper-key-file", str(paper)]
    answer(dana.folder, *words, "--recovery-key-file", str(newest))
    until(lambda: len(carl.get(f"/identities/{dana.identity}")["recovery"]) == 2)
    dana.stop()
    request, spare = tmp_path / "recovery.json", tmp_path / "spare.paper"
    words = ["identity", "recover", dana.identity, "--request", str(request), "--peer", carl.address, "--yes"]
    answer(fresh.folder, *words, "--recovery-key-file", str(spare), "--network", "demo", "--no-passphrase")
    signed = [tmp_path / f"{node.name}.signed" for node in (carl, eli)]
    for node, file in zip((carl, eli), signed, strict=True):
        answer(node.folder, "identity", "guardian", "sign", str(request), "--out", str(file), "--yes")
    one = error(fresh.folder, "identity", "recover", "--guardians", str(signed[0]))
    assert one["code"] == "refused"
    answer(fresh.folder, "identity", "recover", "--guardians", str(signed[0]), "--guardians", str(signed[1]))
    fresh.start(peers=[carl.address])
    fresh.post("/posts", {"text": "I am back"})
    until(lambda: posts(carl) == {"I am back"})
