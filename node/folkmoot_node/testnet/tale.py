"""What a story is: who takes part, how long ago it begins, and what it leaves to verify."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from folkmoot.record import Record
from folkmoot_node.testnet.network import LocalNetwork
from folkmoot_node.testnet.processes import NodeProcess
from folkmoot_node.testnet.rogue import Pen
from folkmoot_node.testnet.steps import Steps
from folkmoot_node.views.naming import record_text

HOUR_MS = 3_600_000
_TIME = "—"


@dataclass(frozen=True, slots=True)
class Legacy:
    """What a story leaves behind.

    Attributes:
        holder: Whose node the proof is exported from.
        ids: Of the documents and records that it is to prove.
    """

    holder: str
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tale:
    """A story of a test network.

    Attributes:
        name: As it is called on the command line.
        title: What happens, in one line.
        people: Who takes part, and what as.
        starts_days_ago: How many days before today it begins.
        steps: About how many steps it has, for the progress.
        tell: Tells it.
    """

    name: str
    title: str
    people: Mapping[str, str]
    starts_days_ago: int
    steps: int
    tell: Callable[["Stage"], Legacy]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a story is told.

    Attributes:
        network: The nodes, their clock, and the cuts between them.
        steps: What happened so far.
    """

    network: LocalNetwork
    steps: Steps

    def person(self, name: str) -> NodeProcess:
        """Return somebody's node."""
        return self.network.nodes[name]

    def people(self, *names: str) -> list[NodeProcess]:
        """Return the nodes of several people."""
        return [self.network.nodes[name] for name in names]

    def introduce(self) -> None:
        """Let everybody publish a name."""
        for node in self.network.everybody:
            self.steps.wait(str(node.put("/profile", {"name": node.name})["id"]), node)
        self.steps.say("everybody has a node and a name, and all are connected", "all")

    def bring(self, what: str, by: NodeProcess, pen: Pen, records: Sequence[Record]) -> None:
        """Let somebody publish what their own node would refuse to sign, and wait until every node has it.

        Args:
            what: What they do, in words.
            by: Who.
            pen: Their key; what founds it goes along.
            records: What they signed.

        Raises:
            TestnetError: It does not reach everybody.
        """
        self.network.courier().bring(pen.operations, records, offset_ms=self.network.offset_ms)
        for text in (record_text(record.id) for record in records):
            self.steps.until(f"{by.name} {what}", lambda node, text=text: node.received_ms(text) is not None)  # type: ignore[misc]
        self.steps.say(what, by, remark="past the own node, which refuses to")

    def cut(self, name: str) -> None:
        """Cut somebody off from all others, and say so."""
        self.network.cut(name)
        self.steps.away(name)
        self.steps.say("is cut off from all others", name)

    def heal(self, name: str) -> None:
        """Join somebody to the others again, and say so.

        Raises:
            TestnetError: The nodes do not find each other.
        """
        self.network.heal(name)
        self.steps.back(name)
        self.steps.say("is back among the others", name)

    def pass_days(self, days: int) -> None:
        """Let days pass, and say so.

        Raises:
            TestnetError: The nodes do not come together again.
        """
        self.network.advance(days=days)
        self.steps.say(f"{days} day{'s' * (days != 1)} pass{'es' * (days == 1)}", _TIME)

    def pass_hours(self, hours: int) -> None:
        """Let hours pass, and say so.

        Raises:
            TestnetError: The nodes do not come together again.
        """
        self.network.advance(ms=hours * HOUR_MS)
        self.steps.say(f"{hours} hour{'s' * (hours != 1)} pass{'es' * (hours == 1)}", _TIME)
