"""How the costs of a node grow: a law with a few coefficients, fitted to what was measured, and what it foretells.

Theory of operation: each cost is taken to be a sum of amounts times coefficients, such as so many bytes for each
record and so many for each identity. The coefficients are those of least squares of the relative errors, so that
small networks count as much as large ones; how far the law is from what was measured is told with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SYNC_EVERY_S = 30
"""How often a node begins a sync, by default; it answers as many."""

RECORDS_LIVE = 30
"""Records that an active freelancer has at a time: an assumption."""

COPIES = 5
"""How often a message of gossip comes to a node, by different ways: an assumption, of a mesh with six links."""

RECORDS_A_DAY = 2
"""Records that one publishes a day: an assumption."""

SPACE_IDENTITIES = 1_000
"""Identities that publish in a space, once there are several: an assumption."""

SPACES = 5
"""Spaces that a node takes part in, then: an assumption."""

SIZES = (10**3, 10**5, 10**7)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a node of a simulated network sent and received, on average of all nodes.

    Attributes:
        nodes: How many nodes there were.
        identities: How many identities.
        records: Records that were published.
        copies: How often a message of gossip came to a node.
        gossip_bytes: Received by gossip, copies of the same message included.
        sync_bytes: Sent and received in syncs.
        syncs: Syncs that it took part in.
    """

    nodes: int
    identities: int
    records: int
    copies: float
    gossip_bytes: float
    sync_bytes: float
    syncs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a new node of a network took from another, with a real database.

    Attributes:
        identities: How many identities.
        records: How many records, of 500 bytes.
        database_bytes: Size of its database.
        first_bytes: What its first sync carried.
    """

    identities: int
    records: int
    database_bytes: int
    first_bytes: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients, and the greatest distance from what was measured, as a part of it."""

    coefficients: tuple[float, ...]
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """All that is needed to foretell.

    Attributes:
        gossip: Bytes for each copy of a record published.
        sync: Bytes for each sync, and for each record published.
        disk: Bytes for each identity, and for each record held.
        first: Bytes for each identity, and for each record held.
    """

    gossip: Fit
    sync: Fit
    disk: Fit
    first: Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What a node has to pay for, by the law.

    Attributes:
        hosted: Identities whose records it has.
        items: Records and operations that it compares with others.
        disk_bytes: What its database takes.
        first_bytes: What its first sync takes.
        gossip_bytes: What it receives by gossip a day.
        sync_bytes: What its syncs take a day.
    """

    hosted: int
    items: int
    disk_bytes: float
    first_bytes: float
    gossip_bytes: float
    sync_bytes: float


def law(simulated: Sequence[Simulated], stored: Sequence[Stored]) -> Law:
    """Fit the law to what was measured."""
    holdings = [(float(one.identities), float(one.records)) for one in stored]
    return Law(
        gossip=fit([(one.copies * one.records,) for one in simulated], [one.gossip_bytes for one in simulated]),
        sync=fit([(one.syncs, float(one.records)) for one in simulated], [one.sync_bytes for one in simulated]),
        disk=fit(holdings, [float(one.database_bytes) for one in stored]),
        first=fit(holdings, [float(one.first_bytes) for one in stored]),
    )


def foretell(found: Law, identities: int, *, hosted: int) -> Foretold:
    """Say what a node pays in a network of so many identities, if it has the records of some of them.

    Operations are those of all: they travel whatever the space. There is one for each identity at least.
    """
    held, published = hosted * RECORDS_LIVE, hosted * RECORDS_A_DAY
    syncs = 2 * _DAY_S / SYNC_EVERY_S
    return Foretold(
        hosted=hosted,
        items=held + identities,
        disk_bytes=_sum(found.disk, (identities, held)),
        first_bytes=_sum(found.first, (identities, held)),
        gossip_bytes=_sum(found.gossip, (COPIES * published,)),
        sync_bytes=_sum(found.sync, (syncs, published)),
    )


def fit(amounts: Sequence[Sequence[float]], costs: Sequence[float]) -> Fit:
    """Return the coefficients, one or two, that come nearest to all costs, in proportion to these."""
    rows = [[amount / cost for amount in some] for some, cost in zip(amounts, costs, strict=True)]
    if len(rows[0]) == 1:
        found: tuple[float, ...] = (sum(row[0] for row in rows) / sum(row[0] ** 2 for row in rows),)
    else:
        one, both = sum(row[0] ** 2 for row in rows), sum(row[0] * row[1] for row in rows)
        other, first, second = (
            sum(row[1] ** 2 for row in rows),
            sum(row[0] for row in rows),
            sum(r[1] for r in rows),
        )
        scale = one * other - both * both
        found = ((first * other - second * both) / scale, (one * second - both * first) / scale)
    return Fit(found, max(abs(sum(a * c for a, c in zip(row, found, strict=True)) - 1) for row in rows))


def _sum(found: Fit, amounts: Sequence[float]) -> float:
    return sum(one * amount for one, amount in zip(found.coefficients, amounts, strict=True))
