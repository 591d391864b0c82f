"""Finding people and opportunities by skill, hours and words, in an order that anybody can check.

People who match stand in this order: those whose availability is known and not stale before the others, then by
id. Every skill asked for has to match, so all matches have the same number of them. Opportunities stand by the
moment bids close. Each result says why it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from folkmoot.kinds.people import shown_endorsements
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS
from folkmoot_node.store import Search
from folkmoot_node.store.words import folded
from folkmoot_node.views.naming import identity_text
from folkmoot_node.views.opportunities import open_summaries
from folkmoot_node.views.people import skill_labels
from folkmoot_node.views.shapes import Findings, FoundPerson
from folkmoot_node.views.viewpoint import Viewpoint

SEARCHED_MAX = 500
"""Matches, the newest, that are looked at and put in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: skills that must all be named, hours a week at least, words."""

    skills: Sequence[str] = ()
    hours: int | None = None
    text: str = ""


async def find(view: Viewpoint, wanted: Wanted, *, limit: int) -> Findings:
    """Find people and open opportunities; hours are about people, so a search for them finds only people.

    Raises:
        StoreError: The store cannot be read.
    """
    profiles = await view.store.find(
        Search(kind="profile", skills=wanted.skills, text=wanted.text), limit=SEARCHED_MAX
    )
    people = [await _person_json(view, wanted, profile) for profile in profiles]
    fitting = [person for person in people if person is not None]
    fitting.sort(
        key=lambda person: (person["hours_per_week"] is None or bool(person["is_stale"]), person["identity"])
    )
    calls: list[Record] = []
    if wanted.hours is None:
        search = Search(kind="opportunity", skills=wanted.skills, text=wanted.text)
        calls = await view.store.find(search, limit=SEARCHED_MAX)
    return {"people": fitting[:limit], "opportunities": await open_summaries(view, calls, limit=limit)}


async def _person_json(view: Viewpoint, wanted: Wanted, profile: Record) -> FoundPerson | None:
    availability = await view.store.at(Address(profile.author, COMMONS, "availability", 0))
    hours: int | None = None
    is_stale = False
    if availability is not None:
        hours = cast("int", availability.body["hours_per_week"])
        is_stale = cast("int", availability.body["until"]) < day_of(view.now_ms())
    if wanted.hours is not None and (hours is None or is_stale or hours < wanted.hours):
        return None
    return {
        "identity": identity_text(profile.author),
        "name": cast("str", profile.body["name"]),
        "headline": cast("str", profile.body.get("headline", "")),
        "skills": list(skill_labels(profile)),
        "hours_per_week": hours,
        "is_stale": is_stale,
        "shown_endorsements": len(shown_endorsements(profile.body)),
        "why": _reasons(wanted, profile, hours),
    }


def _reasons(wanted: Wanted, profile: Record, hours: int | None) -> list[str]:
    asked = {folded(skill) for skill in wanted.skills}
    reasons = [f"skill {label}" for label in skill_labels(profile) if folded(label) in asked]
    if wanted.hours is not None:
        reasons.append(f"{hours} hours a week")
    if wanted.text:
        reasons.append(f"says {wanted.text!r}")
    return reasons or ["has a profile"]
