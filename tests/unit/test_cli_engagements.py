"""The commands about engagements and disputes against a daemon that remembers what it was asked."""

import json
import shlex
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Shell
from support.engagement_answers import (
    CARL,
    CLOSING,
    DANA,
    DELIVERY,
    DISPUTE,
    DISPUTE_ANSWER,
    DOCUMENT,
    ENGAGEMENT,
    GUS,
    OFFERED,
    PARTIES,
    TERMS,
    WORK,
    engagement_answers,
)
from support.fake_daemon import BID, DAY, ELI, NOW_MS, RECORD, FakeDaemon

from folkmoot.limits import DAY_MS


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def daemon(shell: Shell) -> Iterator[FakeDaemon]:
    with shell.daemon() as daemon:
        daemon.answers |= engagement_answers()
        yield daemon


ACTS: list[tuple[str, str, dict[str, Any]]] = [
    (f"engagement sign {WORK} --yes", f"/documents/{WORK}/sign", {}),
    (f"engagement sign {CLOSING} --yes", f"/documents/{CLOSING}/sign", {}),
    (
        f"engagement decline {WORK} --reason terms --note Long.",
        f"/documents/{WORK}/decline",
        {"reason": "terms", "note": "Long."},
    ),
    (
        f"engagement deliver {WORK} --milestone 0 --note Held.",
        f"/engagements/{WORK}/deliveries",
        {"milestone": 0, "note": "Held."},
    ),
    (f"engagement accept {DELIVERY} --note Fine.", f"/deliveries/{DELIVERY}/answer", {"note": "Fine."}),
    (
        f"engagement reject {DELIVERY} --criteria 2 --criteria 0",
        f"/deliveries/{DELIVERY}/answer",
        {"failed": [0, 2]},
    ),
    (f"engagement seen {DELIVERY} {RECORD}", "/receipts", {"of": [DELIVERY, RECORD]}),
    (
        f"engagement paid {WORK} --milestone 0 --to 0 --amount '2 400.50 EUR'",
        f"/engagements/{WORK}/payments/sent",
        {"milestone": 0, "payee": 0, "amount_minor": 240_050, "currency": "EUR"},
    ),
    (f"engagement received {WORK} --milestone 1", f"/engagements/{WORK}/payments/received", {"milestone": 1}),
    (f"engagement close {WORK} --way completed", f"/engagements/{WORK}/close", {"way": "completed"}),
    (
        f"engagement close {WORK} --way completed --alone --note So.",
        f"/engagements/{WORK}/close",
        {"way": "completed", "alone": True, "note": "So."},
    ),
    (
        f"dispute open {WORK} --text Late. --milestone 0 --asks Half.",
        "/disputes",
        {"about": WORK, "text": "Late.", "milestone": 0, "asks": "Half."},
    ),
    (
        f"dispute reply {DISPUTE} --text Ill.",
        f"/disputes/{DISPUTE}/steps",
        {"step": "reply", "text": "Ill."},
    ),
    (f"dispute take {DISPUTE}", f"/disputes/{DISPUTE}/steps", {"step": "take"}),
    (f"dispute withdraw {DISPUTE}", f"/disputes/{DISPUTE}/steps", {"step": "withdraw"}),
    (
        f"dispute find {DISPUTE} --reason shared --text Both.",
        f"/disputes/{DISPUTE}/finding",
        {"reason": "shared", "text": "Both."},
    ),
    (f"dispute settle {DISPUTE} --text Half.", f"/disputes/{DISPUTE}/settlement", {"text": "Half."}),
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


@pytest.mark.parametrize("line", [act[0] for act in ACTS])
def test_an_act_answers_programs_with_what_the_daemon_said(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    assert shell.line(f"{line} --json").json["id"] == RECORD


def test_a_draft_sends_what_the_award_suggests_with_every_option_laid_over_it(
    shell: Shell, daemon: FakeDaemon
) -> None:
    line = (
        f"engagement draft --from-award {BID} --title Guide --out-of-scope Paper. --pay-days 0 --witness {GUS} "
        f"--resolver {GUS} --dispute-path Talk. --kill-fee 20.5% --late-fee 500 --expenses Carl. --change All. "
        f"--rights Yours. --confidentiality None. --notice-days 0 --review-days 7 --pattern {RECORD} "
        "--accept-days 3 --on-silence nothing --accept-by +2d"
    )
    assert shell.line(line).code == 0
    suggested, drafted = daemon.requests[-2:]
    assert (suggested.path, suggested.query) == ("/engagements/suggested", {"award": [BID]})
    assert drafted.json == {
        "award": BID,
        "parties": PARTIES,
        "accept_by": NOW_MS + 2 * DAY_MS,
        "terms": {
            **TERMS,
            "title": "Guide",
            "out_of_scope": ["Paper."],
            "pay_days": 0,
            "witnesses": [GUS],
            "resolver": GUS,
            "dispute_path": ["Talk."],
            "kill_fee": 2050,
            "late_fee": 500,
            "expenses": "Carl.",
            "change": "All.",
            "rights": "Yours.",
            "confidentiality": "None.",
            "notice_days": 0,
            "review_days": 7,
            "pattern": RECORD,
            "milestones": [{**TERMS["milestones"][0], "accept_days": 3, "on_silence": "nothing"}],
        },
    }


def test_milestones_are_typed_with_money_day_and_criteria(shell: Shell, daemon: FakeDaemon) -> None:
    line = "--milestone 'First: half:2400.50EUR:+14d:Runs.;Tested: twice.'"
    assert "is not a price" in shell.line(f"engagement draft --from-award {BID} {line}").err
    line = "--milestone 'First half:2400.50EUR:+14d:Runs.; Tested: twice.'"
    assert shell.line(f"engagement draft --from-award {BID} {line}").code == 0
    assert daemon.requests[-1].json["terms"]["milestones"] == [
        {
            "name": "First half",
            "amount_minor": 240_050,
            "due_day": DAY + 14,
            "criteria": ["Runs.", "Tested: twice."],
            "accept_days": 5,
            "on_silence": "accept",
        }
    ]


def test_what_is_printed_is_taken_back_unchanged(shell: Shell, daemon: FakeDaemon, tmp_path: Path) -> None:
    printed = shell.line(f"engagement draft --from-award {BID} --print")
    assert [request.method for request in daemon.requests] == ["GET"]
    said = json.loads(printed.out)
    assert said == shell.line(f"engagement draft --from-award {BID} --print --json").json
    assert [item["share"] for item in said["parties"]] == ["0%", "40%", "60%"]
    assert (said["terms"]["kill_fee"], said["terms"]["milestones"][0]["amount"]) == ("20%", "4800.00")
    file = tmp_path / "terms.json"
    file.write_text(printed.out)
    assert shell.line(f"engagement draft --from-award {BID} --terms {file}").code == 0
    assert daemon.requests[-1].json == {"award": BID, "parties": PARTIES, "terms": TERMS}


def test_what_is_not_in_the_file_is_taken_away(shell: Shell, daemon: FakeDaemon, tmp_path: Path) -> None:
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"terms": {name: TERMS[name] for name in TERMS if name != "kill_fee"}}))
    assert shell.line(f"engagement draft --from-award {BID} --terms {file}").code == 0
    assert daemon.requests[-1].json["terms"]["kill_fee"] is None


