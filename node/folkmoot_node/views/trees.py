"""Chains of opportunities within opportunities, from the top down, as far as the owner of this node may see."""

from functools import partial

from folkmoot.documents import team_terms
from folkmoot.ids import DocumentId, IdPrefix, RecordId
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.state.recursion import Branch, derive_tree
from folkmoot.state.team import derive_team
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, any_id, document_text, identity_text, record_text
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Scene, Viewpoint
from folkmoot_node.views.work_shapes import BranchShape, TreeShape


async def tree(view: Viewpoint, asked: str) -> TreeShape:
    """Return the chain that an opportunity, a bid or a team is part of.

    Raises:
        UnknownIdError: Nothing is held under the id, or it is mistyped.
        ConfigError: It is no id of a record or a document.
        RefusedError: It has to do with no opportunity.
    """
    scene, state = await standing_opportunity(view, await _opportunity_of(view, asked))
    top = await view.work(partial(derive_tree, scene.evidence, state.latest.id, view.identity))
    assert top is not None, "the opportunity is counted"
    return {"asked": record_text(state.latest.id), "is_whole": scene.is_whole, "top": _branch_json(scene, top)}


async def _opportunity_of(view: Viewpoint, asked: str) -> RecordId:
    prefix, value = any_id(asked)
    if prefix is IdPrefix.DOCUMENT:
        scene = await view.around(value)
        team = found_team(scene, DocumentId(value))
        opportunity = team_terms(team.document).opportunity
        if opportunity is None:
            raise RefusedError("that team was formed for no opportunity", advice="Give the id of an opportunity.")
        return opportunity
    record = await view.record(RecordId(value)) if prefix is IdPrefix.RECORD else None
    if record is not None and record.kind == "bid" and not record.is_tombstone:
        return read_bid(record).opportunity
    if record is not None and record.kind != "opportunity":
        raise RefusedError(f"{asked} is a record of kind {record.kind}", advice="Give an opportunity, bid or team.")
    if prefix is not IdPrefix.RECORD:
        raise UnknownIdError(f"{asked} is a person, not an opportunity", advice=SYNC_ADVICE)
    return RecordId(value)


def _branch_json(scene: Scene, branch: Branch) -> BranchShape:
    state = branch.state
    read = read_opportunity(state.latest)
    team = derive_team(scene.evidence, branch.team) if branch.team else None
    return {
        "id": record_text(state.latest.id),
        "title": str(state.latest.body["title"]),
        "client": identity_text(state.client),
        "client_name": scene.name(state.client),
        "status": state.status.value,
        "seat": branch.seat,
        "link": branch.link.status.value,
        "rule": branch.link.rule,
        "clauses": list(branch.clauses),
        "bids": len(state.bids),
        "decide_by": read.decide_by,
        "deliver_by": read.deliver_by,
        "awarded_to": identity_text(branch.awarded_to) if branch.awarded_to else None,
        "awarded_name": scene.name(branch.awarded_to) if branch.awarded_to else None,
        "team": document_text(branch.team) if branch.team else None,
        "team_name": team.terms.name if team else None,
        "price": body_json(branch.price) if branch.price is not None else None,
        "branches": [_branch_json(scene, below) for below in branch.branches],
    }
