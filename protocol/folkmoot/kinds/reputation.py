"""What people say of those they know or worked with: `vouch`, `review-commit` and `review`.

Endorsements are in `folkmoot.kinds.word`.

Spec: kinds/reputation.md
"""

from folkmoot.errors import DecodeError
from folkmoot.keys import DIGEST_BYTES
from folkmoot.kinds.kind import Kind, refer
from folkmoot.record import Record
from folkmoot.sealed import SALT_BYTES
from folkmoot.shape import ID, Bytes, Choice, Fields, Text

_YEAR_DAYS = 366
AGAIN_WORDS = ("gladly", "no", "perhaps")


def _check_vouch(record: Record, _network: str) -> None:
    # VOU-1: Nobody vouches for themselves.
    if record.body["subject"] == record.author:
        raise DecodeError("VOU-1", "its author vouches for themselves")


VOUCH = Kind(
    name="vouch",
    slots=32,
    days_max=2 * _YEAR_DAYS,
    commons_only=True,
    evidence=True,
    shape=Fields({"subject": ID, "how": Text(500)}),
    refs=refer("subject"),
    rules=_check_vouch,
)

REVIEW_COMMIT = Kind(
    name="review-commit",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"document": ID, "digest": Bytes(DIGEST_BYTES)}),
    refs=refer("document"),
)


def _check_review(record: Record, _network: str) -> None:
    # RVW-1: A review that opens a commit gives the salt, and no other has one.
    if ("commit" in record.body) != ("salt" in record.body):
        raise DecodeError("RVW-1", "a commit and its salt belong together")


REVIEW = Kind(
    name="review",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {"document": ID, "subject": ID, "text": Text(4000)},
        {"again": Choice(AGAIN_WORDS), "commit": ID, "salt": Bytes(SALT_BYTES), "counterpart": ID},
    ),
    refs=refer("document", "subject", "commit", "counterpart"),
    rules=_check_review,
)
