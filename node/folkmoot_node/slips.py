"""The files that machines of one person, and guardians, hand to one another: small, readable, without any secret.

Each is JSON with a `format`. Operations in them travel as they do everywhere, and are verified when a file is read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import ID_BYTES, IdentityId, IdPrefix, id_from_text, id_to_text
from folkmoot.keys import KEY_BYTES, is_acceptable_key
from folkmoot_node.errors import FileError

SLIP_BYTES_MAX = 8 * 1024 * 1024
"""A chain of the greatest length, in hex, has room in it."""

_REQUEST, _OFFER = "folkmoot-device-request/1", "folkmoot-device-offer/1"
_PROMISE, _RECOVERY = "folkmoot-guardian-key/1", "folkmoot-recovery/1"

_T = TypeVar("_T")
_Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """A machine that wants to become a device of somebody: its keys."""

    network: str
    key: bytes
    sealing_key: bytes


@dataclass(frozen=True, slots=True)
class GuardianPromise:
    """The key, by its digest, with which somebody can help an identity to recover."""

    network: str
    identity: IdentityId
    digest: bytes


@dataclass(frozen=True, slots=True)
class BegunStep:
    """An operation that others have to sign as well, with the operations that it follows.

    Attributes:
        network: The network on which the identity lives.
        begun: The operation with the signatures it has so far.
        chain: The identity's operations up to now, genesis first.
    """

    network: str
    begun: Operation
    chain: tuple[Operation, ...]


def request_text(slip: DeviceRequest) -> str:
    """Write a device's request."""
    keys = {"key": slip.key.hex(), "sealing_key": slip.sealing_key.hex()}
    return _text({"format": _REQUEST, "network": slip.network, **keys})


def offer_text(slip: BegunStep) -> str:
    """Write the offer that a device can take up."""
    return _text(_begun_fields(_OFFER, slip))


def promise_text(slip: GuardianPromise) -> str:
    """Write a guardian's promise."""
    identity = id_to_text(IdPrefix.IDENTITY, slip.identity)
    return _text({"format": _PROMISE, "network": slip.network, "for": identity, "digest": slip.digest.hex()})


def recovery_text(slip: BegunStep) -> str:
    """Write a recovery that guardians sign."""
    return _text(_begun_fields(_RECOVERY, slip))


def read_request(text: str) -> DeviceRequest:
    """Read a device's request.

    Raises:
        FileError: It is none, or damaged.
    """
    return _read(text, _REQUEST, _request, what="the request of a device")


def read_offer(text: str) -> BegunStep:
    """Read the offer that a device can take up; raises as `read_request`."""
    return _read(text, _OFFER, _begun, what="the offer to a device")


def read_promise(text: str) -> GuardianPromise:
    """Read a guardian's promise; raises as `read_request`."""
    return _read(text, _PROMISE, _promise, what="a guardian's key")


def read_recovery(text: str) -> BegunStep:
    """Read a recovery that guardians sign; raises as `read_request`."""
    return _read(text, _RECOVERY, _begun, what="a recovery for guardians to sign")


def _read(text: str, wanted: str, build: Callable[[_Fields], _T], *, what: str) -> _T:
    try:
        fields: object = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or fields.get("format") != wanted:
        raise FileError(f"that file is not {what}", advice="Check that it is the right file.")
    try:
        return build(fields)
    except (KeyError, ValueError, TypeError, DecodeError) as error:
        raise FileError(f"that file is damaged: it was to be {what}", advice="Have it made again.") from error


def _request(fields: _Fields) -> DeviceRequest:
    request = DeviceRequest(str(fields["network"]), _bytes(fields["key"]), _bytes(fields["sealing_key"]))
    if not is_acceptable_key(request.key) or len(request.sealing_key) != KEY_BYTES:
        raise ValueError("not keys of a device")
    return request


def _promise(fields: _Fields) -> GuardianPromise:
    digest = _bytes(fields["digest"])
    if len(digest) != ID_BYTES:
        raise ValueError("not a digest")
    identity = id_from_text(str(fields["for"]), IdPrefix.IDENTITY)
    return GuardianPromise(str(fields["network"]), IdentityId(identity), digest)


def _begun(fields: _Fields) -> BegunStep:
    network = str(fields["network"])
    chain = tuple(
        open_operation(_bytes(wire), network=network) for wire in cast("list[object]", fields["operations"])
    )
    begun = open_operation(_bytes(fields["operation"]), network=network)
    if (
        not chain
        or chain[0].parent is not None
        or {item.identity for item in (*chain, begun)} != {chain[0].identity}
    ):
        raise ValueError("not the operations of one identity, genesis first")
    return BegunStep(network, begun, chain)


def _begun_fields(name: str, slip: BegunStep) -> dict[str, object]:
    return {
        "format": name,
        "network": slip.network,
        "identity": id_to_text(IdPrefix.IDENTITY, slip.begun.identity),
        "operation": slip.begun.wire.hex(),
        "operations": [item.wire.hex() for item in slip.chain],
    }


def _text(fields: _Fields) -> str:
    return json.dumps(fields, indent=1) + "\n"


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError("not bytes in hex")
    return bytes.fromhex(value)
