"""Cases of the suite `state` about teams and persons."""

from collections.abc import Sequence

from support.keys import secret_key
from vectors.cases_agreement import LAST_MS, TEAM, TERMS, document, forged, party, yes
from vectors.cases_history import START, step
from vectors.craft import ALICE, BOB, CAROL, DAY, NOON_MS, Case, ordered
from vectors.said import (
    DRAFT,
    FORMED,
    GENESES,
    accept,
    agreed,
    decline,
    exhibit,
    held,
    said,
    with_outcome,
)

from folkmoot.agreement import Document, cosignature_value
from folkmoot.identity import Operation, Revocation
from folkmoot.limits import DAY_MS
from folkmoot.record import Record

NEWER = document(prev=TEAM.id, terms=ordered({**TERMS, "shares": [6000, 4000]}), drafted=NOON_MS + 1)
FORMED_ANEW = agreed(BOB, NEWER, [yes(NEWER, 0, ALICE), yes(NEWER, 1, BOB)])
WITHOUT_BOB = document(prev=TEAM.id, parties=[party("lead", ALICE.id), party("painter", CAROL.id)])
RIVAL = agreed(CAROL, WITHOUT_BOB, [yes(WITHOUT_BOB, 0, ALICE), yes(WITHOUT_BOB, 1, CAROL)])


def cases() -> list[Case]:
    """Return the cases of teams and persons."""
    return [*_teams(), *_lineages(), *_leaving(), *_persons()]


def _teams() -> list[Case]:
    both = [accept(ALICE, 0), accept(BOB, 1)]
    late = accept(BOB, 1, at=LAST_MS + 1)
    started = document(parties=[party("lead", ALICE.id), party("painter")])
    open_draft = said(ALICE, "draft", {"document": started.data})
    ann = document(parties=[party("lead", START.identity)], terms=ordered(TERMS))
    by_ann = forged(ann, 0, START.identity, head=START.id, at=NOON_MS, key=secret_key("ann/0"))
    stolen = step(START, "ann/next-1", revoke=[Revocation(secret_key("ann/0").public, None, frozenset())])
    return [
        _team("team-offered", [DRAFT], status="offered", seats=["waiting", "waiting"]),
        _team(
            "team-accepted-by-all",
            [DRAFT, *both],
            status="offered",
            seats=["signed", "signed"],
            why="Formed is read from agreements only; anybody who holds the acceptances can publish one.",
        ),
        _team(
            "team-accepted-in-another-space",
            [DRAFT, _away(accept(BOB, 1))],
            status="offered",
            seats=["waiting", "signed"],
            why="It should be where the draft is; it counts wherever it is.",
        ),
        _team("team-formed", [FORMED], status="formed", seats=["signed", "signed"]),
        _team(
            "team-formed-by-a-stranger",
            [agreed(CAROL, TEAM, [yes(TEAM, 0, ALICE), yes(TEAM, 1, BOB)])],
            status="formed",
            seats=["signed", "signed"],
        ),
        _team(
            "team-formed-from-two-agreements",
            [agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE)]), agreed(BOB, TEAM, [yes(TEAM, 1, BOB)])],
            status="formed",
            seats=["signed", "signed"],
        ),
        _team(
            "team-half-agreed",
            [agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE)])],
            status="offered",
            seats=["signed", "waiting"],
        ),
        _team(
            "team-formed-stays-after-accept-by",
            [FORMED],
            status="formed",
            seats=["signed", "signed"],
            now_ms=LAST_MS + 1,
        ),
        _team("team-declined", [DRAFT, decline(BOB, TEAM)], status="declined", seats=["waiting", "declined"]),
        _team(
            "team-declined-by-a-stranger",
            [DRAFT, decline(CAROL, TEAM)],
            status="offered",
            seats=["waiting", "waiting"],
        ),
        _team(
            "team-declined-after-accepting",
            [DRAFT, accept(BOB, 1), decline(BOB, TEAM)],
            status="offered",
            seats=["waiting", "signed"],
        ),
        _team("team-open-to-the-last-ms", [DRAFT], status="offered", seats=["waiting", "waiting"], now_ms=LAST_MS),
        _team("team-lapsed", [DRAFT], status="lapsed", seats=["waiting", "waiting"], now_ms=LAST_MS + 1),
        _team(
            "team-with-an-open-seat",
            [open_draft, accept(ALICE, 0, started)],
            of=started,
            status="offered",
            seats=["signed", "open"],
        ),
        _team(
            "team-accepted-too-late",
            [DRAFT, late],
            status="offered",
            seats=["waiting", "waiting"],
            refused=[(late, "COS-3")],
            rule="COS-3",
        ),
        _team(
            "team-with-a-seat-repudiated",
            [agreed(ALICE, ann, [by_ann])],
            of=ann,
            status="formed",
            seats=["repudiated"],
            operations=[*GENESES, START, stolen],
        ),
    ]


