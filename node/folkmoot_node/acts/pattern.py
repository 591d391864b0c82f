"""Ways of working: published to be chosen, and reported on by those who chose one."""

from collections.abc import Mapping, Sequence

from folkmoot.state.patterns import derive_pattern
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.views.documents import found_document
from folkmoot_node.views.naming import document_id, record_id
from folkmoot_node.views.patterns import found_pattern, measure_units
from folkmoot_node.views.viewpoint import Viewpoint


@in_turn
async def publish_pattern(author: Author, fields: Mapping[str, object], *, space: str) -> Published:
    """Publish a way of working.

    Args:
        author: Who describes it.
        fields: `name`, `intent` and `steps`; optionally `roles`, `agreements`, `measures` and `derived_from`, the
            last an id in text.
        space: Where it lives.

    Raises:
        UnknownIdError: What it is derived from is not known here, or the id is mistyped.
        RefusedError: It breaks a rule.
    """
    derived_from = fields.get("derived_from")
    source = await found_pattern(Viewpoint.of(author), record_id(str(derived_from))) if derived_from else None
    body = filled(**{**fields, "derived_from": source[1].id if source is not None else None})
    return Published(await author.publish("pattern", body, space=space))


@in_turn
async def publish_outcome(
    author: Author,
    pattern: str,
    document: str,
    *,
    verdict: str,
    measures: Sequence[Mapping[str, object]] = (),
    note: str = "",
) -> Published:
    """Say what became of a way of working that one has chosen, and keep a copy of it.

    Raises:
        UnknownIdError: The pattern or the document is not known here, or an id is mistyped.
        RefusedError: The document is not complete, names another pattern or none, or has no place for the author;
            or the pattern has no such measure.
    """
    view = Viewpoint.of(author)
    pattern_id, wanted = record_id(pattern), document_id(document)
    await found_pattern(view, pattern_id)
    scene = await view.around(pattern_id, wanted)
    position = found_document(scene, wanted)
    if not position.document.indices_of(author.identity):
        raise RefusedError("you have no place in that document", rule="PTN-1")
    if position.document.terms.get("pattern") != pattern_id:
        raise RefusedError("that document does not name this pattern", rule="PTN-1")
    state = derive_pattern(scene.evidence, pattern_id)
    assert state is not None, "the pattern was found"
    if wanted not in state.used_by:
        raise RefusedError("not everybody has signed that document", rule="PTN-1")
    known = set(measure_units(state.record.body))
    unknown = sorted({str(item["name"]) for item in measures} - known)
    if unknown:
        raise RefusedError(
            f"the pattern does not measure {', '.join(unknown)}",
            advice=f"It measures {', '.join(sorted(known))}." if known else "It names no measures.",
        )
    body = filled(pattern=pattern_id, document=wanted, verdict=verdict, measures=list(measures), note=note)
    record = await author.publish("pattern-outcome", body, space=scene.space_of(wanted))
    return Published(record, wanted, await exhibited(author, state.record))
