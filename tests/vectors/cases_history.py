"""Cases of the suite `identity` that fold several operations: who may follow, which branch wins, who may sign."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from support.keys import NETWORK, secret_key
from vectors.cases_identity import carried_fields
from vectors.craft import BOB, NOON_MS, Case, accepted, device, founded, judged, promised, signed_operation, wires

from folkmoot.chain import read_chain
from folkmoot.identity import Device, Operation, Recovery, Revocation, Scope, Snapshot, open_operation, operation
from folkmoot.keys import SecretKey
from folkmoot.limits import CHAIN_DEPTH_MAX, RECOVERY_DEPTH_MAX, ROTATION_DEPTH_MAX

_ALL = frozenset({Scope.ALL})
_ANY = frozenset({Scope.ALL, Scope.DAILY})
_ITEM = bytes(range(32))

PAPER = Recovery(1, 1, (promised("ann/paper"),))
GUARDIANS = Recovery(2, 2, tuple(sorted(promised(f"ann/guardian-{number}") for number in range(3))))
START = founded("ann", Scope.ALL, Scope.DAILY, recovery=(GUARDIANS, PAPER))
"""An identity with two devices, a paper key at rank 1 and two of three guardians at rank 2."""

FIRST, SECOND, THIEVES = device("ann/0"), device("ann/1", Scope.DAILY), device("thief/0")


class Question(NamedTuple):
    """Whether a signature of a device counts, and what the answer has to be."""

    device: bytes
    scopes: frozenset[Scope]
    rev: int
    item: bytes
    answer: str


def step(  # noqa: PLR0913 - what may be changed in a snapshot, each by name
    parent: Operation,
    *signers: str,
    rank: int = 0,
    devices: Sequence[Device] = (FIRST, SECOND),
    next_key: str = "ann/next-2",
    recovery: Sequence[Recovery] = (GUARDIANS, PAPER),
    revoke: Sequence[Revocation] = (),
    close: bool = False,
) -> Operation:
    """Return an operation after a parent, signed by the keys of these names, entitled or not."""
    snapshot = Snapshot(
        devices=devices, next_digest=promised(next_key), recovery=recovery, revoke=revoke, close=close
    )
    keys: list[SecretKey] = [secret_key(name) for name in signers]
    return operation(snapshot, keys, parent=parent, rank=rank, network=NETWORK)


ROTATED = step(START, "ann/next-1")
THIEF = step(START, "ann/next-1", "thief/0", devices=[THIEVES], next_key="thief/next")


def cases() -> list[Case]:
    """Return the cases that fold a set of operations."""
    return [*_succession(), *_refusals(), *_branches(), *_standings()]


def _succession() -> list[Case]:
    added = step(START, "ann/next-1", "ann/2", devices=[FIRST, SECOND, device("ann/2")])
    dropped = step(START, "ann/next-1", devices=[FIRST])
    closed = step(START, "ann/paper", rank=1, close=True)
    return [
        _history("genesis-alone", [START], [START]),
        _history("rotation", [START, ROTATED], [START, ROTATED]),
        _history("operations-in-reverse", [ROTATED, START], [START, ROTATED]),
        _history("device-added-and-signing", [START, added], [START, added]),
        _history("device-left-out", [START, dropped], [START, dropped]),
        _history("recovery-with-the-paper-key", *_twice(START, step(START, "ann/paper", rank=1))),
        _history(
            "recovery-by-two-of-three-guardians",
            *_twice(START, step(START, "ann/guardian-0", "ann/guardian-2", rank=2)),
        ),
        _history(
            "recovery-by-three-guardians-where-two-suffice",
            *_twice(START, step(START, *(f"ann/guardian-{number}" for number in range(3)), rank=2)),
        ),
        _history(
            "recovery-changes-the-recovery-up-to-its-own-rank",
            *_twice(START, step(START, "ann/guardian-0", "ann/guardian-1", rank=2, recovery=[PAPER])),
        ),
        _history("closed", *_twice(START, closed), is_closed=True),
        _history("parent-not-held", [START, step(ROTATED, "ann/next-2", next_key="ann/next-3")], [START]),
    ]


def _refusals() -> list[Case]:
    closed = step(START, "ann/paper", rank=1, close=True)
    sworn = Recovery(1, 1, (promised("thief/paper"),))
    third = device("ann/2")
    refused = {
        "rotation-after-a-closing": ("CHN-1", [START, closed], step(closed, "ann/next-2")),
        "recovery-after-a-closing": ("CHN-1", [START, closed], step(closed, "ann/paper", rank=1)),
        "rotation-changes-the-recovery": (
            "CHN-3",
            [START],
            step(START, "ann/next-1", recovery=[GUARDIANS, sworn]),
        ),
        "recovery-names-a-higher-rank": (
            "CHN-3",
            [START],
            step(START, "ann/paper", rank=1, recovery=[sworn._replace(rank=3), GUARDIANS, PAPER]),
        ),
        "recovery-drops-a-higher-rank": ("CHN-3", [START], step(START, "ann/paper", rank=1, recovery=[PAPER])),
        "rotation-drops-the-recovery": ("CHN-3", [START], step(START, "ann/next-1", recovery=[])),
        "rotation-by-a-key-not-promised": ("CHN-4", [START], step(START, "thief/0")),
        "rotation-by-a-device": ("CHN-4", [START], step(START, "ann/0")),
        "rotation-with-a-signature-too-many": ("CHN-4", [START], step(START, "ann/next-1", "thief/0")),
        "rotation-with-a-known-device-signing": ("CHN-4", [START], step(START, "ann/next-1", "ann/0")),
        "new-device-does-not-sign": ("CHN-4", [START], step(START, "ann/next-1", devices=[FIRST, third])),
        "returning-device-does-not-sign": (
            "CHN-4",
            [START, step(START, "ann/next-1", devices=[FIRST])],
            step(step(START, "ann/next-1", devices=[FIRST]), "ann/next-2"),
        ),
        "rank-that-nobody-promised": ("CHN-4", [START], step(START, "ann/paper", rank=3)),
        "paper-key-at-the-rank-of-guardians": ("CHN-4", [START], step(START, "ann/paper", rank=2)),
        "one-guardian-of-two-needed": ("CHN-4", [START], step(START, "ann/guardian-1", rank=2)),
        "rotation-key-used-again": ("CHN-4", [START, ROTATED], step(ROTATED, "ann/next-1")),
    }
    deep = _deep_chain(ROTATION_DEPTH_MAX, CHAIN_DEPTH_MAX)
    at_rotation_end, at_recovery_end = deep[: ROTATION_DEPTH_MAX + 1], deep[: RECOVERY_DEPTH_MAX + 1]
    assert len(deep) == CHAIN_DEPTH_MAX + 1
    return [
        *(_refused(name, rule, before, bad) for name, (rule, before, bad) in refused.items()),
        _history("chain-of-depth-64", deep, deep, is_closed=True),
        _refused("rotation-at-depth-49", "CHN-2", at_rotation_end, _next_of(at_rotation_end, 0)),
        _refused("recovery-at-depth-64", "CHN-2", at_recovery_end, _next_of(at_recovery_end, 1)),
        _refused("operation-of-another-identity", "CHN-5", [START], _grafted()),
    ]


def _next_of(chain: Sequence[Operation], rank: int) -> Operation:
    signer = "ann/paper" if rank else f"ann/next-{len(chain)}"
    return step(chain[-1], signer, rank=rank, devices=[FIRST], next_key=f"ann/next-{len(chain) + 1}")


def _deep_chain(rotations: int, depth: int) -> list[Operation]:
    """Return the longest chain there can be: rotations, then recoveries, then a closing."""
    chain = [START]
    while len(chain) <= rotations:
        chain.append(_next_of(chain, 0))
    while len(chain) < depth:
        chain.append(_next_of(chain, 1))
    return [*chain, step(chain[-1], "ann/paper", rank=1, devices=[FIRST], close=True)]


def _grafted() -> Operation:
    """Return a step that names Ann's genesis as parent, but Bob as identity."""
    fields = {**carried_fields(ROTATED), "identity": BOB.id}
    return open_operation(signed_operation(fields, [secret_key("ann/next-1")]), network=NETWORK)


