"""What people do around work in a scene: sealed bids, change orders, closings, blind reviews, disputes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.keys import NETWORK, person
from support.scene import Scene

from folkmoot.agreement import Document, Party
from folkmoot.canonical import Value
from folkmoot.documents import engagement_terms
from folkmoot.ids import DocumentId
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.sealed import commitment

SALT = bytes(range(16))
CLIENT, MAKERS = "carl", ("dana", "eli")
ALL = (CLIENT, *MAKERS)


@dataclass(frozen=True)
class Promise:
    """A commit, and the body and the author that it stands for."""

    author: str
    commit: Record
    body: Mapping[str, Value]

    def opened_in(self, scene: Scene, *, by: str = "", over: Record | None = None, **changed: Value) -> Record:
        """Publish what was promised, or something else that claims to be it."""
        kind = "bid" if self.commit.kind == "bid-commit" else "review"
        body = {**self.body, "commit": self.commit.id, "salt": SALT, **changed}
        return scene.publish(by or self.author, kind, body, over=over)


def promised_bid(scene: Scene, who: str, call: Record, **extra: Value) -> Promise:
    """Commit to a bid."""
    body: dict[str, Value] = {
        "opportunity": call.id,
        "price": {"amount_minor": 480_000, "currency": "EUR", "unit": "fixed"},
        "plan": f"As {who} does it.",
        "valid_until": scene.now_ms + 30 * DAY_MS,
        **extra,
    }
    digest = commitment(body, author=person(who).id, salt=SALT, network=NETWORK)
    return Promise(who, scene.publish(who, "bid-commit", {"opportunity": call.id, "digest": digest}), body)


def listed(scene: Scene, call: Record, *promises: Promise, by: str = CLIENT, over: Record | None = None) -> Record:
    """Publish a list of commits."""
    commits: list[Value] = [*sorted(promise.commit.id for promise in promises)]
    return scene.publish(by, "bid-list", {"opportunity": call.id, "commits": commits}, over=over)


def engaged(scene: Scene, *, client: str = CLIENT, makers: Sequence[str] = MAKERS, **terms: Value) -> Document:
    """Have an engagement in force, with Gus as its witness and Fay as its resolver."""
    named: dict[str, Value] = {"witnesses": [person("gus").id], "resolver": person("fay").id}
    return scene.conclude(scene.engagement(client, makers, prev=None, **{**named, **terms}), (client, *makers))


def changed(
    scene: Scene, document: Document, *, client: str = CLIENT, makers: Sequence[str] = MAKERS, **terms: Value
) -> Document:
    """Have a change order in force; terms not named stay as they are."""
    scene.now_ms += DAY_MS
    kept = {name: value for name, value in document.terms.items() if name not in terms}
    later = scene.engagement(client, makers, prev=document.id, **{**kept, **terms})
    return scene.conclude(later, (client, *makers))


def ended(
    scene: Scene,
    document: Document,
    *,
    way: str = "completed",
    by: Sequence[str] = ALL,
    prev: DocumentId | None = None,
) -> Document:
    """Have people sign that an engagement is over."""
    parties = [Party("party", person(name).id) for name in by]
    closing = scene.propose(by[0], "closing", parties, {"engagement": document.id, "way": way}, prev=prev)
    return scene.conclude(closing, by)


def promised_review(
    scene: Scene, who: str, document: Document, subject: str, text: str = "Well done.", **extra: Value
) -> Promise:
    """Commit to a review."""
    body: dict[str, Value] = {"document": document.id, "subject": person(subject).id, "text": text, **extra}
    digest = commitment(body, author=person(who).id, salt=SALT, network=NETWORK)
    return Promise(who, scene.publish(who, "review-commit", {"document": document.id, "digest": digest}), body)


def reviewed_openly(scene: Scene, who: str, document: Document, subject: str, **extra: Value) -> Record:
    """Publish a review that was never promised."""
    body: dict[str, Value] = {"document": document.id, "subject": person(subject).id, "text": "Hm.", **extra}
    return scene.publish(who, "review", body)


def paid(scene: Scene, who: str, document: Document, amount: int, *, milestone: int = 0, **extra: Value) -> Record:
    """Say that money came, or that it was sent."""
    body: dict[str, Value] = {
        "document": document.id,
        "milestone": milestone,
        "way": "received",
        "amount_minor": amount,
        "currency": engagement_terms(document).currency,
    }
    return scene.publish(who, "payment", {**body, **extra})


def rebuked(scene: Scene, who: str, about: bytes) -> Record:
    """Open a dispute."""
    return scene.publish(who, "dispute", {"about": about, "text": "That is not what we agreed."})


def step(scene: Scene, who: str, dispute: Record, word: str, **extra: Value) -> Record:
    """Take a step in a dispute."""
    return scene.publish(who, "dispute-step", {"dispute": dispute.id, "step": word, **extra})
