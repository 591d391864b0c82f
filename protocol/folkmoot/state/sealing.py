"""Sealed bids: which of them open a commit that was made in time and that the client listed.

Bidders commit first. When bids close the client lists the commits that it holds; only then is it safe to open them,
because whatever is committed to later stands on no list.

Spec: work.md#sealed-bids
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

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
        self._ids = {version.id for version in versions}
        self._client = versions[0].author
        self._listed = self._in_every_list()
        self._within_bounds = self._first_of_each(versions)

    def judge(self, bid: Record) -> tuple[int, str]:
        """Return when a bid was made, as its author claims, and the rule of sealing that it breaks, if any.

        Spec: work.md#sealed-bids
        """
        read = read_bid(bid)
        if not read_opportunity(self._evidence.counted[read.opportunity]).is_sealed:
            return bid.rev, ("" if self._within_bounds.get(bid.id, True) else "BID-8")
        commit = self._evidence.counted.get(read.commit) if read.commit is not None else None
        # BID-6: It opens a commit by its author for this opportunity.
        if commit is None or not self._opens(bid, commit):
            return bid.rev, "BID-6"
        # BID-7: The commit is in every list that the client has published.
        if commit.id not in self._listed:
            return commit.rev, "BID-7"
        # BID-8: It is among the first of its author, as many as the opportunity allows.
        return commit.rev, ("" if self._within_bounds.get(commit.id, True) else "BID-8")

    def unopened(self, opened: Collection[Record]) -> tuple[RecordId, ...]:
        """Return the listed commits that none of these bids opens."""
        done = {read_bid(bid).commit for bid in opened}
        return tuple(sorted(commit.id for commit in self._commits() if commit.id in self._listed - done))

    def _opens(self, bid: Record, commit: Record) -> bool:
        salt = read_bid(bid).salt
        if commit.kind != "bid-commit" or commit.author != bid.author or salt is None:
            return False
        digest = commitment(bid.body, author=bid.author, salt=salt, network=self._evidence.network)
        return commit.targets("opportunity")[0] in self._ids and commit.body["digest"] == digest

    def _commits(self) -> list[Record]:
        return [
            record
            for one in sorted(self._ids)
            for record in self._evidence.referring("bid-commit", "opportunity", one)
        ]

    def _in_every_list(self) -> frozenset[RecordId]:
        """Return what all lists of the client name; a second list can take away, and add nothing."""
        lists = [
            frozenset(listed_commits(record))
            for one in self._ids
            for record in self._evidence.referring("bid-list", "opportunity", one)
            if record.author == self._client
        ]
        return frozenset.intersection(*lists) if lists else frozenset()

    def _first_of_each(self, versions: Sequence[Record]) -> dict[RecordId, bool]:
        """Tell of each commit and each open bid whether it is within what the opportunity allows one identity."""
        latest = max(versions, key=lambda version: version.order)
        bids_max = read_opportunity(latest).bids_max
        if bids_max is None:
            return {}
        kind = "bid-commit" if read_opportunity(latest).is_sealed else "bid"
        by_author: dict[IdentityId, list[Record]] = defaultdict(list)
        for one in self._ids:
            for record in self._evidence.referring(kind, "opportunity", one):
                # What was promised under seal stays promised; an open bid that was withdrawn makes room.
                if kind == "bid-commit" or self._evidence.successor(record) is None:
                    by_author[record.author].append(record)
        return {
            record.id: place < bids_max
            for records in by_author.values()
            for place, record in enumerate(sorted(records, key=lambda r: (r.rev, r.id)))
        }
