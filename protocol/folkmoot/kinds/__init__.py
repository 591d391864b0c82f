"""The kinds of record that this edition knows.

Spec: kinds.md#registry
"""

from collections.abc import Mapping

from folkmoot.kinds.consent import ACCEPT, AGREEMENT, DRAFT, EXHIBIT
from folkmoot.kinds.kind import Kind
from folkmoot.kinds.people import AVAILABILITY, PROFILE
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
    )
}

__all__ = ["EDITION", "KINDS", "Kind"]
