"""What a session wants of whoever carries it: values, to be carried out in order.

Spec: sync.md#session
"""

from dataclasses import dataclass
from typing import TypeAlias

from folkmoot.session.messages import Hello, Message, write_message


@dataclass(frozen=True, slots=True)
class Scope:
    """What two sides compare: all operations they keep, and the winners of some spaces that are live on a day.

    Attributes:
        spaces: In order, each once.
        day: Records count whose `expires` is greater.
    """

    spaces: tuple[str, ...]
    day: int


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: send this frame, in order."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Greeted:
    """Effect: the other side has said what it is, and this is what the session is about."""

    hello: Hello
    scope: Scope


@dataclass(frozen=True, slots=True)
class Summarise:
    """Effect: answer `summarise` with a sketch of this scope, less what the other side has declined."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class ListItems:
    """Effect: answer `list_items` with a sketch of the last scope and the items in it, both of one moment."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Effect: send these in bundles, made frames by `bundle_frame`, and then the frame that `sent` returns.

    Attributes:
        items: First 8 or 16 bytes of the ids of operations and records. Those that are not held, or not in the
            scope, are left out.
    """

    items: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receive:
    """Effect: take the items of this bundle in; they are not verified yet."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Settle:
    """Effect: all bundles of this round came; answer `settle` with what of them is not held."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Effect: leave these out of what is compared with this peer, as it does not hold them.

    Attributes:
        identities: Until its `hosting` is another.
        items: Until the day is another.
    """

    identities: tuple[bytes, ...]
    items: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """Effect: the session is over; `is_equal` when both sides have shown that they hold the same."""

    is_equal: bool


Effect: TypeAlias = Send | Greeted | Summarise | ListItems | Offer | Receive | Settle | Declined | Finished


def sending(message: Message) -> Send:
    """Return the effect of sending a message."""
    return Send(write_message(message))
