"""An engagement as the daemon tells of it, and what it answers to everything that is done under one."""

from hashlib import sha256

from support.fake_daemon import BID, DAY, ELI, NOW_MS, PUBLISHED, RECORD, Answer, text_id

from folkmoot.ids import IdPrefix
from folkmoot.limits import DAY_MS

CARL, DANA, GUS = (text_id(IdPrefix.IDENTITY, name) for name in ("Carl", "Dana", "Gus"))
WORK, CHANGE, CLOSING = (text_id(IdPrefix.DOCUMENT, name) for name in ("work", "change", "closing"))
DELIVERY, DISPUTE = (text_id(IdPrefix.RECORD, name) for name in ("delivery", "dispute"))
DRAFTED: Answer = {**PUBLISHED, "kind": "draft", "document": WORK, "notes": ["It does not say who owns the work."]}

TERMS: Answer = {
    "title": "A guide",
    "deliverables": ["The guide."],
    "currency": "EUR",
    "milestones": [
        {
            "name": "All of it",
            "amount_minor": 480_000,
            "due_day": DAY + 30,
            "criteria": ["It does what the bid says."],
            "accept_days": 5,
            "on_silence": "accept",
        }
    ],
    "pay_days": 30,
    "shares": [0, 4000, 6000],
    "kill_fee": 2000,
    "bid": BID,
}
PARTIES: list[Answer] = [
    {"capacity": "client", "identity": CARL},
    {"capacity": "lead", "identity": DANA},
    {"capacity": "sound", "identity": ELI},
]
SUGGESTED: Answer = {"parties": PARTIES, "terms": TERMS}


def party(place: int, name: str, identity: str, *, share: int) -> Answer:
    capacity = PARTIES[place]["capacity"]
    return {
        "place": place,
        "capacity": capacity,
        "identity": identity,
        "name": name,
        "share": share,
        "signed": place < 2,
    }


def payment(place: int, name: str, **more: object) -> Answer:
    return {
        "payee": text_id(IdPrefix.IDENTITY, name),
        "payee_name": name,
        "place": place,
        "amount_minor": 96_000,
        "received_minor": 0,
        "sent_minor": 0,
        "due_day": DAY - 3,
        "overdue_days": 0,
        "status": "due",
        **more,
    }


