"""What a bundle shows of an engagement: who signed, and what was delivered, answered, paid, disputed and said."""

from collections.abc import Iterator, Mapping
from typing import Any

from folkmoot_node.cli.forms import percent
from folkmoot_node.cli.money import money
from folkmoot_node.evidence.markup import NOTHING, Html, badge, day, joined, link, moment, section, table, tag, text

Shown = Mapping[str, Any]
"""A view of a document, as the local API gives it."""


def engagement_sections(shown: Shown, reviews: list[Shown], held: frozenset[str]) -> Iterator[Html]:
    """Show an engagement from its parties to what they say of each other.

    Args:
        shown: The engagement.
        reviews: What its parties say of each other.
        held: Ids that the page shows elsewhere.
    """
    yield section("Parties", _parties(shown, held))
    yield section("Terms", _terms(shown))
    for milestone in shown["milestones"]:
        yield section(f"Milestone {milestone['place']}: {milestone['name']}", *_milestone(shown, milestone, held))
    yield section("Documents about it", _offers(shown))
    yield section("Endings", _endings(shown, held))
    yield section("Disputes", *(_dispute(item, held) for item in shown["disputes"]))
    yield section("Reviews", _reviews(reviews, held))
    yield section("Signatures that do not count", refused_table(shown, held))


def refused_table(shown: Shown, held: frozenset[str]) -> Html:
    """List signatures that do not count for a document, with the rules that say so."""
    rows = (
        [text(item["author_name"]), link(item["record"], held), link(item["document"], held), text(item["rule"])]
        for item in shown["refused"]
    )
    return table(("who", "record", "for the document", "rule"), rows)


def facts_table(pairs: Mapping[str, object]) -> Html:
    """List names and values; what is empty is left out."""
    rows = [
        tag("tr", joined([tag("th", text(name)), tag("td", text(value))])) for name, value in pairs.items() if value
    ]
    return tag("table", joined(rows), "facts") if rows else NOTHING


def _parties(shown: Shown, held: frozenset[str]) -> Html:
    rows = (
        [
            text(party["place"]),
            text(party["capacity"]),
            text(party["name"] or "nobody"),
            link(party["identity"], held) if party["identity"] else NOTHING,
            text(percent(party["share"]) if party["share"] else ""),
            badge("signed" if party["signed"] else "not signed"),
        ]
        for party in shown["parties"]
    )
    return table(("place", "capacity", "who", "identity", "share", ""), rows)


def _terms(shown: Shown) -> Html:
    left_out = ("milestones", "shares", "title")
    terms = {name: value for name, value in shown["terms"].items() if name not in left_out}
    return facts_table({name.replace("_", " "): _plain(value) for name, value in terms.items()})


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    return str(value)


def _milestone(shown: Shown, milestone: Shown, held: frozenset[str]) -> Iterator[Html]:
    accepted = milestone["accepted_at"]
    yield tag("p", joined([badge(milestone["status"]), badge("late") if milestone["is_late"] else NOTHING]))
    yield facts_table(
        {
            "worth": money(milestone["amount_minor"], shown["currency"]),
            "due": day(milestone["due_day"]),
            "silence": f"after {milestone['accept_days']} days it means: {milestone['on_silence']}",
            "accepted": moment(accepted) if accepted is not None else "",
            "the client said": milestone["answer"],
        }
    )
    criteria = (
        [text(place), text(words), badge("failed") if place in milestone["failed"] else NOTHING]
        for place, words in enumerate(milestone["criteria"])
    )
    yield table(("", "criterion", ""), criteria)
    deliveries = (
        [
            link(item["id"], held),
            text(item["by_name"]),
            text(moment(item["at"])),
            joined(
                tag("div", joined([text(file["name"]), tag("code", text(file["sha256"]))]))
                for file in item["files"]
            ),
            text(item["note"]),
            text(", ".join(item["seen_by"])),
        ]
        for item in milestone["deliveries"]
    )
    yield table(("delivery", "by", "at, as claimed", "files by SHA-256", "note", "seen by"), deliveries)
    payments = (
        [
            text(item["payee_name"]),
            text(money(item["amount_minor"], shown["currency"])),
            text(money(item["received_minor"], shown["currency"])),
            text(money(item["sent_minor"], shown["currency"])),
            text(day(item["due_day"]) if item["due_day"] is not None else ""),
            badge(item["status"] + (f", {item['overdue_days']} days" if item["overdue_days"] else "")),
        ]
        for item in milestone["payments"]
    )
    yield table(("payee", "due", "received, says the payee", "sent, says the client", "by", ""), payments)
    if milestone["proofs"]:
        yield tag("p", joined([text("Shown by "), *(link(proof, held) for proof in milestone["proofs"])]), "proofs")


def _offers(shown: Shown) -> Html:
    rows = (
        [
            text(item["type"] + (f", {item['way']}" if item["way"] else "")),
            badge(item["status"]),
            text(", ".join(item["signed"])),
            text(", ".join(item["waiting"])),
            tag("code", text(item["id"])),
        ]
        for item in shown["offers"]
    )
    return table(("what", "", "signed by", "not signed by", "document"), rows)


def _endings(shown: Shown, held: frozenset[str]) -> Html:
    rows = (
        [
            text(item["way"]),
            text(", ".join(item["by_names"])),
            text("one side says so" if item["is_one_sided"] else "all signed"),
            text(moment(item["at"])),
            link(item["proof"], held),
        ]
        for item in shown["endings"]
    )
    return table(("way", "by", "", "at, as claimed", "shown by"), rows)


def _dispute(dispute: Shown, held: frozenset[str]) -> Html:
    head = joined(
        [
            text(f"{dispute['by_name']}, {moment(dispute['at'])} "),
            badge(dispute["status"]),
            link(dispute["id"], held),
        ]
    )
    steps = (
        [
            text(step["by_name"]),
            text(step["step"]),
            text(step["reason"]),
            text(step["text"]),
            link(step["id"], held),
        ]
        for step in dispute["steps"]
    )
    words = tag("blockquote", text(dispute["text"]))
    return joined([tag("p", head), words, table(("who", "step", "reason", "words", "record"), steps)])


def _reviews(reviews: list[Shown], held: frozenset[str]) -> Html:
    rows = (
        [
            text(item["author_name"]),
            text(item["subject_name"] or ""),
            badge(item["status"]),
            text(item["text"]),
            joined(link(proof, held) for proof in (item["commit"], item["review"]) if proof),
        ]
        for item in reviews
    )
    return table(("by", "of", "", "words", "records"), rows)
