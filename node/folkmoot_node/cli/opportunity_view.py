"""How opportunities and the bids on them are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.money import budget_text, price_text
from folkmoot_node.cli.terminal import facts, heading, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who


def summary_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show an opportunity in a list."""
    yield heading(plain(item["title"]), status_text(item["status"]))
    bids = item.get("bids", 0)
    parts = [
        f"bids close {moment_text(item['bids_close'], now_ms=now_ms)}",
        f"{bids} bid{'' if bids == 1 else 's'}",
        budget_text(item["budget"]) if item.get("budget") else "",
    ]
    yield indented(Text.assemble("by ", who(item["client_name"], item["client"])))
    yield indented(" · ".join(part for part in parts if part), style="dim")
    yield indented(", ".join(role_text(role) for role in item.get("roles", [])), style="dim")
    yield whole_id(item["id"])


def opportunity_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show an opportunity in full, with the bids on it."""
    yield heading(plain(item["title"]), _standing(item))
    yield whole_id(item["id"])
    if item.get("latest") and item["latest"] != item["id"]:
        yield indented("Revised since; the version that stands now is", style="yellow")
        yield whole_id(item["latest"])
    yield ""
    yield indented(plain(item.get("need"), keep_lines=True))
    yield ""
    body = item.get("body", {})
    place = body.get("location", {})
    yield facts(
        {
            "client": who(item["client_name"], item["client"]),
            "bids close": moment_text(item["bids_close"], now_ms=now_ms),
            "decides by": moment_text(item["decide_by"], now_ms=now_ms),
            "budget": budget_text(item["budget"]) if item.get("budget") else "not stated",
            "skills": ", ".join(plain(skill) for skill in item.get("skills") or []),
            "criteria": ", ".join(f"{plain(c['name'])} {c['weight']}" for c in body.get("criteria", [])),
            "place": ", ".join(
                [plain(place[part]) for part in ("city", "region", "country") if place.get(part)]
                + (["remote"] if place.get("remote") else [])
            ),
        }
    )
    yield ""
    yield table(
        ("role", "#seats", "skills"),
        (
            (plain(role["title"]), str(role["seats"]), ", ".join(plain(skill) for skill in role.get("skills", [])))
            for role in item.get("roles", [])
        ),
    )
    yield ""
    bids = item.get("bids_list", [])
    yield Text(f"{len(bids)} bid{'' if len(bids) == 1 else 's'}{':' if bids else ' yet.'}", style="bold")
    for bid in bids:
        yield from _bid_lines(bid, now_ms)


def role_text(role: Mapping[str, Any]) -> str:
    """Write a role and how many seats it has."""
    return f"{plain(role['title'])} ×{role['seats']}"  # noqa: RUF001 - the sign is what people read


def _bid_lines(bid: Answer, now_ms: int) -> Iterable[RenderableType]:
    yield ""
    price = Text(price_text(bid["price"]), style="bold")
    bidder = who(bid["bidder_name"], bid["bidder"])
    if bid.get("team"):
        team = f"{plain(bid.get('team_name')) or 'a team'} ({short_id(bid['team'])})"
        bidder = Text.assemble((team, "bold"), ", led by ", bidder)
    yield heading(price, status_text(bid["status"]))
    yield indented(bidder)
    yield indented(plain(bid.get("plan"), keep_lines=True))
    if bid.get("assumptions"):
        yield indented(f"assumes: {plain(bid['assumptions'])}")
    because = " · ".join(plain(bid[field]) for field in ("rule", "reason") if bid.get(field))
    valid = f"valid until {moment_text(bid['valid_until'], now_ms=now_ms)}"
    yield indented(" · ".join(part for part in (valid, because) if part), style="dim")
    yield whole_id(bid["id"])


def _standing(item: Answer) -> Text:
    status = status_text(item["status"])
    return status.append(f" ({plain(item['reason'])})") if item.get("reason") else status
