"""What the reference client answers: the questions of the harness, put to the protocol package.

This is all an implementation adds to be tested: each answer is a call or two, and what comes back is put into JSON.

Spec: conformance.md#requests
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from folkmoot import SPEC_VERSION
from folkmoot.bundle import Bundle, OpenedBundle, open_bundle
from folkmoot.bundle_file import FilePart, FileReader
from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError
from folkmoot.ids import IdentityId, IdPrefix, id_from_text, id_to_text
from folkmoot.keys import digest, is_acceptable_key, preimage, verify
from folkmoot.limits import GOSSIP_BYTES_MAX, RECORD_BYTES_MAX
from folkmoot.rules import check_form
from folkmoot.sealed import commitment
from folkmoot_node.conformance import derived, reconciling, replaying, talking
from folkmoot_node.conformance.inputs import Request, opened_operation, opened_record

CLIENT = "folkmoot-python"

Answer = dict[str, Any]


def answer(request: Request) -> Answer:
    """Answer one question.

    Returns:
        `ok`, `refuse` or `unsupported`.
    """
    ask = _ANSWERS.get(request.do)
    if ask is None:
        return {"unsupported": True}
    try:
        return {"ok": ask(request)}
    except talking.BrokenFrameError as error:
        return {"refuse": error.rule, "frame": error.frame}
    except DecodeError as error:
        return {"refuse": error.rule}


def _begin(_request: Request) -> Answer:
    return {"client": CLIENT, "version": SPEC_VERSION, "spec": SPEC_VERSION}


def _decode(request: Request) -> Answer:
    return {"value": _tagged(decode(request.data("wire"), bytes_max=request.number("bytes_max")))}


def _encode(request: Request) -> Answer:
    return {"wire": encode(_untagged(request["value"])).hex()}


def _read_id(request: Request) -> Answer:
    expected = [IdPrefix(prefix) for prefix in request.get("expected", [])]
    value = id_from_text(request["text"], *expected)
    return {"prefix": request["text"].lower().rpartition("1")[0], "id": value.hex()}


def _write_id(request: Request) -> Answer:
    return {"text": id_to_text(IdPrefix(request["prefix"]), request.data("id"))}


def _preimage(request: Request) -> Answer:
    parts = request["network"], request["purpose"], request.data("payload")
    return {"preimage": preimage(*parts).hex(), "digest": digest(*parts).hex()}


def _commitment(request: Request) -> Answer:
    body = cast("dict[str, Value]", decode(request.data("body"), bytes_max=RECORD_BYTES_MAX))
    promised = commitment(
        body, author=IdentityId(request.data("author")), salt=request.data("salt"), network=request.network
    )
    return {"digest": promised.hex()}


def _check_key(request: Request) -> Answer:
    return {"counts": is_acceptable_key(request.data("key"))}


def _verify(request: Request) -> Answer:
    return {"counts": verify(request.data("key"), request.data("signature"), request.data("message"))}


def _open_record(request: Request) -> Answer:
    record = opened_record(request.data("wire"), request.network)
    return {
        "id": record.id.hex(),
        "kind": record.kind,
        "author": record.author.hex(),
        "device": record.device.hex(),
        "space": record.space,
        "slot": str(record.slot),
        "rev": str(record.rev),
        "expires": str(record.expires),
        "refs": [[ref.relation, ref.target.hex()] for ref in record.refs],
        "tombstone": record.is_tombstone,
    }


def _check_record(request: Request) -> Answer:
    record = opened_record(request.data("wire"), request.network)
    check_form(record, network=request.network)
    return {"id": record.id.hex()}


def _open_operation(request: Request) -> Answer:
    opened = opened_operation(request.data("wire"), request.network)
    parent = {"parent": opened.parent.hex()} if opened.parent is not None else {}
    return {
        "id": opened.id.hex(),
        "identity": opened.identity.hex(),
        **parent,
        "rank": opened.rank,
        "close": opened.close,
    }


def _read_cosignature(request: Request) -> Answer:
    read = derived.cosignature_of(request.data("cosignature"))
    return {
        "index": read.party,
        "head": read.head.hex(),
        "at": str(read.at),
        "device": read.device.hex(),
        "signature": read.signature.hex(),
    }


def _open_bundle(request: Request) -> Answer:
    return _opened(derived.opened_bundle(request, "bundle"))


def _open_file(request: Request) -> Answer:
    """Open a file as far as it is in order; one that does not even begin with a bundle is refused."""
    reader = FileReader(network=request.network)
    parts: list[FilePart] = []
    fault = ""
    try:
        parts.extend(reader.feed(request.data("file")))
        parts.extend(reader.end())
    except DecodeError as error:
        if not reader.bundles:
            raise
        fault = error.rule
    whole = Bundle(
        tuple(wire for part in parts for wire in part.bundle.operations),
        tuple(wire for part in parts for wire in part.bundle.records),
    )
    opened = _opened(open_bundle(whole, network=request.network))
    return {"bundles": reader.bundles, **opened, "fault": fault}


def _opened(opened: OpenedBundle) -> Answer:
    return {
        "operations": [item.id.hex() for item in opened.operations],
        "records": [item.id.hex() for item in opened.records],
        "damages": [[damage.what, damage.position, damage.error.rule] for damage in opened.damages],
    }


def _check_gossip(request: Request) -> Answer:
    problem = derived.gossip_problem_of(request, bytes_max=GOSSIP_BYTES_MAX)
    if problem is not None:
        raise problem
    return {}


_ANSWERS: Mapping[str, Callable[[Request], Answer]] = {
    "begin": _begin,
    "decode": _decode,
    "encode": _encode,
    "read-id": _read_id,
    "write-id": _write_id,
    "preimage": _preimage,
    "commitment": _commitment,
    "check-key": _check_key,
    "verify": _verify,
    "open-record": _open_record,
    "check-record": _check_record,
    "open-operation": _open_operation,
    "read-cosignature": _read_cosignature,
    "open-bundle": _open_bundle,
    "open-file": _open_file,
    "check-gossip": _check_gossip,
    "replay": replaying.replay,
    **derived.ANSWERS,
    **reconciling.ANSWERS,
    **talking.ANSWERS,
}


def _tagged(value: Value) -> object:
    """Write a value so that JSON loses nothing of it."""
    match value:
        case bool():
            return value
        case int():
            return {"integer": str(value)}
        case str():
            return {"text": value}
        case bytes():
            return {"bytes": value.hex()}
        case list():
            return [_tagged(item) for item in value]
        case dict():
            return {"map": {key: _tagged(item) for key, item in value.items()}}


def _untagged(tagged: object) -> Value:
    match tagged:
        case bool():
            return tagged
        case list():
            return [_untagged(item) for item in tagged]
        case {"integer": str() as digits}:
            return int(digits)
        case {"text": str() as text}:
            return text
        case {"bytes": str() as hexed}:
            return bytes.fromhex(hexed)
        case {"map": dict() as items}:
            return {key: _untagged(item) for key, item in items.items()}
        case _:
            raise ValueError("not a value as the vectors write it")
