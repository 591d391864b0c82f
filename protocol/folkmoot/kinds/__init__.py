"""The kinds of record that this edition knows.

Spec: kinds.md#registry
"""

from collections.abc import Mapping

from folkmoot.kinds.bidding import BID_COMMIT, BID_LIST, CLARIFICATION, COUNTER, QUESTION
from folkmoot.kinds.consent import ACCEPT, AGREEMENT, DRAFT, EXHIBIT
from folkmoot.kinds.delivery import CLOSING, DELIVERY, PAYMENT, REVIEW_OF_DELIVERY, SEEN
from folkmoot.kinds.disagreement import DISPUTE, DISPUTE_STEP
from folkmoot.kinds.kind import Kind
from folkmoot.kinds.membership import APPLY, LEAVE
from folkmoot.kinds.people import AVAILABILITY, PROFILE
from folkmoot.kinds.practice import PATTERN, PATTERN_OUTCOME
from folkmoot.kinds.reputation import REVIEW, REVIEW_COMMIT, VOUCH
from folkmoot.kinds.word import ENDORSEMENT, POST
from folkmoot.kinds.work import AWARD, BID, DECLINE, OPPORTUNITY

EDITION = 1
"""Number of this edition of the registry; two nodes compare only what both editions know."""

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        PROFILE,
        AVAILABILITY,
        OPPORTUNITY,
        BID,
        AWARD,
        DECLINE,
        DRAFT,
        ACCEPT,
        AGREEMENT,
        EXHIBIT,
        ENDORSEMENT,
        POST,
        QUESTION,
        CLARIFICATION,
        BID_COMMIT,
        BID_LIST,
        COUNTER,
        APPLY,
        LEAVE,
        DELIVERY,
        REVIEW_OF_DELIVERY,
        PAYMENT,
        SEEN,
        CLOSING,
        DISPUTE,
        DISPUTE_STEP,
        VOUCH,
        REVIEW_COMMIT,
        REVIEW,
        PATTERN,
        PATTERN_OUTCOME,
    )
}

__all__ = ["EDITION", "KINDS", "Kind"]
