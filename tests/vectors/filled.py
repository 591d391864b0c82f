"""Records of known kinds around any body, good or bad."""

from collections.abc import Mapping, Sequence
from typing import cast

from support.keys import NETWORK, Person
from vectors.bending import in_order
from vectors.craft import ALICE, DAY, payload_fields, refs_value, sealed

from folkmoot.kinds import Kind
from folkmoot.record import Ref


def implied(kind: Kind, body: Mapping[str, object]) -> list[Ref]:
    """Return the references that a good body implies."""
    return sorted(kind.refs(cast("Mapping[str, bytes]", body), NETWORK))


def filled(  # noqa: PLR0913 - the fields of a record, each by name
    kind: Kind,
    body: Mapping[str, object],
    refs: Sequence[Ref] = (),
    *,
    author: Person = ALICE,
    slot: int = 0,
    expires: int | None = None,
    space: str = "commons",
) -> bytes:
    """Return a sealed record that lives as long as its kind allows, unless something else is said."""
    fields = payload_fields(
        author,
        kind=kind.name,
        space=space,
        slot=slot,
        expires=DAY + kind.days_max if expires is None else expires,
        refs=refs_value(set(refs)),
        body=in_order(body),
    )
    return sealed(fields, author.key)
