"""Answers that take more than one item: chains, completion, bundles, the replicated set, states."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from folkmoot.agreement import Cosignature, completion, cosignature_value, open_document, read_cosignature
from folkmoot.bundle import OpenedBundle, gossip_problem, open_bundle, unpack
from folkmoot.canonical import decode, encode
from folkmoot.chain import Chain, broken_succession, read_chain
from folkmoot.documents import check_terms
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, Scope
from folkmoot.limits import BUNDLE_BYTES_MAX
from folkmoot.record import Record
from folkmoot.replica import absorb
from folkmoot.rules import Accept, check_form
from folkmoot.state.evidence import Evidence, gather
from folkmoot_node.conformance import worked
from folkmoot_node.conformance.inputs import Held, Request, chains_of, opened_operation, opened_record
from folkmoot_node.conformance.states import state_asked

_COSIGNATURE_BYTES_MAX = 1024

Answer = dict[str, Any]


def cosignature_of(wire: bytes) -> Cosignature:
    """Read the encoding of one co-signature.

    Raises:
        DecodeError: ENC-1 to ENC-7, COS-1.
    """
    return read_cosignature(decode(wire, bytes_max=_COSIGNATURE_BYTES_MAX))


def opened_bundle(request: Request, name: str, *, bytes_max: int = BUNDLE_BYTES_MAX) -> OpenedBundle:
    """Open the bundle that a request holds, item by item.

    Raises:
        DecodeError: ENC-1 to ENC-7, BUN-1, BUN-2.
    """
    return open_bundle(
        unpack(request.data(name), network=request.network, bytes_max=bytes_max), network=request.network
    )


def gossip_problem_of(request: Request, *, bytes_max: int) -> DecodeError | None:
    """Return why a message has not the form of gossip, or `None`.

    Raises:
        DecodeError: ENC-1 to ENC-7, BUN-1, BUN-2.
    """
    return gossip_problem(opened_bundle(request, "gossip", bytes_max=bytes_max), space=request["space"])


def _read_chain(request: Request) -> Answer:
    chain = _chain_of(request.operations("operations"), request.network)
    return {
        "path": _ids(chain.path),
        "rivals": [_ids(rival) for rival in chain.rivals],
        "kept": sorted(_ids(chain.kept)),
        "closed": chain.is_closed,
        "disputed": chain.is_disputed,
    }


def _land_operation(request: Request) -> Answer:
    path = request.operations("operations")
    landing = opened_operation(request.data("landing"), request.network)
    chain = _chain_of([*path, landing], request.network)
    kept = landing in chain.kept
    return {
        "path": _ids(chain.path),
        "kept": kept,
        "rule": "" if kept else _broken_by(landing, path, request.network) or "CHN-5",
    }


def _broken_by(landing: Operation, path: list[Operation], network: str) -> str | None:
    """Return the rule by which an operation may not follow its parent, if the parent is on the path."""
    depth = next((place for place, item in enumerate(path, 1) if item.id == landing.parent), None)
    if depth is None or landing.identity != path[0].identity:
        return None
    return broken_succession(landing, path[depth - 1], depth=depth, network=network)


def _standing(request: Request) -> Answer:
    standing = _chain_of(request.operations("operations"), request.network).standing(
        request.data("device"),
        scopes=frozenset(Scope(scope) for scope in request["scopes"]),
        rev=request.number("rev"),
        item_id=request.data("item"),
    )
    return {"standing": standing.value}


def _open_document(request: Request) -> Answer:
    document = open_document(request.data("document"), network=request.network)
    check_terms(document)
    return {"id": document.id.hex(), "unknown": sorted(document.unknown)}


def _complete(request: Request) -> Answer:
    document = open_document(request.data("document"), network=request.network)
    check_terms(document)
    given = [cosignature_of(wire) for wire in request.several("cosignatures")]
    chains = chains_of(request.operations("operations"), request.network)
    done = completion(document, given, chains, network=request.network)
    return {
        "signed": sorted(done.signed),
        "missing": sorted(done.missing),
        "repudiated": sorted(done.repudiated),
        "refused": sorted([encode(cosignature_value(item)).hex(), rule] for item, rule in done.refused),
    }


def _absorb(request: Request) -> Answer:
    held = Held(request.operations("operations"), request.records("held"), request.records("waiting"))
    operations, records = request.operations("landing_operations"), request.records("landing")
    changes = absorb(held, operations, records, now_ms=request.number("now_ms"), network=request.network)
    kept = _changed(held.operations, changes.put_operations, changes.drop_operations)
    if records:
        verdict = changes.verdicts[-1][1]
        word, rule = type(verdict).__name__.lower(), "" if isinstance(verdict, Accept) else verdict.rule
    else:
        word, rule = ("accept", "") if operations[-1].id.hex() in kept else ("ignore", "CHN-5")
    return {
        "verdict": word,
        "rule": rule,
        "after": _changed(held.records, changes.put_records, changes.drop_records),
        "kept": kept,
        "waits": _changed(held.waiting, changes.park, changes.unpark),
    }


def _derive(request: Request) -> Answer:
    return state_asked(_evidence_of(request), request.fields)


def _evidence_of(request: Request) -> Evidence:
    chains = chains_of(request.operations("operations"), request.network)
    records: list[Record] = []
    for wire in request.several("held"):
        records.append(opened_record(wire, request.network))
        check_form(records[-1], network=request.network)
    return gather(records, chains, now_ms=request.number("now_ms"), network=request.network)


def _chain_of(operations: Iterable[Operation], network: str) -> Chain:
    chain = read_chain(operations, network=network)
    if chain is None:
        raise ValueError("no genesis among the operations")
    return chain


def _ids(items: Iterable[Operation]) -> list[str]:
    return [item.id.hex() for item in items]


def _hexed(ids: Iterable[bytes]) -> list[str]:
    return [item.hex() for item in ids]


def _changed(
    held: Iterable[Operation | Record], put: Iterable[Operation | Record], dropped: Iterable[Operation | Record]
) -> list[str]:
    """Return the ids of what is there after a change."""
    after = {item.id for item in held} | {item.id for item in put}
    return sorted(_hexed(after - {item.id for item in dropped}))


ANSWERS: Mapping[str, Callable[[Request], Answer]] = {
    "read-chain": _read_chain,
    "land-operation": _land_operation,
    "standing": _standing,
    "open-document": _open_document,
    "complete": _complete,
    "absorb": _absorb,
    "derive": _derive,
    "ties": lambda request: worked.ties_shown(_evidence_of(request)),
    "trust": worked.trust,
}