def _branches() -> list[Case]:
    recovered = step(START, "ann/paper", rank=1, next_key="ann/next-9")
    guarded = step(START, "ann/guardian-0", "ann/guardian-1", rank=2, next_key="ann/next-8")
    after_thief = step(THIEF, "thief/next", devices=[THIEVES], next_key="thief/next-2")
    healed = step(ROTATED, "ann/paper", rank=1, next_key="ann/next-3")
    other_paper = step(START, "ann/paper", rank=1, next_key="ann/next-7")
    low, high = sorted([ROTATED, THIEF], key=lambda item: item.id)
    return [
        _history("recovery-outweighs-a-rotation", [START, THIEF, recovered], [START, recovered]),
        _history("rank-outweighs-length", [START, THIEF, after_thief, recovered], [START, recovered]),
        _history("higher-rank-outweighs-a-lower", [START, recovered, guarded], [START, guarded]),
        _history(
            "recovery-deep-in-a-branch-outweighs",
            [START, ROTATED, THIEF, after_thief, healed],
            [START, ROTATED, healed],
            why="Branches are compared, not the operations at the fork.",
        ),
        _history("fork-of-two-rotations", [START, ROTATED, THIEF], [START], rivals=[[low], [high]]),
        _history(
            "fork-of-two-recoveries",
            [START, recovered, other_paper],
            [START],
            rivals=[[item] for item in sorted([recovered, other_paper], key=lambda item: item.id)],
        ),
        _history(
            "fork-grown-on-one-side",
            [START, ROTATED, THIEF, after_thief],
            [START],
            rivals=[[low], [high]],
            why="Length is no weight, and what lies beyond the proof is not kept.",
        ),
    ]


