"""An opportunity within another: what it takes over from the one above, and what that does not allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from folkmoot.canonical import Value, clean_text
from folkmoot.kinds.work import Opportunity, read_call, read_opportunity
from folkmoot.limits import RECURSION_DEPTH_MAX
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence
from folkmoot.state.opportunity import OpportunityStatus
from folkmoot.state.recursion import broken_rule, foreseen_rule
from folkmoot_node.errors import RefusedError
from folkmoot_node.views.naming import record_id
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.viewpoint import Viewpoint

_OVER = {
    OpportunityStatus.LAPSED: "has lapsed",
    OpportunityStatus.WITHDRAWN: "was withdrawn",
    OpportunityStatus.CONTESTED: "was awarded twice, so neither award counts",
}


@dataclass(frozen=True, slots=True)
class Above:
    """The opportunity above, as it stands, and what counts around it."""

    record: Record
    evidence: Evidence


async def found_above(view: Viewpoint, parent: str) -> Above:
    """Find an opportunity on which another can hang.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is over, or no part of what it hangs on itself.
    """
    scene, state = await standing_opportunity(view, record_id(parent))
    if state.status in _OVER:
        raise RefusedError(f"the opportunity that it would hang on {_OVER[state.status]}")
    rule = broken_rule(scene.evidence, state.latest)
    if rule:
        raise RefusedError("the opportunity above is itself no part of the one that it names", rule=rule)
    return Above(state.latest, scene.evidence)


def taken_over(body: Mapping[str, Value], above: Above, *, seat: str) -> dict[str, Value]:
    """Return a body with what comes down: the parent, its clauses, and its moments where none are given.

    Raises:
        RefusedError: A clause has the name of one that comes down and another text (SUB-3).
    """
    high = read_opportunity(above.record)
    own = cast("list[dict[str, str]]", body.get("flow_down", []))
    for clause in own:
        if high.flow_down.get(clause["name"], clause["text"]) != clause["text"]:
            raise RefusedError(
                f"the clause {clause['name']!r} comes down from the opportunity above with another text",
                advice="Leave it out: it is passed on word for word.",
                rule="SUB-3",
            )
    added: list[Value] = [dict[str, Value](clause) for clause in own if clause["name"] not in high.flow_down]
    passed_on = list(cast("list[Value]", above.record.body.get("flow_down", []))) + added
    parent: dict[str, Value] = {"opportunity": above.record.id, "seat": clean_text(seat).strip()}
    taken: dict[str, Value] = {**body, "parent": parent}
    if passed_on:
        taken["flow_down"] = passed_on
    if high.deliver_by is not None:
        taken.setdefault("deliver_by", high.deliver_by)
    return taken


def refuse_unfit(evidence: Evidence, body: Mapping[str, Value]) -> None:
    """Refuse an opportunity that would be no part of the one that it names.

    Args:
        evidence: What counts around it.
        body: Of the opportunity, complete.

    Raises:
        RefusedError: SUB-1 to SUB-4.
    """
    low = read_call(body)
    if low.parent is None:
        return
    rule = foreseen_rule(evidence, low)
    match rule:
        case "":
            return
        case "SUB-2":
            high = read_opportunity(evidence.counted[low.parent])
            raise RefusedError(_late(low, high), advice="Give an earlier moment, or none.", rule=rule)
        case "SUB-3":
            raise RefusedError("it would not pass on every clause that comes down", rule=rule)
        case "SUB-4":
            raise RefusedError(
                f"a chain of opportunities has at most {RECURSION_DEPTH_MAX} levels",
                advice="Bid, and form a team, instead of calling for others once more.",
                rule=rule,
            )
        case _:
            raise RefusedError("the opportunity that it hangs on is not known here", rule=rule)


def _late(low: Opportunity, high: Opportunity) -> str:
    if low.decide_by > high.decide_by:
        return "it would be decided later than the opportunity that it hangs on"
    return "it would be delivered later than the opportunity that it hangs on"
