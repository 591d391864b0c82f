"""Cases of the suite `kinds`: the rules that a kind has of its own, each from both sides.

Those of consent are in `cases_consent` and `cases_drafts`.
"""

from collections.abc import Mapping

from support.keys import Person
from vectors.bodies import FULL, MINIMAL
from vectors.craft import ALICE, BOB, DAY, NOON_MS, Case, accepted, refused
from vectors.filled import filled, implied

from folkmoot.kinds import KINDS
from folkmoot.limits import BID_COMMITS_LISTED_MAX, CRITERIA_MAX, DAY_MS, EVIDENCE_MARGIN_DAYS, SEEN_MAX

Body = Mapping[str, object]

_LOW, _HIGH = bytes([1]) * 32, bytes([2]) * 32


def cases() -> list[Case]:
    """Return every case."""
    return [
        *_people(),
        *_opportunities(),
        *_bids(),
        *_around_bids(),
        *_delivery(),
        *_disagreement(),
        *_words(),
    ]


def _good(name: str, kind: str, body: Body, *, author: Person = ALICE, why: str = "") -> Case:
    wire = filled(KINDS[kind], body, implied(KINDS[kind], body), author=author)
    return accepted(name, why=why, wire=wire)


def _bad(name: str, rule: str, kind: str, body: Body, *, why: str = "") -> Case:
    return refused(name, rule, why=why, wire=filled(KINDS[kind], body, implied(KINDS[kind], body)))


def _ids(count: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(count)]


def _people() -> list[Case]:
    window = {"hours_per_week": 8, "from": DAY}
    return [
        _bad("profile-shows-one-twice", "PRO-1", "profile", {"name": "A", "shown": [bytes(32)] * 2}),
        _good("availability-of-one-day", "availability", {**window, "until": DAY}),
        _good("availability-of-366-days", "availability", {**window, "until": DAY + 366}),
        _bad("availability-ends-before", "AVL-1", "availability", {**window, "until": DAY - 1}),
        _bad("availability-too-long", "AVL-1", "availability", {**window, "until": DAY + 367}),
    ]


def _opportunities() -> list[Case]:
    work = MINIMAL["opportunity"]
    now = {"bids_close": NOON_MS, "decide_by": NOON_MS}
    last = NOON_MS + (KINDS["opportunity"].days_max - EVIDENCE_MARGIN_DAYS) * DAY_MS

    def money(**amounts: int) -> Body:
        return {**work, "budget": {"model": "fixed", "currency": "EUR", **amounts}}

    def clauses(*names: str) -> Body:
        return {**work, "flow_down": [{"name": name, "text": "Nobody climbs alone."} for name in names]}

    return [
        _good("opportunity-decided-when-bids-close", "opportunity", {**work, **now}),
        _bad("opportunity-bids-close-later", "OPP-1", "opportunity", {**work, **now, "bids_close": NOON_MS + 1}),
        _good("opportunity-decided-at-the-last", "opportunity", {**work, "decide_by": last}),
        _bad("opportunity-decided-too-late", "KND-6", "opportunity", {**work, "decide_by": last + DAY_MS}),
        _good("budget-without-a-greatest", "opportunity", money(min_minor=5)),
        _good("budget-of-one-amount", "opportunity", money(min_minor=5, max_minor=5)),
        _bad("budget-upside-down", "OPP-2", "opportunity", money(min_minor=6, max_minor=5)),
        _good("clauses-with-one-text", "opportunity", clauses("height", "safety")),
        _bad("clauses-with-one-name", "OPP-3", "opportunity", clauses("safety", "safety")),
    ]


def _bids() -> list[Case]:
    offer = MINIMAL["bid"]
    last = NOON_MS + (KINDS["bid"].days_max - EVIDENCE_MARGIN_DAYS) * DAY_MS
    both = {"bid": bytes(32), "document": bytes(32), "reason": "fit"}
    return [
        _good("bid-valid-to-the-last", "bid", {**offer, "valid_until": last}),
        _bad("bid-valid-too-long", "KND-6", "bid", {**offer, "valid_until": last + DAY_MS}),
        _bad("bid-opening-a-commit-without-salt", "BID-5", "bid", {**offer, "commit": _LOW}),
        _bad("bid-with-salt-and-no-commit", "BID-5", "bid", {**offer, "salt": bytes(16)}),
        _bad("decline-of-nothing", "DEC-1", "decline", {"reason": "fit"}),
        _bad("decline-of-two", "DEC-1", "decline", both),
    ]


