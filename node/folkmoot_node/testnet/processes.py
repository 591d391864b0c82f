"""One real node of a test network: started, asked over its local API, stopped, killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from folkmoot_node.errors import NodeError

START_S_MAX = 300.0
STOP_S_MAX = 30.0
ANSWER_S_MAX = 60.0
_POLL_S = 0.05
DEMO_NETWORK = "demo"

Answer = dict[str, Any]
"""What the local API answers."""


class TestnetError(NodeError):
    """What runs on a test network did not go as told; a node's log says more."""


class ActRefusedError(TestnetError):
    """A node refused an act, as the story sometimes wants."""


class NodeProcess:
    """A person with a node of their own: a process, a data folder and a loopback port."""

    def __init__(self, name: str, folder: Path, *, network: str = DEMO_NETWORK) -> None:
        self.name = name
        self.network = network
        self.folder = folder / name.lower()
        self.log = folder / f"{name.lower()}.log"
        self.identity = ""
        self.address = ""
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._http: httpx.Client | None = None

    @property
    def peer(self) -> str:
        """The name under which other nodes know this one."""
        return self.address.rpartition("/p2p/")[2]

    @property
    def is_running(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def create(self) -> None:
        """Make the identity, as `folkmoot init` does for everybody.

        Raises:
            TestnetError: It could not be made.
        """
        arguments = ["init", "--network", self.network, "--no-passphrase", "--yes", "--json"]
        done = subprocess.run(  # noqa: S603 - our own command
            self._command(*arguments), capture_output=True, check=False, timeout=START_S_MAX
        )
        if done.returncode != 0:
            raise TestnetError(
                f"{self.name}'s identity could not be made: {done.stdout.decode(errors='replace')[:300]}"
            )
        self.identity = str(json.loads(done.stdout)["identity"])

    def start(self, *, peers: Sequence[str] = (), flags: Sequence[str] = ()) -> None:
        """Start the node and wait until its API answers.

        Args:
            peers: Addresses to keep connected to.
            flags: Further options of `folkmoot node`.

        Raises:
            TestnetError: It did not come up in time.
        """
        words = [word for peer in peers for word in ("--peer", peer)]
        listen = self.address.rpartition("/p2p/")[0] or "/ip4/127.0.0.1/tcp/0"
        api_file = self.folder / "api.json"
        api_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command("node", "--listen", listen, *words, *flags), stdout=log, stderr=log
            )
        give_up = time.monotonic() + START_S_MAX
        while not api_file.exists():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise TestnetError(f"{self.name}'s node did not start; see {self.log}")
            time.sleep(_POLL_S)
        access = json.loads(api_file.read_text())
        self.url = str(access["url"])
        self._http = httpx.Client(
            base_url=f"{self.url}/v1",
            headers={"Authorization": f"Bearer {access['token']}"},
            timeout=ANSWER_S_MAX,
        )
        status = self.get("/status")
        self.address = next(str(address) for address in status["addresses"])

    def stop(self) -> None:
        """Ask the node to stop, as an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Take the process away without a word, as a power cut does."""
        self._end(signal.SIGKILL)

    def get(self, path: str, **query: object) -> Answer:
        """Ask the local API.

        Raises:
            ActRefusedError: The API answers with an error.
        """
        given = {name: value for name, value in query.items() if value is not None}
        return self._answer(self._client().get(path, params=given))  # type: ignore[arg-type]

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """Act through the local API.

        Raises:
            ActRefusedError: The API answers with an error.
        """
        return self._answer(self._client().post(path, json=body or {}))

    def put(self, path: str, body: Mapping[str, object]) -> Answer:
        """Replace something through the local API; raises as `post`."""
        return self._answer(self._client().put(path, json=body))

    def delete(self, path: str) -> Answer:
        """Take something back through the local API; raises as `post`."""
        return self._answer(self._client().delete(path))

    def upload(self, path: str, data: bytes, **query: object) -> Answer:
        """Send a file's bytes to the local API; raises as `post`."""
        return self._answer(self._client().post(path, content=data, params=query))  # type: ignore[arg-type]

    def fetch(self, path: str, **query: object) -> bytes:
        """Get bytes from the local API; raises as `post`."""
        answer = self._client().get(path, params=query)  # type: ignore[arg-type]
        if answer.status_code != httpx.codes.OK:
            self._answer(answer)
        return answer.content

    def received_ms(self, record_id: str) -> int | None:
        """Return when this node took a record in, or `None` if it has not."""
        with contextlib.suppress(ActRefusedError):
            return int(self.get(f"/records/{record_id}")["received_ms"])
        return None

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "folkmoot_node", "--data", str(self.folder), *arguments]

    def _client(self) -> httpx.Client:
        if self._http is None:
            raise TestnetError(f"{self.name}'s node is not running")
        return self._http

    def _answer(self, answer: httpx.Response) -> Answer:
        document: Answer = answer.json()
        if answer.is_success:
            return document
        error = document["error"]
        raise ActRefusedError(str(error["message"]), advice=str(error["advice"]), rule=str(error["rule"]))

    def _end(self, with_signal: signal.Signals) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None
        if self._process is None:
            return
        if self._process.poll() is None:
            os.kill(self._process.pid, with_signal)
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
