"""Honest identities of every short history, and everything that a thief of some of their keys can publish.

An honest history is a genesis and a step of rank 0 (rotation), 1 (guardians) or 2 (paper) at each depth. Each step
promises a new rotation key, and a recovery replaces the key that it used. What a set of stolen keys can do is what
the attacks can do that use some of them, so attacks are enumerated once, each with the keys it takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from models.unsigned import Says, founded, step

from folkmoot.identity import Operation

ROTATION, GUARDIANS, PAPER = 0, 1, 2
HIGHEST = 9
THIEF = "thief"
"""Names the thief's device and every key that the thief promises."""


@dataclass(frozen=True)
class Key:
    """A key that the owner promised at some time.

    Attributes:
        rank: What it is good for.
        depth: The first operation that promises it.
        is_past: Whether the head no longer promises it.
        name: As the operations know it.
    """

    rank: int
    depth: int
    is_past: bool
    name: str


@dataclass(frozen=True)
class History:
    """An honest owner's operations, what each says, and all keys ever promised."""

    operations: tuple[Operation, ...]
    says: tuple[Says, ...]
    keys: tuple[Key, ...]

    @property
    def head(self) -> Operation:
        return self.operations[-1]

    def repaired(self, rank: int) -> Operation:
        """Let the owner recover from the tip, with the key that the tip promises."""
        says = self.says[-1]
        signer = dict(says.recovery)[rank]
        renewed = tuple((at, "repair" if at == rank else name) for at, name in says.recovery)
        return step(self.head, Says("repair", renewed), rank=rank, signers=frozenset({signer}))


@dataclass(frozen=True)
class Attack:
    """Operations that a thief publishes, and the owner's keys that it takes to make them."""

    operations: tuple[Operation, ...]
    keys: frozenset[Key]


def histories(depth_max: int) -> Iterator[History]:
    """Return every honest history of up to so many steps."""
    for depth in range(depth_max + 1):
        for ranks in product((ROTATION, GUARDIANS, PAPER), repeat=depth):
            yield _history(ranks)


def _history(ranks: tuple[int, ...]) -> History:
    says = [Says("rotation 0", ((PAPER, "paper 0"), (GUARDIANS, "guardians 0")))]
    operations = [founded(says[0])]
    for depth, rank in enumerate(ranks, 1):
        before = says[-1]
        promised = {ROTATION: before.next_key, **dict(before.recovery)}
        fresh = {PAPER: f"paper {depth}", GUARDIANS: f"guardians {depth}"}
        recovery = tuple((at, fresh[at] if at == rank else name) for at, name in before.recovery)
        says.append(Says(f"rotation {depth}", recovery))
        operations.append(step(operations[-1], says[-1], rank=rank, signers=frozenset({promised[rank]})))
    return History(tuple(operations), tuple(says), tuple(_keys(says)))


def _keys(says: list[Says]) -> Iterator[Key]:
    now = {says[-1].next_key, *dict(says[-1].recovery).values()}
    met: set[str] = set()
    for depth, said in enumerate(says):
        for rank, name in ((ROTATION, said.next_key), *said.recovery):
            if name not in met:
                met.add(name)
                yield Key(rank, depth, name not in now, name)


def attacks(history: History, stolen: Mapping[str, Key]) -> Iterator[Attack]:
    """Return everything in one or two operations that follows the history or itself and takes only stolen keys."""
    first = [
        attempt
        for parent, says in zip(history.operations, history.says, strict=True)
        for attempt in _thefts(parent, says, stolen)
    ]
    for made, says, keys in first:
        yield Attack((made,), keys)
        for then, _says, more in _thefts(made, says, stolen):
            yield Attack((made, then), keys | more)
    for (one, _, some), (other, _, more) in combinations(first, 2):
        yield Attack((one, other), some | more)


def _thefts(
    parent: Operation, says: Says, stolen: Mapping[str, Key]
) -> Iterator[tuple[Operation, Says, frozenset[Key]]]:
    for rank, name in ((ROTATION, says.next_key), *says.recovery):
        if name == THIEF or name in stolen:
            keys = frozenset({stolen[name]}) if name in stolen else frozenset[Key]()
            for recovery in _rewritten(says.recovery, rank):
                theirs = Says(THIEF, recovery, device=THIEF)
                yield step(parent, theirs, rank=rank, signers=frozenset({name})), theirs, keys


def _rewritten(recovery: tuple[tuple[int, str], ...], rank: int) -> set[tuple[tuple[int, str], ...]]:
    """Return what a thief would like to promise: the same, all that the rank is entitled to, and more than that."""
    own = tuple((at, THIEF if at <= rank else name) for at, name in recovery)
    usurped = ((HIGHEST, THIEF), *((at, THIEF) for at, _name in recovery if at != HIGHEST))
    return {recovery, own, usurped}
