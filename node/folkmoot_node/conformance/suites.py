"""The vectors as the harness finds them, and which of them a client of each profile has to pass.

Spec: conformance.md#profiles
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from folkmoot import SPEC_VERSION
from folkmoot_node.errors import ConfigError, FileError

Case = Mapping[str, Any]

_READING = ("encoding", "text-forms", "keys", "ed25519", "record", "identity", "kinds", "bundle")
_UNDERSTANDING = (*_READING, "agreement", "state")
_TAKING_PART = (*_UNDERSTANDING, "rules", "sequence", "reconcile", "sync", "work", "trust")


class Profile(Enum):
    """What a client is for; each needs all that the one before needs."""

    VERIFIER = "verifier"
    LIGHT = "light"
    FULL = "full"

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites of this profile, in the order in which a client is best made to pass them."""
        return _SUITES[self]


_SUITES: Mapping[Profile, tuple[str, ...]] = {
    Profile.VERIFIER: _READING,
    Profile.LIGHT: _UNDERSTANDING,
    Profile.FULL: _TAKING_PART,
}


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of vectors."""

    name: str
    cases: Sequence[Case]


def read_suites(folder: Path, names: Sequence[str]) -> list[Suite]:
    """Read suites of vectors.

    Raises:
        ConfigError: The folder has not all of them, or they are of another version of the specification.
        FileError: A file is not what it should be.
    """
    return [_read_suite(folder / f"{name}.json", name) for name in names]


def _read_suite(path: Path, name: str) -> Suite:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"there are no vectors in {path}",
            advice="Name the folder `spec/vectors` of the Folkmoot sources with --vectors.",
        ) from error
    except ValueError as error:
        raise FileError(f"{path} does not hold vectors", advice="Take the file anew from the sources.") from error
    match loaded:
        case {"suite": suite, "spec": spec, "cases": list() as cases} if suite == name and cases:
            if spec != SPEC_VERSION:
                raise ConfigError(
                    f"{path} is of version {spec} of the specification, this program of {SPEC_VERSION}"
                )
            return Suite(name, cases)
        case _:
            raise FileError(f"{path} is not the suite {name}", advice="Take the file anew from the sources.")