DISPUTE_ANSWER: Answer = {
    "id": DISPUTE,
    "by": CARL,
    "by_name": "Carl",
    "at": NOW_MS - DAY_MS,
    "about": DELIVERY,
    "engagement": WORK,
    "milestone": 1,
    "status": "found",
    "reason": "shared",
    "text": "It was short.",
    "asks": "Half of it back.",
    "resolver": GUS,
    "resolver_name": "Gus",
    "settlement": None,
    "settlements": [
        {
            "id": CLOSING,
            "type": "settlement",
            "way": "",
            "text": "A quarter back.",
            "status": "offered",
            "drafter_name": "Dana",
            "accept_by": NOW_MS + DAY_MS,
            "signed": ["Dana"],
            "waiting": ["Carl"],
        }
    ],
    "steps": [
        {
            "id": RECORD,
            "by": GUS,
            "by_name": "Gus",
            "step": "finding",
            "text": "Both were late.",
            "reason": "shared",
            "at": NOW_MS,
        }
    ],
}
ENGAGEMENT: Answer = {
    "id": WORK,
    "title": "A guide",
    "status": "in-force",
    "currency": "EUR",
    "drafter": CARL,
    "drafter_name": "Carl",
    "accept_by": NOW_MS + DAY_MS,
    "prev": CHANGE,
    "superseded_by": None,
    "parties": [
        party(0, "Carl", CARL, share=0),
        party(1, "Dana", DANA, share=4000),
        party(2, "Eli", ELI, share=6000),
    ],
    "milestones": [
        {
            "place": 0,
            "name": "First half",
            "amount_minor": 240_000,
            "due_day": DAY - 40,
            "criteria": ["It runs.", "It is tested."],
            "accept_days": 5,
            "on_silence": "accept",
            "status": "accepted",
            "deliveries": [
                {
                    "id": DELIVERY,
                    "by": DANA,
                    "by_name": "Dana",
                    "at": NOW_MS - 40 * DAY_MS,
                    "files": [{"sha256": "ab" * 32, "name": "guide.pdf", "uri": "https://e.org/g", "length": 5000}],
                    "note": "All of it.",
                    "seen_by": ["Gus"],
                }
            ],
            "failed": [],
            "answer": "Well done.",
            "answer_by": None,
            "accepted_at": NOW_MS - 33 * DAY_MS,
            "is_late": True,
            "payments": [
                payment(1, "Dana", status="received", received_minor=96_000),
                payment(2, "Eli", status="overdue", overdue_days=3, sent_minor=144_000, amount_minor=144_000),
            ],
            "proofs": [DELIVERY],
        },
        {
            "place": 1,
            "name": "Second half",
            "amount_minor": 240_000,
            "due_day": DAY + 4,
            "criteria": ["It runs.", "It is tested."],
            "accept_days": 5,
            "on_silence": "nothing",
            "status": "rejected",
            "deliveries": [],
            "failed": [1],
            "answer": "",
            "answer_by": None,
            "accepted_at": None,
            "is_late": False,
            "payments": [],
            "proofs": [],
        },
    ],
    "outsiders": [{"part": "witness", "identity": GUS, "name": "Gus"}],
    "endings": [
        {
            "way": "convenience",
            "by": [CARL],
            "by_names": ["Carl"],
            "is_one_sided": True,
            "at": NOW_MS,
            "proof": RECORD,
        }
    ],
    "disputes": [DISPUTE_ANSWER],
    "offers": [
        {
            "id": CLOSING,
            "type": "closing",
            "way": "completed",
            "text": "Thank you.",
            "status": "offered",
            "drafter_name": "Dana",
            "accept_by": NOW_MS + DAY_MS,
            "signed": ["Dana"],
            "waiting": ["Carl", "Eli"],
        }
    ],
    "remarks": ["It does not say who owns the work, and from when."],
    "changed": ["milestones", "pay_days"],
    "refused": [
        {"record": RECORD, "author": ELI, "author_name": "Eli", "document": CHANGE, "rule": "TEA-3"},
    ],
    "terms": {
        **TERMS,
        "rights": "Yours, once paid.",
        "flow_down": [{"name": "Privacy", "text": "No data leaves."}],
    },
    "is_whole": False,
}
OFFERED = {**ENGAGEMENT, "status": "offered", "endings": [], "disputes": [], "offers": []}
DOCUMENT: Answer = {
    "id": CLOSING,
    "type": "closing",
    "status": "offered",
    "drafter": DANA,
    "drafter_name": "Dana",
    "accept_by": NOW_MS + DAY_MS,
    "signed": ["Dana"],
    "waiting": ["Carl"],
    "unknown": [],
    "terms": {"engagement": WORK, "way": "completed"},
}


def engagement_answers() -> dict[tuple[str, str], Answer | bytes]:
    """Return what the daemon says about them."""
    return {
        ("GET", "/engagements/suggested"): SUGGESTED,
        ("POST", "/engagements"): DRAFTED,
        ("GET", "/engagements"): {"items": [ENGAGEMENT]},
        ("GET", f"/engagements/{WORK}"): ENGAGEMENT,
        ("GET", f"/documents/{WORK}"): {**DOCUMENT, "type": "engagement"},
        ("GET", f"/documents/{CLOSING}"): DOCUMENT,
        ("POST", f"/documents/{WORK}/sign"): {**PUBLISHED, "kind": "accept", "document": WORK},
        ("POST", f"/documents/{CLOSING}/sign"): {**PUBLISHED, "kind": "accept", "document": CLOSING},
        ("POST", f"/documents/{WORK}/decline"): PUBLISHED,
        ("POST", f"/engagements/{WORK}/deliveries"): {**PUBLISHED, "document": WORK},
        ("POST", f"/deliveries/{DELIVERY}/answer"): {**PUBLISHED, "document": WORK},
        ("GET", f"/records/{DELIVERY}"): {"body": {"evidence": [{"sha256": sha256(b"guide").hexdigest()}]}},
        ("POST", "/receipts"): PUBLISHED,
        ("POST", f"/engagements/{WORK}/payments/sent"): PUBLISHED,
        ("POST", f"/engagements/{WORK}/payments/received"): PUBLISHED,
        ("POST", f"/engagements/{WORK}/close"): PUBLISHED,
        ("POST", "/disputes"): PUBLISHED,
        ("GET", f"/disputes/{DISPUTE}"): DISPUTE_ANSWER,
        ("POST", f"/disputes/{DISPUTE}/steps"): PUBLISHED,
        ("POST", f"/disputes/{DISPUTE}/finding"): PUBLISHED,
        ("POST", f"/disputes/{DISPUTE}/settlement"): {**DRAFTED, "document": CLOSING},
    }
