"""What the API needs of the daemon around it: its parts, facts for people, and the two requests to the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from folkmoot_node.author import Author
from folkmoot_node.views.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFacts:
    """What is known of one peer; `last_sync_ms` is `None` before the first sync."""

    peer: str
    address: str
    connected: bool
    dialled: bool
    failures: int
    last_sync_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the daemon knows of itself, apart from what the store knows.

    Attributes:
        peer_id: Its name in the transport.
        addresses: Where it can be dialled.
        api_url: Where the API answers.
        data_dir: Its data folder.
        started_ms: When it started.
        peers: Those connected and those remembered.
        contained: How often what peers did was contained, by what it was.
    """

    peer_id: str
    addresses: Sequence[str]
    api_url: str
    data_dir: str
    started_ms: int
    peers: Sequence[PeerFacts]
    contained: Mapping[str, int]


class Surroundings(Protocol):
    """What surrounds the API in a running daemon."""

    def facts(self) -> Facts:
        """Tell how the daemon is."""
        ...

    async def sync(self) -> int:
        """Start a sync with every connected peer now, and return their number."""
        ...

    async def dial(self, address: str) -> str:
        """Connect to an address, remember it, and return the peer's name.

        Raises:
            PeerError: Nobody answers there, or somebody else.
            ConfigError: It is no address.
        """
        ...

    async def block(self, peer: str) -> None:
        """Have nothing to do with a peer.

        Raises:
            PeerError: Too many are blocked already.
        """
        ...

    async def unblock(self, peer: str) -> None:
        """Have to do with a peer again."""
        ...

    async def forget(self, peer: str) -> None:
        """Keep a peer connected no longer, after a restart neither."""
        ...

    async def move_clock(self, offset_ms: int) -> None:
        """Let the daemon's clock run so many ms ahead of the machine's.

        Raises:
            ConfigError: The daemon was not started for that.
        """
        ...


@dataclass(frozen=True, slots=True)
class Daemon:
    """The parts that routes translate to."""

    author: Author
    view: Viewpoint
    surroundings: Surroundings