def test_parties_are_typed_like_seats(shell: Shell, daemon: FakeDaemon) -> None:
    line = f"engagement draft --party client={CARL} --party maker=me:40% --party sound={DANA}:6000 --title Guide"
    assert shell.line(line).code == 0
    assert daemon.requests[-1].json == {
        "parties": [
            {"capacity": "client", "identity": CARL},
            {"capacity": "maker", "identity": ELI},
            {"capacity": "sound", "identity": DANA},
        ],
        "terms": {"title": "Guide", "shares": [0, 4000, 6000]},
    }


def test_new_parties_do_not_inherit_shares(shell: Shell, daemon: FakeDaemon) -> None:
    line = f"engagement draft --from-award {BID} --party client={CARL} --party maker={DANA}"
    assert shell.line(line).code == 0
    assert daemon.requests[-1].json["terms"]["shares"] is None


def test_a_change_order_is_the_engagement_with_other_terms(shell: Shell, daemon: FakeDaemon) -> None:
    assert "nothing would change" in shell.line(f"engagement change {WORK}").err
    assert shell.line(f"engagement change {WORK} --pay-days 14 --deliverable Both.").code == 0
    assert daemon.requests[-2].query == {"changes": [WORK]}
    assert daemon.requests[-1].json == {
        "changes": WORK,
        "parties": PARTIES,
        "terms": {**TERMS, "pay_days": 14, "deliverables": ["Both."]},
    }
    assert json.loads(shell.line(f"engagement change {WORK} --print").out)["terms"]["pay_days"] == 30


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("engagement draft --title Guide", "nobody says who is engaged"),
        (f"engagement draft --party client={CARL} --party maker=open", "every party is somebody"),
        (f"engagement draft --party client={CARL} --party a=me:40% --party b={DANA}", "do not make 100 %"),
        (f"engagement draft --party client={CARL} --party a=me:40% --party b={DANA}:50%", "do not make 100 %"),
        (f"engagement draft --from-award {BID} --milestone Half:2400EUR:+14d", "is not a milestone"),
        (f"engagement draft --from-award {BID} --milestone Half:24EUR/day:+14d:Runs.", "is worth an amount"),
        (
            f"engagement draft --from-award {BID} --milestone A:1EUR:+1d:Runs. --milestone B:1USD:+1d:Runs.",
            "one currency, not EUR and USD",
        ),
        (f"engagement sign {WORK}", "there is nobody to ask"),
        (f"engagement deliver {WORK} --milestone 0", "nothing is delivered"),
        (f"engagement deliver {WORK} --milestone 0 --note So. --uri https://e.org", "more addresses than files"),
        (f"engagement received {WORK} --milestone 0 --amount 5EUR/day", "is a price, not an amount"),
        (f"dispute open {WORK}", "nothing is said"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(
    line: str, said: str, shell: Shell, daemon: FakeDaemon
) -> None:
    outcome = shell.line(line)
    assert outcome.code == 2
    assert said in outcome.err
    assert [request.method for request in daemon.requests if request.method != "GET"] == []


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("no JSON", 6, "is not JSON"),
        ("[]", 6, "`terms` and `parties` alone"),
        ('{"terms": {}, "title": "Guide"}', 6, "`terms` and `parties` alone"),
        ('{"terms": {"milestones": {}}}', 2, "are not a list of objects"),
        ('{"terms": {}, "parties": ["me"]}', 2, "are not a list of objects"),
        ('{"terms": {"currency": "EUR", "milestones": [{"amount": "a lot"}]}}', 2, "is not an amount of money"),
        ('{"terms": {"milestones": [{"due": "soon"}]}}', 2, "is not a day"),
        ('{"terms": {"kill_fee": "half"}}', 2, "is not a share"),
        ('{"terms": {}, "parties": [{"capacity": "a", "share": "101%"}]}', 2, "more than the whole"),
    ],
)
def test_a_faulty_file_of_terms_is_refused(
    text: str, code: int, said: str, shell: Shell, daemon: FakeDaemon, tmp_path: Path
) -> None:
    file = tmp_path / "terms.json"
    file.write_text(text)
    outcome = shell.line(f"engagement draft --from-award {BID} --terms {file}")
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err


