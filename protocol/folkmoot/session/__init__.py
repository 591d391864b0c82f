"""One conversation by which two nodes come to hold the same records: frames in, effects out.

Theory of operation: the asker sends a summary of what it holds, the teller answers with as much of a coding of
its own set as shows the difference, and the asker works the difference out: it asks for what it lacks and sends
what the teller lacks. Each side then says what of it all it does not hold, so that it need not be offered again.
Nothing here knows whether a stream, a pipe, a file or a simulator carries the frames, nor where a set is kept.

Spec: sync.md
"""

from collections.abc import Collection, Iterable

from folkmoot.record import Record
from folkmoot.session.effects import (
    Declined,
    Effect,
    Finished,
    Greeted,
    ListItems,
    Offer,
    Receive,
    Scope,
    Send,
    Settle,
    Summarise,
)
from folkmoot.session.messages import MAJOR, Hello, Items, write_message
from folkmoot.session.session import Session


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
    return write_message(Items(bundle))


__all__ = [
    "MAJOR",
    "Declined",
    "Effect",
    "Finished",
    "Greeted",
    "Hello",
    "ListItems",
    "Offer",
    "Receive",
    "Scope",
    "Send",
    "Session",
    "Settle",
    "Summarise",
    "bundle_frame",
    "wanted",
]
