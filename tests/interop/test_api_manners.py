"""How the API treats its callers: who may speak, how much, and that every error has one shape."""

import socket
import stat
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio
from starlette.types import Receive, Scope, Send
from support.node_parts import TOKEN, NodeParts, QuietSurroundings, node_parts, served
from support.world import StoppedClock

from folkmoot_node.api import (
    Daemon,
    Handle,
    application,
    read_handle,
    removed_handle,
    serve,
    written_handle,
)
from folkmoot_node.api.guard import BODY_BYTES_MAX, IMPORT_BYTES_MAX, Guard
from folkmoot_node.errors import ConfigError, NoDaemonError, PeerError, StoreError
from folkmoot_node.views.naming import document_text, identity_text, record_text

ROOT = Path(__file__).parents[2]
PATHS = """
    /status /state /peers /sync /export /bundles /bundles/import /records/{record} /records/{record}/wire
    /profile /profile/import /availability /people/{identity} /find /posts
    /endorsements /endorsements/{record}/show /endorsements/{record}/hide
    /clock /peers/{peer} /peers/{peer}/block /peers/{peer}/unblock
    /people/{identity}/facts /people/{identity}/trust /endorsements/{record} /vouches /vouches/{identity}
    /reviews /reviews/{document} /reviews/{record} /patterns /patterns/{record} /pattern-outcomes
    /opportunities /opportunities/import /opportunities/{record} /opportunities/{record}/close
    /teams /teams/{document} /teams/{document}/accept /teams/{document}/decline
    /bids /bids/{record} /awards /declines
    /identities/{who} /identity/rotations /identity/devices /identity/revocations /identity/guardians
    /identity/closing /guardian-keys /guardian-signatures/import /backups
    /opportunities/{record}/revise /opportunities/{record}/questions /opportunities/{record}/clarifications
    /opportunities/{record}/bid-list /bids/{record}/counter /trees/{asked}
    /teams/{document}/counter /teams/{document}/applications /teams/{document}/withdraw /teams/{document}/leave
    /engagements /engagements/suggested /engagements/{document} /engagements/{document}/deliveries
    /engagements/{document}/payments/sent /engagements/{document}/payments/received /engagements/{document}/close
    /documents/{document} /documents/{document}/sign /documents/{document}/decline
    /deliveries/{record}/answer /receipts
    /disputes /disputes/{record} /disputes/{record}/steps /disputes/{record}/finding /disputes/{record}/settlement
"""


@pytest.fixture
async def dana(tmp_path: Path) -> AsyncIterator[NodeParts]:
    async with node_parts("dana", StoppedClock(), tmp_path) as parts:
        yield parts


@pytest.fixture
async def http(dana: NodeParts) -> AsyncIterator[httpx.AsyncClient]:
    async with served(dana) as client:
        yield client


def error_of(response: httpx.Response) -> dict[str, object]:
    """Return the error of an answer in the one shape."""
    body = response.json()
    assert body.keys() == {"error"}
    error: dict[str, object] = body["error"]
    assert error.keys() == {"code", "exit", "message", "advice", "rule"}
    assert error["message"]
    return error


class TestWhoMaySpeak:
    async def test_without_the_token_nothing_is_told(self, http: httpx.AsyncClient) -> None:
        for path in ("/v1/status", "/openapi.json", "/no/such/path"):
            for header in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"):
                url = http.base_url.copy_with(path=path)
                response = await http.get(url, headers={b"Authorization": header.encode("latin-1")})
                assert response.status_code == 401
                assert error_of(response)["code"] == "unauthorised"

    async def test_a_name_that_leads_here_by_a_trick_is_refused(self, http: httpx.AsyncClient) -> None:
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.7:80", "[::2]:1", ":80"):
            response = await http.get("/status", headers={"Host": host})
            assert response.status_code == 421
            assert error_of(response)["code"] == "unauthorised"

    async def test_every_name_of_this_machine_itself_will_do(self, http: httpx.AsyncClient) -> None:
        for host in ("localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:8000"):
            assert (await http.get("/status", headers={"Host": host})).status_code == 200


class TestHowMuch:
    async def test_a_request_over_its_bound_is_refused(self, http: httpx.AsyncClient) -> None:
        response = await http.put("/profile", content=b"x" * (BODY_BYTES_MAX + 1))
        assert response.status_code == 413
        assert error_of(response)["code"] == "bad_file"

    async def test_a_request_that_hides_its_size_is_counted(self, http: httpx.AsyncClient) -> None:
        async def drip() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x" * (BODY_BYTES_MAX // 4)

        assert (await http.put("/profile", content=drip())).status_code == 413

    async def test_a_file_may_be_larger(self, http: httpx.AsyncClient) -> None:
        resume = b'{"basics": {"name": "Dana"}, "skills": []' + b" " * BODY_BYTES_MAX + b"}"
        assert (await http.post("/profile/import", content=resume, params={"dry_run": True})).status_code == 200
        response = await http.post("/profile/import", content=b" " * (IMPORT_BYTES_MAX + 1))
        assert response.status_code == 413


