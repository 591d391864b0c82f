"""A second client, written from the specification alone: it reads the vectors and joins a network of this one."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from interop.js_process import CLIENT, JsMember, ready_node

from folkmoot_node.testnet.processes import ActRefusedError, NodeProcess

pytestmark = pytest.mark.network

_S_MAX = 60.0


@pytest.fixture(scope="module")
def node_js() -> Path:
    return ready_node()


@pytest.fixture
def dana_and_eli(tmp_path: Path) -> Iterator[tuple[NodeProcess, NodeProcess]]:
    dana, eli = NodeProcess("Dana", tmp_path), NodeProcess("Eli", tmp_path)
    try:
        for somebody in (dana, eli):
            somebody.create()
        dana.start(peers=[])
        eli.start(peers=[dana.address])
        yield dana, eli
    finally:
        for somebody in (dana, eli):
            somebody.stop()


@pytest.fixture
def jo(node_js: Path, tmp_path: Path) -> Iterator[JsMember]:
    member = JsMember(node_js, tmp_path)
    yield member
    member.stop()


def eventually(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _S_MAX
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def name_at(node: NodeProcess, identity: str) -> str:
    try:
        return str(node.get(f"/people/{identity}")["name"])
    except ActRefusedError:
        return ""


def offered(drafter: NodeProcess, identity: str) -> str:
    seats = [{"role": "lead", "identity": drafter.identity}, {"role": "sound", "identity": identity}]
    offer = {"name": f"{drafter.name} and Jo", "purpose": "A sound walk for the harbour.", "seats": seats}
    return str(drafter.post("/teams", offer)["document"])


def seats_at(node: NodeProcess, team: str) -> tuple[str, list[str]]:
    shown = node.get(f"/teams/{team}")
    return shown["status"], [seat["status"] for seat in shown["seats"]]


def test_the_client_passes_its_own_tests_among_them_every_vector(node_js: Path) -> None:
    command: list[str | Path] = [node_js, "--test", "--test-reporter=tap", "test/*.test.mjs"]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:]
    counted = dict(
        line[2:].split(" ") for line in done.stdout.splitlines() if line.startswith(("# pass", "# fail"))
    )
    cases = [
        case
        for path in (CLIENT.parents[1] / "spec" / "vectors").glob("*.json")
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]
    assert int(counted["pass"]) > len(cases)
    assert counted["fail"] == "0"


def test_the_types_in_its_comments_hold(node_js: Path) -> None:
    command: list[str | Path] = [node_js, "node_modules/typescript/bin/tsc"]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_client_answers_a_harness_line_by_line(node_js: Path) -> None:
    asked = [
        {"n": 0, "do": "begin", "spec": "0.1", "network": "test"},
        {"n": 1, "do": "decode", "wire": "91a161", "bytes_max": 64},
        {"n": 2, "do": "decode", "wire": "c0", "bytes_max": 64},
        {"n": 3, "do": "sing"},
        {"n": 4, "do": "decode", "wire": "no hex", "bytes_max": 64},
        {"n": 5, "do": "check-key", "key": "00" * 32},
    ]
    done = subprocess.run(
        [node_js, CLIENT / "bin" / "conformance.mjs"],
        input="".join(f"{json.dumps(question)}\n" for question in asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    begun, value, refused, unknown, failed, key = map(json.loads, done.stdout.splitlines())
    assert (begun["n"], begun["ok"]["spec"]) == (0, "0.1")
    assert value == {"n": 1, "ok": {"value": [{"text": "a"}]}}
    assert refused == {"n": 2, "refuse": "ENC-2"}
    assert unknown == {"n": 3, "unsupported": True}
    assert failed.keys() == {"n", "failed"}
    assert key == {"n": 5, "ok": {"counts": False}}


def test_a_member_in_javascript_joins_and_its_yes_forms_a_team_everywhere(
    dana_and_eli: tuple[NodeProcess, NodeProcess], jo: JsMember
) -> None:
    dana, eli = dana_and_eli
    jo.start("--peer", dana.address, "--name", "Jo", "--accept", dana.identity, "--state")
    identity = jo.wait_for("identity")["identity"]
    assert jo.keys.stat().st_mode & 0o777 == 0o600
    for node in dana_and_eli:
        eventually(lambda node=node: name_at(node, identity) == "Jo")  # type: ignore[misc]

    unwanted, team = offered(eli, identity), offered(dana, identity)
    assert jo.wait_for("offered", document=unwanted)["name"] == "Eli and Jo"
    assert jo.wait_for("accepted", document=team)["seat"] == 1
    jo.wait_for("formed", document=team)
    for node in dana_and_eli:
        eventually(lambda node=node: seats_at(node, team) == ("formed", ["signed", "signed"]))  # type: ignore[misc]
        assert seats_at(node, unwanted) == ("offered", ["signed", "waiting"])

    def all_derive_the_same() -> bool:
        hashes = {node.get("/state")["state_hash"] for node in dana_and_eli}
        return hashes == {jo.events("state")[-1]["state_hash"]}

    eventually(all_derive_the_same)
    assert jo.events("trouble") == []


def test_a_member_in_javascript_comes_back_as_the_same_person(
    dana_and_eli: tuple[NodeProcess, NodeProcess], jo: JsMember
) -> None:
    dana, eli = dana_and_eli
    jo.start("--peer", dana.address, "--name", "Jo")
    identity = jo.wait_for("identity")["identity"]
    eventually(lambda: name_at(eli, identity) == "Jo")
    assert jo.stop() == 0
    post = dana.post("/posts", {"text": "while you were away", "about": identity})["id"]
    eventually(lambda: eli.received_ms(post) is not None)

    jo.start("--peer", eli.address, "--name", "Jo", "--state")
    assert jo.wait_for("identity")["identity"] == identity
    assert jo.wait_for("joined")["records"] == 2
    eventually(lambda: jo.events("state")[-1]["state_hash"] == eli.get("/state")["state_hash"])
    assert jo.events("profile") == []
