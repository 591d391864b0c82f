"""Whatever people may do around work, honest or not, one act for a few numbers that a test draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from support.keys import person
from support.scene import MINUTE_MS, Scene
from support.work import SALT, Promise, ended, listed, promised_bid, promised_review

from folkmoot.agreement import Document, Party
from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot.record import Record

_ELSEWHERE = bytes(32)


@dataclass
class World:
    """A scene, and what there is in it to act on.

    Attributes:
        scene: Where it happens.
        papers: Documents, the engagements first.
        promises: Commits, of bids and of reviews.
    """

    scene: Scene
    papers: list[Document] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def of_kind(self, kind: str) -> Sequence[bytes]:
        """Return the ids of what was published of a kind, or one that nobody holds."""
        return [record.id for record in self.scene.records if record.kind == kind] or [_ELSEWHERE]


Act = Callable[[World, str, int, int], object]


def _pick(of: Sequence[bytes], number: int) -> bytes:
    return of[number % len(of)]


def _paper(world: World, number: int) -> Document:
    return world.papers[number % len(world.papers)]


def _deliver(world: World, who: str, a: int, b: int) -> None:
    world.scene.deliver(who, _paper(world, a), b % 3)


def _judge(world: World, who: str, a: int, b: int) -> None:
    body: dict[str, Value] = {"delivery": _pick(world.of_kind("delivery"), a), "verdict": "accept"}
    if b % 2:
        body |= {"verdict": "reject", "failed": [b % 3]}
    world.scene.publish(who, "review-of-delivery", body)


def _pay(world: World, who: str, a: int, b: int) -> None:
    way = ("received", "sent")[b % 2]
    amount = 1 + b * 10_000
    body: dict[str, Value] = {"document": _paper(world, a).id, "milestone": b % 3, "way": way}
    world.scene.publish(who, "payment", {**body, "amount_minor": amount, "currency": "EUR"})


def _close(world: World, who: str, a: int, b: int) -> None:
    way = ("cause", "completed", "convenience", "lapsed")[b % 4]
    world.scene.publish(who, "closing", {"document": _paper(world, a).id, "way": way})


def _see(world: World, who: str, a: int, b: int) -> None:
    of: list[Value] = [*sorted({_pick(world.of_kind("delivery"), a), _pick(world.of_kind("closing"), b)})]
    world.scene.publish(who, "seen", {"of": of})


def _dispute(world: World, who: str, a: int, b: int) -> None:
    about = (_paper(world, a).id, _pick(world.of_kind("delivery"), a), _pick(world.of_kind("endorsement"), a))[
        b % 3
    ]
    world.scene.publish(who, "dispute", {"about": about, "text": "No."})


def _step(world: World, who: str, a: int, b: int) -> None:
    word = ("finding", "reply", "take", "withdraw")[b % 4]
    body: dict[str, Value] = {"dispute": _pick(world.of_kind("dispute"), a), "step": word}
    world.scene.publish(who, "dispute-step", {**body, **({"reason": "shared"} if word == "finding" else {})})


def _go(world: World, who: str, a: int, b: int) -> None:
    kind = ("decline", "leave")[b % 2]
    world.scene.publish(who, kind, {"document": _paper(world, a).id, "reason": "other"})


def _rival(world: World, who: str, a: int, b: int) -> None:
    """Agree with a friend on something that names another document as the one before."""
    before, friend = _paper(world, a), ("fay", "mallory")[who == "fay"]
    if b % 3 == 0:
        found = world.scene.engagement(who, [friend], prev=before.id)
    elif b % 3 == 1:
        found = world.scene.offer(who, [who, friend], prev=before.id)
    else:
        parties = [Party("party", person(name).id) for name in (who, friend)]
        terms: dict[str, Value] = {"engagement": _paper(world, b).id, "way": "mutual"}
        found = world.scene.propose(who, "closing", parties, terms, prev=before.id)
    world.scene.agree(who, found, [who, friend] if b % 2 else [who])
    world.papers.append(found)


def _copy_promise(world: World, who: str, a: int, _b: int) -> None:
    if not world.promises:
        return
    promise = world.promises[a % len(world.promises)]
    copied = world.scene.publish(who, promise.commit.kind, promise.commit.body)
    world.promises.append(Promise(who, copied, promise.body))


def _promise(world: World, who: str, a: int, b: int) -> None:
    if b % 2:
        world.promises.append(promised_review(world.scene, who, _paper(world, a), ("carl", "dana")[b % 4 == 1]))
        return
    calls = [record for record in world.scene.records if record.kind == "opportunity" and record.body]
    world.promises.append(promised_bid(world.scene, who, calls[a % len(calls)]))


def _open(world: World, who: str, a: int, b: int) -> None:
    if world.promises:
        promise = world.promises[a % len(world.promises)]
        promise.opened_in(world.scene, by=(who, promise.author)[b % 2 and promise.author == who])


def _list(world: World, who: str, a: int, b: int) -> None:
    calls = [record for record in world.scene.records if record.kind == "opportunity" and record.body]
    bids = [promise for promise in world.promises if promise.commit.kind == "bid-commit"]
    listed(world.scene, calls[a % len(calls)], *bids[: b % (len(bids) + 1)], by=who)


def _bid(world: World, who: str, a: int, b: int) -> None:
    calls = [record for record in world.scene.records if record.kind == "opportunity" and record.body]
    commit: dict[str, Value] = {"commit": _pick(world.of_kind("bid-commit"), b), "salt": SALT} if b % 2 else {}
    world.scene.bid(who, calls[a % len(calls)], team=None, **commit)


def _award(world: World, who: str, a: int, b: int) -> None:
    body = {"opportunity": _pick(world.of_kind("opportunity"), a), "bid": _pick(world.of_kind("bid"), b)}
    world.scene.publish(who, "award", body)


def _hang(world: World, who: str, a: int, _b: int) -> None:
    parent: dict[str, Value] = {"opportunity": _pick(world.of_kind("opportunity"), a), "seat": "Any"}
    world.scene.opportunity(who, parent=parent)


def _say(world: World, who: str, a: int, b: int) -> None:
    kind = ("question", "clarification")[b % 2]
    world.scene.publish(who, kind, {"opportunity": _pick(world.of_kind("opportunity"), a), "text": "So."})


def _praise(world: World, who: str, a: int, b: int) -> None:
    subject = next(name for name in (*("carl", "dana", "eli")[b % 3 :], "carl", "dana") if name != who)
    body: dict[str, Value] = {"subject": person(subject).id, "text": "So."}
    if b % 2:
        world.scene.publish(who, "endorsement", {**body, "basis": _paper(world, a).id})
    else:
        world.scene.publish(who, "review", {**body, "document": _paper(world, a).id})


def _show(world: World, who: str, a: int, _b: int) -> None:
    own = person(who).id
    shown = ("delivery", "review-of-delivery", "payment", "bid", "award", "bid-list", "closing", "opportunity")
    found = [item for item in world.scene.records if item.kind in shown and item.author != own and item.body]
    if found:
        world.scene.exhibit(who, found[a % len(found)])


def _delete(world: World, who: str, a: int, _b: int) -> None:
    """Put something that is gone in the place of what one said last somewhere."""
    last: dict[object, Record] = {
        record.address: record for record in world.scene.records if record.author == person(who).id
    }
    found = [record for record in last.values() if record.body and record.kind not in ("draft", "agreement")]
    if found:
        world.scene.delete(found[a % len(found)], who)


ACTS: Sequence[Act] = (
    *(_deliver, _judge, _pay, _close, _see, _dispute, _step, _go, _rival, _copy_promise, _promise),
    *(_open, _list, _bid, _award, _hang, _say, _praise, _show, _delete),
)
"""Every act, in an order that does not matter."""


def happen(world: World, who: str, act: int, a: int, b: int, *, back_ms: int = 0) -> None:
    """Let somebody do something, dated back if they like."""
    now = world.scene.now_ms
    world.scene.now_ms -= back_ms
    ACTS[act % len(ACTS)](world, who, a, b)
    world.scene.now_ms = max(now, world.scene.now_ms) + MINUTE_MS


def story_of_work() -> World:
    """Tell an honest story to its end, everything of it kept by Gus as well; what comes after cannot undo it."""
    scene = Scene()
    call = scene.opportunity(mode="sealed", bids_max=1)
    bids = [promised_bid(scene, name, call) for name in ("dana", "eli")]
    listed(scene, call, *bids)
    won, _lost = (promise.opened_in(scene) for promise in bids)
    scene.award("carl", call, won)
    parent: dict[str, Value] = {"opportunity": call.id, "seat": "Backend"}
    decide_by = call.body["decide_by"]
    below = scene.opportunity("dana", parent=parent, decide_by=decide_by)
    lower = scene.bid("eli", below)
    scene.award("dana", below, lower)
    document = scene.engagement("carl", ["dana", "eli"], witnesses=[person("gus").id])
    scene.conclude(document, ("carl", "dana", "eli"))
    first, second = scene.deliver("dana", document, 0), scene.deliver("eli", document, 1)
    scene.judge("carl", first)
    scene.publish("gus", "seen", {"of": [second.id]})
    for name in ("dana", "eli"):
        body: dict[str, Value] = {"document": document.id, "milestone": 0, "way": "received", "currency": "EUR"}
        scene.publish(name, "payment", {**body, "amount_minor": 50_000})
    scene.now_ms += 6 * DAY_MS
    closing = ended(scene, document)
    reviews = [promised_review(scene, *pair) for pair in (("carl", document, "dana"), ("dana", document, "carl"))]
    for promise in reviews:
        promise.opened_in(scene)
    scene.publish("carl", "endorsement", {"subject": person("dana").id, "text": "Good.", "basis": document.id})
    for paper, signers in ((document, ("carl", "dana", "eli")), (closing, ("carl", "dana", "eli"))):
        scene.agree("gus", paper, signers)
    kept = ("bid-commit", "bid-list", "bid", "award", "opportunity", "delivery", "review-of-delivery", "payment")
    for record in [item for item in scene.records if item.kind in kept]:
        scene.exhibit("gus", record)
    return World(scene, [document, closing], [*bids, *reviews])
