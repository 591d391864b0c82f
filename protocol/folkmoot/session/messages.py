"""The messages of a sync: frames to values and back, form only.

Whether a message may come now, and whether it fits what came before, is for the session to say.

Spec: sync.md#messages
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from folkmoot.canonical import Value, decode, encode, is_integer, is_name
from folkmoot.errors import DecodeError
from folkmoot.ids import ID_BYTES
from folkmoot.limits import INTEGER_MAX, ITEM_BYTES, SYNC_FRAME_BYTES_MAX, SYNC_SPACES_MAX
from folkmoot.reconcile.estimate import ESTIMATOR_BYTES
from folkmoot.reconcile.keyed import NONCE_BYTES

MAJOR = 1
"""Version of this protocol."""

FINGERPRINT_BYTES = 32
_HELLO_ITEMS = 7


class Coding(Enum):
    """A coding that can be asked for when another did not show the difference."""

    CELLS = "cells"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Hello:
    """What a side says of itself first.

    Attributes:
        network: Name of its network.
        edition: Edition of the registry of kinds that it knows.
        spaces: The spaces it takes part in.
        now_ms: Its clock.
        hosting: A number that changes when its choice of identities to host changes.
    """

    network: str
    edition: int
    spaces: tuple[str, ...]
    now_ms: int
    hosting: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What the asker holds, in a few bytes.

    Attributes:
        day: The day on which the records counted are live.
        size: How many items they are.
        fingerprint: Equal for equal sets only.
        estimator: From which the teller guesses the difference.
    """

    day: int
    size: int
    fingerprint: bytes
    estimator: bytes


