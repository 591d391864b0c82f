"""Blind reviews: both commit, nobody can read; both reveal.

Spec: work.md#reviews
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.sealed import commitment
from folkmoot.state.engagement import Ending, Engagement, derive_engagement
from folkmoot.state.evidence import Evidence, remembered


class ReviewStatus(Enum):
    """Where a review stands."""

    COMMITTED = "committed"
    """Promised, and nobody can read it yet."""
    REVEALED = "revealed"
    LATE = "late"
    """Said after the window, or never committed to: its author may have read the other's first."""
    UNREVEALED = "unrevealed"
    """Promised and not shown although the window has passed."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ReviewState:
    """What one party says, or has promised to say, of an engagement.

    Attributes:
        author: Which party.
        subject: Of whom; `None` until it is shown.
        engagement: The document of the engagement that was asked about.
        status: Where it stands.
        commit: The promise.
        review: What it opens to.
    """

    author: IdentityId
    subject: IdentityId | None
    engagement: DocumentId
    status: ReviewStatus
    commit: RecordId | None
    review: RecordId | None


@remembered
def derive_reviews(evidence: Evidence, engagement_id: DocumentId) -> tuple[ReviewState, ...]:
    """Derive every review of an engagement, of each party at most one about each other.

    Spec: work.md#reviews
    """
    engagement = derive_engagement(evidence, engagement_id)
    if engagement is None or not engagement.is_complete:
        return ()
    shown = list(_shown(evidence, engagement))
    opened = {state.commit for state in shown}
    promised = (
        _promise(evidence, engagement, commit)
        for commit in _commits(evidence, engagement)
        if commit.id not in opened
    )
    return (*shown, *promised)


def may_reveal(evidence: Evidence, engagement_id: DocumentId, author: IdentityId) -> bool:
    """Tell whether a party gives nothing away by opening its review: all have committed, or the window has passed.

    Spec: work.md#reviews
    """
    engagement = derive_engagement(evidence, engagement_id)
    if engagement is None:
        return False
    waited_for = engagement.parties - {author} - {commit.author for commit in _commits(evidence, engagement)}
    return all(_is_over(evidence, engagement, other, evidence.now_ms) for other in waited_for)


def _under(evidence: Evidence, engagement: Engagement, kind: str) -> list[Record]:
    return [record for named in engagement.line for record in evidence.referring(kind, "document", named.id)]


def _commits(evidence: Evidence, engagement: Engagement) -> list[Record]:
    # RVW-2: Only a party of the engagement reviews it, with one commit for each other party: the first it made,
    # those before all others that another party had seen when it opened its own review.
    found: dict[IdentityId, list[Record]] = {}
    for commit in _under(evidence, engagement, "review-commit"):
        if commit.author in engagement.parties:
            found.setdefault(commit.author, []).append(commit)
    seen = {
        (review.body.get("counterpart"), review.body["subject"])
        for review in _under(evidence, engagement, "review")
        if review.author in engagement.parties
    }
    others = len(engagement.parties) - 1
    return [
        commit
        for author, commits in sorted(found.items())
        for commit in sorted(commits, key=lambda c: ((c.id, c.author) not in seen, c.rev, c.id))[:others]
    ]


def _shown(evidence: Evidence, engagement: Engagement) -> Iterator[ReviewState]:
    commits = {commit.id: commit for commit in _commits(evidence, engagement)}
    first: dict[tuple[IdentityId, IdentityId], Record] = {}
    for review in _under(evidence, engagement, "review"):
        subject = cast("IdentityId", review.body["subject"])
        # RVW-3: Its subject is another party.
        if review.author not in engagement.parties or subject not in engagement.parties - {review.author}:
            continue
        best = first.get((review.author, subject))
        if best is None or _rank(review, commits, evidence) < _rank(best, commits, evidence):
            first[review.author, subject] = review
    for (author, subject), review in sorted(first.items(), key=lambda item: item[0]):
        commit = _opened_by(evidence, review, commits)
        is_late = commit is None or _is_over(evidence, engagement, author, commit.rev)
        status = ReviewStatus.LATE if is_late else ReviewStatus.REVEALED
        if evidence.successor(review) is not None:
            status = ReviewStatus.WITHDRAWN
        commit_id = commit.id if commit is not None else None
        yield ReviewState(author, subject, engagement.id, status, commit_id, review.id)


def _rank(review: Record, commits: dict[RecordId, Record], evidence: Evidence) -> tuple[bool, int, bytes]:
    return _opened_by(evidence, review, commits) is None, review.rev, review.id


def _opened_by(evidence: Evidence, review: Record, commits: dict[RecordId, Record]) -> Record | None:
    # RVW-4: It opens a commit of its author for the same engagement, or it is late.
    commit = commits.get(cast("RecordId", review.body.get("commit", b"")))
    if commit is None or commit.author != review.author:
        return None
    salt = cast("bytes", review.body["salt"])
    digest = commitment(review.body, author=review.author, salt=salt, network=evidence.network)
    return commit if commit.body["digest"] == digest else None


def _promise(evidence: Evidence, engagement: Engagement, commit: Record) -> ReviewState:
    is_over = _is_over(evidence, engagement, commit.author, evidence.now_ms)
    status = ReviewStatus.UNREVEALED if is_over else ReviewStatus.COMMITTED
    return ReviewState(commit.author, None, engagement.id, status, commit.id, None)


def _is_over(evidence: Evidence, engagement: Engagement, author: IdentityId, at_ms: int) -> bool:
    """Tell whether a party's time to review had passed: so many days after it knew of an ending."""
    known = [_known_at(evidence, engagement, ending, author) for ending in engagement.endings]
    days_ms = engagement.terms.review_days * DAY_MS
    return any(at is not None and at_ms > at + days_ms for at in known)


def _known_at(evidence: Evidence, engagement: Engagement, ending: Ending, author: IdentityId) -> int | None:
    if author in ending.by:
        return ending.at
    # RVW-5: What another party says alone counts from when a witness, or the one whose time it is, has seen it.
    receipts = [
        receipt.rev
        for receipt in evidence.referring("seen", "of", ending.proof)
        if receipt.author == author or receipt.author in engagement.terms.witnesses
    ]
    return max(ending.at, min(receipts)) if receipts else None
