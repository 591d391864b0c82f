"""`testnet up` starts nodes that meet each other, and leaves none behind."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from folkmoot_node.errors import ExitCode

pytestmark = pytest.mark.network

STOP_S_MAX = 90.0


@pytest.fixture
def network(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    words = ["testnet", "up", "--nodes", "2", "--json", "--keep", str(tmp_path / "kept")]
    command = [sys.executable, "-m", "folkmoot_node", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_S_MAX)


def first_document(stream: IO[str] | None) -> Any:  # noqa: ANN401 - whatever JSON holds
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if line == "}\n":
            break
    return json.loads("".join(lines))


def test_two_nodes_are_up_and_connected_until_the_network_is_stopped(
    network: subprocess.Popen[str], tmp_path: Path
) -> None:
    nodes = first_document(network.stdout)["nodes"]
    assert [node["name"] for node in nodes] == ["Ann", "Ben"]
    for node in nodes:
        access = json.loads((tmp_path / "kept" / node["name"].lower() / "api.json").read_text())
        status = httpx.get(
            f"{node['api_url']}/v1/status", headers={"Authorization": f"Bearer {access['token']}"}, timeout=60
        ).json()
        assert status["identity"] == node["identity"]
        assert sum(peer["connected"] for peer in status["peers"]) == 1
    network.terminate()
    assert network.wait(STOP_S_MAX) == ExitCode.OK
    for node in nodes:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{node['api_url']}/v1/status", timeout=10)
