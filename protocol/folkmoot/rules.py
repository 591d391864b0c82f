"""The verdict on one record: the same on every node that holds the same operations at the same time.

What is compared only with itself can be rejected. What depends on our clock is ignored, since an honest peer may
send it. Only the author's missing operations defer.

Spec: rules.md
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from folkmoot.chain import Chain, Standing
from folkmoot.errors import DecodeError
from folkmoot.identity import Scope
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS, Kind
from folkmoot.kinds.consent import EXHIBIT, carried_record
from folkmoot.limits import CLOCK_SKEW_MS_MAX, EVIDENCE_MARGIN_DAYS, EXHIBITED_BYTES_MAX, UNKNOWN_KIND_SLOTS
from folkmoot.record import Record, day_of

COMMONS = "commons"
CLOSED_RULE = "AUT-3"
_FORMS_REMEMBERED_MAX = 256
"""Records whose form was found to be in order lately: their author, their exhibitors and their readers all ask."""

_SIGNING_SCOPES = frozenset({Scope.ALL, Scope.DAILY})


@dataclass(frozen=True, slots=True)
class Accept:
    """The record belongs to the replicated set, unless another wins its address."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Operations of `author` are missing; the record waits, bounded, and they are asked for once."""

    rule: str
    author: IdentityId


@dataclass(frozen=True, slots=True)
class Ignore:
    """Not for us now; an honest peer may have sent it."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Reject:
    """No honest peer sends this."""

    rule: str
    why: str


Verdict: TypeAlias = Accept | Defer | Ignore | Reject


def judge(record: Record, chain: Chain | None, *, now_ms: int, network: str) -> Verdict:
    """Say whether a record belongs to the replicated set.

    Spec: rules.md#order

    Args:
        record: A record that was opened.
        chain: What is held of its author's operations.
        now_ms: Our clock.
        network: Name of the network.
    """
    kind = KINDS.get(record.kind)
    # UNK-1: A record of a kind outside this edition has a slot below 16.
    if kind is None and record.slot >= UNKNOWN_KIND_SLOTS:
        return Ignore("UNK-1", "an unknown kind in a slot that none of its first sixteen is")
    try:
        check_form(record, network=network)
    except DecodeError as error:
        return Reject(error.rule, error.why)
    today = day_of(now_ms)
    # CLK-1: The record has not expired: its last day is later than today.
    if record.expires <= today:
        return Ignore("CLK-1", "the record has expired")
    # CLK-2: Its rev is no later than the end of tomorrow.
    if day_of(record.rev) > today + 1:
        return Ignore("CLK-2", "the record is dated beyond the end of tomorrow")
    return judge_author(record, chain)


def judge_author(record: Record, chain: Chain | None) -> Verdict:
    """Say whether an author's operations let a record count; the rest of `judge` must have passed.

    Spec: rules.md#author
    """
    # AUT-1: Operations that certify the device for its author are held.
    if chain is None:
        return Defer("AUT-1", record.author)
    standing = chain.standing(record.device, scopes=_SIGNING_SCOPES, rev=record.rev, item_id=record.id)
    if standing is Standing.UNCERTIFIED:
        return Defer("AUT-1", record.author)
    # AUT-2: No revocation on the winning path rules the record out.
    if standing is Standing.REVOKED:
        return Ignore("AUT-2", "its author has revoked the device that signed it")
    # AUT-3: The author's identity is not closed.
    if chain.is_closed:
        return Ignore(CLOSED_RULE, "its author has closed this identity")
    return Accept()


@lru_cache(_FORMS_REMEMBERED_MAX)
def check_form(record: Record, *, network: str) -> None:
    """Check everything about a record that needs nothing but the record.

    Spec: kinds.md#rules

    Raises:
        DecodeError: KND-1 to KND-8, or a rule of the kind's own; nothing for unknown kinds.
    """
    kind = KINDS.get(record.kind)
    if kind is None:
        return
    # KND-1: The slot is below the kind's number of slots.
    if record.slot >= kind.slots:
        raise DecodeError("KND-1", f"a {kind.name} has slots 0 to {kind.slots - 1}")
    # KND-2: It lives at most as long as its kind may.
    if record.expires > day_of(record.rev) + kind.days_max:
        raise DecodeError("KND-2", f"a {kind.name} lives at most {kind.days_max} days")
    # KND-3: It lives in a space where its kind may.
    if kind.commons_only and record.space != COMMONS:
        raise DecodeError("KND-3", f"a {kind.name} lives only in {COMMONS}")
    if not record.is_tombstone:
        _check_filled(record, kind, network)


def _check_filled(record: Record, kind: Kind, network: str) -> None:
    # KND-4: The body has every required field, and every field it names has its shape.
    kind.shape.check(dict(record.body), kind.name)
    kind.rules(record, network)
    # KND-5: The references are exactly those that the body implies.
    if set(record.refs) != set(kind.refs(record.body, network)):
        raise DecodeError("KND-5", "the references are not those that the body implies")
    # KND-6: It outlives every deadline in its body by 90 days.
    for deadline_ms in kind.deadlines(record.body, network):
        if record.expires < day_of(deadline_ms) + EVIDENCE_MARGIN_DAYS:
            raise DecodeError("KND-6", f"it expires within {EVIDENCE_MARGIN_DAYS} days of its own deadline")
    # KND-7: An exhibit carries a well-formed record of a kind that is marked as evidence.
    if kind is EXHIBIT:
        inner = carried_record(record.body, network)
        inner_kind = KINDS.get(inner.kind)
        if inner_kind is None or not inner_kind.evidence or inner.is_tombstone:
            raise DecodeError("KND-7", f"a record of kind {inner.kind} is not evidence")
        check_form(inner, network=network)
    # KND-8: A record of a kind that is marked as evidence is small enough to be exhibited.
    if kind.evidence and len(record.wire) > EXHIBITED_BYTES_MAX:
        raise DecodeError(
            "KND-8", f"a {kind.name} has at most {EXHIBITED_BYTES_MAX} bytes, so that others can exhibit it"
        )


def is_due(record: Record, now_ms: int) -> bool:
    """Tell whether a record may be shown: its rev is at most ten minutes ahead of our clock.

    Spec: slots.md#shown-when-due
    """
    return record.rev <= now_ms + CLOCK_SKEW_MS_MAX
