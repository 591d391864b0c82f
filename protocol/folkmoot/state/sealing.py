"""Sealed bids: which of them open a commit that was made in time and that the client listed.

Bidders commit first. When bids close the client lists the commits that it holds; only then is it safe to open them,
because whatever is committed to later stands on no list. What is promised is the whole body, the version of the
opportunity included, so nothing that the client revises later makes room for another bid.

Spec: work.md#sealed-bids
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from folkmoot.ids import IdentityId, RecordId
from folkmoot.kinds.bidding import listed_commits
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Record
from folkmoot.sealed import commitment
from folkmoot.state.evidence import Evidence


class Sealing:
    """What the commits and the lists of one opportunity say about its bids."""

    def __init__(self, evidence: Evidence, versions: Sequence[Record]) -> None:
        self._evidence = evidence
        self._versions = {version.id: version for version in versions}
        self._client = versions[0].author
        self._listed = self._in_every_list()
        self._bids = self._named_by("bid")
        self._openings = self._first_openings()
        self._places = self._places_of_each()

    def judge(self, bid: Record) -> tuple[int, str]:
        """Return when a bid was made, as its author claims, and the rule of sealing that it breaks, if any.

        Spec: work.md#sealed-bids
        """
        version = read_bid(bid).opportunity
        if not self._is_sealed(version):
            return bid.rev, self._beyond(bid.id, version)
        # BID-6: It opens a commit by its author for this opportunity.
        commit = self._opened_by(bid)
        if commit is None:
            return bid.rev, "BID-6"
        # BID-7: The commit is in every list that the client has published.
        if commit.id not in self._listed:
            return commit.rev, "BID-7"
        is_repeated = self._evidence.successor(bid) is None and self._openings[commit.id].id != bid.id
        return commit.rev, ("BID-8" if is_repeated else self._beyond(commit.id, version))

    def unopened(self, bids: Iterable[Record]) -> tuple[RecordId, ...]:
        """Return the listed commits that none of these bids opens."""
        opened = {commit.id for commit in map(self._opened_by, bids) if commit is not None}
        commits = {commit.id for commit in self._named_by("bid-commit")}
        return tuple(sorted(commits & self._listed - opened))

    def _is_sealed(self, version: RecordId) -> bool:
        """Tell whether a version or one that it revises is sealed; what was sealed once stays so."""
        at: RecordId | None = version
        while at is not None and at in self._versions:
            read = read_opportunity(self._versions[at])
            if read.is_sealed:
                return True
            at = read.revises
        return False

    def _beyond(self, made: RecordId, version: RecordId) -> str:
        # BID-8: It is among the first of its author, as many as the version that it names allows, and of several
        # that open one commit the first.
        bids_max = read_opportunity(self._versions[version]).bids_max
        return "BID-8" if bids_max is not None and self._places.get(made, 0) >= bids_max else ""

    def _opened_by(self, bid: Record) -> Record | None:
        read = read_bid(bid)
        commit = self._evidence.counted.get(read.commit) if read.commit is not None else None
        if commit is None or read.salt is None or commit.kind != "bid-commit" or commit.author != bid.author:
            return None
        digest = commitment(bid.body, author=bid.author, salt=read.salt, network=self._evidence.network)
        is_opened = commit.targets("opportunity")[0] in self._versions and commit.body["digest"] == digest
        return commit if is_opened else None

    def _first_openings(self) -> dict[RecordId, Record]:
        """Return the first bid without a successor that opens each commit."""
        found: dict[RecordId, Record] = {}
        for bid in sorted(self._bids, key=_made):
            commit = self._opened_by(bid)
            if commit is not None and self._evidence.successor(bid) is None:
                found.setdefault(commit.id, bid)
        return found

    def _named_by(self, kind: str) -> list[Record]:
        return [
            record
            for version in sorted(self._versions)
            for record in self._evidence.referring(kind, "opportunity", version)
        ]

    def _in_every_list(self) -> frozenset[bytes]:
        """Return what all lists of the client name; a second list can take away, and add nothing."""
        lists = [
            frozenset[bytes](listed_commits(record))
            for record in self._named_by("bid-list")
            if record.author == self._client
        ]
        return frozenset.intersection(*lists) if lists else frozenset()

    def _places_of_each(self) -> dict[RecordId, int]:
        """Return how many came before each listed commit, and before each bid that stands, of the same author.

        Nobody takes a commit back to make room for another one, or makes one later that was never listed.
        """
        commits = [commit for commit in self._named_by("bid-commit") if commit.id in self._listed]
        bids = [bid for bid in self._bids if self._evidence.successor(bid) is None]
        places: dict[RecordId, int] = {}
        for made in (commits, bids):
            by_author: dict[IdentityId, list[Record]] = defaultdict(list)
            for record in sorted(made, key=_made):
                places[record.id] = len(by_author[record.author])
                by_author[record.author].append(record)
        return places


def _made(record: Record) -> tuple[int, RecordId]:
    return record.rev, record.id
