"""One conversation by which two nodes come to hold the same records: frames in, effects out.

Theory of operation: each side says what it is (`hello`), lists the ids of the operations and records it holds
(`have`, in parts), and, once it has the other's whole list, sends what the other lacks as bundles, ending with
`done`. Nobody asks: what is missing follows from the lists. The two directions are independent, and nothing here
knows whether a stream, a pipe, a file or a simulator carries the frames.

Spec: sync.md
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from folkmoot.canonical import Value, decode, encode, is_integer, is_name
from folkmoot.errors import DecodeError
from folkmoot.ids import ID_BYTES
from folkmoot.kinds import EDITION
from folkmoot.limits import DAY_MS, INTEGER_MAX, SYNC_FRAME_BYTES_MAX, SYNC_IDS_MAX, SYNC_SPACES_MAX
from folkmoot.record import Record

MAJOR = 1
_IDS_IN_FRAME = 1024


@dataclass(frozen=True, slots=True)
class Hello:
    """What a side says of itself first; `now_ms` is its clock."""

    network: str
    edition: int
    spaces: tuple[str, ...]
    now_ms: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a side can offer: ids of operations and of records, in the spaces it takes part in."""

    operations: Collection[bytes]
    records: Collection[bytes]


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: send this frame, in order."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """Effect: send these, packed into bundles with `bundle_frame`, then `done_frame`.

    Operations come before the records of their identities.
    """

    operations: tuple[bytes, ...]
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receive:
    """Effect: take the items of this bundle in; they are not verified yet."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Greeted:
    """Effect: the other side has said what it is; answer `list_holdings` with what both have in common."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class Finished:
    """Effect: the other side has sent all that we lack."""


Effect: TypeAlias = Send | Offer | Receive | Greeted | Finished


class _Stage(Enum):
    HELLO = "hello"
    HAVE = "have"
    BUNDLES = "bundles"
    DONE = "done"


@dataclass(slots=True)
class Session:
    """One side of a sync. Feed it every frame; carry out every effect, in order."""

    own: Hello
    _stage: _Stage = _Stage.HELLO
    _lacking: dict[str, set[bytes]] | None = None
    """Of what we hold, what the other side has not listed yet; what else it lists is only counted."""
    _listed: Counter[str] = field(default_factory=Counter)

    def start(self) -> list[Effect]:
        """Return the opening move; both sides make it at once.

        Spec: sync.md#hello
        """
        hello: list[Value] = [
            "hello",
            {
                "network": self.own.network,
                "major": MAJOR,
                "edition": self.own.edition,
                "spaces": list[Value](self.own.spaces),
                "now": self.own.now_ms,
            },
        ]
        return [Send(encode(hello))]

    def list_holdings(self, holdings: Holdings) -> list[Effect]:
        """List what we hold, in answer to `Greeted`.

        Spec: sync.md#have
        """
        self._lacking = {"operations": set(holdings.operations), "records": set(holdings.records)}
        frames = [*_listing("operations", holdings.operations), *_listing("records", holdings.records)]
        effects: list[Effect] = [Send(frame) for frame in frames]
        effects.append(Send(encode(["listed"])))
        return effects

    def receive(self, frame: bytes) -> list[Effect]:
        """Take the next frame of the other side.

        Spec: sync.md#rules

        Raises:
            DecodeError: The first rule of ENC-1 to ENC-7 and SYN-1 to SYN-5 that the frame breaks; the session
                is over.
        """
        message = decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX)
        # SYN-1: A frame is an array that begins with the name of a message of this stage.
        match self._stage, message:
            case _Stage.HELLO, ["hello", dict() as fields]:
                return self._on_hello(fields)
            case _Stage.HAVE, ["have", str() as what, list() as ids]:
                return self._on_have(what, ids)
            case _Stage.HAVE, ["listed"]:
                return self._on_listed()
            case _Stage.BUNDLES, ["bundle", bytes() as bundle]:
                return [Receive(bundle)]
            case _Stage.BUNDLES, ["done"]:
                self._stage = _Stage.DONE
                return [Finished()]
            case _:
                raise DecodeError("SYN-1", f"not a message that comes at stage {self._stage.value}")

    def _on_hello(self, fields: dict[str, Value]) -> list[Effect]:
        network, major, now = fields.get("network"), fields.get("major"), fields.get("now")
        edition, spaces = fields.get("edition"), fields.get("spaces")
        # SYN-2: Both sides are of one network and speak one major version.
        if network != self.own.network or not is_integer(major, MAJOR, MAJOR):
            raise DecodeError("SYN-2", "the peer is of another network or major version")
        # SYN-3: The edition and the clock are integers, and the spaces at most 64 names.
        names = (
            [item for item in spaces if isinstance(item, str) and is_name(item)] if isinstance(spaces, list) else []
        )
        if not is_integer(now, 0, INTEGER_MAX) or not is_integer(edition, 0, INTEGER_MAX):
            raise DecodeError("SYN-3", "the peer's edition or clock is no time")
        if not isinstance(spaces, list) or len(names) != len(spaces) or len(names) > SYNC_SPACES_MAX:
            raise DecodeError("SYN-3", "the peer's spaces are not an array of names")
        # SYN-4: The two clocks are within a day of each other.
        if abs(now - self.own.now_ms) > DAY_MS:
            raise DecodeError("SYN-4", "the peer's clock is more than a day from ours")
        self._stage = _Stage.HAVE
        common = tuple(sorted(set(names) & set(self.own.spaces)))
        return [Greeted(Hello(self.own.network, min(edition, EDITION), common, now))]

    def _on_have(self, what: str, ids: list[Value]) -> list[Effect]:
        lacking = self._begun()
        read = [item for item in ids if isinstance(item, bytes) and len(item) == ID_BYTES]
        self._listed[what] += len(read)
        # SYN-5: A listing names operations or records by their ids, at least one, and at most a million of each.
        if what not in lacking or not read or len(read) != len(ids) or self._listed[what] > SYNC_IDS_MAX:
            raise DecodeError("SYN-5", "not a listing of ids within bounds")
        lacking[what].difference_update(read)
        return []

    def _on_listed(self) -> list[Effect]:
        lacking = self._begun()
        self._stage = _Stage.BUNDLES
        return [Offer(tuple(sorted(lacking["operations"])), tuple(sorted(lacking["records"])))]

    def _begun(self) -> dict[str, set[bytes]]:
        """Return what the other side lacks so far; our list goes out in answer to its hello, before its own."""
        if self._lacking is None:
            raise DecodeError("SYN-1", "a listing came before ours could begin")
        return self._lacking


def wanted(records: Iterable[Record], spaces: Collection[str]) -> list[Record]:
    """Return the records of a bundle that this session is about.

    Spec: sync.md#rules
    """
    # SYN-6: A record that comes by sync is of a space that both sides named.
    return [record for record in records if record.space in spaces]


def bundle_frame(bundle: bytes) -> bytes:
    """Return the frame that carries one bundle.

    Spec: sync.md#bundles
    """
    return encode(["bundle", bundle])


def done_frame() -> bytes:
    """Return the frame that says all was sent.

    Spec: sync.md#bundles
    """
    return encode(["done"])


def _listing(what: str, ids: Iterable[bytes]) -> Iterator[bytes]:
    in_order = sorted(ids)
    for start in range(0, len(in_order), _IDS_IN_FRAME):
        yield encode(["have", what, list[Value](in_order[start : start + _IDS_IN_FRAME])])
