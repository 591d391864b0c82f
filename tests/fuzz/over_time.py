"""Questions about what a node holds while messages come: mixed messages, in any order, at moments that matter."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from fuzz.pools import Request

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_PAUSES_MS = (0, 0, 1, 10 * _MINUTE_MS, 10 * _MINUTE_MS + 1, _DAY_MS, 29 * _DAY_MS, 30 * _DAY_MS, 90 * _DAY_MS)
_STEPS_MAX = 8
_ONLY_TIME = 0.15
"""How often nothing comes at a step."""

Message = Mapping[str, Any]


def replay_of(
    seed: Request,
    dice: Random,
    changed: Callable[[Message], Message],
    asked: Sequence[tuple[str, str]],
) -> Request:
    """Return a question like one about the vectors, with its messages changed, and as other steps.

    What the node holds at first stays as it is: it holds nothing that it could not have come to hold.
    """
    messages = [changed(message) for message in seed["messages"]]
    now_ms = int(seed["steps"][0]["now_ms"])
    steps: list[dict[str, Any]] = []
    for _step in range(dice.randint(1, _STEPS_MAX)):
        now_ms += dice.choice(_PAUSES_MS)
        step: dict[str, Any] = {"now_ms": str(now_ms)}
        if dice.random() >= _ONLY_TIME:
            step["message"] = dice.randrange(len(messages))
        if dice.random() < 0.3:
            step.update([dice.choice(asked)])
        steps.append(step)
    made = {**seed, "messages": messages, "steps": steps}
    made.pop("end_only", None)
    return made