def _standings() -> list[Case]:
    lost = Revocation(FIRST.key, None, frozenset())
    bounded = Revocation(FIRST.key, NOON_MS, frozenset())
    keeping = Revocation(FIRST.key, None, frozenset({_ITEM[:16]}))
    both = Revocation(FIRST.key, NOON_MS - 1, frozenset({_ITEM[:16]}))
    after = step(ROTATED, "ann/next-2", revoke=[bounded], next_key="ann/next-3")
    add_keep = step(after, "ann/next-3", revoke=[keeping], next_key="ann/next-4")
    gone = step(START, "ann/next-1", devices=[SECOND])
    return [
        _asked("device-of-scope-all", [START], _ask(FIRST, _ALL, "authorised")),
        _asked("device-of-scope-daily-signs-records", [START], _ask(SECOND, _ANY, "authorised")),
        _asked("device-of-scope-daily-does-not-co-sign", [START], _ask(SECOND, _ALL, "uncertified")),
        _asked("device-of-nobody", [START], _ask(THIEVES, _ANY, "uncertified")),
        _asked("device-left-out-still-stands", [START, gone], _ask(FIRST, _ANY, "authorised")),
        _asked("device-revoked", [START, _revoking(lost)], _ask(FIRST, _ANY, "revoked")),
        _asked("device-revoked-other-device", [START, _revoking(lost)], _ask(SECOND, _ANY, "authorised")),
        _asked("rev-at-the-bound", [START, _revoking(bounded)], _ask(FIRST, _ANY, "authorised", rev=NOON_MS)),
        _asked("rev-beyond-the-bound", [START, _revoking(bounded)], _ask(FIRST, _ANY, "revoked", rev=NOON_MS + 1)),
        _asked("item-kept", [START, _revoking(keeping)], _ask(FIRST, _ANY, "authorised")),
        _asked("item-kept-beyond-the-bound", [START, _revoking(both)], _ask(FIRST, _ANY, "authorised")),
        _asked("other-item-not-kept", [START, _revoking(keeping)], _ask(FIRST, _ANY, "revoked", item=bytes(32))),
        _asked("later-revocation-adds-to-keep", [START, ROTATED, after, add_keep], _ask(FIRST, _ANY, "authorised")),
        _asked(
            "later-revocation-tightens-the-bound",
            [START, ROTATED, after, add_keep],
            _ask(FIRST, _ANY, "revoked", item=bytes(32), rev=0),
        ),
        _asked("dispute-device-on-both-sides", [START, ROTATED, THIEF], _ask(FIRST, _ANY, "authorised")),
        _asked("dispute-device-on-one-side", [START, ROTATED, THIEF], _ask(THIEVES, _ANY, "uncertified")),
        _asked(
            "dispute-device-revoked-by-one-side",
            [START, ROTATED, _thief_revoking(lost)],
            _ask(FIRST, _ANY, "uncertified"),
        ),
        _asked(
            "revocation-on-a-losing-branch",
            [START, _thief_revoking(lost), step(START, "ann/paper", rank=1)],
            _ask(FIRST, _ANY, "authorised"),
        ),
        _asked("device-of-a-losing-branch", [START, THIEF, _recovered()], _ask(THIEVES, _ANY, "uncertified")),
    ]


