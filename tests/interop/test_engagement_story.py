"""Work from award to closing, by commands: delivered, rejected, accepted, deemed, paid, changed and closed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.typing_people import Typist, settled, typists

from folkmoot_node.views.standing import state


class People(NamedTuple):
    """Carl, a client; Dana and Eli, a team; Gus, a witness."""

    carl: Typist
    dana: Typist
    eli: Typist
    gus: Typist

    @property
    def clock(self) -> Any:  # noqa: ANN401 - the one clock of them all
        return self.carl.parts.clock


@pytest.fixture
async def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[People]:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    async with typists(tmp_path, "carl", "dana", "eli", "gus") as found:
        yield People(*found)


MILESTONES = (
    "--milestone 'First half:2400EUR:+14d:It runs.;It is documented.;It is tested.' "
    "--milestone 'Second half:2400EUR:+28d:It runs.'"
)


async def awarded(people: People) -> str:
    """Let a team form, bid and win; return the bid."""
    carl, dana, eli, _gus = people
    call = await carl.do("opportunity publish --title Guide --need 'A guide.' --role sound --closes +7d")
    seats = f"--seat lead=me:40% --seat sound={eli.id}:60%"
    team = (await dana.do(f"team offer --name Duo --purpose 'To win.' {seats}"))["document"]
    await settled(*people)
    await eli.do(f"team accept {team}")
    await settled(*people)
    bid = await dana.do(f"bid publish {call['id']} --price 4800EUR --plan 'Listen.' --team {team}")
    await settled(*people)
    await carl.do(f"award {bid['id']}")
    await settled(*people)
    return str(bid["id"])


async def engaged(people: People) -> str:
    """Let an engagement come into force; return its document."""
    carl, dana, eli, gus = people
    bid = await awarded(people)
    line = f"engagement draft --from-award {bid} {MILESTONES} --witness {gus.id}"
    drafted = (await carl.do(line))["document"]
    await settled(*people)
    for who in (dana, eli):
        await who.do(f"engagement sign {drafted} --yes")
    await settled(*people)
    return str(drafted)


async def shown(who: Typist, document: str) -> dict[str, Any]:
    return await who.do(f"engagement show {document}")


async def test_what_an_award_suggests_is_printed_changed_and_drafted(people: People, tmp_path: Path) -> None:
    carl, dana, _eli, _gus = people
    bid = await awarded(people)
    printed = await carl.do(f"engagement draft --from-award {bid} --print")
    assert [party["capacity"] for party in printed["parties"]] == ["client", "lead", "sound"]
    assert [party["share"] for party in printed["parties"]] == ["0%", "40%", "60%"]
    assert [item["amount"] for item in printed["terms"]["milestones"]] == ["4800.00"]
    printed["terms"] |= {"kill_fee": "20%", "rights": "Carl's, once paid."}
    printed["terms"]["milestones"][0] |= {"amount": "4700.50", "due": "2030-01-31"}
    file = tmp_path / "terms.json"
    file.write_text(json.dumps(printed))
    drafted = await dana.do(f"engagement draft --from-award {bid} --terms {file} --pay-days 14")
    assert any("out of scope" in note for note in drafted["notes"])
    assert not any("kill" in note or "cancelled" in note for note in drafted["notes"])
    found = await shown(dana, drafted["document"])
    assert (found["status"], found["terms"]["kill_fee"], found["terms"]["pay_days"]) == ("offered", 2000, 14)
    assert [item["amount_minor"] for item in found["milestones"]] == [470_050]
    assert [(party["name"], party["signed"]) for party in found["parties"]] == [
        ("Carl", False),
        ("Dana", True),
        ("Eli", False),
    ]
    lint = await dana.do(f"engagement lint {drafted['document']}")
    assert lint["remarks"] == drafted["notes"]


async def test_it_is_in_force_once_all_have_signed_and_not_before(people: People) -> None:
    carl, dana, eli, gus = people
    bid = await awarded(people)
    drafted = (await carl.do(f"engagement draft --from-award {bid} {MILESTONES} --witness {gus.id}"))["document"]
    await settled(*people)
    await dana.do(f"engagement sign {drafted} --yes")
    await settled(*people)
    assert {(await shown(who, drafted))["status"] for who in people} == {"offered"}
    assert "not in force" in await dana.refused(f"engagement deliver {drafted} --milestone 0 --note Early.")
    assert "no place" in await gus.refused(f"engagement sign {drafted} --yes")
    assert "nobody to ask" in await eli.refused(f"engagement sign {drafted}")
    asked = await eli.type(f"engagement sign {drafted} --yes")
    assert "What it leaves open:" in asked.out
    assert "who owns the work" in asked.out
    await settled(*people)
    assert {(await shown(who, drafted))["status"] for who in people} == {"in-force"}


async def test_work_is_delivered_rejected_delivered_again_accepted_paid_and_closed(
    people: People, tmp_path: Path
) -> None:
    carl, dana, eli, _gus = people
    document = await engaged(people)
    guide = tmp_path / "guide.pdf"
    guide.write_bytes(b"the guide")
    first = await dana.do(f"engagement deliver {document} {guide} --milestone 0 --note 'All of it.'")
    await settled(*people)
    await carl.do(f"engagement reject {first['id']} --criteria 2 --note 'Not tested.'")
    await settled(*people)
    [rejected, _second] = (await shown(eli, document))["milestones"]
    assert (rejected["status"], rejected["failed"], rejected["answer"]) == ("rejected", [2], "Not tested.")
    assert [file["name"] for file in rejected["deliveries"][0]["files"]] == ["guide.pdf"]
    guide.write_bytes(b"the guide, tested")
    people.clock.at_ms += 60_000
    again = await eli.do(f"engagement deliver {document} {guide} --milestone 0")
    await settled(*people)
    other = tmp_path / "other.pdf"
    other.write_bytes(b"something else")
    compared = await carl.type(f"engagement accept {again['id']} {other}")
    assert (compared.code, "is not a file of that delivery" in compared.err) == (10, True)
    await carl.do(f"engagement accept {again['id']} {guide}")
    assert "accepted already" in await carl.refused(f"engagement reject {again['id']} --criteria 0")
    await settled(*people)
    await paid_to_one_and_not_the_other(people, document)
    await closed_by_all(people, document)
    now_ms = people.clock.now_ms()
    assert len({(await state(who.parts.view, as_of_ms=now_ms))["state_hash"] for who in people}) == 1


async def paid_to_one_and_not_the_other(people: People, document: str) -> None:
    carl, dana, eli, _gus = people
    assert "to whom" in await carl.refused(f"engagement paid {document} --milestone 0 --amount 960EUR")
    for place, amount in ((1, "960EUR"), (2, "1440EUR")):
        await carl.do(f"engagement paid {document} --milestone 0 --to {place} --amount {amount}")
    assert "in EUR" in await dana.refused(f"engagement received {document} --milestone 0 --amount 960USD")
    await dana.do(f"engagement received {document} --milestone 0")
    await settled(*people)
    people.clock.advance_days(33)
    payments = (await shown(carl, document))["milestones"][0]["payments"]
    assert [(item["payee_name"], item["amount_minor"], item["status"]) for item in payments] == [
        ("Dana", 96_000, "received"),
        ("Eli", 144_000, "overdue"),
    ]
    assert [(item["sent_minor"], item["overdue_days"]) for item in payments] == [(96_000, 0), (144_000, 3)]
    out = (await eli.type(f"engagement show {document}")).out
    assert "overdue 3 days" in out
    await eli.do(f"engagement received {document} --milestone 0 --amount 1440EUR")
    await settled(*people)
    assert [item["status"] for item in (await shown(dana, document))["milestones"][0]["payments"]] == [
        "received"
    ] * 2


async def closed_by_all(people: People, document: str) -> None:
    carl, dana, eli, _gus = people
    closing = await carl.do(f"engagement close {document} --way completed")
    assert closing["notes"][1] == "not accepted yet: Second half"
    await settled(*people)
    assert "waits for signatures" in await dana.refused(f"engagement close {document} --way completed")
    for who in (dana, eli):
        assert (await shown(who, document))["status"] == "in-force"
        await who.do(f"engagement sign {closing['document']} --yes")
    await settled(*people)
    for who in people:
        found = await shown(who, document)
        assert found["status"] == "closed"
        [ending] = found["endings"]
        assert (ending["way"], ending["is_one_sided"], ending["by_names"]) == (
            "completed",
            False,
            ["Carl", "Dana", "Eli"],
        )
    assert "already" in await carl.refused(f"engagement close {document} --way cause")


async def test_silence_is_accepted_as_agreed_once_a_witness_has_seen_the_delivery(people: People) -> None:
    carl, dana, _eli, gus = people
    document = await engaged(people)
    delivery = await dana.do(f"engagement deliver {document} --milestone 1 --note 'The workshop was held.'")
    await settled(*people)
    people.clock.advance_days(6)
    second = (await shown(carl, document))["milestones"][1]
    assert (second["status"], second["accepted_at"]) == ("acceptance-claimed", None)
    await gus.do(f"engagement seen {delivery['id']}")
    await settled(*people)
    people.clock.advance_days(4)
    assert (await shown(carl, document))["milestones"][1]["status"] == "delivered"
    people.clock.advance_days(2)
    for who in people:
        second = (await shown(who, document))["milestones"][1]
        assert second["status"] == "deemed-accepted"
        assert second["deliveries"][0]["seen_by"] == ["Gus"]
    assert "by silence, as agreed" in await carl.refused(f"engagement reject {delivery['id']} --criteria 0")


async def test_the_price_rises_only_after_all_signatures(people: People) -> None:
    carl, dana, eli, _gus = people
    document = await engaged(people)
    dearer = MILESTONES.replace("Second half:2400", "Second half:3200")
    assert "nothing would change" in await dana.refused(f"engagement change {document}")
    change = (await dana.do(f"engagement change {document} {dearer}"))["document"]
    await settled(*people)
    await carl.do(f"engagement sign {change} --yes")
    await settled(*people)
    for who in people:
        old = await shown(who, document)
        assert (old["status"], old["milestones"][1]["amount_minor"]) == ("in-force", 240_000)
        assert [(offer["id"], offer["waiting"]) for offer in old["offers"]] == [(change, ["Eli"])]
    await eli.do(f"engagement sign {change} --yes")
    await settled(*people)
    for who in people:
        old, new = await shown(who, document), await shown(who, change)
        assert (old["status"], old["superseded_by"]) == ("superseded", change)
        assert (new["status"], new["milestones"][1]["amount_minor"]) == ("in-force", 320_000)
        assert new["changed"] == ["milestones"]
    refusal = await dana.refused(f"engagement deliver {document} --milestone 0 --note Done.")
    assert "superseded" in refusal
    assert change in refusal


async def test_a_dispute_is_taken_by_the_resolver_found_on_and_settled_by_both(people: People) -> None:
    carl, dana, _eli, gus = people
    parties = f"--party client={carl.id} --party maker=me"
    line = f"engagement draft {parties} --title Guide --deliverable 'The guide.' --pay-days 0 --resolver {gus.id}"
    document = (await dana.do(f"{line} --milestone 'All:10EUR:+1d:It runs.'"))["document"]
    await settled(*people)
    await carl.do(f"engagement sign {document} --yes")
    await settled(*people)
    opened = (await carl.do(f"dispute open {document} --milestone 0 --text 'Late.' --asks 'Half.'"))["id"]
    await settled(*people)
    assert "not yours to take it" in await dana.refused(f"dispute take {opened}")
    await dana.do(f"dispute reply {opened} --text 'Ill.'")
    await settled(*people)
    assert "before having taken it" in await gus.refused(f"dispute find {opened} --reason shared")
    await gus.do(f"dispute take {opened}")
    people.clock.at_ms += 1
    await gus.do(f"dispute find {opened} --reason no-fault --text 'Nobody could help it.'")
    await settled(*people)
    found = await dana.do(f"dispute show {opened}")
    assert (found["status"], found["reason"], found["resolver_name"]) == ("found", "no-fault", "Gus")
    settlement = (await carl.do(f"dispute settle {opened} --text 'Half is paid.'"))["document"]
    await settled(*people)
    assert "Half is paid." in (await dana.type(f"engagement sign {settlement} --yes")).out
    await settled(*people)
    for who in people:
        assert (await who.do(f"dispute show {opened}"))["settlement"] == settlement
        assert [item["status"] for item in (await shown(who, document))["disputes"]] == ["settled"]
    assert "settled" in await dana.refused(f"dispute reply {opened} --text 'And yet.'")
