"""A stand-in for the daemon's local API, over HTTP: it says what it is told and remembers what was asked."""

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from support.keys import seed_of

from folkmoot.ids import IdPrefix, id_to_text

TOKEN = "a-token-that-only-the-user-can-read"
NOW_MS = 1_790_000_000_000
DAY = NOW_MS // 86_400_000

Answer = dict[str, Any]


def text_id(prefix: IdPrefix, name: str) -> str:
    """Return the text of an id that a name stands for."""
    return id_to_text(prefix, seed_of(name))


ELI, DANA, FAY = (text_id(IdPrefix.IDENTITY, name) for name in ("Eli", "Dana", "Fay"))
CALL, BID, RECORD = (text_id(IdPrefix.RECORD, name) for name in ("call", "bid", "record"))
TEAM = text_id(IdPrefix.DOCUMENT, "team")

PUBLISHED: Answer = {
    "id": RECORD,
    "kind": "profile",
    "author": ELI,
    "space": "commons",
    "expires_day": DAY + 90,
    "notes": [],
}
OPPORTUNITY: Answer = {
    "id": CALL,
    "title": "Website for a seed bank",
    "client": DANA,
    "client_name": "Dana",
    "status": "open",
    "bids_close": NOW_MS + 6 * 86_400_000,
    "decide_by": NOW_MS + 20 * 86_400_000,
    "roles": [{"title": "backend", "seats": 1, "skills": ["Python", "PostgreSQL"]}, {"title": "art", "seats": 2}],
    "skills": ["Python"],
    "budget": {"model": "fixed", "currency": "EUR", "min_minor": 400_000, "max_minor": 600_000},
    "bids": 1,
}
BID_ANSWER: Answer = {
    "id": BID,
    "bidder": ELI,
    "bidder_name": "Eli Sand",
    "team": TEAM,
    "team_name": "Seed site crew",
    "price": {"amount_minor": 480_000, "currency": "EUR", "unit": "fixed"},
    "plan": "First the catalogue,\nthen the shop.",
    "valid_until": NOW_MS + 30 * 86_400_000,
    "status": "standing",
    "rule": "",
    "reason": "",
}
TEAM_ANSWER: Answer = {
    "id": TEAM,
    "name": "Seed site crew",
    "purpose": "Bid for the seed bank.",
    "status": "offered",
    "drafter": DANA,
    "drafter_name": "Dana",
    "lead": 0,
    "terms": {"decide": "By consent."},
    "opportunity": CALL,
    "accept_by": NOW_MS + 7 * 86_400_000,
    "prev": None,
    "superseded_by": None,
    "seats": [
        {"place": 0, "role": "lead", "identity": DANA, "name": "Dana", "share": 3000, "status": "signed"},
        {"place": 1, "role": "backend", "identity": ELI, "name": "Eli Sand", "share": 4000, "status": "waiting"},
        {"place": 2, "role": "art", "identity": None, "name": "", "share": 3000, "status": "open"},
    ],
    "refused": [
        {
            "record": RECORD,
            "author": FAY,
            "author_name": "Fay",
            "document": text_id(IdPrefix.DOCUMENT, "earlier team"),
            "rule": "TEA-3",
        }
    ],
    "members": [DANA, ELI],
    "agreement": None,
}
ENDORSEMENT: Answer = {
    "id": RECORD,
    "author": DANA,
    "author_name": "Dana",
    "text": "Calm under fire.",
    "skill": {"label": "Python"},
    "relation": "lead",
    "class": "E2",
    "basis": TEAM,
    "is_shown": True,
}
PERSON: Answer = {
    "identity": ELI,
    "name": "Eli Sand",
    "profile": {
        "name": "Eli Sand",
        "headline": "Backend engineer",
        "summary": "Databases that stay up.",
        "skills": [{"label": "Python", "level": "expert"}, {"label": "SQL"}],
        "languages": [{"label": "French", "fluency": "native"}],
        "location": {"city": "Lyon", "country": "FR"},
        "work": [{"claim": "self-asserted", "title": "Engineer", "organisation": "Seedlings", "from": "2021"}],
    },
    "profile_id": RECORD,
    "availability": {
        "hours_per_week": 20,
        "from_day": DAY,
        "until_day": DAY + 14,
        "note": "mornings",
        "is_stale": False,
    },
    "endorsements": [ENDORSEMENT],
    "teams": [{"id": TEAM, "name": "Seed site crew"}],
    "is_disputed": False,
}
IMPORTED: Answer = {
    "published": PUBLISHED,
    "left_out": [{"what": "basics.email", "why": "contact data is never published"}],
    "notes": ["Two entries were shortened."],
    "body": {"name": "Eli Sand", "headline": "Backend engineer"},
}
PEERS: list[Answer] = [
    {
        "peer": "12D3KooWRm3AETnJHPfMnTvBuQKiJCZ1yacaXQsYbNi4qLPBcpqv",
        "address": "/ip4/192.0.2.7/tcp/4360/p2p/12D3KooWRm3AETnJHPfMnTvBuQKiJCZ1yacaXQsYbNi4qLPBcpqv",
        "connected": True,
        "dialled": True,
        "last_sync_ms": NOW_MS - 60_000,
        "failures": 0,
    }
]
STATUS: Answer = {
    "version": "0.1.0",
    "spec": "0.1",
    "network": "main",
    "identity": ELI,
    "name": "Eli Sand",
    "peer_id": PEERS[0]["peer"],
    "addresses": ["/ip4/127.0.0.1/tcp/4360/p2p/12D3KooWRm3AETnJHPfMnTvBuQKiJCZ1yacaXQsYbNi4qLPBcpqv"],
    "api_url": "http://127.0.0.1:4361",
    "data_dir": "/home/eli/.folkmoot",
    "started_ms": NOW_MS - 3_600_000,
    "now_ms": NOW_MS,
    "peers": PEERS,
    "records": {"profile": 3, "bid": 2},
    "identities": 4,
    "waiting": 1,
    "database_bytes": 1_250_000,
    "verdicts": {"CLK-2": 1},
    "contained": {},
}


