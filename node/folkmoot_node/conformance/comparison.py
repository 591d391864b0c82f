"""Whether an answer is the one wanted, and in one line how it is not.

Spec: conformance.md#comparing
"""

import json
from collections.abc import Mapping
from typing import Any

_SETS = frozenset(
    {"after", "awards", "kept", "missing", "refused", "repudiated", "shown", "signed", "unknown", "waits"},
)
"""Names under which an array is a set: its order says nothing."""

_SHOWN_MAX = 160

Answer = Mapping[str, Any]


def problem_with(answer: Answer, wanted: Answer) -> str:
    """Return how an answer differs from the one wanted, or nothing."""
    if "refuse" in wanted:
        return "" if _refusal(answer) == _refusal(wanted) else outcome(answer)
    if "ok" not in answer:
        return outcome(answer)
    given = answer["ok"]
    for name, value in wanted["ok"].items():
        if in_one_order(given.get(name), name) != in_one_order(value, name):
            return f"{name}: {_shown(given.get(name))} instead of {_shown(value)}"
    return ""


def outcome(answer: Answer) -> str:
    """Return what an answer says, in a few words."""
    if "refuse" in answer:
        frame = f" at frame {answer['frame']}" if "frame" in answer else ""
        return f"refuse {_shown(answer['refuse'])}{frame}"
    if "failed" in answer:
        return f"failed: {_shown(answer['failed'])}"
    return "ok" if "ok" in answer else "unsupported"


def in_one_order(value: object, name: str = "") -> object:
    """Return a value with every array that is a set, at any depth, in one order."""
    if isinstance(value, Mapping):
        return {key: in_one_order(item, key) for key, item in value.items()}
    if isinstance(value, list):
        items = [in_one_order(item) for item in value]
        return sorted(items, key=json.dumps) if name in _SETS else items
    # Python holds True and 1 to be equal, JSON does not.
    return (value,) if isinstance(value, bool) else value


def _refusal(answer: Answer) -> tuple[object, object]:
    return answer.get("refuse"), answer.get("frame")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return printable if len(printable) <= _SHOWN_MAX else printable[: _SHOWN_MAX - 1] + "…"
