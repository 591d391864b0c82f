"""The second client over WebSocket, from Node.js and from a page in a real browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from interop.js_process import CLIENT, JsMember, ready_node

from folkmoot_node.testnet.processes import ActRefusedError, NodeProcess

pytestmark = pytest.mark.network

_S_MAX = 60.0


class OpenNode(NodeProcess):
    """A node that listens for WebSockets as well."""

    @property
    def websocket(self) -> str:
        [address] = [address for address in self.get("/status")["addresses"] if "/ws/" in address]
        return str(address)

    def _command(self, *arguments: str) -> list[str]:
        more = ("--listen", "/ip4/127.0.0.1/tcp/0/ws") if arguments[0] == "node" else ()
        return super()._command(*arguments, *more)


class BrowserMember(JsMember):
    """A person at the page of the client, in a Chromium without a window; their keys are in its profile."""

    program = CLIENT / "test" / "browser" / "join.mjs"


@pytest.fixture(scope="module")
def node_js() -> Path:
    return ready_node()


@pytest.fixture(scope="module")
def dana_and_eli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenNode, NodeProcess]]:
    """Two nodes, of which one can be reached by WebSocket and the other through it alone."""
    folder = tmp_path_factory.mktemp("nodes")
    dana, eli = OpenNode("Dana", folder), NodeProcess("Eli", folder)
    try:
        for somebody in (dana, eli):
            somebody.create()
        dana.start(peers=[])
        eli.start(peers=[dana.address])
        yield dana, eli
    finally:
        for somebody in (dana, eli):
            somebody.stop()


@pytest.fixture(params=[JsMember, BrowserMember], ids=["node.js", "browser"])
def jo(request: pytest.FixtureRequest, node_js: Path, tmp_path: Path) -> Iterator[JsMember]:
    member: JsMember = request.param(node_js, tmp_path)
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


def test_a_node_tells_where_a_browser_can_reach_it(dana_and_eli: tuple[OpenNode, NodeProcess]) -> None:
    dana, eli = dana_and_eli
    assert dana.get("/status")["addresses"] == [dana.address, dana.websocket]
    assert eli.get("/status")["addresses"] == [eli.address]


def test_who_joins_over_a_websocket_hears_speaks_and_forms_a_team(
    dana_and_eli: tuple[OpenNode, NodeProcess], jo: JsMember
) -> None:
    dana, _ = dana_and_eli
    jo.start("--peer", dana.websocket, "--name", "Jo", "--accept", dana.identity, "--state")
    identity = jo.wait_for("identity")["identity"]
    for node in dana_and_eli:
        eventually(lambda node=node: name_at(node, identity) == "Jo")  # type: ignore[misc]

    seats = [{"role": "lead", "identity": dana.identity}, {"role": "sound", "identity": identity}]
    offer = {"name": "Dana and Jo", "purpose": "A sound walk for the harbour.", "seats": seats}
    team = dana.post("/teams", offer)["document"]
    assert jo.wait_for("offered", document=team)["name"] == "Dana and Jo"
    assert jo.wait_for("accepted", document=team)["seat"] == 1
    jo.wait_for("formed", document=team)
    for node in dana_and_eli:
        eventually(lambda node=node: node.get(f"/teams/{team}")["status"] == "formed")  # type: ignore[misc]

    def all_derive_the_same() -> bool:
        hashes = {node.get("/state")["state_hash"] for node in dana_and_eli}
        return hashes == {jo.events("state")[-1]["state_hash"]}

    eventually(all_derive_the_same)
    assert jo.events("trouble") == []


def test_who_comes_back_over_a_websocket_is_the_same_person(
    dana_and_eli: tuple[OpenNode, NodeProcess], jo: JsMember
) -> None:
    dana, eli = dana_and_eli
    jo.start("--peer", dana.websocket, "--name", "Jo")
    identity = jo.wait_for("identity")["identity"]
    eventually(lambda: name_at(eli, identity) == "Jo")
    assert jo.stop() == 0
    post = eli.post("/posts", {"text": "while you were away", "about": identity})["id"]
    eventually(lambda: dana.received_ms(post) is not None)

    jo.start("--peer", dana.websocket, "--name", "Jo", "--state")
    assert jo.wait_for("identity")["identity"] == identity
    jo.wait_for("joined")
    eventually(lambda: jo.events("state")[-1]["state_hash"] == eli.get("/state")["state_hash"])
    assert jo.events("profile") == []