def _away(acceptance: Record) -> Record:
    return said(BOB, "accept", acceptance.body, space="design.fr")


def _lineages() -> list[Case]:
    newer_draft = said(ALICE, "draft", {"document": NEWER.data}, slot=1)
    by_bob = document(prev=TEAM.id, drafter=BOB.id)
    bobs_draft = said(BOB, "draft", {"document": by_bob.data})
    old_yes = accept(BOB, 1)
    two = ["signed", "signed"]
    waiting = ["waiting", "waiting"]
    return [
        _team("offer-renewed", [DRAFT, newer_draft], status="superseded", seats=waiting, superseded_by=NEWER),
        _team("offer-renewed-by-another-party", [DRAFT, bobs_draft], status="offered", seats=waiting),
        _team(
            "acceptance-of-the-offer-before",
            [DRAFT, newer_draft, old_yes],
            of=NEWER,
            status="offered",
            seats=waiting,
            refused=[(old_yes, "TEA-3")],
            rule="TEA-3",
        ),
        _team(
            "acceptance-of-both-offers",
            [DRAFT, newer_draft, old_yes, _second_yes(NEWER)],
            of=NEWER,
            status="offered",
            seats=["waiting", "signed"],
        ),
        _team(
            "successor-of-the-same-signers",
            [FORMED, FORMED_ANEW],
            status="superseded",
            seats=two,
            superseded_by=NEWER,
        ),
        _team("successor-itself", [FORMED, FORMED_ANEW], of=NEWER, status="formed", seats=two),
        _team("offer-of-a-successor-changes-nothing", [FORMED, newer_draft], status="formed", seats=two),
        _team("successor-without-one-signer", [FORMED, RIVAL], status="contested", seats=two),
        _team(
            "successor-without-one-signer-itself", [FORMED, RIVAL], of=WITHOUT_BOB, status="contested", seats=two
        ),
    ]


def _leaving() -> list[Case]:
    no = said(BOB, "decline", {"reason": "timing", "document": TEAM.id}, rev=NOON_MS + 1)
    again = said(
        BOB, "accept", {"document": TEAM.id, "cosignature": cosignature_value(yes(TEAM, 1, BOB, at=NOON_MS + 2))}
    )
    gone = said(BOB, "leave", {"document": TEAM.id, "reason": "health"})
    by_carol = said(CAROL, "leave", {"document": TEAM.id, "reason": "health"})
    strangers = document(prev=TEAM.id, drafter=CAROL.id, parties=[party("lead", CAROL.id)])
    of_strangers = agreed(CAROL, strangers, [yes(strangers, 0, CAROL)])
    bobs_own = document(prev=TEAM.id, drafter=BOB.id, parties=[party("lead", BOB.id)])
    of_bob = agreed(BOB, bobs_own, [yes(bobs_own, 0, BOB)])
    two = ["signed", "signed"]
    return [
        _team("yes-taken-back", [DRAFT, accept(BOB, 1), no], status="declined", seats=["waiting", "withdrawn"]),
        _team("yes-taken-back-and-given-again", [DRAFT, again, no], status="offered", seats=["waiting", "signed"]),
        _team("yes-taken-back-after-all-had-signed", [FORMED, no], status="formed", seats=two),
        _team("member-left", [FORMED, gone], status="formed", seats=["signed", "left"]),
        _team("leave-before-all-have-signed", [DRAFT, gone], status="offered", seats=["waiting", "waiting"]),
        _team(
            "successor-without-who-has-left",
            [FORMED, gone, RIVAL],
            status="superseded",
            seats=["signed", "left"],
            superseded_by=WITHOUT_BOB,
        ),
        _team(
            "successor-without-one-whom-a-stranger-says-has-left",
            [FORMED, by_carol, RIVAL],
            status="contested",
            seats=two,
            rule="STA-4",
        ),
        _team(
            "successor-among-strangers",
            [FORMED, of_strangers],
            status="formed",
            seats=two,
            why="Anybody can name a document as the one before; without a party in common it is no rival.",
        ),
        _team("successor-of-who-has-left", [FORMED, gone, of_bob], status="formed", seats=["signed", "left"]),
        _team("successor-of-one-member-alone", [FORMED, of_bob], status="contested", seats=two),
    ]


