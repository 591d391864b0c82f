"""The demo's bookkeeping: what was published at each step, and when which node had it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from folkmoot_node.demo.nodes import Answer, DemoError, DemoNode

REACH_S_MAX = 60.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    Attributes:
        what: In words.
        by: Who did it.
        record: The record it made, if it made one.
        reached_ms: For each node that had it, how long after it was made, in ms.
        remark: What is worth saying of it.
    """

    what: str
    by: str
    record: str = ""
    reached_ms: dict[str, int] = field(default_factory=dict)
    remark: str = ""


class Steps:
    """Runs steps one after the other and waits until every running node has what each made."""

    def __init__(self, nodes: Sequence[DemoNode], on_step: Callable[[Step], None]) -> None:
        self._nodes = nodes
        self._on_step = on_step
        self.done: list[Step] = []

    def published(self, what: str, by: DemoNode, answer: Answer, remark: str = "") -> Answer:
        """Note an act that published a record, and wait until all running nodes have it; return the node's answer.

        Raises:
            DemoError: A node does not get the record in time.
        """
        record = str(answer["id"])
        self._note(Step(what, by.name, record, self.wait(record, by), remark))
        return answer

    def say(self, what: str, by: DemoNode, remark: str = "") -> None:
        """Note something that published nothing."""
        self._note(Step(what, by.name, remark=remark))

    def wait(self, record: str, by: DemoNode) -> dict[str, int]:
        """Wait until every running node has a record; return the ms it took each.

        Raises:
            DemoError: A node does not get it in time.
        """
        made = by.received_ms(record)
        if made is None:
            raise DemoError(f"{by.name}'s own node does not have {record}")
        reached = {by.name: 0}
        give_up = time.monotonic() + REACH_S_MAX
        missing = [node for node in self._nodes if node.is_running and node is not by]
        while missing:
            for node in list(missing):
                at = node.received_ms(record)
                if at is not None:
                    reached[node.name] = max(0, at - made)
                    missing.remove(node)
            if missing and time.monotonic() > give_up:
                late = ", ".join(node.name for node in missing)
                raise DemoError(f"after {REACH_S_MAX:.0f} s {late} still lacks {record}")
            time.sleep(_POLL_S)
        return reached

    def until(self, what: str, holds: Callable[[DemoNode], bool]) -> None:
        """Wait until something holds on every running node.

        Raises:
            DemoError: It does not in time.
        """
        give_up = time.monotonic() + REACH_S_MAX
        for node in self._nodes:
            while node.is_running and not holds(node):
                if time.monotonic() > give_up:
                    raise DemoError(f"{node.name}'s node never saw that {what}")
                time.sleep(_POLL_S)

    def _note(self, step: Step) -> None:
        self.done.append(step)
        self._on_step(step)
