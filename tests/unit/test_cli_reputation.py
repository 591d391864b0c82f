"""The commands about what people did and say of each other, against a daemon that remembers what it was asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Shell
from support.fake_daemon import CALL, DANA, ELI, ENDORSEMENT, PERSON, PUBLISHED, RECORD, TEAM, FakeDaemon

NONE = {"count": 0, "proofs": []}
OBJECTION = {"id": CALL, "by_name": "Eli", "status": "open", "text": "Not so.", "reason": ""}
FACTS: dict[str, Any] = {
    "identity": ELI,
    "name": "Eli Sand",
    "engagements": {"completed": {"count": 1, "proofs": [TEAM]}},
    "one_sided": NONE,
    "milestones": {"count": 3, "proofs": [RECORD, CALL]},
    "accepted": {"count": 2, "proofs": [RECORD]},
    "accepted_first_time": {"count": 1, "proofs": [RECORD]},
    "late": NONE,
    "payment_days": [1, 3, 12],
    "payments": {"count": 3, "proofs": [RECORD]},
    "payments_overdue": NONE,
    "bids_received": {"count": 5, "proofs": [RECORD] * 30},
    "bids_answered": {"count": 4, "proofs": []},
    "lapsed": NONE,
    "unrevealed": {"count": 1, "proofs": [RECORD]},
    "left": NONE,
    "companions": [{"identity": DANA, "name": "Dana", "proofs": [TEAM, RECORD]}],
    "is_whole": True,
}
NOTHING = {**FACTS, "engagements": {}, "payment_days": [], "companions": [], "milestones": NONE}
NOTHING |= {"bids_received": NONE, "unrevealed": NONE, "is_whole": False}
TRUST: dict[str, Any] = {
    "viewer": DANA,
    "identity": ELI,
    "name": "Eli Sand",
    "amount": 4,
    "amount_max": 64,
    "distance": 2,
    "ways": [
        {
            "amount": 4,
            "steps": [
                {"ties": [{"kind": "vouch", "proof": RECORD, "words": "you vouched for Fay"}]},
                {"ties": [{"kind": "engagement", "proof": TEAM, "words": "Fay worked with Eli on Kites"}]},
            ],
        }
    ],
    "looked_at": 3,
    "is_whole": True,
}
REVIEW: dict[str, Any] = {
    "author": DANA,
    "author_name": "Dana",
    "subject": ELI,
    "subject_name": "Eli Sand",
    "document": TEAM,
    "status": "late",
    "text": "Frank about delays.",
    "again": "perhaps",
    "commit": None,
    "review": RECORD,
    "is_kept": False,
    "disputes": [OBJECTION],
}
PROMISE = {**REVIEW, "status": "committed", "text": "", "again": "", "subject": None, "review": None}
PROMISE |= {"commit": CALL, "disputes": []}
PATTERN: dict[str, Any] = {
    "id": RECORD,
    "name": "Two weeks",
    "intent": "Short rounds.",
    "author": DANA,
    "author_name": "Dana",
    "used": 2,
    "verdicts": {"change": 0, "drop": 1, "keep": 2},
    "body": {
        "steps": ["Plan.", "Show."],
        "roles": [{"title": "host", "duties": "keeps the time"}],
        "agreements": ["No work on Sundays."],
    },
    "derived_from": CALL,
    "used_by": [TEAM],
    "measures": [{"name": "days to first show", "unit": "days", "values": [9, 12, 30], "median": 12}],
    "outcomes": [
        {"author": ELI, "author_name": "Eli", "document": TEAM, "verdict": "keep", "measures": [], "note": "Slow."}
    ],
    "is_whole": True,
}
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", f"/people/{ELI}/facts"): FACTS,
    ("GET", f"/people/{ELI}/trust"): TRUST,
    ("GET", f"/reviews/{TEAM}"): {"items": [REVIEW, PROMISE]},
    ("GET", "/patterns"): {"items": [PATTERN]},
    ("GET", f"/patterns/{RECORD}"): PATTERN,
    ("POST", "/vouches"): PUBLISHED,
    ("DELETE", f"/vouches/{ELI}"): PUBLISHED,
    ("DELETE", f"/endorsements/{RECORD}"): PUBLISHED,
    ("POST", "/reviews"): {**PUBLISHED, "document": TEAM},
    ("DELETE", f"/reviews/{RECORD}"): PUBLISHED,
    ("POST", "/patterns"): PUBLISHED,
    ("POST", "/pattern-outcomes"): PUBLISHED,
}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def daemon(shell: Shell) -> Iterator[FakeDaemon]:
    with shell.daemon() as daemon:
        daemon.answers.update(ANSWERS)
        yield daemon


ACTS: list[tuple[str, str, dict[str, Any]]] = [
    (f"vouch for {ELI} --how 'We met.'", "/vouches", {"subject": ELI, "how": "We met."}),
    (f"vouch {ELI} --how 'We met.'", "/vouches", {"subject": ELI, "how": "We met."}),
    (
        f"endorse {ELI} --text Calm. --basis {TEAM} --milestone 0",
        "/endorsements",
        {"subject": ELI, "text": "Calm.", "basis": TEAM, "milestone": 0},
    ),
    (
        f"review commit {TEAM} --subject {ELI} --text Frank. --again gladly",
        "/reviews",
        {"document": TEAM, "subject": ELI, "text": "Frank.", "again": "gladly"},
    ),
    (
        "pattern publish --name Two --intent Short. --step Plan. --step Show. --role host:time --agreement Rest. "
        f"--measure days:d --measure falls --derived-from {RECORD} --space lyon",
        "/patterns",
        {
            "name": "Two",
            "intent": "Short.",
            "steps": ["Plan.", "Show."],
            "roles": [{"title": "host", "duties": "time"}],
            "agreements": ["Rest."],
            "measures": [{"name": "days", "unit": "d"}, {"name": "falls"}],
            "derived_from": RECORD,
            "space": "lyon",
        },
    ),
    (
        f"pattern outcome {RECORD} {TEAM} --verdict keep --measure 'days to show=9' --measure falls=0 --note Well.",
        "/pattern-outcomes",
        {
            "pattern": RECORD,
            "document": TEAM,
            "verdict": "keep",
            "measures": [{"name": "days to show", "value": 9}, {"name": "falls", "value": 0}],
            "note": "Well.",
        },
    ),
]


@pytest.mark.parametrize(("line", "path", "body"), ACTS)
def test_an_act_sends_what_was_typed(
    line: str, path: str, body: dict[str, Any], shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert (outcome.code, outcome.err) == (0, "")
    asked = daemon.requests[-1]
    assert (asked.method, asked.path, asked.json) == ("POST", path, body)
    assert f"  {RECORD}\n" in outcome.out


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"vouch withdraw {ELI}", f"/vouches/{ELI}"),
        (f"endorsement revoke {RECORD}", f"/endorsements/{RECORD}"),
        (f"review withdraw {RECORD}", f"/reviews/{RECORD}"),
    ],
)
def test_what_was_said_is_taken_back(line: str, path: str, shell: Shell, daemon: FakeDaemon) -> None:
    assert shell.line(line).code == 0
    assert (daemon.requests[-1].method, daemon.requests[-1].path) == ("DELETE", path)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            f"facts {ELI}",
            [
                "engagements completed: 1",
                "milestones accepted: 2 of 3, 1 as first delivered",
                "days to payment: 3 in the middle, 1\u201312",
                "bids answered: 4 of 5",
                "and 10 more, with --json",
                "reviews not shown: 1",
                "worked with: Dana (folk1",
                "2 times",
                f"  {TEAM}\n",
            ],
        ),
        (
            f"trust {ELI}",
            [
                "4 of at most 64 · 2 ties away",
                "you vouched for Fay; Fay worked with Eli on Kites.",
                f"  {TEAM}\n",
                "others have answers of their own",
            ],
        ),
        (
            f"review show {TEAM}",
            [
                "Review by Dana",
                "late",
                "“Frank about delays.”",
                "would perhaps",
                "Disputed by Eli (open): “Not so.”",
            ],
        ),
        (f"review show {TEAM}", ["nobody else can read it yet", f"  {CALL}\n"]),
        ("pattern list", ["Two weeks", "chosen 2 times · 1 drop, 2 keep", f"  {RECORD}\n"]),
        (
            f"pattern show {RECORD}",
            ["1. Plan.", "keeps the time", "We agree: No work on Sundays.", "9, 12, 30", "12", "keep", "“Slow.”"],
        ),
    ],
)
def test_a_reading_shows_what_the_daemon_said(
    line: str, shown: list[str], shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert (outcome.code, outcome.err) == (0, "")
    for text in shown:
        assert text in outcome.out
    assert isinstance(shell.line(f"{line} --json").json, dict)


def test_a_profile_shows_what_somebody_did_before_what_others_say(shell: Shell, daemon: FakeDaemon) -> None:
    word = {**ENDORSEMENT, "class": "E2", "why": "nothing-accepted", "given": 40, "milestone": 1}
    endorsements = [{**word, "disputes": [{**OBJECTION, "status": "found", "reason": "unproven"}]}]
    person = {**PERSON, "facts": FACTS, "endorsements": endorsements, "reviews": [REVIEW]}
    daemon.answers["GET", f"/people/{ELI}"] = person
    out = shell.line(f"profile show {ELI}").out
    places = [out.index(text) for text in ("What they did", "Endorsed by", "Review by")]
    assert places == sorted(places)
    said = " ".join(out.split())
    assert "E2, on what both signed · nothing of it is accepted yet · milestone 1" in said
    assert "one of 40 that they gave" in said
    assert "Disputed by Eli (found, unproven): “Not so.”" in said


def test_of_whom_nothing_is_known_nothing_is_counted(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["GET", f"/people/{ELI}/facts"] = NOTHING
    daemon.answers["GET", f"/people/{ELI}"] = {**PERSON, "facts": NOTHING}
    for line in (f"facts {ELI}", f"profile show {ELI}"):
        said = " ".join(shell.line(line).out.split())
        assert "Nothing that can be counted is known here yet." in said
        assert "There is more than was looked at" in said


@pytest.mark.parametrize(
    ("distance", "said"), [(None, "no tie of yours leads there"), (0, "that is you"), (1, "one tie away")]
)
def test_how_far_somebody_is_is_said_in_words(
    distance: int | None, said: str, shell: Shell, daemon: FakeDaemon
) -> None:
    daemon.answers["GET", f"/people/{ELI}/trust"] = {**TRUST, "distance": distance, "ways": [], "is_whole": False}
    out = shell.line(f"trust {ELI}").out
    assert said in out
    assert "Not everybody within reach was looked at, only the nearest 3." in out


def test_what_there_is_none_of_is_said(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["GET", f"/reviews/{TEAM}"] = {"items": []}
    daemon.answers["GET", "/patterns"] = {"items": []}
    empty = {**PATTERN, "measures": [], "outcomes": [], "used": 0, "verdicts": {}, "is_whole": False}
    daemon.answers["GET", f"/patterns/{RECORD}"] = empty
    assert "No reviews yet." in shell.line(f"review show {TEAM}").out
    assert "No patterns here." in shell.line("pattern list").out
    out = shell.line(f"pattern show {RECORD}").out
    assert "not chosen yet" in out
    assert "Nobody who chose it has said yet" in out
    assert "only a part" in out


def test_a_pattern_comes_from_a_file_and_options_go_before_it(
    shell: Shell, daemon: FakeDaemon, tmp_path: Path
) -> None:
    file = tmp_path / "pattern.json"
    file.write_text(json.dumps({"name": "Two", "intent": "Short.", "steps": ["Plan."]}))
    assert shell("pattern", "publish", "--file", str(file), "--name", "Three").code == 0
    assert daemon.requests[-1].json == {"name": "Three", "intent": "Short.", "steps": ["Plan."]}


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("pattern publish --name Two", 2, "the pattern has no intent and no steps"),
        (f"pattern outcome {RECORD} {TEAM} --verdict keep --measure many", 2, "'many' is not a measure"),
        (f"review commit {TEAM} --subject {ELI}", 2, "the review says nothing"),
    ],
)
def test_what_makes_no_sense_is_found_out_before_anybody_is_asked(
    line: str, code: int, error: str, shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert outcome.code == code
    assert outcome.err.startswith(f"error: {error}")
    assert not daemon.requests


@pytest.mark.parametrize(("text", "error"), [("{", "is not JSON"), ("[]", "holds no pattern")])
def test_a_file_that_is_no_pattern_is_found_out(
    text: str, error: str, shell: Shell, daemon: FakeDaemon, tmp_path: Path
) -> None:
    file = tmp_path / "pattern.json"
    file.write_text(text)
    outcome = shell("pattern", "publish", "--file", str(file))
    assert (outcome.code, error in outcome.err) == (6, True)
