"""How opportunities and the bids on them are shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.forms import percent
from folkmoot_node.cli.money import EN_DASH, budget_text, price_text
from folkmoot_node.cli.terminal import facts, heading, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who

_ROLE_LISTS = ("skills", "prefer", "indifferent")


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
            "before now": _client_text(item.get("client_facts") or {}),
            "bids close": moment_text(item["bids_close"], now_ms=now_ms),
            "decides by": moment_text(item["decide_by"], now_ms=now_ms),
            "delivery by": moment_text(body["deliver_by"], now_ms=now_ms) if body.get("deliver_by") else "",
            "bidding": _bidding_text(item),
            "part of": _part_text(item),
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
        ("role", "#seats", "skills", "preferred", "does not matter"),
        (
            (plain(role["title"]), str(role["seats"]), *(_listed(role, name) for name in _ROLE_LISTS))
            for role in item.get("roles", [])
        ),
    )
    yield ""
    for clause in body.get("flow_down", []):
        yield indented(f"passed on to all below, {plain(clause['name'])}: {plain(clause['text'])}")
    yield from _remark_lines(item)
    yield from _commit_lines(item.get("commits", []))
    bids = item.get("bids_list", [])
    yield Text(f"{len(bids)} bid{'' if len(bids) == 1 else 's'}{':' if bids else ' yet.'}", style="bold")
    for bid in bids:
        yield from _bid_lines(bid, now_ms)


def counter_lines(counters: Iterable[Answer]) -> Iterable[RenderableType]:
    """Show what was said that somebody would rather have."""
    for counter in counters:
        price = f"{price_text(counter['price'])}: " if counter.get("price") else ""
        seat = f"seat {counter['place']}, " if counter.get("place") is not None else ""
        share = f"{percent(counter['share'])}: " if counter.get("share") is not None else ""
        words = f" would rather have: {seat}{share}{price}{plain(counter['text'])}"
        yield indented(Text.assemble(who(counter["author_name"], counter["author"]), words))
        yield whole_id(counter["id"])


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
    yield from counter_lines(bid.get("counters", []))


def _client_text(done: Mapping[str, Any]) -> str:
    """Say what a client did with others before, in one line; what never happened is not mentioned."""
    days = sorted(done.get("payment_days", []))
    spread = EN_DASH.join(dict.fromkeys(str(day) for day in (*days[:1], *days[-1:])))
    received, lapsed, overdue = (done.get(name) for name in ("bids_received", "lapsed", "payments_overdue"))
    parts = (
        f"answered {done['bids_answered']} of {received} bids" if received else "",
        f"let {lapsed} lapse" if lapsed else "",
        f"paid within {spread} days" if days else "",
        f"{overdue} overdue" if overdue else "",
    )
    return ", ".join(part for part in parts if part)


def _bidding_text(item: Answer) -> str:
    most = item.get("body", {}).get("bids_max")
    bound = f"at most {most} from one bidder" if most else ""
    listed = "sealed, and listed" if item.get("is_listed") else "sealed until the client lists the bids"
    return ", ".join(part for part in (listed if item.get("is_sealed") else "", bound) if part)


def _part_text(item: Answer) -> Text | str:
    link = item.get("link") or {}
    if not link.get("parent"):
        return ""
    rule = f", {plain(link['rule'])}" if link.get("rule") else ""
    named = f"{short_id(link['parent'])} as {plain(link['seat'])} ("
    return Text.assemble(named, status_text(link["status"]), f"{rule})")


def _listed(role: Mapping[str, Any], name: str) -> str:
    return ", ".join(plain(skill) for skill in role.get(name, []))


def _remark_lines(item: Answer) -> Iterable[RenderableType]:
    """Show each question with its answers, and then what was clarified unasked."""
    answers: dict[str | None, list[Answer]] = defaultdict(list)
    for clarification in item.get("clarifications", []):
        answers[clarification.get("question")].append(clarification)
    for question in item.get("questions", []):
        yield indented(Text.assemble(who(question["author_name"], question["author"]), " asks:"))
        yield indented(plain(question["text"], keep_lines=True))
        yield whole_id(question["id"])
        yield from _clarification_lines(answers.pop(question["id"], []))
    for others in answers.values():
        yield from _clarification_lines(others)


def _clarification_lines(clarifications: Iterable[Answer]) -> Iterable[RenderableType]:
    for clarification in clarifications:
        yield indented(Text.assemble(("clarified: ", "bold"), plain(clarification["text"], keep_lines=True)))
        yield whole_id(clarification["id"])


def _commit_lines(commits: Iterable[Answer]) -> Iterable[RenderableType]:
    rows = [
        (short_id(commit["id"]), who(commit["bidder_name"], commit["bidder"]), status_text(commit["status"]))
        for commit in commits
    ]
    if rows:
        yield table(("sealed bid", "bidder", ""), rows)
        yield ""


def _standing(item: Answer) -> Text:
    status = status_text(item["status"])
    return status.append(f" ({plain(item['reason'])})") if item.get("reason") else status
