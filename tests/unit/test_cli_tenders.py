"""Commands around bids, membership and chains against a daemon that remembers what it was asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Shell
from support.fake_daemon import BID, CALL, DANA, ELI, FAY, NOW_MS, PUBLISHED, RECORD, TEAM, Answer, FakeDaemon

from folkmoot.limits import DAY_MS
from folkmoot_node.cli.forms import parse_clause, parse_credit, parse_filled, parse_named
from folkmoot_node.errors import ConfigError

BRANCH: Answer = {
    "id": CALL,
    "title": "A guide",
    "client": DANA,
    "client_name": "Dana",
    "status": "awarded",
    "seat": "",
    "link": "root",
    "rule": "",
    "clauses": [],
    "bids": 1,
    "decide_by": NOW_MS,
    "deliver_by": NOW_MS + 3 * DAY_MS,
    "awarded_to": ELI,
    "awarded_name": "Eli Sand",
    "team": TEAM,
    "team_name": "Seed site crew",
    "price": {"amount_minor": 480_000, "currency": "EUR", "unit": "fixed"},
    "branches": [],
}
BELOW: Answer = {
    **BRANCH,
    "id": RECORD,
    "title": "Captions",
    "status": "open",
    "seat": "captions",
    "link": "void",
    "rule": "SUB-3",
    "clauses": ["GDPR"],
    "deliver_by": None,
    "awarded_to": None,
    "awarded_name": None,
    "team": None,
    "team_name": None,
    "price": None,
    "bids": 2,
}
TREE: Answer = {"asked": RECORD, "is_whole": False, "top": {**BRANCH, "branches": [BELOW]}}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def daemon(shell: Shell) -> Iterator[FakeDaemon]:
    with shell.daemon() as daemon:
        for path in (
            f"/opportunities/{CALL}/revise",
            f"/opportunities/{CALL}/questions",
            f"/opportunities/{CALL}/clarifications",
            f"/opportunities/{CALL}/bid-list",
            f"/bids/{BID}/counter",
            f"/teams/{TEAM}/counter",
            f"/teams/{TEAM}/applications",
            f"/teams/{TEAM}/withdraw",
            f"/teams/{TEAM}/leave",
        ):
            daemon.answers["POST", path] = PUBLISHED
        daemon.answers["GET", f"/trees/{RECORD}"] = TREE
        yield daemon


PUBLISH = "opportunity publish --title Site --need Seeds. --role art --closes +7d"
CALLED = {
    "title": "Site",
    "need": "Seeds.",
    "roles": [{"title": "art", "seats": 1, "skills": []}],
    "bids_close": NOW_MS + 7 * DAY_MS,
}
ACTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        f"{PUBLISH} --sealed --bids-max 2 --deliver-by +30d --skill Python=http://e.org/p --skill SQL",
        "/opportunities",
        {
            **CALLED,
            "mode": "sealed",
            "bids_max": 2,
            "deliver_by": NOW_MS + 30 * DAY_MS,
            "skills": ["Python", "SQL"],
            "uris": [{"label": "Python", "uri": "http://e.org/p"}],
        },
    ),
    (
        f"{PUBLISH} --parent {CALL} --seat captions --flow-down 'GDPR: in the EU'",
        "/opportunities",
        {
            **CALLED,
            "parent": {"opportunity": CALL, "seat": "captions"},
            "flow_down": [{"name": "GDPR", "text": "in the EU"}],
        },
    ),
    (
        f"opportunity revise {CALL} --need More. --closes +9d --budget 6000EUR --role art:2:ink,+gold",
        f"/opportunities/{CALL}/revise",
        {
            "need": "More.",
            "bids_close": NOW_MS + 9 * DAY_MS,
            "budget": {"model": "fixed", "currency": "EUR", "max_minor": 600_000},
            "roles": [{"title": "art", "seats": 2, "skills": ["ink"], "prefer": ["gold"]}],
        },
    ),
    (f"opportunity ask {CALL} 'Which seeds?'", f"/opportunities/{CALL}/questions", {"text": "Which seeds?"}),
    (
        f"opportunity clarify {CALL} 'All of them.' --question {RECORD}",
        f"/opportunities/{CALL}/clarifications",
        {"text": "All of them.", "question": RECORD},
    ),
    (f"opportunity list-bids {CALL}", f"/opportunities/{CALL}/bid-list", {}),
    (
        f"bid counter {BID} 'Without the shop.' --price 4200EUR",
        f"/bids/{BID}/counter",
        {"text": "Without the shop.", "price": {"amount_minor": 420_000, "currency": "EUR", "unit": "fixed"}},
    ),
    (
        f"bid publish {CALL} --price 4200EUR --plan So. --adopts {RECORD}",
        "/bids",
        {
            "opportunity": CALL,
            "price": {"amount_minor": 420_000, "currency": "EUR", "unit": "fixed"},
            "plan": "So.",
            "adopts": RECORD,
        },
    ),
    (
        f"team offer --name Crew --purpose Bid. --seat lead={ELI} --scoping 0=5% --filled-by captions={CALL} "
        f"--pattern {RECORD}",
        "/teams",
        {
            "name": "Crew",
            "purpose": "Bid.",
            "seats": [{"role": "lead", "identity": ELI}],
            "scoping": [{"place": 0, "share": 500}],
            "filled_by": [{"seat": "captions", "opportunity": CALL}],
            "pattern": RECORD,
        },
    ),
    (
        f"team counter {TEAM} Half. --seat 2 --share 50%",
        f"/teams/{TEAM}/counter",
        {"text": "Half.", "seat": 2, "share": 5000},
    ),
    (
        f"team apply {TEAM} Me. --seat 0 --share 20%",
        f"/teams/{TEAM}/applications",
        {"seat": 0, "text": "Me.", "share": 2000},
    ),
    (
        f"team withdraw {TEAM} --reason timing --note Ill.",
        f"/teams/{TEAM}/withdraw",
        {"reason": "timing", "note": "Ill."},
    ),
    (f"team leave {TEAM} --reason health", f"/teams/{TEAM}/leave", {"reason": "health"}),
]


@pytest.mark.parametrize(("line", "path", "body"), ACTS)
def test_an_act_is_one_request(
    line: str, path: str, body: dict[str, Any], shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert (outcome.code, outcome.err) == (0, "")
    asked = daemon.requests[-1]
    assert (asked.method, asked.path, asked.json) == ("POST", path, body)
    assert f"  {RECORD}\n" in outcome.out


def test_what_is_promised_under_seal_is_not_called_published(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["POST", "/bids"] = {**PUBLISHED, "kind": "bid-commit"}
    assert "Sealed bid promised." in shell.line(f"bid publish {CALL} --price 5EUR --plan So.").out


def test_a_parent_and_a_seat_belong_together(shell: Shell, daemon: FakeDaemon) -> None:
    assert "belong together" in shell.line(f"{PUBLISH} --parent {CALL}").err
    assert shell.line(f"{PUBLISH} --seat captions").code == 2


def test_a_tree_shows_what_hangs_on_what(shell: Shell, daemon: FakeDaemon) -> None:
    out = shell.line(f"tree {RECORD}").out
    for text in (
        "A guide  awarded",
        "└── captions: Captions  open, void SUB-3",
        "passes on GDPR",
        "Seed site crew",
        "led by Eli Sand",
        "4\u202f800.00 EUR",
        "2 bids",
        f"  {RECORD}\n",
        "something may be missing",
    ):
        assert text in out
    assert shell.line(f"tree {RECORD} --json").json == TREE


def test_what_was_said_around_bids_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    shown = daemon.answers["GET", f"/opportunities/{CALL}"]
    assert isinstance(shown, dict)
    said = {"author": DANA, "author_name": "Dana", "rev": NOW_MS}
    price = {"amount_minor": 420_000, "currency": "EUR", "unit": "fixed"}
    counter = {**said, "id": RECORD, "text": "Less.", "price": price, "place": None, "share": None}
    commit = {
        "id": RECORD,
        "bidder": FAY,
        "bidder_name": "Fay",
        "made_ms": NOW_MS,
        "status": "unopened",
        "bid": None,
    }
    daemon.answers["GET", f"/opportunities/{CALL}"] = {
        **shown,
        "is_sealed": True,
        "is_listed": False,
        "link": {"status": "conditional", "rule": "", "parent": RECORD, "seat": "captions"},
        "questions": [{**said, "id": BID, "text": "Which?", "question": None}],
        "clarifications": [
            {**said, "id": RECORD, "text": "All.", "question": BID},
            {**said, "id": RECORD, "text": "By the way.", "question": None},
        ],
        "commits": [commit],
        "client_facts": {
            "bids_received": 4,
            "bids_answered": 3,
            "lapsed": 1,
            "payment_days": [12, 5],
            "payments_overdue": 2,
        },
        "bids_list": [{**shown["bids_list"][0], "counters": [counter]}],
        "body": {
            "flow_down": [{"name": "GDPR", "text": "In the EU."}],
            "bids_max": 2,
            "deliver_by": NOW_MS + DAY_MS,
        },
    }
    out = shell.line(f"opportunity show {CALL}").out
    for text in (
        "sealed until the client lists the bids, at most 2 from one bidder",
        "as captions (conditional)",
        "answered 3 of 4 bids, let 1 lapse, paid within 5\u201312 days, 2 overdue",
        "passed on to all below, GDPR: In the EU.",
        "asks:",
        "clarified: All.",
        "clarified: By the way.",
        "unopened",
        "would rather have: 4\u202f200.00 EUR: Less.",
    ):
        assert text in out


def test_who_applies_for_a_seat_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    shown = daemon.answers["GET", f"/teams/{TEAM}"]
    assert isinstance(shown, dict)
    daemon.answers["GET", f"/teams/{TEAM}"] = {
        **shown,
        "applications": [
            {"id": RECORD, "applicant": FAY, "applicant_name": "Fay", "place": 2, "text": "I draw.", "share": 2000}
        ],
        "counters": [
            {
                "id": BID,
                "author": ELI,
                "author_name": "Eli",
                "text": "Half.",
                "price": None,
                "place": 1,
                "share": 5000,
            }
        ],
        "scoping": [{"place": 0, "share": 500}],
        "filled_by": [{"seat": "captions", "opportunity": CALL}],
        "pattern": RECORD,
    }
    out = shell.line(f"team show {TEAM}").out
    for text in (
        "applies for seat 2, for 20 %",
        "I draw.",
        "would rather have: seat 1, 50 %: Half.",
        "seat 0 5 %",
        "captions is filled by the opportunity",
        "works by the pattern",
    ):
        assert text in out


def test_small_forms_are_read() -> None:
    assert parse_clause("GDPR: in the EU: always") == {"name": "GDPR", "text": "in the EU: always"}
    assert parse_credit("0=5%") == {"place": 0, "share": 500}
    assert parse_filled(f"captions={CALL}") == {"seat": "captions", "opportunity": CALL}
    assert parse_named("Python = http://e.org") == ("Python", "http://e.org")
    assert parse_named("Python") == ("Python", "")


@pytest.mark.parametrize(
    ("parse", "given"),
    [
        (parse_clause, "GDPR"),
        (parse_clause, ": text"),
        (parse_credit, "lead=5%"),
        (parse_credit, "0"),
        (parse_filled, CALL),
        (parse_filled, f"={CALL}"),
        (parse_named, "=http://e.org"),
        (parse_named, "Python="),
    ],
)
def test_what_is_none_of_them_is_refused(parse: Any, given: str) -> None:  # noqa: ANN401 - any of four
    with pytest.raises(ConfigError):
        parse(given)
