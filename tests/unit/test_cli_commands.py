"""Every command against a daemon that remembers what it was asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Shell
from support.fake_daemon import BID, CALL, DANA, ELI, NOW_MS, PUBLISHED, RECORD, TEAM, TOKEN, FakeDaemon

from folkmoot import SPEC_VERSION
from folkmoot.limits import DAY_MS


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def daemon(shell: Shell) -> Iterator[FakeDaemon]:
    with shell.daemon() as daemon:
        yield daemon


ACTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "profile publish --name Eli --headline Builder --skill Python:expert --country fr",
        "PUT",
        "/profile",
        {
            "name": "Eli",
            "headline": "Builder",
            "skills": [{"label": "Python", "level": "expert"}],
            "location": {"country": "FR"},
            "allow_contacts": False,
        },
    ),
    (
        "availability set 20 --from today --until +14d --note mornings",
        "PUT",
        "/availability",
        {
            "hours_per_week": 20,
            "from_day": NOW_MS // DAY_MS,
            "until_day": NOW_MS // DAY_MS + 14,
            "note": "mornings",
        },
    ),
    (
        "availability set 0",
        "PUT",
        "/availability",
        {"hours_per_week": 0, "until_day": NOW_MS // DAY_MS + 14},
    ),
    (
        "opportunity publish --title Site --need Seeds. --role art:2:ink --closes +7d --decide-by +8d "
        "--budget 4000-6000EUR --criterion craft:40 --on-site --city Lyon",
        "POST",
        "/opportunities",
        {
            "title": "Site",
            "need": "Seeds.",
            "roles": [{"title": "art", "seats": 2, "skills": ["ink"]}],
            "bids_close": NOW_MS + 7 * DAY_MS,
            "decide_by": NOW_MS + 8 * DAY_MS,
            "budget": {"model": "fixed", "currency": "EUR", "min_minor": 400_000, "max_minor": 600_000},
            "criteria": [{"name": "craft", "weight": 40}],
            "location": {"city": "Lyon", "remote": False},
        },
    ),
    (
        f"opportunity close {CALL} --reason budget --note Alas.",
        "POST",
        f"/opportunities/{CALL}/close",
        {"reason": "budget", "note": "Alas."},
    ),
    (
        f"bid publish {CALL} --price '650 EUR/day' --plan So. --team {TEAM} --allocate 0=300.50",
        "POST",
        "/bids",
        {
            "opportunity": CALL,
            "price": {"amount_minor": 65_000, "currency": "EUR", "unit": "day"},
            "plan": "So.",
            "team": TEAM,
            "allocations": [{"party": 0, "amount_minor": 30_050}],
        },
    ),
    (f"award {BID} --note Monday?", "POST", "/awards", {"bid": BID, "note": "Monday?"}),
    (f"decline {BID} --reason other-bid", "POST", "/declines", {"bid": BID, "reason": "other-bid"}),
    (
        f"team offer --name Crew --purpose Bid. --seat lead=me:60% --seat art={DANA}:4000 --lead 0 "
        f"--opportunity {CALL} --replaces {TEAM} --accept-by +2d --exit Notice.",
        "POST",
        "/teams",
        {
            "name": "Crew",
            "purpose": "Bid.",
            "seats": [
                {"role": "lead", "identity": ELI, "share": 6000},
                {"role": "art", "identity": DANA, "share": 4000},
            ],
            "lead": 0,
            "opportunity": CALL,
            "replaces": TEAM,
            "accept_by": NOW_MS + 2 * DAY_MS,
            "exit": "Notice.",
        },
    ),
    (f"team accept {TEAM}", "POST", f"/teams/{TEAM}/accept", {}),
    (f"team accept {TEAM} --seat 0", "POST", f"/teams/{TEAM}/accept", {"seat": 0}),
    (f"team decline {TEAM} --reason capacity", "POST", f"/teams/{TEAM}/decline", {"reason": "capacity"}),
    (
        f"endorse {DANA} --text Calm. --skill Python=http://e.org/p --basis {TEAM} --relation lead",
        "POST",
        "/endorsements",
        {
            "subject": DANA,
            "text": "Calm.",
            "skill": {"label": "Python", "uri": "http://e.org/p"},
            "relation": "lead",
            "basis": TEAM,
        },
    ),
    (f"endorsement show {RECORD}", "POST", f"/endorsements/{RECORD}/show", {}),
    (f"endorsement hide {RECORD}", "POST", f"/endorsements/{RECORD}/hide", {}),
    (
        f"post 'Who knows?' --topic question --about {DANA} --tag hosting --tag ci",
        "POST",
        "/posts",
        {"text": "Who knows?", "topic": "question", "about": DANA, "tags": ["hosting", "ci"]},
    ),
]


@pytest.mark.parametrize(("line", "method", "path", "body"), ACTS)
def test_an_act_sends_what_was_typed(
    line: str, method: str, path: str, body: dict[str, Any], shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert (outcome.code, outcome.err) == (0, "")
    asked = daemon.requests[-1]
    assert (asked.method, asked.path, asked.json, asked.token) == (method, path, body, TOKEN)
    assert f"  {RECORD}\n" in outcome.out


@pytest.mark.parametrize("line", [*(act[0] for act in ACTS), f"bid withdraw {BID}"])
def test_an_act_answers_programs_with_what_the_daemon_said(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    outcome = shell.line(f"{line} --json")
    assert outcome.code == 0
    assert outcome.json["id"] == PUBLISHED["id"]


READINGS: list[tuple[str, str, dict[str, list[str]], list[str]]] = [
    ("status", "/status", {}, ["Eli Sand", "bid 2, profile 3", "12D3…PBcpqv", "1 min ago"]),
    ("state", "/state", {}, ["ab" * 32]),
    ("state --as-of +1d", "/state", {"as_of_ms": [str(NOW_MS + DAY_MS)]}, ["ab" * 32]),
    ("peers list", "/peers", {}, ["/ip4/192.0.2.7/tcp/4360"]),
    ("profile show", "/people/me", {}, ["Python (expert)", "20 h a week", "Seed site crew", "Engineer", "E2"]),
    (f"profile show {ELI}", f"/people/{ELI}", {}, ["Backend engineer", f"  {ELI}\n"]),
    (
        "endorsement list",
        "/people/me",
        {},
        ["“Calm under fire.”", "Dana (folk1", "for Python", f"  {RECORD}\n"],
    ),
    (
        "opportunity list --mine --all",
        "/opportunities",
        {"status": ["all"], "mine": ["true"], "limit": ["50"]},
        ["Website for a seed bank", "open", "1 bid", f"  {CALL}\n"],
    ),
    (
        f"opportunity show {CALL}",
        f"/opportunities/{CALL}",
        {},
        [
            "in 6 days",
            "4\u202f000.00\u20136\u202f000.00 EUR",
            "craft 40",
            "Seed site crew",
            "standing",
            f"  {BID}\n",
        ],
    ),
    (
        "find seeds --skill Python --skill SQL --hours 16",
        "/find",
        {"text": ["seeds"], "skill": ["Python", "SQL"], "hours": ["16"], "limit": ["20"]},
        ["Eli Sand", "matches skill Python", "20 h a week", "Website for a seed bank"],
    ),
    ("team list", "/teams", {"mine": ["false"]}, ["Seed site crew", "1 of 3 seats signed", f"  {TEAM}\n"]),
    (
        f"team show {TEAM}",
        f"/teams/{TEAM}",
        {},
        ["waiting", "40 %", "nobody yet", "signed another wording", "TEA-3", "By consent.", f"  {TEAM}\n"],
    ),
    (
        f"posts --about {CALL}",
        "/posts",
        {"about": [CALL], "limit": ["50"]},
        ["Who knows a good host?", "Hosting"],
    ),
]


@pytest.mark.parametrize(("line", "path", "query", "shown"), READINGS)
def test_a_reading_shows_what_the_daemon_said(
    line: str, path: str, query: dict[str, list[str]], shown: list[str], shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert (outcome.code, outcome.err) == (0, "")
    asked = daemon.requests[-1]
    assert (asked.method, asked.path, asked.query) == ("GET", path, query)
    for text in shown:
        assert text in outcome.out


@pytest.mark.parametrize("line", [*(reading[0] for reading in READINGS), "sync", "peers add /ip4/192.0.2.8"])
def test_a_reading_is_one_json_document(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    assert isinstance(shell.line(f"{line} --json").json, dict)
    assert isinstance(shell.line(f"--json {line}").json, dict)


@pytest.mark.parametrize(
    ("line", "path", "empty", "said"),
    [
        ("opportunity list", "/opportunities", {"items": []}, "No such opportunities here."),
        ("team list", "/teams", {"items": []}, "No such teams here."),
        ("posts", "/posts", {"items": []}, "No posts here."),
        ("peers list", "/peers", {"items": []}, "No peers."),
        ("find", "/find", {"people": [], "opportunities": []}, "Nobody and nothing here matches."),
    ],
)
def test_an_empty_list_says_so(
    line: str, path: str, empty: dict[str, Any], said: str, shell: Shell, daemon: FakeDaemon
) -> None:
    daemon.answers["GET", path] = empty
    assert said in shell.line(line).out


def test_a_person_of_whom_little_is_known_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["GET", "/people/me"] = {
        "identity": ELI,
        "name": "",
        "profile": None,
        "availability": None,
        "endorsements": [],
        "teams": [],
        "is_disputed": True,
    }
    out = shell("profile", "show").out
    assert "No profile has arrived here yet." in out
    assert "not stated" in out
    assert "disputed" in out


def test_a_profile_changes_without_naming_oneself_again(shell: Shell, daemon: FakeDaemon) -> None:
    assert shell("profile", "publish", "--headline", "Builder").code == 0
    assert daemon.requests[-1].json == {"name": "Eli Sand", "headline": "Builder", "allow_contacts": False}


@pytest.mark.parametrize("is_known", [True, False])
def test_the_first_profile_needs_a_name(is_known: bool, shell: Shell, daemon: FakeDaemon) -> None:
    if is_known:
        daemon.answers["GET", "/people/me"] = {"identity": ELI, "name": "folk1…", "profile": None}
    else:
        daemon.refuse("GET", "/people/me", 404, exit=4)
    outcome = shell("profile", "publish", "--headline", "Builder")
    assert outcome.code == 2
    assert outcome.err.startswith("error: a profile needs a name.")


def test_an_import_sends_the_file_and_lists_what_was_left_out(
    shell: Shell, daemon: FakeDaemon, tmp_path: Path
) -> None:
    file = tmp_path / "resume.json"
    file.write_text('{"basics": {}}')
    outcome = shell("profile", "import", str(file))
    assert daemon.requests[-1].body == b'{"basics": {}}'
    assert daemon.requests[-1].query == {"dry_run": ["false"]}
    assert "basics.email  contact data is never published" in outcome.out
    assert "Two entries were shortened." in outcome.out
    assert f"  {RECORD}\n" in outcome.out


def test_a_dry_run_says_that_nothing_was_published(shell: Shell, daemon: FakeDaemon, tmp_path: Path) -> None:
    file = tmp_path / "posting.json"
    file.write_text("{}")
    daemon.answers["POST", "/opportunities/import"] = {
        "published": None,
        "left_out": [],
        "notes": [],
        "body": {"title": "Website"},
    }
    line = f"opportunity import {file} --closes +7d --role art:2:ink --role code --dry-run"
    outcome = shell.line(line)
    assert daemon.requests[-1].query == {
        "closes_ms": [str(NOW_MS + 7 * DAY_MS)],
        "roles": ["art:2:ink", "code:1:"],
        "dry_run": ["true"],
    }
    assert "Nothing was published yet" in outcome.out
    assert "Website" in outcome.out


def test_an_export_writes_the_bytes_and_keeps_what_is_there(
    shell: Shell, daemon: FakeDaemon, tmp_path: Path
) -> None:
    out = tmp_path / "team.folkmoot"
    assert shell("export", TEAM, CALL, "--out", str(out)).code == 0
    assert daemon.requests[-1].query == {"id": [TEAM, CALL]}
    assert out.read_bytes() == b"a bundle"
    refused = shell("export", "--out", str(out))
    assert (refused.code, out.read_bytes()) == (2, b"a bundle")
    daemon.answers["GET", "/export"] = b"another"
    assert shell("export", "--out", str(out), "--force", "--json").json == {"file": str(out), "bytes": 7, "ids": []}
    assert out.read_bytes() == b"another"


def test_a_command_is_suggested_with_the_folder_that_was_chosen(
    shell: Shell, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(shell.data_dir)
    assert f"Next: folkmoot team show {TEAM}\n" in shell("team", "accept", TEAM).out
    monkeypatch.delenv("FOLKMOOT_DATA")
    assert f"Next: folkmoot --data {folder} team show" in shell("team", "accept", TEAM, "--data", folder).out


NASTY = "\x1b[31m[red]Eli[/red]\x1b]0;pwned\x07\u202e\n"


def spoiled(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Put what a stranger might write wherever the daemon passes text on."""
    match value:
        case dict():
            kept = ("id", "identity", "client", "status", "class", "author", "currency", "unit", "model", "kind")
            return {
                key: item if key in kept or str(item)[:4] in ("folk", "rec1", "doc1") else spoiled(item)
                for key, item in value.items()
            }
        case list():
            return [spoiled(item) for item in value]
        case str():
            return f"{value}{NASTY}"
        case _:
            return value


