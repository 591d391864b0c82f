"""What a set of operations says: the winning path, what is disputed, who may sign, and what has to be kept.

Theory of operation: operations of one identity form a tree. A branch weighs as much as the highest rank on it, so
whoever holds a higher key can undo what a lower one did; where branches weigh the same, the identity is disputed at
that parent, and only devices that both sides certify still count. Everything here is a pure function of the set
held, and what may be dropped never changes the answer.

Spec: identity.md#chain
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from folkmoot.identity import Operation, Recovery, Scope
from folkmoot.ids import IdentityId, OperationId
from folkmoot.keys import key_digest
from folkmoot.limits import CHAIN_DEPTH_MAX, KEEP_PREFIX_BYTES, RECOVERY_DEPTH_MAX, ROTATION_DEPTH_MAX


class Standing(Enum):
    """Whether an author's operations let a device's signature count."""

    AUTHORISED = "authorised"
    UNCERTIFIED = "uncertified"
    """No operation held certifies the device for this, or a dispute leaves it open; one that is missing may."""
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Chain:
    """The operations of one identity, read. Made by `read_chain` only.

    Attributes:
        identity: Whose operations these are.
        path: The winning path from genesis to the head; when disputed, up to the last undisputed operation.
        rivals: Empty, or the two branches, each as a path below the end of `path`, between which nothing decides.
        kept: All operations that have to be kept so that any reader comes to the same answer.
        held: Every valid operation that was given, by id.
    """

    identity: IdentityId
    path: tuple[Operation, ...]
    rivals: tuple[tuple[Operation, ...], ...]
    kept: frozenset[Operation]
    held: Mapping[OperationId, Operation]

    @property
    def head(self) -> Operation:
        """The operation that certifies keys now."""
        return self.path[-1]

    @property
    def is_disputed(self) -> bool:
        """Whether two branches of equal weight are known."""
        return bool(self.rivals)

    @property
    def is_closed(self) -> bool:
        """Whether the owner has ended this identity; nothing follows a closing, so no dispute is about one."""
        return self.head.close

    def standing(self, device: bytes, *, scopes: frozenset[Scope], rev: int, item_id: bytes) -> Standing:
        """Say whether a signature of a device counts.

        Spec: identity.md#authorisation

        Args:
            device: The public key that signed.
            scopes: The scopes that suffice.
            rev: The time that the signer claims.
            item_id: Id of the record or document signed, as keep lists name it.
        """
        if not all(_certifies(way, device, scopes) for way in self._ways()):
            return Standing.UNCERTIFIED
        ruled_out = [_rules_out(way, device, rev, item_id) for way in self._ways()]
        if all(ruled_out):
            return Standing.REVOKED
        return Standing.UNCERTIFIED if any(ruled_out) else Standing.AUTHORISED

    def is_revoked(self, device: bytes, *, rev: int, item_id: bytes) -> bool:
        """Tell whether some open reading revokes a signature, whatever certified the device once."""
        return any(_rules_out(way, device, rev, item_id) for way in self._ways())

    def certified_at(self, head: OperationId, device: bytes, *, scopes: frozenset[Scope]) -> bool | None:
        """Say whether a device was certified when `head` was the latest operation, or `None` if that is not held.

        Spec: agreement.md#completion
        """
        way = self._way_to(head)
        return _certifies(way, device, scopes) if way else None

    def revoked_at(self, head: OperationId, device: bytes, *, rev: int, item_id: bytes) -> bool:
        """Tell whether a signature of a device was already ruled out when `head` was the latest operation.

        Spec: agreement.md#completion
        """
        return _rules_out(self._way_to(head), device, rev, item_id)

    def _way_to(self, head: OperationId) -> tuple[Operation, ...]:
        """Return the operations from a head back to genesis; none when the head is not held."""
        way: list[Operation] = []
        step = self.held.get(head)
        while step is not None:
            way.append(step)
            step = self.held[step.parent] if step.parent is not None else None
        return tuple(way)

    def _ways(self) -> tuple[tuple[Operation, ...], ...]:
        """Return every reading that is still open: one, or one for each rival branch."""
        return tuple(self.path + rival for rival in self.rivals) or (self.path,)


def read_chain(operations: Iterable[Operation], *, network: str) -> Chain | None:
    """Read the operations of one identity, in any order; `None` while the genesis is missing.

    Operations that do not follow from one another are left aside.

    Spec: identity.md#chain
    """
    # An id does not cover the signatures: strangers can wrap an operation anew, with signers that it must not have.
    given = sorted(operations, key=lambda item: item.wire)
    root = next((item for item in given if item.parent is None), None)
    if root is None:
        return None
    children: dict[OperationId, list[Operation]] = {}
    for item in given:
        if item.parent is not None and item.identity == root.identity:
            children.setdefault(item.parent, []).append(item)
    tree = _grow(root, children, network)
    return _walk(root, tree, _weigh(root, tree))


def broken_succession(child: Operation, parent: Operation, *, depth: int, network: str) -> str | None:
    """Return the first rule by which an operation may not follow its parent, or `None`.

    Spec: identity.md#succession

    Args:
        child: The later operation; its signatures were verified when it was opened.
        parent: The operation that it names.
        depth: How many steps the child is from genesis.
        network: Name of the network.
    """
    # CHN-1: Nothing follows a closing.
    if parent.close:
        return "CHN-1"
    # CHN-2: A chain has room for 48 rotations, 63 operations of recovery rank, and one last to close it.
    if depth > (CHAIN_DEPTH_MAX if child.close else RECOVERY_DEPTH_MAX if child.rank else ROTATION_DEPTH_MAX):
        return "CHN-2"
    # CHN-3: It leaves what can act at ranks above its own exactly as its parent has it.
    if _above(child.rank, child) != _above(child.rank, parent):
        return "CHN-3"
    # CHN-4: It is signed by what the parent promised for its rank, by each device new in it, and by nobody else.
    entitled, threshold = _entitled(child, parent, network)
    known = {device.key for device in parent.devices}
    new = {device.key for device in child.devices} - known
    if len(entitled) < threshold or child.signers != entitled | new:
        return "CHN-4"
    return None


def _above(rank: int, step: Operation) -> tuple[Recovery, ...]:
    """Return the recovery entries of greater ranks; were they its own to add, any key could name itself highest."""
    return tuple(entry for entry in step.recovery if entry.rank > rank)


def _entitled(child: Operation, parent: Operation, network: str) -> tuple[set[bytes], int]:
    """Return the signers that the parent's promise for the child's rank covers, and how many it takes."""
    promise = next((entry for entry in parent.recovery if entry.rank == child.rank), None)
    if child.rank == 0:
        promise = Recovery(0, 1, (parent.next,))
    if promise is None:
        return set(), 1
    return {key for key in child.signers if key_digest(network, key) in promise.digests}, promise.threshold


_Tree = Mapping[OperationId, tuple[Operation, ...]]


def _grow(root: Operation, children: Mapping[OperationId, list[Operation]], network: str) -> _Tree:
    """Return the valid children of every valid operation, lowest id first."""
    tree: dict[OperationId, tuple[Operation, ...]] = {}
    level, depth = [root], 0
    while level:
        depth += 1
        for parent in level:
            valid: dict[OperationId, Operation] = {}
            for child in children.get(parent.id, ()):
                if broken_succession(child, parent, depth=depth, network=network) is None:
                    valid.setdefault(child.id, child)
            tree[parent.id] = tuple(sorted(valid.values(), key=lambda child: child.id))
        level = [child for parent in level for child in tree[parent.id]]
    return tree


def _weigh(root: Operation, tree: _Tree) -> Mapping[OperationId, int]:
    """Return the greatest rank on the branch below and including each operation."""
    order = [root]
    for step in order:
        order.extend(tree[step.id])
    weights: dict[OperationId, int] = {}
    for step in reversed(order):
        weights[step.id] = max([step.rank, *(weights[child.id] for child in tree[step.id])])
    return weights


def _walk(root: Operation, tree: _Tree, weights: Mapping[OperationId, int]) -> Chain:
    path = [root]
    rivals: tuple[tuple[Operation, ...], ...] = ()
    while tree[path[-1].id] and not rivals:
        branches = tree[path[-1].id]
        greatest = max(weights[child.id] for child in branches)
        heaviest = [child for child in branches if weights[child.id] == greatest]
        if len(heaviest) == 1:
            path.append(heaviest[0])
        else:
            rivals = tuple(_proof(child, greatest, tree, weights) for child in heaviest[:2])
    kept = frozenset(path).union(*rivals)
    return Chain(
        root.identity,
        tuple(path),
        rivals,
        kept,
        {i.id: i for level in tree.values() for i in level} | {root.id: root},
    )


def _proof(
    branch: Operation, weight: int, tree: _Tree, weights: Mapping[OperationId, int]
) -> tuple[Operation, ...]:
    """Return the lowest-id path from a branch's first operation to one that gives the branch its weight."""
    steps = [branch]
    while steps[-1].rank != weight:
        steps.append(next(child for child in tree[steps[-1].id] if weights[child.id] == weight))
    return tuple(steps)


def _certifies(way: Iterable[Operation], device: bytes, scopes: frozenset[Scope]) -> bool:
    return any(named.key == device and named.scope in scopes for step in way for named in step.devices)


def _rules_out(way: Iterable[Operation], device: bytes, rev: int, item_id: bytes) -> bool:
    """Tell whether revocations on a way exclude a signature; keep lists add up, bounds on rev tighten."""
    revocations = [entry for step in way for entry in step.revoke if entry.device == device]
    if not revocations:
        return False
    if any(item_id[:KEEP_PREFIX_BYTES] in entry.keep for entry in revocations):
        return False
    return any(entry.last_rev is None or rev > entry.last_rev for entry in revocations)