def _around_bids() -> list[Case]:
    listing = {"opportunity": _LOW}
    price = {"price": FULL["bid"]["price"]}
    most = _ids(BID_COMMITS_LISTED_MAX + 1)
    to_bid, to_document = {"text": "C", "bid": _LOW}, {"text": "C", "document": _LOW}
    return [
        _good("bid-list-of-256", "bid-list", {**listing, "commits": most[:-1]}),
        _bad("bid-list-of-257", "KND-4", "bid-list", {**listing, "commits": most}),
        _bad("bid-list-with-one-twice", "BDL-1", "bid-list", {**listing, "commits": [_LOW, _LOW]}),
        _bad("bid-list-out-of-order", "BDL-1", "bid-list", {**listing, "commits": [_HIGH, _LOW]}),
        _good("counter-to-a-document-without-a-share", "counter", to_document),
        _bad("counter-to-nothing", "COU-1", "counter", {"text": "C"}),
        _bad("counter-to-two", "COU-1", "counter", {**to_bid, **to_document}),
        _bad("counter-with-a-price-to-a-document", "COU-1", "counter", {**to_document, **price}),
        _bad("counter-with-a-share-to-a-bid", "COU-1", "counter", {**to_bid, "share": 1}),
        _bad("counter-with-a-party-to-a-bid", "COU-1", "counter", {**to_bid, "party": 0}),
    ]


def _delivery() -> list[Case]:
    review = {"delivery": _LOW}
    reject = {**review, "verdict": "reject"}
    seen = _ids(SEEN_MAX + 1)
    return [
        _good("rejection-by-every-criterion", "review-of-delivery", {**reject, "failed": [*range(CRITERIA_MAX)]}),
        _bad("rejection-without-criteria", "DRV-1", "review-of-delivery", reject),
        _bad("rejection-by-one-criterion-twice", "DRV-1", "review-of-delivery", {**reject, "failed": [1, 1]}),
        _bad("rejection-out-of-order", "DRV-1", "review-of-delivery", {**reject, "failed": [2, 0]}),
        _bad(
            "acceptance-naming-a-criterion",
            "DRV-1",
            "review-of-delivery",
            {**review, "verdict": "accept", "failed": [0]},
        ),
        _good("seen-60", "seen", {"of": seen[:-1]}),
        refused("seen-61", "KND-4", wire=filled(KINDS["seen"], {"of": seen})),
        _bad("seen-one-twice", "SEE-1", "seen", {"of": [_LOW, _LOW]}),
        _bad("seen-out-of-order", "SEE-1", "seen", {"of": [_HIGH, _LOW]}),
    ]


def _disagreement() -> list[Case]:
    step = {"dispute": _LOW, "text": "T"}
    reason = {"reason": "unproven"}
    others = ("reply", "take", "withdraw")
    return [
        *(_good(f"dispute-{name}", "dispute-step", {**step, "step": name}) for name in others),
        _bad("finding-without-a-reason", "DIS-1", "dispute-step", {**step, "step": "finding"}),
        *(
            _bad(f"dispute-{name}-with-a-reason", "DIS-1", "dispute-step", {**step, **reason, "step": name})
            for name in others
        ),
    ]


def _words() -> list[Case]:
    about_alice = {"subject": ALICE.id, "text": "A pleasure to work with."}
    vouch = {"subject": ALICE.id, "how": "From school."}
    basis = {"subject": BOB.id, "text": "E", "basis": _LOW}
    review = MINIMAL["review"]
    counted = "\U0001f600" * 3900
    return [
        _bad("endorsement-of-oneself", "END-1", "endorsement", about_alice),
        _good("endorsement-of-somebody", "endorsement", about_alice, author=BOB),
        _good("endorsement-of-a-whole-engagement", "endorsement", basis),
        _bad(
            "endorsement-of-a-milestone-of-nothing",
            "END-2",
            "endorsement",
            {**MINIMAL["endorsement"], "milestone": 0},
        ),
        _bad("vouch-for-oneself", "VOU-1", "vouch", vouch),
        _good("vouch-for-somebody", "vouch", vouch, author=BOB),
        _bad("review-opening-a-commit-without-salt", "RVW-1", "review", {**review, "commit": _LOW}),
        _bad("review-with-salt-and-no-commit", "RVW-1", "review", {**review, "salt": bytes(16)}),
        _good(
            "review-without-a-commit",
            "review",
            {**review, "counterpart": _LOW},
            why="Whether it came late is a matter of state.",
        ),
        _good("post-text-counted-in-code-points", "post", {"text": counted}),
    ]