@pytest.mark.parametrize("line", [reading[0] for reading in READINGS])
def test_no_stranger_reaches_the_terminal_or_the_markup(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    for key, answer in daemon.answers.items():
        if not isinstance(answer, bytes):
            daemon.answers[key] = spoiled(answer)
    outcome = shell.line(line)
    assert outcome.code == 0
    for character in ("\x1b", "\x07", "\u202e", "\x9b"):
        assert character not in outcome.out
    # What these two show is shortened or a number.
    if line.split(maxsplit=1)[0] not in ("state", "peers"):
        assert "[red]Eli[/red]" in outcome.out


@pytest.mark.parametrize("line", [reading[0] for reading in READINGS])
def test_json_is_ascii_so_that_a_terminal_obeys_nothing_in_it(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    for key, answer in daemon.answers.items():
        if not isinstance(answer, bytes):
            daemon.answers[key] = spoiled(answer)
    outcome = shell.line(f"{line} --json")
    assert outcome.out.isascii()
    assert "\x1b" not in outcome.out
    assert json.dumps(outcome.json)


def test_what_became_of_an_opportunity_and_its_bids_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    shown = daemon.answers["GET", f"/opportunities/{CALL}"]
    assert isinstance(shown, dict)
    bid = {**shown["bids_list"][0], "team": None, "status": "void", "rule": "BID-2", "assumptions": "Texts exist."}
    daemon.answers["GET", f"/opportunities/{CALL}"] = {
        **shown,
        "status": "withdrawn",
        "reason": "budget",
        "latest": RECORD,
        "bids_list": [bid],
    }
    out = shell.line(f"opportunity show {CALL}").out
    assert "withdrawn (budget)" in out
    assert f"Revised since; the version that stands now is\n  {RECORD}\n" in out
    assert "void" in out
    assert "BID-2" in out
    assert "assumes: Texts exist." in out


def test_an_acceptance_that_does_not_count_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    team = daemon.answers["GET", f"/teams/{TEAM}"]
    assert isinstance(team, dict)
    refused = {**team["refused"][0], "document": TEAM, "rule": "COS-4"}
    daemon.answers["GET", f"/teams/{TEAM}"] = {**team, "refused": [refused]}
    assert "signed, but it does not count: COS-4" in shell.line(f"team show {TEAM}").out


def test_notes_of_an_act_are_shown_as_sentences(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["POST", "/awards"] = {**PUBLISHED, "notes": ["a copy of the bid was kept"]}
    assert "  A copy of the bid was kept.\n" in shell.line(f"award {BID}").out


def test_the_version_is_that_of_the_package_and_the_specification(shell: Shell) -> None:
    found = shell.line("version --json").json
    assert found["spec"] == SPEC_VERSION
    assert shell.line("version").out.startswith(f"folkmoot {found['folkmoot']}, spec {SPEC_VERSION}, python 3.")
