"""The reference client with one planted fault: `python tests/support/planted_client.py NAME`.

A harness is worth what it finds. Each fault is one that a careful person could make; the harness has to fail the
client and to name the rule. The faults are laid over the protocol package in a process of their own.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import strict_ed25519 as curve

from folkmoot import (
    agreement,
    bundle,
    canonical,
    chain,
    identity,
    ids,
    keys,
    record,
    replica,
    rules,
    session,
    trust,
)
from folkmoot.errors import DecodeError
from folkmoot.limits import BUNDLE_BYTES_MAX, INTEGER_MAX
from folkmoot.state import endorsements, milestones, opportunity
from folkmoot.state.evidence import Evidence
from folkmoot.state.sealing import Sealing
from folkmoot_node.conformance import replaying
from folkmoot_node.conformance.client import serve


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        plant: Puts it in place.
        suite: A suite that finds it.
        rule: The rule that is broken with it.
    """

    plant: Callable[[], None]
    suite: str
    rule: str


def _everywhere(original: object, fault: object) -> None:
    """Put something else in place of a function, in every module that knows it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("folkmoot"):
            for known in [known for known, value in vars(module).items() if value is original]:
                setattr(module, known, fault)


def _put(owner: object, name: str, fault: object) -> None:
    """Put something else in place of a part that only its owner knows."""
    setattr(owner, name, fault)


def _low_order_keys_taken() -> None:
    _put(keys, "_LOW_ORDER_Y", frozenset())


def _any_32_bytes_are_a_key() -> None:
    _everywhere(keys.is_acceptable_key, lambda key: len(key) == keys.KEY_BYTES)


def _s_taken_modulo_the_order() -> None:
    strict = keys.verify

    def verify(key: bytes, signature: bytes, message: bytes) -> bool:
        s = int.from_bytes(signature[32:], "little") % curve.L
        return strict(key, signature[:32] + s.to_bytes(32, "little"), message)

    _everywhere(keys.verify, verify)


def _verified_with_cofactor() -> None:
    strict = keys.verify

    def verify(key: bytes, signature: bytes, message: bytes) -> bool:
        if strict(key, signature, message):
            return True
        points = curve.decoded(key), curve.decoded(signature[:32])
        s = int.from_bytes(signature[32:], "little")
        if points[0] is None or points[1] is None or s >= curve.L or not keys.is_acceptable_key(key):
            return False
        k = curve.challenge(key, signature, message)
        right = curve.plus(points[1], curve.times(k, points[0]))
        return curve.is_same(curve.times(8 * s, curve.BASE), curve.times(8, right))

    _everywhere(keys.verify, verify)


def _true_is_an_integer() -> None:
    _everywhere(
        canonical.is_integer,
        lambda value, least, greatest: isinstance(value, int) and least <= value <= greatest,
    )


def _references_in_any_order() -> None:
    strict = record._read_refs

    def read_refs(loose: Any) -> object:  # noqa: ANN401 - whatever was decoded
        return strict(sorted(loose) if isinstance(loose, list) else loose)

    _put(record, "_read_refs", read_refs)


def _references_by_target_first() -> None:
    strict = record._read_refs

    def read_refs(loose: Any) -> object:  # noqa: ANN401 - whatever was decoded
        if strict(loose) and loose != sorted(loose, key=lambda pair: (pair[1], pair[0])):
            raise DecodeError("REC-7", "not by target")
        return strict(loose)

    _put(record, "_read_refs", read_refs)


def _bundles_of_any_network() -> None:
    strict = bundle.unpack

    def unpack(data: bytes, *, network: str, bytes_max: int = BUNDLE_BYTES_MAX) -> bundle.Bundle:
        try:
            return strict(data, network=network, bytes_max=bytes_max)
        except DecodeError as error:
            value = canonical.decode(data, bytes_max=bytes_max)
            if error.rule != "BUN-2" or not isinstance(value, list):
                raise
            return strict(data, network=str(value[1]), bytes_max=bytes_max)

    _everywhere(bundle.unpack, unpack)


def _scopes_ignored() -> None:
    def certifies(way: Any, device: bytes, _scopes: object) -> bool:  # noqa: ANN401 - operations
        return any(named.key == device for step in way for named in step.devices)

    _put(chain, "_certifies", certifies)


def _keep_lists_ignored() -> None:
    def rules_out(way: Any, device: bytes, _rev: int, _item: bytes) -> bool:  # noqa: ANN401 - operations
        return any(entry.device == device for step in way for entry in step.revoke)

    _put(chain, "_rules_out", rules_out)


def _revocations_ignored() -> None:
    _put(chain, "_rules_out", lambda *_: False)


def _greatest_id_settles_a_dispute() -> None:
    strict = chain.read_chain

    def read_chain(operations: Any, *, network: str) -> chain.Chain | None:  # noqa: ANN401 - operations
        read = strict(operations, network=network)
        if read is None or not read.rivals:
            return read
        return replace(read, path=read.path + read.rivals[-1], rivals=())

    _everywhere(chain.read_chain, read_chain)


def _closings_ignored() -> None:
    _put(chain.Chain, "is_closed", property(lambda _self: False))


def _lowest_id_preferred() -> None:
    def order(self: record.Record) -> tuple[int, int, bytes]:
        return self.expires, self.rev, bytes(255 - byte for byte in self.id)

    _put(record.Record, "order", property(order))


def _accept_by_ignored() -> None:
    strict = agreement.completion

    def completion(document: agreement.Document, *rest: Any, **more: Any) -> agreement.Completion:  # noqa: ANN401
        return strict(replace(document, accept_by=INTEGER_MAX), *rest, **more)

    _everywhere(agreement.completion, completion)


def _late_bids_taken() -> None:
    strict = opportunity.broken_rule
    _everywhere(strict, lambda *of: strict(*of).replace("BID-2", ""))


def _quarantine_forgotten() -> None:
    strict = replaying.Timeline.let_go

    def let_go(self: replaying.Timeline, now_ms: int) -> None:
        strict(self, now_ms)
        self.waiting = {}

    _put(replaying.Timeline, "let_go", let_go)


def _clock_read_when_something_comes() -> None:
    strict = replaying.Timeline.there
    heard_ms: dict[int, str] = {}

    def there(self: replaying.Timeline, step: Any) -> Any:  # noqa: ANN401 - JSON
        if "message" in step:
            heard_ms[id(self)] = step["now_ms"]
        return strict(self, {**step, "now_ms": heard_ms.get(id(self), step["now_ms"])})

    _put(replaying.Timeline, "there", there)


def _refused_operations_remembered() -> None:
    strict, begin = replica.absorb, replaying.Timeline.__init__
    refused: set[bytes] = set()

    def begin_anew(self: replaying.Timeline, request: Any) -> None:  # noqa: ANN401 - JSON
        refused.clear()
        begin(self, request)

    def absorb(view: Any, operations: Any, records: Any, **more: Any) -> replica.Changes:  # noqa: ANN401
        changes = strict(view, [item for item in operations if item.id not in refused], records, **more)
        refused.update(item.id for item, _rule in changes.unkept)
        return changes

    _put(replaying.Timeline, "__init__", begin_anew)
    _put(replaying, "absorb", absorb)


def _arrivals_judged_before_what_waited() -> None:
    strict = replica._Absorption._take_record
    put_off: list[tuple[Any, record.Record]] = []

    def take_record(self: Any, item: record.Record, *, waited: bool) -> None:  # noqa: ANN401 - private to it
        if waited:
            put_off.append((self, item))
        else:
            strict(self, item, waited=False)

    settle = replica._Absorption._settle

    def settle_late(self: Any) -> None:  # noqa: ANN401 - private to it
        arrived = self._changes.verdicts[:]
        self._changes.verdicts.clear()
        for _one, item in put_off:
            strict(self, item, waited=True)
        put_off.clear()
        self._changes.verdicts += arrived
        settle(self)

    _put(replica._Absorption, "_take_record", take_record)
    _put(replica._Absorption, "_settle", settle_late)


def _lists_add_up() -> None:
    def every(self: Any) -> frozenset[bytes]:  # noqa: ANN401 - it sees what only its owner knows
        lists = [item for item in self._named_by("bid-list") if item.author == self._client]
        return frozenset[bytes]().union(*(item.body["commits"] for item in lists))

    _put(Sealing, "_in_every_list", every)


def _silence_needs_no_witness() -> None:
    strict = milestones._Work._silence

    def silence(self: Any, delivery: Any, milestone: Any) -> Any:  # noqa: ANN401 - as above
        answer = strict(self, delivery, milestone)
        if answer.status is not milestones.MilestoneStatus.ACCEPTANCE_CLAIMED:
            return answer
        return replace(answer, status=milestones.MilestoneStatus.DEEMED_ACCEPTED, at=delivery.rev)

    _put(milestones._Work, "_silence", silence)


def _vouches_are_for_ever() -> None:
    strict = trust._vouches
    _everywhere(strict, lambda evidence: strict(_Unchanged(evidence)))  # type: ignore[arg-type]


class _Unchanged:
    """Evidence in which nothing was ever taken back."""

    def __init__(self, evidence: Evidence) -> None:
        self.of_kind = evidence.of_kind

    def successor(self, _record: object) -> None:
        return None


def _set(module: object, name: str, value: object) -> Callable[[], None]:
    return lambda: _put(module, name, value)


FAULTS: dict[str, Fault] = {
    "low-order-keys-taken": Fault(_low_order_keys_taken, "ed25519", "KEY-2"),
    "any-32-bytes-are-a-key": Fault(_any_32_bytes_are_a_key, "keys", "KEY-1"),
    "s-taken-modulo-the-order": Fault(_s_taken_modulo_the_order, "ed25519", "KEY-3"),
    "verified-with-cofactor": Fault(_verified_with_cofactor, "ed25519", "KEY-3"),
    "true-is-an-integer": Fault(_true_is_an_integer, "record", "REC-5"),
    "integer-2-53-taken": Fault(_set(canonical, "INTEGER_MAX", 2**53), "encoding", "ENC-3"),
    "any-text-taken": Fault(_set(canonical, "is_clean_text", lambda _text: True), "encoding", "ENC-4"),
    "one-level-too-deep-taken": Fault(_set(canonical, "DEPTH_MAX", 9), "encoding", "ENC-6"),
    "map-keys-in-any-order": Fault(_set(canonical, "_sorted", lambda value: value), "encoding", "ENC-7"),
    "checksum-of-bech32": Fault(_set(ids, "_BECH32M", 1), "text-forms", "IDS-2"),
    "references-in-any-order": Fault(_references_in_any_order, "record", "REC-7"),
    "references-by-target-first": Fault(_references_by_target_first, "kinds", "REC-7"),
    "deadlines-forgotten": Fault(_set(rules, "EVIDENCE_MARGIN_DAYS", -(10**9)), "kinds", "KND-6"),
    "evidence-of-any-size": Fault(_set(rules, "EXHIBITED_BYTES_MAX", 16_384), "kinds", "KND-8"),
    "work-not-asked-for": Fault(_set(identity, "WORK_FLOOR", 0), "identity", "OPR-9"),
    "bundles-of-any-network": Fault(_bundles_of_any_network, "bundle", "BUN-2"),
    "gossip-in-any-order": Fault(_set(bundle, "_ascends", lambda _keys: True), "bundle", "GOS-3"),
    "accept-by-ignored": Fault(_accept_by_ignored, "agreement", "COS-3"),
    "documents-open-for-a-year": Fault(_set(agreement, "ACCEPT_WINDOW_DAYS_MAX", 366), "agreement", "DOC-5"),
    "scopes-ignored": Fault(_scopes_ignored, "agreement", "COS-4"),
    "keep-lists-ignored": Fault(_keep_lists_ignored, "rules", "AUT-2"),
    "revocations-ignored": Fault(_revocations_ignored, "rules", "AUT-2"),
    "greatest-id-settles-a-dispute": Fault(_greatest_id_settles_a_dispute, "rules", "AUT-1"),
    "closings-ignored": Fault(_closings_ignored, "rules", "AUT-3"),
    "lowest-id-preferred": Fault(_lowest_id_preferred, "rules", "SLT-2"),
    "unknown-kinds-in-any-slot": Fault(_set(rules, "UNKNOWN_KIND_SLOTS", 2**53), "rules", "UNK-1"),
    "late-bids-taken": Fault(_late_bids_taken, "state", "BID-2"),
    "every-endorsement-counts": Fault(
        _set(endorsements, "_grade", lambda *_: (endorsements.EndorsementClass.E2, endorsements.Basis.SOUND)),
        "state",
        "STA-3",
    ),
    "expired-held-for-two-days-more": Fault(
        _set(replaying, "day_of", lambda time_ms: record.day_of(time_ms) - 2), "sequence", "CLK-1"
    ),
    "quarantine-forgotten": Fault(_quarantine_forgotten, "sequence", "AUT-1"),
    "closed-authors-forgotten": Fault(
        _set(replica, "_may_return", lambda verdict: isinstance(verdict, rules.Defer)), "sequence", "AUT-3"
    ),
    "hidden-for-good": Fault(_set(replaying, "CLOSED_HIDDEN_DAYS", 10**6), "sequence", "AUT-3"),
    "clock-read-when-something-comes": Fault(_clock_read_when_something_comes, "sequence", "SLT-2"),
    "refused-operations-remembered": Fault(_refused_operations_remembered, "sequence", "CHN-5"),
    "arrivals-judged-before-what-waited": Fault(_arrivals_judged_before_what_waited, "sequence", "SLT-2"),
    "clocks-two-days-apart": Fault(
        _set(session.session, "abs", lambda apart_ms: abs(apart_ms) // 2), "sync", "SYN-4"
    ),
    "lists-add-up": Fault(_lists_add_up, "work", "BID-7"),
    "silence-needs-no-witness": Fault(_silence_needs_no_witness, "work", "DLV-3"),
    "vouches-are-for-ever": Fault(_vouches_are_for_ever, "trust", "TRU-1"),
}


def command_with(fault: str) -> list[str]:
    """Return the command that runs the client with a fault."""
    return [sys.executable, __file__, fault]


if __name__ == "__main__":
    FAULTS[sys.argv[1]].plant()
    serve(sys.stdin.buffer, sys.stdout.buffer)