def _second_yes(of: Document) -> Record:
    body = {"document": of.id, "cosignature": cosignature_value(yes(of, 1, BOB))}
    return said(BOB, "accept", body, slot=1)


def _persons() -> list[Case]:
    bare = said(BOB, "endorsement", {"subject": ALICE.id, "text": "Good."})
    based = said(BOB, "endorsement", {"subject": ALICE.id, "text": "Good.", "basis": TEAM.id})
    outside = said(CAROL, "endorsement", {"subject": ALICE.id, "text": "Good.", "basis": TEAM.id})
    showing = said(ALICE, "profile", {"name": "Alice", "shown": [bare.id]})
    gone = said(BOB, "endorsement", {}, rev=NOON_MS + 1)
    newer = [NEWER.id.hex()]
    free = said(ALICE, "availability", {"hours_per_week": 8, "from": DAY, "until": DAY + 1})
    team = [TEAM.id.hex()]
    after = (DAY + 2) * DAY_MS
    return [
        _person("endorsement-not-shown", [bare], [(bare, "E1", False)]),
        _person("endorsement-shown", [bare, showing], [(bare, "E1", True)]),
        _person("endorsement-after-shared-work", [based, FORMED], [(based, "E2", False)], teams=team),
        _person(
            "endorsement-after-the-team-formed-anew",
            [based, FORMED, FORMED_ANEW],
            [(based, "E2", False)],
            teams=newer,
        ),
        _person("endorsement-on-a-contested-team", [based, FORMED, RIVAL], [(based, "E1", False)], rule="STA-3"),
        _person("endorsement-on-an-offer", [based, DRAFT], [(based, "E1", False)], rule="STA-3"),
        _person("endorsement-on-a-basis-not-held", [based], [(based, "E1", False)], rule="STA-3"),
        _person("endorsement-by-no-member", [outside, FORMED], [(outside, "E1", False)], teams=team, rule="STA-3"),
        _person("endorsement-withdrawn-and-exhibited", [gone, exhibit(CAROL, bare)], []),
        _person("availability-on-its-last-day", [free], [], now_ms=after - 1),
        _person("availability-over", [free], [], now_ms=after, stale=True),
    ]


def _team(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    *,
    status: str,
    seats: Sequence[str],
    of: Document = TEAM,
    refused: Sequence[tuple[Record, str]] = (),
    superseded_by: Document | None = None,
    operations: Sequence[Operation] = GENESES,
    now_ms: int = NOON_MS,
    rule: str = "",
    why: str = "",
) -> Case:
    derived = {
        "id": of.id.hex(),
        "status": status,
        "seats": list(seats),
        "refused": [[record.id.hex(), broken] for record, broken in refused],
        "superseded_by": superseded_by.id.hex() if superseded_by else "",
    }
    return with_outcome(name, rule, why, {**held(records, operations, now_ms), "team": derived})


def _person(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    endorsements: Sequence[tuple[Record, str, bool]],
    *,
    teams: Sequence[str] = (),
    stale: bool = False,
    now_ms: int = NOON_MS,
    rule: str = "",
) -> Case:
    derived = {
        "identity": ALICE.id.hex(),
        "stale": stale,
        "endorsements": [[record.id.hex(), grade, shown] for record, grade, shown in endorsements],
        "teams": list(teams),
    }
    return with_outcome(name, rule, "", {**held(records, GENESES, now_ms), "person": derived})
