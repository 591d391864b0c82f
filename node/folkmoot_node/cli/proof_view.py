"""What a bundle proves, as a document for programs and as tables for people."""

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from rich.console import RenderableType
from rich.text import Text

from folkmoot.bundle import Damage
from folkmoot.ids import IdentityId, IdPrefix, id_to_text
from folkmoot.record import Address, Record
from folkmoot.rules import COMMONS, Accept, Defer, Ignore, Reject, Verdict
from folkmoot.state.team import Team
from folkmoot.verification import Verification
from folkmoot_node.cli.failures import error_value
from folkmoot_node.cli.forms import percent
from folkmoot_node.cli.terminal import facts, heading, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who
from folkmoot_node.errors import UnverifiedError

_VERIFIED, _INCOMPLETE, _NOT_COUNTED, _DAMAGED = "verified", "incomplete", "does not count", "damaged"


def proof_error(found: Verification) -> UnverifiedError:
    """Return the error that names the first thing in a bundle that does not verify."""
    wrong = [_damage_text(damage) for damage in found.damages]
    wrong += [
        f"{record.kind} {short_id(id_to_text(IdPrefix.RECORD, record.id))}: {_judged(verdict)[1]}"
        for record, verdict in found.records
        if not isinstance(verdict, Accept)
    ]
    total = len(found.records) + len(found.damages)
    more = f", and {len(wrong) - 1} more of {total}" if len(wrong) > 1 else ""
    return UnverifiedError(
        f"the bundle does not verify: {wrong[0]}{more}",
        advice="Trust only what is marked as verified, and ask for the file again.",
        rule=found.damages[0].error.rule if found.damages else "",
    )


def proof_value(found: Verification, *, file: str, network: str) -> dict[str, Any]:
    """Return what a bundle proves; with `error` when not everything in it verifies."""
    value: dict[str, Any] = {
        "file": file,
        "network": network,
        "verified": found.is_sound,
        "records": [_record_value(found, record, verdict) for record, verdict in found.records],
        "damages": [
            {
                "what": damage.what,
                "position": damage.position,
                "claims": damage.claims,
                "rule": damage.error.rule,
                "reason": damage.error.why,
            }
            for damage in found.damages
        ],
        "teams": [_team_value(found, team) for team in found.teams],
    }
    return value if found.is_sound else {**value, "error": error_value(proof_error(found))}


def proof_lines(value: Mapping[str, Any]) -> Iterable[RenderableType]:
    """Show what a bundle proves."""
    yield facts({"file": plain(value["file"]), "network": plain(value["network"])})
    judged = [(plain(item["kind"]), who(item["author_name"], item["author"]), item) for item in value["records"]]
    rows: list[tuple[RenderableType, ...]] = [
        (kind, author, short_id(item["id"]), _verdict_text(item["verdict"], item["reason"]))
        for kind, author, item in judged
    ]
    rows += [
        (
            f"{damage['what']} {damage['position']}",
            plain(damage["claims"]),
            "",
            _verdict_text(_DAMAGED, _because(damage)),
        )
        for damage in value["damages"]
    ]
    if rows:
        yield ""
        yield table(("kind", "author", "record", "verdict"), rows)
    for team in value["teams"]:
        yield ""
        yield heading(Text.assemble("Team ", (plain(team["name"]), "bold")), status_text(team["status"]))
        yield whole_id(team["id"])
        yield ""
        yield table(
            ("#seat", "role", "who", "#share", ""),
            (
                (
                    str(seat["place"]),
                    plain(seat["role"]),
                    who(seat["name"], seat["identity"]) if seat["identity"] else "nobody",
                    "" if seat["share"] is None else percent(seat["share"]),
                    status_text(seat["status"]),
                )
                for seat in team["seats"]
            ),
        )
    yield ""
    if value["verified"]:
        count = len(rows)
        proved = f": {count} record{'' if count == 1 else 's'} and all signatures, offline, from this file alone."
        yield Text("verified", style="bold green").append(proved, style="not bold")


def _record_value(found: Verification, record: Record, verdict: Verdict) -> dict[str, Any]:
    word, reason = _judged(verdict)
    return {
        "id": id_to_text(IdPrefix.RECORD, record.id),
        "kind": record.kind,
        "author": id_to_text(IdPrefix.IDENTITY, record.author),
        "author_name": _name(found, record.author),
        "verdict": word,
        "reason": reason,
    }


def _team_value(found: Verification, team: Team) -> dict[str, Any]:
    return {
        "id": id_to_text(IdPrefix.DOCUMENT, team.id),
        "name": team.terms.name,
        "status": team.status.value,
        "seats": [
            {
                "place": place,
                "role": seat.role,
                "identity": id_to_text(IdPrefix.IDENTITY, seat.identity) if seat.identity else None,
                "name": _name(found, seat.identity) if seat.identity else "",
                "share": seat.share,
                "status": seat.status.value,
            }
            for place, seat in enumerate(team.seats)
        ],
    }


def _name(found: Verification, identity: IdentityId) -> str:
    """Return the name in a profile that the bundle itself holds and that counts."""
    profile = found.evidence.live.get(Address(identity, COMMONS, "profile", 0))
    return "" if profile is None or profile.is_tombstone else str(profile.body["name"])


def _judged(verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case Accept():
            return _VERIFIED, ""
        case Defer():
            return _INCOMPLETE, f"{verdict.rule}: the author's operations are not in the bundle"
        case Ignore() | Reject():
            return _NOT_COUNTED, f"{verdict.rule}: {verdict.why}"
        case _:
            assert_never(verdict)


def _damage_text(damage: Damage) -> str:
    return f"{damage.what} {damage.position} ({plain(damage.claims)}): {damage.error}"


def _because(damage: Mapping[str, Any]) -> str:
    return f"{damage['rule']}: {damage['reason']}"


def _verdict_text(word: str, reason: str) -> Text:
    text = status_text(word)
    return text.append(f" · {plain(reason)}", style="default") if reason else text
