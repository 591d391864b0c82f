"""Cases of the suite `work`: blind reviews."""

from collections.abc import Mapping, Sequence

from support.keys import Person
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, ordered
from vectors.said import said
from vectors.working import (
    DORA,
    HOUR_MS,
    IN_FORCE,
    WORK,
    days,
    opened,
    paper,
    promise,
    seen,
    signed,
    work_case,
)

from folkmoot.agreement import Document
from folkmoot.record import Record

_OVER = paper("closing", [ALICE, BOB], {"engagement": WORK.id, "way": "completed"})


def cases() -> list[Case]:
    """Return the cases of reviews."""
    return [*_reviews(), *_times()]


def _words(subject: Person, text: str = "R", of: Document = WORK) -> dict[str, object]:
    return {"document": of.id, "subject": subject.id, "text": text}


def _promised(author: Person, words: Mapping[str, object], *, slot: int = 0, rev: int = NOON_MS) -> Record:
    body = {"digest": promise(author, "review", words), "document": words["document"]}
    return said(author, "review-commit", body, slot=slot, rev=rev)


def _shown(author: Person, words: Mapping[str, object], commit: Record | None = None, **more: object) -> Record:
    slot, rev = more.pop("slot", 0), more.pop("rev", NOON_MS + HOUR_MS)
    assert isinstance(slot, int)
    assert isinstance(rev, int)
    body = opened({**words, **more}, commit) if commit is not None else ordered({**words, **more})
    return said(author, "review", body, slot=slot, rev=rev)


def _reviews() -> list[Case]:
    of_alice, of_bob = _words(ALICE), _words(BOB)
    bobs, alices = _promised(BOB, of_alice), _promised(ALICE, of_bob)
    by_bob, by_alice = _shown(BOB, of_alice, bobs), _shown(ALICE, of_bob, alices)
    second = _promised(BOB, _words(ALICE, "S"), slot=1, rev=NOON_MS + 1)
    second_shown = _shown(BOB, _words(ALICE, "S"), second, slot=1)
    strange = _promised(CAROL, of_alice)
    backdated = _promised(ALICE, _words(BOB, "Late."), slot=1, rev=NOON_MS - HOUR_MS)
    revenge = _shown(ALICE, _words(BOB, "Late."), backdated, slot=1)
    naming = _shown(BOB, of_alice, bobs, counterpart=alices.id)
    other_words = _shown(BOB, _words(ALICE, "T"), bobs)
    bare = _shown(BOB, of_alice)
    copied = said(ALICE, "review-commit", {"digest": bobs.body["digest"], "document": WORK.id})
    copy_shown = _shown(ALICE, _words(BOB), copied)
    return [
        _reviewed(
            "reviews-promised", [bobs, alices], [(BOB, "committed", bobs, None), (ALICE, "committed", alices, None)]
        ),
        _reviewed(
            "reviews-revealed",
            [bobs, alices, by_bob, by_alice],
            [(BOB, "revealed", bobs, by_bob), (ALICE, "revealed", alices, by_alice)],
        ),
        _reviewed(
            "review-withdrawn-and-exhibited",
            [
                bobs,
                said(BOB, "review", {}, rev=NOON_MS + HOUR_MS + 1),
                said(ALICE, "exhibit", {"record": by_bob.wire}),
            ],
            [(BOB, "withdrawn", bobs, by_bob)],
        ),
        _reviewed("review-promised-by-a-stranger", [strange], [], rule="RVW-2"),
        _reviewed(
            "review-promised-twice",
            [bobs, second, second_shown],
            [(BOB, "late", None, second_shown), (BOB, "committed", bobs, None)],
            rule="RVW-2",
        ),
        _reviewed(
            "review-promised-after-reading-and-dated-back",
            [bobs, alices, naming, backdated, revenge],
            [(BOB, "revealed", bobs, naming), (ALICE, "late", None, revenge), (ALICE, "committed", alices, None)],
            rule="RVW-2",
            why="The other side has named the promise that it had seen; that one goes first.",
        ),
        _reviewed("review-of-oneself", [_shown(BOB, _words(BOB))], [], rule="RVW-3"),
        _reviewed("review-of-a-stranger", [_shown(BOB, _words(CAROL))], [], rule="RVW-3"),
        _reviewed("review-by-a-stranger", [_shown(CAROL, of_alice)], [], rule="RVW-3"),
        _reviewed("review-never-promised", [bare], [(BOB, "late", None, bare)], rule="RVW-4"),
        _reviewed(
            "review-other-than-promised",
            [bobs, other_words],
            [(BOB, "late", None, other_words), (BOB, "committed", bobs, None)],
            rule="RVW-4",
        ),
        _reviewed(
            "review-that-opens-a-copied-promise",
            [copied, copy_shown],
            [(ALICE, "late", None, copy_shown), (ALICE, "committed", copied, None)],
            rule="RVW-4",
        ),
    ]


def _times() -> list[Case]:
    of_alice = _words(ALICE)
    bobs = _promised(BOB, of_alice)
    over = [signed(_OVER, slot=1)]
    late = _promised(BOB, of_alice, rev=days(14) + 1)
    late_shown = _shown(BOB, of_alice, late, rev=days(14) + 2)
    last = _promised(BOB, of_alice, rev=days(14))
    last_shown = _shown(BOB, of_alice, last, rev=days(14) + 2)
    alone = said(ALICE, "closing", {"document": WORK.id, "way": "convenience"})
    witnessed = seen(DORA, alone, rev=days(2))
    by_crowd = seen(CAROL, alone, rev=days(2))
    after = days(15)
    return [
        _reviewed(
            "review-promised-at-the-last-ms",
            [*over, last, last_shown],
            [(BOB, "revealed", last, last_shown)],
            now_ms=after,
        ),
        _reviewed(
            "review-promised-too-late",
            [*over, late, late_shown],
            [(BOB, "late", late, late_shown)],
            now_ms=after,
            rule="RVW-4",
        ),
        _reviewed("review-never-shown", [*over, bobs], [(BOB, "unrevealed", bobs, None)], now_ms=after),
        _reviewed(
            "review-after-an-ending-that-was-witnessed",
            [alone, witnessed, bobs],
            [(BOB, "unrevealed", bobs, None)],
            now_ms=days(16) + 1,
        ),
        _reviewed(
            "review-in-time-after-it-was-witnessed",
            [alone, witnessed, late, late_shown],
            [(BOB, "revealed", late, late_shown)],
            now_ms=after,
        ),
        _reviewed(
            "review-after-an-ending-that-one-side-says",
            [alone, by_crowd, late, late_shown],
            [(BOB, "revealed", late, late_shown)],
            now_ms=days(40),
            rule="RVW-5",
        ),
    ]


def _reviewed(
    name: str,
    records: Sequence[Record],
    reviews: Sequence[tuple[Person, str, Record | None, Record | None]],
    *,
    rule: str = "",
    now_ms: int = NOON_MS + 2 * HOUR_MS,
    why: str = "",
) -> Case:
    rows = [
        [author.id.hex(), status, commit.id.hex() if commit else "", review.id.hex() if review else ""]
        for author, status, commit, review in reviews
    ]
    shown, promised = [row for row in rows if row[3]], [row for row in rows if not row[3]]
    listed = [*sorted(shown, key=lambda row: row[0]), *sorted(promised, key=lambda row: row[0])]
    derived = {"id": WORK.id.hex(), "reviews": listed}
    return work_case(name, [IN_FORCE, *records], "reviews", derived, rule=rule, now_ms=now_ms, why=why)