def test_a_delivery_sends_digests_and_no_file(shell: Shell, daemon: FakeDaemon, tmp_path: Path) -> None:
    guide, tests = tmp_path / "guide.pdf", tmp_path / "tests.txt"
    guide.write_bytes(b"guide")
    tests.write_bytes(b"")
    line = f"engagement deliver {WORK} {guide} {tests} --milestone 1 --uri https://e.org/guide"
    assert shell.line(line).code == 0
    assert daemon.requests[-1].json == {
        "milestone": 1,
        "files": [
            {
                "sha256": sha256(b"guide").hexdigest(),
                "name": "guide.pdf",
                "length": 5,
                "uri": "https://e.org/guide",
            },
            {"sha256": sha256(b"").hexdigest(), "name": "tests.txt", "length": 0},
        ],
    }
    missing = shell.line(f"engagement deliver {WORK} {tmp_path / 'gone'} --milestone 1")
    assert missing.code == 6


def test_files_are_compared_before_anything_is_accepted(shell: Shell, daemon: FakeDaemon, tmp_path: Path) -> None:
    guide = tmp_path / "guide.pdf"
    guide.write_bytes(b"another guide")
    outcome = shell.line(f"engagement accept {DELIVERY} {guide}")
    assert (outcome.code, daemon.requests[-1].method) == (10, "GET")
    guide.write_bytes(b"guide")
    assert shell.line(f"engagement accept {DELIVERY} {guide}").code == 0
    assert daemon.requests[-1].method == "POST"


def test_whoever_is_to_sign_sees_what_and_what_it_leaves_open(shell: Shell, daemon: FakeDaemon) -> None:
    daemon.answers["GET", f"/engagements/{WORK}"] = OFFERED
    out = shell.line(f"engagement sign {WORK} --yes").out
    assert out.index("Yours, once paid.") < out.index("What it leaves open:") < out.index("Signed.")
    assert "who owns the work, and from when" in out
    assert "Changed from the document before: milestones, pay days." in out
    daemon.answers["GET", f"/documents/{CLOSING}"] = {**DOCUMENT, "unknown": ["terms.penalty"]}
    out = shell.line(f"engagement sign {CLOSING} --yes").out
    assert "not to be signed: terms.penalty" in out
    assert out.index("completed") < out.index("Signed.")


