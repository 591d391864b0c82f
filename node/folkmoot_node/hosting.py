"""Whom this node hosts: everybody, but for those whom its operator will not keep.

Of who is not hosted nothing is taken in, from gossip, sync or files, and nothing that was held stays after the next
start. That is the choice of one node, not a rule: others keep and pass on the same things, and what hosted authors
say about such a person stays.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, Self

import structlog

from folkmoot.bundle import claimed_author, claimed_identity
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, IdPrefix, id_from_text, short
from folkmoot.record import Record
from folkmoot_node.errors import ConfigError
from folkmoot_node.opening import Refusal

NOT_HOSTED = "not_hosted"
"""Stands where a rule's id does for what was left aside."""

NOT_HOSTED_MAX = 1024
"""Identities that an operator can name."""

_NUMBER_BYTES = 6

_log = structlog.get_logger(__name__)


class Sifted(NamedTuple):
    """What is taken in, and what was left aside of whom."""

    operations: Sequence[bytes]
    records: Sequence[bytes]
    left: tuple[Refusal, ...]
    not_hosted: frozenset[IdentityId]


class Shelf(Protocol):
    """What of a store can let go of an identity; see `folkmoot_node.store.Store`."""

    async def forget(self, identity: IdentityId) -> int:
        """Hold nothing of an identity any more."""
        ...


@dataclass(frozen=True, slots=True)
class Hosting:
    """Whom a node hosts.

    Attributes:
        not_hosted: The identities left out.
        number: Stands for the choice towards peers, who remember what was declined for as long as it is the same:
            equal for equal choices, and 0 when nobody is left out.
    """

    not_hosted: frozenset[IdentityId] = frozenset()
    number: int = field(init=False)

    def __post_init__(self) -> None:
        hashed = hashlib.sha256(b"".join(sorted(self.not_hosted))).digest()
        object.__setattr__(self, "number", int.from_bytes(hashed[:_NUMBER_BYTES]) if self.not_hosted else 0)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Read the setting.

        Raises:
            ConfigError: A text is not the id of an identity, or there are too many.
        """
        if len(texts) > NOT_HOSTED_MAX:
            raise ConfigError(f"a node leaves out at most {NOT_HOSTED_MAX} identities")
        return cls(frozenset(map(_read, texts)))

    def hosts(self, identity: bytes | None) -> bool:
        """Tell whether what is of an identity is kept; what names none is for others to judge."""
        return identity not in self.not_hosted

    def sift(self, operations: Sequence[bytes], records: Sequence[bytes], *, network: str) -> Sifted:
        """Leave aside what claims to be of somebody who is not hosted, before anything is verified."""
        if not self.not_hosted:
            return Sifted(operations, records, (), frozenset())
        by_operation = [(wire, claimed_identity(wire, network=network)) for wire in operations]
        by_record = [(wire, claimed_author(wire)) for wire in records]
        left = [owner for _, owner in (*by_operation, *by_record) if owner is not None and not self.hosts(owner)]
        return Sifted(
            [wire for wire, owner in by_operation if self.hosts(owner)],
            [wire for wire, owner in by_record if self.hosts(owner)],
            tuple(_refusal(owner) for owner in left),
            frozenset(map(IdentityId, left)),
        )

    def sift_opened(
        self, operations: Sequence[Operation], records: Sequence[Record]
    ) -> tuple[Sequence[Operation], Sequence[Record]]:
        """Leave aside what is of somebody who is not hosted."""
        if not self.not_hosted:
            return operations, records
        return (
            [item for item in operations if self.hosts(item.identity)],
            [item for item in records if self.hosts(item.author)],
        )


async def let_go(hosting: Hosting, shelf: Shelf, *, own: Iterable[IdentityId]) -> None:
    """Drop what is held of those who are not hosted, when a node starts.

    Raises:
        ConfigError: The owner is among them.
        StoreError: The disk or the database does not do its work.
    """
    if not all(map(hosting.hosts, own)):
        raise ConfigError(
            "the setting not_hosted names the owner of this node", advice="Take your own id out of the setting."
        )
    for identity in sorted(hosting.not_hosted):
        dropped = await shelf.forget(identity)
        if dropped:
            _log.info("no longer hosted", identity=short(IdPrefix.IDENTITY, identity), dropped=dropped)


def _read(text: str) -> IdentityId:
    try:
        return IdentityId(id_from_text(text, IdPrefix.IDENTITY))
    except DecodeError as error:
        raise ConfigError(f"the setting not_hosted makes no sense: {error.why}") from error


def _refusal(owner: bytes) -> Refusal:
    return Refusal(short(IdPrefix.IDENTITY, owner), NOT_HOSTED, "this node does not host its author")
