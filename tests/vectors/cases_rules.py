"""Cases of the suite `rules`: what is held, what lands and when, and the verdict that follows."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgpack
from support.keys import NETWORK, Person, secret_key
from vectors.bodies import MINIMAL
from vectors.cases_agreement import TEAM
from vectors.cases_bundle import note
from vectors.cases_consent import carrying
from vectors.cases_history import FIRST, SECOND, START, THIEF, step
from vectors.cases_keys import Signer
from vectors.craft import (
    ALICE,
    BOB,
    DAY,
    NOON_MS,
    Case,
    accepted,
    device,
    founded,
    judged,
    payload_fields,
    promised,
    raw,
    sealed,
    wires,
)

from folkmoot.identity import Operation, Recovery, Revocation, Scope
from folkmoot.ids import IdentityId
from folkmoot.keys import preimage
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, UNKNOWN_KIND_RECORDS_MAX, UNKNOWN_KIND_SLOTS
from folkmoot.record import Record, Ref, open_record

_MIDNIGHT_MS = (DAY + 1) * DAY_MS
_TOMORROWS_END_MS = (DAY + 2) * DAY_MS - 1
_PAPER = (Recovery(1, 1, (promised("cleo/paper"),)),)
_CLEO = founded("cleo", Scope.ALL, Scope.READ, recovery=_PAPER)


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_clock(), *_author(), *_slots(), *_unknown(), *_forms(), *_operations(), *_batches()]


def by_ann(device: str = "ann/0", /, **changes: object) -> Record:
    """Return a record of the identity with a history."""
    return _by(START.identity, device, **changes)


def _by(identity: IdentityId, device: str, /, **changes: object) -> Record:
    key = secret_key(device)
    fields = payload_fields(ALICE, **{"author": identity, "device": key.public, **changes})
    return open_record(sealed(fields, key), network=NETWORK)


def _clock() -> list[Case]:
    short = note(ALICE, expires=DAY + 1)
    ahead = note(ALICE, rev=_TOMORROWS_END_MS)
    far = note(ALICE, rev=_TOMORROWS_END_MS + 1)
    days_ago = note(ALICE, rev=NOON_MS - 40 * DAY_MS, expires=DAY)
    far_ahead = note(ALICE, rev=2**53 - 1, expires=2**53 // DAY_MS + 1)
    return [
        _taken("last-day-tomorrow", short),
        _not_taken("last-day-today", "ignore", "CLK-1", days_ago),
        _taken("one-ms-before-its-last-day", short, now_ms=_MIDNIGHT_MS - 1),
        _not_taken("at-midnight-of-its-last-day", "ignore", "CLK-1", short, now_ms=_MIDNIGHT_MS),
        _taken("dated-the-last-ms-of-tomorrow", ahead, why="It is held, and shown when due."),
        _not_taken("dated-the-day-after-tomorrow", "ignore", "CLK-2", far),
        _not_taken("dated-2-53-minus-1", "ignore", "CLK-2", far_ahead),
        _taken("dated-in-1970", note(ALICE, rev=0)),
    ]


def _author() -> list[Case]:
    revoked = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset())])
    bounded = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, NOON_MS, frozenset())])
    closed = step(START, "ann/paper", rank=1, close=True)
    rotated = step(START, "ann/next-1")
    mine = by_ann()
    keeping = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset({mine.id[:16]}))])
    stolen = by_ann("thief/0")
    mixed = note(BOB, author=ALICE.id)
    added = step(START, "ann/next-1", "ann/2", devices=[FIRST, SECOND, device("ann/2")])
    (_, on_lesser), (_, on_greater) = sorted([(added.id, by_ann("ann/2")), (THIEF.id, stolen)])
    return [
        _not_taken("no-operations-of-the-author", "defer", "AUT-1", note(ALICE), operations=[BOB.genesis]),
        _not_taken("device-of-another-identity", "defer", "AUT-1", mixed, operations=[ALICE.genesis, BOB.genesis]),
        _not_taken("device-that-only-reads", "defer", "AUT-1", _by(_CLEO.identity, "cleo/1"), operations=[_CLEO]),
        _taken("device-of-scope-daily", by_ann("ann/1"), operations=[START]),
        _taken("device-left-out-later", mine, operations=[START, step(START, "ann/next-1", devices=[SECOND])]),
        _not_taken("device-revoked", "ignore", "AUT-2", mine, operations=[START, revoked]),
        _taken("device-revoked-and-record-kept", mine, operations=[START, keeping]),
        _taken("rev-at-the-bound-of-a-revocation", mine, operations=[START, bounded]),
        _not_taken("rev-beyond-the-bound", "ignore", "AUT-2", by_ann(rev=NOON_MS + 1), operations=[START, bounded]),
        _not_taken("author-closed", "ignore", "AUT-3", mine, operations=[START, closed]),
        _taken("author-disputed-device-on-both-sides", mine, operations=[START, rotated, THIEF]),
        _not_taken(
            "author-disputed-device-on-one-side",
            "defer",
            "AUT-1",
            stolen,
            operations=[START, rotated, THIEF],
        ),
        _not_taken(
            "author-disputed-device-on-the-rival-of-the-lesser-id",
            "defer",
            "AUT-1",
            on_lesser,
            operations=[START, added, THIEF],
            why="A client that follows the first of the rivals.",
        ),
        _not_taken(
            "author-disputed-device-on-the-rival-of-the-greater-id",
            "defer",
            "AUT-1",
            on_greater,
            operations=[START, added, THIEF],
            why="A client that follows the last of the rivals.",
        ),
        _not_taken(
            "expired-and-revoked",
            "ignore",
            "CLK-1",
            by_ann(expires=DAY + 1),
            operations=[START, revoked],
            now_ms=_MIDNIGHT_MS,
            why="The first rule that fails decides.",
        ),
    ]


def _slots() -> list[Case]:
    old, new = note(ALICE), note(ALICE, rev=NOON_MS + 1)
    longer = note(ALICE, rev=NOON_MS - 1, expires=DAY + 31)
    twins = sorted([note(ALICE, body={"text": "a"}), note(ALICE, body={"text": "b"})], key=lambda item: item.id)
    gone = note(ALICE, rev=NOON_MS + 1, body={})
    due_later = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX + 1)
    due = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX)
    resigned = open_record(_resigned(old), network=NETWORK)
    assert (resigned.id, resigned.wire != old.wire) == (old.id, True)
    return [
        _not_taken("held-already", "ignore", "SLT-1", old, held=[old], after=[old]),
        _not_taken("held-with-another-signature", "ignore", "SLT-1", resigned, held=[old], after=[old]),
        _taken("later-rev-wins", new, held=[old], after=[new]),
        _not_taken("earlier-rev-loses", "ignore", "SLT-2", old, held=[new], after=[new]),
        _taken("later-expiry-wins-over-later-rev", longer, held=[new], after=[longer]),
        _not_taken("earlier-expiry-loses", "ignore", "SLT-2", new, held=[longer], after=[longer]),
        _taken("greater-id-wins", twins[1], held=twins[:1], after=twins[1:]),
        _not_taken("lesser-id-loses", "ignore", "SLT-2", twins[0], held=twins[1:], after=twins[1:]),
        _taken("tombstone-wins", gone, held=[old], after=[gone]),
        _not_taken("nothing-comes-back-after-a-tombstone", "ignore", "SLT-2", old, held=[gone], after=[gone]),
        _taken("winner-not-yet-due", due_later, held=[old], after=[old, due_later], why="The old one is shown."),
        _taken("winner-just-due", due, held=[old], after=[due]),
        _taken("shown-beside-a-winner-not-yet-due", old, held=[due_later], after=[old, due_later]),
        _taken("another-slot", note(ALICE, 1), held=[old]),
        _taken(
            "another-space", note(ALICE, space="design.fr"), held=[old], after=[old, note(ALICE, space="design.fr")]
        ),
    ]


def _resigned(record: Record) -> bytes:
    """Return a record with another valid signature of its device, which a key's owner can always make."""
    payload = msgpack.unpackb(record.wire)[0]
    return raw([payload, Signer(ALICE.key.seed).sign_anew(preimage(NETWORK, "record", payload))])