class TestErrors:
    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({}, "name: Field required"),
            ({"name": 7}, "name: Input should be a valid string"),
            ({"name": "Dana", "nmae": "Dana"}, "nmae: Extra inputs are not permitted"),
            ({"name": "Dana", "skills": [{"level": "high"}]}, "skills.0.label: Field required"),
        ],
    )
    async def test_a_field_that_is_wrong_is_named(
        self, http: httpx.AsyncClient, fields: dict[str, object], named: str
    ) -> None:
        response = await http.put("/profile", json=fields)
        assert response.status_code == 422
        error = error_of(response)
        assert (error["code"], error["exit"]) == ("usage", 2)
        assert named in str(error["message"])

    async def test_what_is_no_json_is_said_to_be_none(self, http: httpx.AsyncClient) -> None:
        response = await http.put("/profile", content=b"{", headers={"Content-Type": "application/json"})
        assert response.status_code == 422
        assert "JSON" in str(error_of(response)["message"])

    async def test_a_path_or_method_that_does_not_exist_has_the_same_shape(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/nothing")).status_code == 404
        error_of(await http.get("/nothing"))
        assert (await http.delete("/status")).status_code == 405
        error_of(await http.delete("/status"))

    async def test_each_class_of_error_has_its_status(self, http: httpx.AsyncClient) -> None:
        missing = await http.get(f"/teams/{document_text(bytes(32))}")
        assert (missing.status_code, error_of(missing)["code"], error_of(missing)["exit"]) == (404, "not_found", 4)
        wrong = await http.get(f"/teams/{record_text(bytes(32))}")
        assert (wrong.status_code, error_of(wrong)["rule"]) == (422, "IDS-4")
        unreadable = await http.post("/profile/import", content=b"%PDF-1.7")
        assert (unreadable.status_code, error_of(unreadable)["code"]) == (400, "bad_file")
        refused = await http.post("/endorsements", json={"subject": (await me(http)), "text": "Great"})
        assert (refused.status_code, error_of(refused)["rule"]) == (409, "END-1")

    async def test_trouble_below_is_told_apart_from_bugs_and_the_daemon_lives_on(self, dana: NodeParts) -> None:
        class Troubled(QuietSurroundings):
            async def sync(self) -> int:
                raise StoreError("the disk is full", advice="make room")

            async def dial(self, address: str) -> str:
                if address.startswith("/"):
                    raise PeerError("12D3Koo", "connection refused")
                raise ZeroDivisionError

        app = application(Daemon(dana.author, dana.view, Troubled()), token=TOKEN)
        async with served(dana, app) as http:
            full = await http.post("/sync")
            assert (full.status_code, error_of(full)["exit"]) == (507, 7)
            gone = await http.post("/peers", json={"address": "/ip4/127.0.0.1/tcp/1/p2p/x"})
            assert (gone.status_code, error_of(gone)["exit"]) == (502, 4)
            bug = await http.post("/peers", json={"address": "x"})
            assert (bug.status_code, error_of(bug)["code"], error_of(bug)["exit"]) == (500, "bug", 1)
            assert "ZeroDivisionError" not in bug.text
            assert (await http.get("/status")).status_code == 200

    async def test_even_a_broken_application_answers_in_the_shape(self, dana: NodeParts) -> None:
        async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise ZeroDivisionError

        async with served(dana, Guard(broken, token=TOKEN)) as http:
            for _ in range(2):
                response = await http.get("/status")
                assert (response.status_code, error_of(response)["code"]) == (500, "bug")


async def me(http: httpx.AsyncClient) -> str:
    identity: str = (await http.get("/status")).json()["identity"]
    return identity


class TestAnswers:
    async def test_the_description_names_every_path_and_what_it_answers(self, http: httpx.AsyncClient) -> None:
        described = (await http.get(str(http.base_url.copy_with(path="/openapi.json")))).json()
        assert described["paths"].keys() == {f"/v1{path}" for path in PATHS.split()}
        for path, methods in described["paths"].items():
            for operation in methods.values():
                assert operation["description"], path
        team = described["components"]["schemas"]["TeamShape"]["properties"]
        assert {"seats", "refused", "agreement"} <= team.keys()

    async def test_the_status_tells_how_the_node_is(self, http: httpx.AsyncClient, dana: NodeParts) -> None:
        await http.put("/profile", json={"name": "Dana"})
        status = (await http.get("/status")).json()
        assert (status["identity"], status["name"]) == (identity_text(dana.who.id), "Dana")
        assert status["records"] == {"profile": 1}
        assert status["contained"] == {"frame too long": 2}
        [peer] = status["peers"]
        assert (peer["connected"], peer["last_sync_ms"]) == (True, None)
        assert (await http.get("/peers")).json()["items"] == [peer]
        assert (await http.post("/sync")).json() == {"peers": 1}
        assert (await http.post("/peers", json={"address": "/ip4/1.2.3.4"})).json()["peer"] == "12D3Koo"

    async def test_a_record_can_be_had_as_its_author_signed_it(
        self, http: httpx.AsyncClient, dana: NodeParts
    ) -> None:
        published = (await http.post("/posts", json={"text": "Hello\r\nthere", "tags": ["greeting"]})).json()
        wire = await http.get(f"/records/{published['id']}/wire")
        assert wire.headers["content-type"] == "application/octet-stream"
        assert wire.content == dana.announced[0].wire
        shown = (await http.get(f"/records/{published['id']}")).json()
        assert shown["body"] == {"text": "Hello\nthere", "tags": ["greeting"]}
        assert shown["is_live"] is True

    async def test_a_resume_becomes_a_profile_and_later_edits_keep_the_rest(self, http: httpx.AsyncClient) -> None:
        resume = (ROOT / "examples" / "resumes" / "dana.json").read_bytes()
        tried = (await http.post("/profile/import", content=resume, params={"dry_run": True})).json()
        assert tried["published"] is None
        assert (await http.get("/status")).json()["records"] == {}
        done = (await http.post("/profile/import", content=resume)).json()
        assert done["published"]["kind"] == "profile"
        assert done["body"] == tried["body"]
        assert any(item["what"] == "e-mail address" for item in done["left_out"])
        await http.put("/profile", json={"name": "Dana the Second", "headline": ""})
        profile = (await http.get("/people/me")).json()["profile"]
        assert profile["name"] == "Dana the Second"
        assert profile["work"] == done["body"]["work"]
        assert "headline" not in profile

    async def test_a_posting_becomes_an_opportunity_with_the_roles_one_names(
        self, http: httpx.AsyncClient, dana: NodeParts
    ) -> None:
        posting = (ROOT / "examples" / "postings" / "museum-guide-app.jsonld").read_bytes()
        closes_ms = dana.clock.now_ms() + 1000
        query: dict[str, int | list[str]] = {
            "closes_ms": closes_ms,
            "roles": ["Sound designer:2:Sound, Mixing", "Editor"],
        }
        done = (await http.post("/opportunities/import", content=posting, params=query)).json()
        assert done["body"]["roles"] == [
            {"title": "Sound designer", "seats": 2, "skills": ["Sound", "Mixing"]},
            {"title": "Editor", "seats": 1},
        ]
        [listed] = (await http.get("/opportunities", params={"mine": True})).json()["items"]
        assert (listed["id"], listed["bids_close"], listed["status"]) == (
            done["published"]["id"],
            closes_ms,
            "open",
        )

    async def test_availability_is_shown_beside_the_profile(self, http: httpx.AsyncClient, dana: NodeParts) -> None:
        await http.put("/profile", json={"name": "Dana", "skills": [{"label": "Sound"}]})
        until = dana.clock.now_ms() // 86_400_000 + 14
        await http.put("/availability", json={"hours_per_week": 0, "until_day": until})
        availability = (await http.get("/people/me")).json()["availability"]
        assert (availability["hours_per_week"], availability["until_day"]) == (0, until)
        found = (await http.get("/find", params={"skill": ["sound"], "hours": 0})).json()
        assert [person["name"] for person in found["people"]] == ["Dana"]

    async def test_asking_writes_nothing_to_standard_output(
        self, http: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await http.get("/status")
        await http.get("/nothing")
        assert capfd.readouterr().out == ""


class TestServing:
    async def test_a_port_in_use_is_one_clear_error(self, dana: NodeParts) -> None:
        app = application(Daemon(dana.author, dana.view, QuietSurroundings()), token=TOKEN)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(ConfigError, match="cannot listen"):
                await serve(app, port=taken.getsockname()[1])

    async def test_when_it_stops_its_port_is_free_again(self, dana: NodeParts) -> None:
        async with served(dana) as http:
            port = http.base_url.port
            assert port is not None
            await http.get("/status")
        app = application(Daemon(dana.author, dana.view, QuietSurroundings()), token=TOKEN)
        async with trio.open_nursery() as nursery:
            assert await nursery.start(partial(serve, app, port=port)) == f"http://127.0.0.1:{port}"
            nursery.cancel_scope.cancel()

    def test_the_handle_is_for_its_user_only_and_goes_with_its_daemon(self, tmp_path: Path) -> None:
        old, new = Handle("http://127.0.0.1:1", "one", 1), Handle("http://127.0.0.1:2", "two", 2)
        path = written_handle(tmp_path, old)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_handle(tmp_path) == old
        written_handle(tmp_path, new)
        assert not removed_handle(tmp_path, old)
        assert read_handle(tmp_path) == new
        assert removed_handle(tmp_path, new)
        assert not removed_handle(tmp_path, new)
        assert "two" not in repr(new)

    @pytest.mark.parametrize(
        "written", [None, "", "{", "[]", '{"url": "http://127.0.0.1:1", "token": 5, "pid": 1}']
    )
    def test_what_no_daemon_wrote_leads_nowhere(self, tmp_path: Path, written: str | None) -> None:
        if written is not None:
            (tmp_path / "api.json").write_text(written)
        with pytest.raises(NoDaemonError):
            read_handle(tmp_path)

    def test_a_folder_that_is_gone_is_a_fault_of_storage(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be written"):
            written_handle(tmp_path / "gone", Handle("http://127.0.0.1:1", "t", 1))
