"""Running commands inside the test's process, and reading what they print."""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.fake_daemon import NOW_MS, FakeDaemon

from folkmoot_node.cli.program import run

WIDTH = 100


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that always shows the same time."""

    time_ms: int

    def now_ms(self) -> int:
        """Return that time."""
        return self.time_ms


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Standard output as the one document that it has to be."""
        return json.loads(self.out)


class Shell:
    """A person who types commands for one data folder.

    Attributes:
        data_dir: The folder.
    """

    def __init__(self, data_dir: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.data_dir = data_dir
        self._capsys = capsys
        patch.setenv("FOLKMOOT_DATA", str(data_dir))
        patch.setenv("COLUMNS", str(WIDTH))
        patch.setenv("NO_COLOR", "1")
        patch.delenv("FORCE_COLOR", raising=False)

    def __call__(self, *words: str) -> Outcome:
        """Run a command."""
        self._capsys.readouterr()
        code = run(words, clock=StoppedClock(NOW_MS))
        printed = self._capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    def line(self, text: str) -> Outcome:
        """Run a command that is written as in a shell."""
        return self(*shlex.split(text))

    @contextmanager
    def daemon(self) -> Iterator[FakeDaemon]:
        """Let a daemon run for the folder."""
        with FakeDaemon(self.data_dir) as daemon:
            yield daemon
