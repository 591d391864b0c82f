"""What happens on a test network, step by step: what was published, who saw what, and what was refused."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from folkmoot_node.testnet.processes import ActRefusedError, Answer, NodeProcess, TestnetError

REACH_S_MAX = 120.0
SEE_S_MAX = 90.0
_POLL_S = 0.05
_SLOW_POLL_S = 0.2


class Sort(Enum):
    """What sort of step it is."""

    DID = "did"
    """Somebody did something."""
    SAW = "saw"
    """Every node was asked, and all said what they should."""
    REFUSED = "refused"
    """Somebody's node refused what breaks a rule, as it should."""
    FAILED = "failed"
    """A check did not hold."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    Attributes:
        what: In words.
        by: Who did it; "all" where every node was asked.
        record: The record it made, if it made one.
        reached_ms: For each node that had it, how long after it was made, in ms.
        remark: What is worth saying of it.
        sort: What sort of step it is.
        rule: The rule that decided, of what was refused.
    """

    what: str
    by: str
    record: str = ""
    reached_ms: dict[str, int] = field(default_factory=dict)
    remark: str = ""
    sort: Sort = Sort.DID
    rule: str = ""

    @property
    def is_check(self) -> bool:
        """Whether it could have turned out otherwise."""
        return self.sort is not Sort.DID


class Steps:
    """Runs steps one after the other and waits until every running node has what each made."""

    def __init__(self, nodes: Sequence[NodeProcess], on_step: Callable[[Step], None]) -> None:
        self._nodes = nodes
        self._on_step = on_step
        self._away: set[str] = set()
        self.done: list[Step] = []

    @property
    def present(self) -> list[NodeProcess]:
        """Nodes that run and can hear the others."""
        return [node for node in self._nodes if node.is_running and node.name not in self._away]

    def away(self, name: str) -> None:
        """Expect nothing to reach a node until it is back."""
        self._away.add(name)

    def back(self, name: str) -> None:
        """Expect everything to reach a node again."""
        self._away.discard(name)

    def published(self, what: str, by: NodeProcess, answer: Answer, remark: str = "") -> Answer:
        """Note an act that published a record, and wait until all present nodes have it; return the node's answer.

        Raises:
            TestnetError: A node does not get the record in time.
        """
        record = str(answer["id"])
        self._note(Step(what, by.name, record, self.wait(record, by), remark))
        return answer

    def say(self, what: str, by: NodeProcess | str, remark: str = "") -> None:
        """Note something that published nothing."""
        self._note(Step(what, by if isinstance(by, str) else by.name, remark=remark))

    def saw(
        self, what: str, ask: Callable[[NodeProcess], object], expected: object = True, remark: str = ""
    ) -> bool:
        """Ask every present node until all say what is expected; note whether they do.

        Args:
            what: What is to be seen, in words.
            ask: Asks one node; a node that does not know yet may refuse.
            expected: What every node should say.
            remark: What is worth saying of it.
        """
        give_up = time.monotonic() + SEE_S_MAX
        while True:
            said = {node.name: _said(ask, node) for node in self.present}
            if all(value == expected for value in said.values()):
                self._note(Step(what, "all", remark=remark, sort=Sort.SAW))
                return True
            if time.monotonic() > give_up:
                break
            time.sleep(_SLOW_POLL_S)
        others = ", ".join(f"{name}: {value!r}" for name, value in said.items() if value != expected)
        self._note(Step(what, "all", remark=f"expected {expected!r}; {others}", sort=Sort.FAILED))
        return False

    def holds(self, what: str, *, is_so: bool, by: NodeProcess | str = "all", remark: str = "") -> None:
        """Note whether something that was looked up holds."""
        name = by if isinstance(by, str) else by.name
        self._note(Step(what, name, remark=remark, sort=Sort.SAW if is_so else Sort.FAILED))

    def refused(self, what: str, by: NodeProcess, act: Callable[[], object], *, rule: str | None = None) -> None:
        """Do what breaks a rule, and note whether the own node refuses it.

        Args:
            what: What is tried, in words.
            by: Who tries.
            act: Tries it.
            rule: The rule that has to decide, if it is to be a certain one.
        """
        try:
            act()
        except ActRefusedError as error:
            is_right = rule in (None, error.rule)
            sort = Sort.REFUSED if is_right else Sort.FAILED
            remark = str(error) if is_right else f"expected {rule}, got {error.rule}: {error}"
            self._note(Step(what, by.name, remark=remark, sort=sort, rule=error.rule))
        else:
            self._note(Step(what, by.name, remark="it was not refused", sort=Sort.FAILED))

    def wait(self, record: str, by: NodeProcess) -> dict[str, int]:
        """Wait until every present node has a record; return the ms it took each.

        Raises:
            TestnetError: A node does not get it in time.
        """
        made = by.received_ms(record)
        if made is None:
            raise TestnetError(f"{by.name}'s own node does not have {record}")
        reached = {by.name: 0}
        give_up = time.monotonic() + REACH_S_MAX
        missing = [node for node in self.present if node is not by] if by.name not in self._away else []
        while missing:
            for node in list(missing):
                at = node.received_ms(record)
                if at is not None:
                    reached[node.name] = max(0, at - made)
                    missing.remove(node)
            if missing and time.monotonic() > give_up:
                late = ", ".join(node.name for node in missing)
                raise TestnetError(f"after {REACH_S_MAX:.0f} s {late} still lacks {record}")
            time.sleep(_POLL_S)
        return reached

    def until(self, what: str, holds: Callable[[NodeProcess], bool]) -> None:
        """Wait until something holds on every present node.

        Raises:
            TestnetError: It does not in time.
        """
        give_up = time.monotonic() + REACH_S_MAX
        for node in self.present:
            while not holds(node):
                if time.monotonic() > give_up:
                    raise TestnetError(f"{node.name}'s node never saw that {what}")
                time.sleep(_POLL_S)

    def _note(self, step: Step) -> None:
        self.done.append(step)
        self._on_step(step)


def _said(ask: Callable[[NodeProcess], object], node: NodeProcess) -> object:
    try:
        return ask(node)
    except ActRefusedError as error:
        return f"refused: {error}"
