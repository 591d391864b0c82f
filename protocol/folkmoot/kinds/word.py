"""What people say of and to each other: `endorsement` and `post`.

Spec: kinds/word.md
"""

from collections.abc import Iterable
from typing import cast

from folkmoot.errors import DecodeError
from folkmoot.kinds.kind import Body, Kind
from folkmoot.limits import MILESTONES_MAX
from folkmoot.record import Record, Ref
from folkmoot.shape import ID, Choice, Fields, Integer, Many, Text

_YEAR_DAYS = 366
POST_TOPICS = ("ask", "gathering", "lesson", "offer", "question", "talk")


def _endorsement_refs(body: Body, _network: str) -> Iterable[Ref]:
    refs = {Ref("subject", cast("bytes", body["subject"]))}
    return refs | {Ref("document", cast("bytes", body["basis"]))} if "basis" in body else refs


def _check_endorsement(record: Record, _network: str) -> None:
    # END-1: Nobody endorses themselves.
    if record.body["subject"] == record.author:
        raise DecodeError("END-1", "its author endorses themselves")
    # END-2: A milestone is one of the basis.
    if "milestone" in record.body and "basis" not in record.body:
        raise DecodeError("END-2", "it names a milestone and no basis")


ENDORSEMENT = Kind(
    name="endorsement",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    commons_only=True,
    evidence=True,
    shape=Fields(
        {"subject": ID, "text": Text(1000)},
        {
            "skill": Fields({"label": Text(64)}, {"uri": Text(512)}),
            "relation": Text(80),
            "basis": ID,
            "milestone": Integer(0, MILESTONES_MAX - 1),
        },
    ),
    refs=_endorsement_refs,
    rules=_check_endorsement,
)


def _post_refs(body: Body, _network: str) -> Iterable[Ref]:
    return {Ref(name, cast("bytes", body[name])) for name in ("about", "replies") if name in body}


POST = Kind(
    name="post",
    slots=128,
    days_max=_YEAR_DAYS,
    shape=Fields(
        {"text": Text(4000)},
        {"about": ID, "replies": ID, "topic": Choice(POST_TOPICS), "title": Text(160), "tags": Many(Text(48), 8)},
    ),
    refs=_post_refs,
)