def _usual_answers() -> dict[tuple[str, str], Answer | bytes]:
    return {
        ("GET", "/status"): STATUS,
        ("GET", "/state"): {"state_hash": "ab" * 32, "as_of_ms": NOW_MS, "records": 5, "operations": 4},
        ("PUT", "/profile"): PUBLISHED,
        ("POST", "/profile/import"): IMPORTED,
        ("GET", "/people/me"): PERSON,
        ("GET", f"/people/{ELI}"): PERSON,
        ("PUT", "/availability"): PUBLISHED,
        ("POST", "/opportunities"): PUBLISHED,
        ("POST", "/opportunities/import"): {**IMPORTED, "body": {"title": "Website"}},
        ("GET", "/opportunities"): {"items": [OPPORTUNITY]},
        ("GET", f"/opportunities/{CALL}"): {
            **OPPORTUNITY,
            "need": "A catalogue of seeds.",
            "latest": CALL,
            "reason": "",
            "award": None,
            "awards": [],
            "bids_list": [BID_ANSWER],
            "body": {"criteria": [{"name": "craft", "weight": 40}], "location": {"remote": True}},
        },
        ("POST", f"/opportunities/{CALL}/close"): PUBLISHED,
        ("GET", "/find"): {
            "people": [
                {
                    "identity": ELI,
                    "name": "Eli Sand",
                    "headline": "Backend engineer",
                    "skills": ["Python"],
                    "hours_per_week": 20,
                    "is_stale": False,
                    "shown_endorsements": 1,
                    "why": ["skill Python"],
                }
            ],
            "opportunities": [OPPORTUNITY],
        },
        ("POST", "/teams"): {**PUBLISHED, "kind": "draft", "document": TEAM},
        ("GET", "/teams"): {"items": [TEAM_ANSWER]},
        ("GET", f"/teams/{TEAM}"): TEAM_ANSWER,
        ("POST", f"/teams/{TEAM}/accept"): {**PUBLISHED, "kind": "accept", "document": TEAM},
        ("POST", f"/teams/{TEAM}/decline"): PUBLISHED,
        ("POST", "/bids"): PUBLISHED,
        ("DELETE", f"/bids/{BID}"): PUBLISHED,
        ("POST", "/awards"): PUBLISHED,
        ("POST", "/declines"): PUBLISHED,
        ("POST", "/endorsements"): PUBLISHED,
        ("POST", f"/endorsements/{RECORD}/show"): PUBLISHED,
        ("POST", f"/endorsements/{RECORD}/hide"): PUBLISHED,
        ("POST", "/posts"): PUBLISHED,
        ("GET", "/posts"): {
            "items": [
                {
                    "id": RECORD,
                    "author": DANA,
                    "author_name": "Dana",
                    "text": "Who knows a good host?",
                    "title": "Hosting",
                    "topic": "question",
                    "about": CALL,
                    "rev": NOW_MS,
                }
            ]
        },
        ("GET", "/export"): b"a bundle",
        ("POST", "/sync"): {"peers": 2},
        ("GET", "/peers"): {"items": PEERS},
        ("POST", "/peers"): {"peer": PEERS[0]["peer"]},
    }


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asked of the daemon."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    token: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass
class FakeDaemon:
    """A daemon for one data folder; use it as a context.

    Attributes:
        data_dir: Where `api.json` is written.
        answers: What it says, by method and path below `/v1`; all usual ones are there.
        refusals: Status and error object that come before any answer.
        requests: What it was asked, in order.
    """

    data_dir: Path
    answers: dict[tuple[str, str], Answer | bytes] = field(default_factory=_usual_answers)
    refusals: dict[tuple[str, str], tuple[int, Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._held: tuple[str, str] | None = None
        self._arrived = threading.Event()
        self._released = threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        write_api_file(self.data_dir, url=self.url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def hold(self, method: str, path: str) -> None:
        """Leave a request without an answer until `let_go`."""
        self._held = (method, path)

    def wait_until_held(self, seconds_max: float) -> None:
        """Wait for the request that is left without an answer."""
        assert self._arrived.wait(seconds_max)

    def let_go(self) -> None:
        """Answer whoever was left without an answer."""
        self._released.set()

    def keep_waiting(self, key: tuple[str, str]) -> None:
        """Wait, in the thread of a request, if that one is to be held."""
        if key == self._held:
            self._arrived.set()
            self._released.wait()

    def refuse(self, method: str, path: str, status: int, **error: object) -> None:
        """Answer a request with an error from now on."""
        self.refusals[method, path] = (
            status,
            {"code": "refused", "exit": 5, "message": "it is refused", "advice": "", "rule": "", **error},
        )


def write_api_file(data_dir: Path, *, url: str, pid: int | None = None) -> None:
    """Write the file by which commands find a daemon."""
    data_dir.mkdir(parents=True, exist_ok=True)
    said = {"url": url, "token": TOKEN, "pid": os.getpid() if pid is None else pid}
    (data_dir / "api.json").write_text(json.dumps(said))


def _handler(daemon: FakeDaemon) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/v1")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            daemon.requests.append(Request(self.command, path, parse_qs(parts.query), body, token))
            key = (self.command, path)
            daemon.keep_waiting(key)
            if key in daemon.refusals:
                status, error = daemon.refusals[key]
                self._reply(status, json.dumps({"error": error}).encode())
            else:
                answer = daemon.answers[key]
                self._reply(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def _reply(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Stay silent."""

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - as http.server calls them

    return Handler