def _recovered() -> Operation:
    return step(START, "ann/paper", rank=1)


def _revoking(revocation: Revocation) -> Operation:
    return step(START, "ann/next-1", devices=[SECOND], revoke=[revocation])


def _thief_revoking(revocation: Revocation) -> Operation:
    return step(
        START,
        "ann/next-1",
        "thief/0",
        devices=[THIEVES],
        revoke=[revocation],
        next_key="thief/next",
    )


def _ask(
    of: Device, scopes: frozenset[Scope], answer: str, *, rev: int = NOON_MS, item: bytes = _ITEM
) -> list[Question]:
    return [Question(of.key, scopes, rev, item, answer)]


def _asked(name: str, operations: Sequence[Operation], questions: Iterable[Question]) -> Case:
    standing = [
        {
            "device": question.device.hex(),
            "scopes": sorted(scope.value for scope in question.scopes),
            "rev": str(question.rev),
            "item": question.item.hex(),
            "standing": question.answer,
        }
        for question in questions
    ]
    return accepted(name, operations=wires(operations), standing=standing)


def _twice(*operations: Operation) -> tuple[list[Operation], list[Operation]]:
    return list(operations), list(operations)


def _history(
    name: str,
    operations: Sequence[Operation],
    path: Sequence[Operation],
    *,
    rivals: Sequence[Sequence[Operation]] = (),
    is_closed: bool = False,
    why: str = "",
) -> Case:
    kept = {item.id for item in path} | {item.id for rival in rivals for item in rival}
    return accepted(
        name,
        why=why,
        operations=wires(operations),
        path=_ids(path),
        rivals=[_ids(rival) for rival in rivals],
        kept=sorted(item.hex() for item in kept),
        closed=is_closed,
    )


def _refused(name: str, rule: str, before: Sequence[Operation], bad: Operation) -> Case:
    """Return a case whose last operation may not follow the one before."""
    chain = read_chain(before, network=NETWORK)
    assert chain is not None
    assert chain.path == tuple(before), name
    return judged(name, "ignore", rule, operations=wires(before), landing=bad.wire.hex(), path=_ids(before))


def _ids(operations: Iterable[Operation]) -> list[str]:
    return [item.id.hex() for item in operations]