@dataclass(frozen=True, slots=True)
class Equal:
    """Both sides hold the same."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Symbols of the teller's set.

    Attributes:
        nonce: What the teller adds to the key; empty when the coding is not keyed.
        fingerprint: Of the teller's set.
        start: The cell of the first symbol.
        end: The cell at which the teller stops until it is asked for more.
        symbols: As `reconcile` codes them.
    """

    nonce: bytes
    fingerprint: bytes
    start: int
    end: int
    symbols: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of the list of the teller's set.

    Attributes:
        nonce: What the teller adds to the key.
        count: Items in the whole list.
        part: As `reconcile` codes them.
    """

    nonce: bytes
    count: int
    part: bytes


@dataclass(frozen=True, slots=True)
class More:
    """The asker wants so many further symbols."""

    count: int


@dataclass(frozen=True, slots=True)
class Again:
    """The asker cannot read the difference, and wants a keyed coding; `nonce` is what it adds to the key."""

    coding: Coding
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """The asker lacks the items that begin so; `prefixes` is one after the other."""

    prefixes: bytes


@dataclass(frozen=True, slots=True)
class Places:
    """The asker lacks the items at some places of the list; the highest bit of the first byte is `first`."""

    first: int
    bitmap: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """The asker has said all that it lacks."""


@dataclass(frozen=True, slots=True)
class Items:
    """Operations and records in a bundle."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """All bundles of this round have been sent."""


@dataclass(frozen=True, slots=True)
class Decline:
    """What a side was sent and does not hold.

    Attributes:
        identities: Those that it does not host.
        items: Other items, one after the other.
    """

    identities: tuple[bytes, ...]
    items: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """A side has taken in what came; `again` when the asker begins another round."""

    again: bool


Message: TypeAlias = (
    Hello
    | Summary
    | Equal
    | Cells
    | Listing
    | More
    | Again
    | Want
    | Places
    | Wanted
    | Items
    | Sent
    | Decline
    | Done
)

_BARE: Mapping[str, Message] = {"equal": Equal(), "wanted": Wanted(), "sent": Sent()}


def read_message(frame: bytes, *, network: str, greets: bool) -> Message:
    """Read a frame.

    Spec: sync.md#rules

    Args:
        frame: From the other side.
        network: The network of this side.
        greets: Whether it is the turn of a hello: what one says is not looked at where none can come.

    Raises:
        DecodeError: ENC-1 to ENC-7, SYN-1 to SYN-3.
    """
    match decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX):
        case ["hello", *fields] if greets and len(fields) + 1 >= _HELLO_ITEMS:
            return _read_hello(fields, network)
        case [str() as name, *fields]:
            message = _read_plain(name, fields)
        case _:
            message = None
    # SYN-1: A frame is an array that begins with the name of a message and has its form, and hello comes once.
    if message is None:
        raise DecodeError("SYN-1", "not a message of this protocol")
    return message


def write_message(message: Message) -> bytes:
    """Return the frame of a message.

    Spec: sync.md#messages
    """
    match message:
        case Hello(network, edition, spaces, now_ms, hosting):
            return encode(["hello", network, MAJOR, edition, now_ms, list[Value](spaces), hosting])
        case Summary(day, size, fingerprint, estimator):
            return encode(["summary", day, size, fingerprint, estimator])
        case Equal():
            return encode(["equal"])
        case Cells(nonce, fingerprint, start, end, symbols):
            return encode(["cells", nonce, fingerprint, start, end, symbols])
        case Listing(nonce, count, part):
            return encode(["list", nonce, count, part])
        case Items(bundle):
            return encode(["bundle", bundle])
        case Sent():
            return encode(["sent"])
        case Decline(identities, items):
            return encode(["decline", list[Value](identities), items])
        case Done(again):
            return encode(["done", again])
        case _:
            return _write_asked(message)


def _write_asked(message: More | Again | Want | Places | Wanted) -> bytes:
    match message:
        case More(count):
            return encode(["more", count])
        case Again(coding, nonce):
            return encode(["again", coding.value, nonce])
        case Want(prefixes):
            return encode(["want", prefixes])
        case Places(first, bitmap):
            return encode(["places", first, bitmap])
        case Wanted():
            return encode(["wanted"])


def _read_hello(fields: list[Value], network: str) -> Hello:
    named, major, edition, now_ms, spaces, hosting, *_later = fields
    # SYN-2: Both sides are of one network and speak one major version.
    if named != network or not is_integer(major, MAJOR, MAJOR):
        raise DecodeError("SYN-2", "the peer is of another network or major version")
    # SYN-3: Edition, clock and hosting are unsigned integers, and the spaces at most 64 names.
    if not (is_integer(edition, 0, INTEGER_MAX) and is_integer(now_ms, 0, INTEGER_MAX)) or not is_integer(
        hosting, 0, INTEGER_MAX
    ):
        raise DecodeError("SYN-3", "the peer's edition, clock or hosting is no unsigned integer")
    names = [item for item in spaces if isinstance(item, str) and is_name(item)] if isinstance(spaces, list) else []
    if not isinstance(spaces, list) or len(names) != len(spaces) or len(names) > SYNC_SPACES_MAX:
        raise DecodeError("SYN-3", "the peer's spaces are not an array of names")
    return Hello(network, edition, tuple(names), now_ms, hosting)


def _read_plain(name: str, fields: list[Value]) -> Message | None:
    """Read any other message; `None` when it has not its form."""
    match name, fields:
        case "summary", [int() as day, int() as size, bytes() as fingerprint, bytes() as estimator]:
            is_long = (len(fingerprint), len(estimator)) == (FINGERPRINT_BYTES, ESTIMATOR_BYTES)
            return Summary(day, size, fingerprint, estimator) if is_long and _are_unsigned(day, size) else None
        case "bundle", [bytes() as bundle]:
            return Items(bundle)
        case "decline", [list() as identities, bytes() as items]:
            return _read_decline(identities, items)
        case "done", [bool() as again]:
            return Done(again)
        case (("equal" | "wanted" | "sent"), []):
            return _BARE[name]
        case (("cells" | "list"), _):
            return _read_coded(name, fields)
        case _:
            return _read_asked(name, fields)


def _read_coded(name: str, fields: list[Value]) -> Message | None:
    match name, fields:
        case "cells", [bytes() as nonce, bytes() as fingerprint, int() as start, int() as end, bytes() as symbols]:
            is_long = len(nonce) in {0, NONCE_BYTES} and len(fingerprint) == FINGERPRINT_BYTES
            if is_long and _are_unsigned(start, end):
                return Cells(nonce, fingerprint, start, end, symbols)
        case "list", [bytes() as nonce, int() as count, bytes() as part]:
            if len(nonce) == NONCE_BYTES and _are_unsigned(count):
                return Listing(nonce, count, part)
        case _:
            pass
    return None


def _read_asked(name: str, fields: list[Value]) -> Message | None:
    match name, fields:
        case "more", [int() as count] if _are_unsigned(count):
            return More(count)
        case "again", [("cells" | "list") as coding, bytes() as nonce] if len(nonce) == NONCE_BYTES:
            return Again(Coding(coding), nonce)
        case "want", [bytes() as prefixes]:
            return Want(prefixes)
        case "places", [int() as first, bytes() as bitmap] if _are_unsigned(first):
            return Places(first, bitmap)
        case _:
            return None


def _read_decline(identities: list[Value], items: bytes) -> Decline | None:
    read = tuple(item for item in identities if isinstance(item, bytes) and len(item) == ID_BYTES)
    return None if len(read) != len(identities) or len(items) % ITEM_BYTES else Decline(read, items)


def _are_unsigned(*values: Value) -> bool:
    return all(is_integer(value, 0, INTEGER_MAX) for value in values)