def _unknown() -> list[Case]:
    rows = [(kind, slot) for kind in ("x-a", "x-b", "x-c", "x-d", "x-e") for slot in range(UNKNOWN_KIND_SLOTS)]
    crowd = sorted(
        (note(ALICE, slot, kind=kind) for kind, slot in rows[: UNKNOWN_KIND_RECORDS_MAX + 1]), key=lambda r: r.order
    )
    least, others, greatest = crowd[0], crowd[1:], crowd[-1]
    full = crowd[:-1]
    return [
        _taken("unknown-kind-in-slot-15", note(ALICE, UNKNOWN_KIND_SLOTS - 1)),
        _not_taken("unknown-kind-in-slot-16", "ignore", "UNK-1", note(ALICE, UNKNOWN_KIND_SLOTS)),
        _not_taken("unknown-kind-in-slot-2-53-minus-1", "ignore", "UNK-1", note(ALICE, 2**53 - 1)),
        _not_taken("least-of-65-of-unknown-kinds", "ignore", "UNK-2", least, held=others, after=others),
        _taken("greatest-of-65-of-unknown-kinds", greatest, held=full, after=others),
    ]


def _forms() -> list[Case]:
    """Rules of form come before the clock and the author."""
    profile = _known("profile", ALICE, 1)
    nameless = _known("profile", ALICE, body={"headline": "h"})
    spaced = _known("profile", ALICE, space="design.fr")
    expired = _known("profile", ALICE, 1, rev=0, expires=1)
    return [
        _taken("profile", _known("profile", ALICE)),
        _not_taken("profile-beyond-its-slot", "reject", "KND-1", profile),
        _not_taken("profile-without-name", "reject", "KND-4", nameless),
        _not_taken("profile-outside-commons", "reject", "KND-3", spaced),
        _not_taken("form-before-clock", "reject", "KND-1", expired),
        _not_taken("form-before-author", "reject", "KND-1", profile, operations=[]),
        _not_taken(
            "draft-by-another",
            "reject",
            "DRF-1",
            open_record(_draft_by_bob(), network=NETWORK),
            operations=[BOB.genesis],
        ),
    ]