SHOWN = [
    "in-force",
    f"  {WORK}\n",
    "4\u202f800.00 EUR",
    "Yours, once paid.",
    "kill fee",
    "20 %",
    "No data leaves.",
    "Gus (folk1",
    "Dana (folk1",
    "First half (late)",
    "1  It is tested. failed",
    "guide.pdf, 4.9 KiB, SHA-256 abababababab…",
    "seen by Gus",
    "the client says: Well done.",
    "overdue 3 days",
    "1\u202f440.00",
    "Closed: convenience, by the word of Carl alone",
    "It was short.",
    "found (shared)",
    "Closing, completed by Dana: offered",
    "waits for Carl, Eli",
    "signed another wording",
    "TEA-3",
    "may be incomplete",
]


def test_an_engagement_is_shown_with_all_that_became_of_it(shell: Shell, daemon: FakeDaemon) -> None:
    outcome = shell.line(f"engagement show {WORK}")
    assert (outcome.code, outcome.err) == (0, "")
    for text in SHOWN:
        assert text in outcome.out


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_terminal_without_breaking_amounts(
    width: int, shell: Shell, daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = shell.line(f"engagement show {WORK}").out
    assert max(map(len, out.splitlines())) <= width
    row = next(line for line in out.splitlines() if "overdue" in line)
    assert " ".join(row.split()) == "0 2 Eli 1 440.00 0.00 1 440.00 2026-09-18 overdue 3 days"


def test_silence_that_is_about_to_decide_is_shown(shell: Shell, daemon: FakeDaemon) -> None:
    milestone = {**ENGAGEMENT["milestones"][0], "status": "delivered", "answer_by": NOW_MS + 2 * DAY_MS}
    daemon.answers["GET", f"/engagements/{WORK}"] = {**ENGAGEMENT, "milestones": [milestone]}
    assert "accepted by silence" in shell.line(f"engagement show {WORK}").out


def test_lists_and_lint_say_what_there_is(shell: Shell, daemon: FakeDaemon) -> None:
    out = shell.line("engagement list --mine").out
    assert daemon.requests[-1].query == {"mine": ["true"]}
    assert "2 of 3 signed · 1 of 2 milestones accepted" in out
    assert "who owns the work" in shell.line(f"engagement lint {WORK}").out
    assert shell.line(f"engagement lint {WORK} --json").json == {"id": WORK, "remarks": ENGAGEMENT["remarks"]}
    daemon.answers["GET", f"/engagements/{WORK}"] = {**ENGAGEMENT, "remarks": []}
    assert "leaves nothing open" in shell.line(f"engagement lint {WORK}").out
    daemon.answers["GET", "/engagements"] = {"items": []}
    assert "No such engagements here." in shell.line("engagement list").out


def test_a_dispute_is_shown_step_by_step(shell: Shell, daemon: FakeDaemon) -> None:
    out = shell.line(f"dispute show {DISPUTE}").out
    for text in (
        "It was short.",
        "Half of it back.",
        "Gus (folk1",
        "finding, shared by Gus",
        "Both were late.",
        "Settlement by Dana: offered",
        "waits for Carl",
        f"  {DELIVERY}\n",
        f"  {CLOSING}\n",
    ):
        assert text in out
    daemon.answers["GET", f"/disputes/{DISPUTE}"] = {**DISPUTE_ANSWER, "resolver": None, "milestone": None}
    assert "nobody is named" in shell.line(f"dispute show {DISPUTE}").out


NASTY = "\x1b[31m[red]Eli[/red]\x1b]0;pwned\x07\u202e\n"


def spoiled(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Put what a stranger might write wherever the daemon passes their text on."""
    kept = ("status", "currency", "on_silence", "type", "part", "reason", "sha256")
    match value:
        case dict():
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


@pytest.mark.parametrize(
    "line",
    [
        f"engagement show {WORK}",
        "engagement list",
        f"engagement lint {WORK}",
        f"dispute show {DISPUTE}",
        f"engagement sign {WORK} --yes",
        f"engagement sign {CLOSING} --yes",
        f"engagement change {WORK} --print",
    ],
)
def test_no_stranger_reaches_the_terminal_or_the_markup(line: str, shell: Shell, daemon: FakeDaemon) -> None:
    for key in list(daemon.answers):
        answer = daemon.answers[key]
        if key[0] == "GET" and not isinstance(answer, bytes):
            daemon.answers[key] = spoiled(answer)
    for document, kind in ((WORK, "engagement"), (CLOSING, "closing")):
        daemon.answers["GET", f"/documents/{document}"] = {**spoiled(DOCUMENT), "type": kind}
    outcome = shell(*shlex.split(line))
    assert outcome.code == 0
    for character in ("\x1b", "\x07", "\u202e", "\x9b"):
        assert character not in outcome.out
    assert "[red]Eli[/red]" in outcome.out
