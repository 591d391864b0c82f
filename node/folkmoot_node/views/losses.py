"""What a revocation keeps and loses, for people to look at before they say yes."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from folkmoot.keeping import Signed
from folkmoot_node.acts.losses import Losses
from folkmoot_node.views.naming import document_text, record_text


class SignedShape(TypedDict):
    """Something that a device signed; `is_needed` when others build on it."""

    id: str
    kind: str
    at_ms: int
    is_needed: bool


class LossesShape(TypedDict):
    """What of the word of devices stands when they are revoked, and what does not."""

    kept: list[SignedShape]
    lost: list[SignedShape]


def losses_json(losses: Losses) -> LossesShape:
    """Describe what is kept and what is lost."""
    return {
        "kept": _signed_list(losses, losses.selection.kept),
        "lost": _signed_list(losses, losses.selection.lost),
    }


def _signed_list(losses: Losses, items: Iterable[Signed]) -> list[SignedShape]:
    return [
        {
            "id": record_text(item.id) if item.id in losses.records else document_text(item.id),
            "kind": losses.records[item.id].kind if item.id in losses.records else "co-signature",
            "at_ms": item.at,
            "is_needed": item.is_needed,
        }
        for item in items
    ]