def _known(kind: str, author: Person, slot: int = 0, **changes: object) -> Record:
    return note(author, slot, **{"kind": kind, "body": MINIMAL[kind], **changes})


def _draft_by_bob() -> bytes:
    return carrying("draft", {"document": TEAM.data}, [Ref("document", TEAM.id)], author=BOB)


def _operations() -> list[Case]:
    recovered = step(START, "ann/paper", rank=1, next_key="ann/next-9")
    low = step(START, "ann/next-1")
    return [
        judged(
            "operation-on-a-branch-that-lost",
            "ignore",
            "CHN-5",
            **_state([START, recovered], []),
            landing_operations=wires([THIEF]),
            landing=[],
            after=[],
            kept=_ids([START, recovered]),
        ),
        accepted(
            "operation-that-outweighs-what-is-kept",
            rules=["CHN-5"],
            **_state([START, THIEF], []),
            landing_operations=wires([recovered]),
            landing=[],
            after=[],
            kept=_ids([START, recovered]),
        ),
        accepted(
            "operations-of-a-fork-are-both-kept",
            rules=["CHN-5"],
            **_state([START, low], []),
            landing_operations=wires([THIEF]),
            landing=[],
            after=[],
            kept=_ids([START, low, THIEF]),
        ),
    ]


def _batches() -> list[Case]:
    mine = by_ann()
    revoked = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset())])
    keeping = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset({mine.id[:16]}))])
    other = by_ann(slot=1)
    return [
        _taken("operations-land-with-the-record", note(ALICE), operations=[], landing_operations=[ALICE.genesis]),
        accepted(
            "operations-release-what-waited",
            **_state([], [], waiting=[note(ALICE)]),
            landing_operations=wires([ALICE.genesis]),
            landing=[],
            after=_ids([note(ALICE)]),
        ),
        accepted(
            "revocation-drops-what-is-held",
            rules=["AUT-2"],
            **_state([START], [mine]),
            landing_operations=wires([revoked]),
            landing=[],
            after=[],
        ),
        accepted(
            "revocation-keeps-what-it-names",
            rules=["AUT-2"],
            **_state([START], [mine, other]),
            landing_operations=wires([keeping]),
            landing=[],
            after=_ids([mine]),
        ),
    ]


def _state(
    operations: Sequence[Operation],
    held: Sequence[Record],
    *,
    waiting: Sequence[Record] = (),
    now_ms: int = NOON_MS,
) -> dict[str, Any]:
    return {
        "now_ms": str(now_ms),
        "operations": wires(operations),
        "held": wires(held),
        "waiting": wires(waiting),
    }


def _ids(items: Iterable[Record | Operation]) -> list[str]:
    return sorted(item.id.hex() for item in items)


def _genesis_of(author: IdentityId) -> list[Operation]:
    return [item for item in (ALICE.genesis, BOB.genesis, START, _CLEO) if item.identity == author]


def _taken(  # noqa: PLR0913 - what is held, what lands, what is left
    name: str,
    record: Record,
    *,
    operations: Sequence[Operation] | None = None,
    landing_operations: Sequence[Operation] = (),
    held: Sequence[Record] = (),
    after: Sequence[Record] | None = None,
    now_ms: int = NOON_MS,
    why: str = "",
) -> Case:
    known = _genesis_of(record.author) if operations is None else operations
    return accepted(
        name,
        why=why,
        **_state(known, held, now_ms=now_ms),
        landing_operations=wires(landing_operations),
        landing=[record.wire.hex()],
        after=_ids([*held, record] if after is None else after),
    )


def _not_taken(  # noqa: PLR0913 - what is held, what lands, what is left
    name: str,
    expect: str,
    rule: str,
    record: Record,
    *,
    operations: Sequence[Operation] | None = None,
    held: Sequence[Record] = (),
    after: Sequence[Record] = (),
    now_ms: int = NOON_MS,
    why: str = "",
) -> Case:
    known = _genesis_of(record.author) if operations is None else operations
    return judged(
        name,
        expect,
        rule,
        why=why,
        **_state(known, held, now_ms=now_ms),
        landing_operations=[],
        landing=[record.wire.hex()],
        after=_ids(after),
    )
