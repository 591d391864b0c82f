"""How engagements, what became of them, and documents to sign are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import day_text, moment_text
from folkmoot_node.cli.dispute_view import dispute_summary_lines
from folkmoot_node.cli.forms import percent
from folkmoot_node.cli.money import money
from folkmoot_node.cli.terminal import facts, heading, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who

_DIGEST_LENGTH = 12
_KIB = 1024
_LISTS = (("deliverables", "to be delivered"), ("out_of_scope", "not to be delivered"))
_TEXTS = (
    ("expenses", "expenses"),
    ("change", "changes"),
    ("rights", "rights"),
    ("confidentiality", "confidential"),
)
_DAYS = (("pay_days", "paid within"), ("notice_days", "notice"), ("review_days", "reviews within"))
_REFERENCES = ("opportunity", "bid", "team", "pattern")
_FEES = (("kill_fee", "kill fee"), ("late_fee", "late fee"))


def summary_lines(item: Answer) -> Iterable[RenderableType]:
    """Show an engagement in a list."""
    yield heading(plain(item["title"]), status_text(item["status"]))
    parties = [
        Text.assemble(f"{plain(party['capacity'])} ", who(party["name"], party["identity"]))
        for party in item["parties"]
        if party["identity"]
    ]
    yield indented(Text(", ").join(parties))
    signed = sum(party["signed"] for party in item["parties"])
    accepted = sum(milestone["accepted_at"] is not None for milestone in item["milestones"])
    counts = (
        f"{_total(item)} · {signed} of {len(item['parties'])} signed"
        f" · {accepted} of {len(item['milestones'])} milestones accepted"
    )
    yield indented(counts, style="dim")
    yield whole_id(item["id"])


def engagement_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show an engagement in full, and what became of it."""
    yield from agreement_lines(item, now_ms)
    for milestone in item["milestones"]:
        yield from _milestone_lines(milestone, now_ms)
    yield from _payment_lines(item)
    for ending in item.get("endings", []):
        yield from _ending_lines(ending, now_ms)
    for dispute in item.get("disputes", []):
        yield ""
        yield from dispute_summary_lines(dispute, now_ms)
    for offer in item.get("offers", []):
        yield from _offer_lines(offer, now_ms)
    if not item.get("is_whole", True):
        yield indented("There was too much to look at all of it; what is shown may be incomplete.", style="yellow")


def agreement_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show what the parties agree on, who has signed, and what it leaves open."""
    yield heading(plain(item["title"]), status_text(item["status"]))
    yield whole_id(item["id"])
    yield ""
    yield facts(_facts(item, now_ms))
    yield ""
    yield table(
        ("#", "capacity", "who", "#share", ""),
        (
            (
                str(party["place"]),
                plain(party["capacity"]),
                who(party["name"], party["identity"]) if party["identity"] else Text("nobody yet", style="dim"),
                percent(party["share"]) if party["share"] else "",
                status_text("signed" if party["signed"] else "waiting"),
            )
            for party in item["parties"]
        ),
    )
    yield ""
    yield table(
        ("#", "milestone", "#amount", "due", "silence", ""),
        (
            (
                str(milestone["place"]),
                _named(milestone),
                Text(money(milestone["amount_minor"], item["currency"]), no_wrap=True),
                Text(day_text(milestone["due_day"]), no_wrap=True),
                _silence(milestone),
                status_text(milestone["status"]),
            )
            for milestone in item["milestones"]
        ),
    )
    yield ""
    for field in _REFERENCES:
        if item.get("terms", {}).get(field):
            yield indented(field, style="dim")
            yield whole_id(item["terms"][field])
    if item.get("changed"):
        yield ""
        yield indented(f"Changed from the document before: {', '.join(map(_word, item['changed']))}.")
    for field, words in (("prev", "changes"), ("superseded_by", "superseded by")):
        if item.get(field):
            yield indented(words, style="dim")
            yield whole_id(item[field])
    for refused in item.get("refused", []):
        yield indented(_refused_text(refused, item["id"]))
    if item["status"] == "offered" and item.get("remarks"):
        yield ""
        yield from remark_lines(item)


def remark_lines(item: Answer) -> Iterable[RenderableType]:
    """Show what an engagement leaves open."""
    remarks = item.get("remarks", [])
    yield Text("What it leaves open:" if remarks else "It leaves nothing open that we look for.", style="bold")
    for remark in remarks:
        yield indented(Text.assemble(("- ", "yellow"), plain(remark)))


def document_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show a document of any type to whoever is asked to sign it."""
    yield heading(_word(item["type"]).capitalize(), status_text(item["status"]))
    yield whole_id(item["id"])
    yield ""
    named = {_word(name): plain(_flat(value), keep_lines=True) for name, value in item["terms"].items()}
    yield facts(
        {
            "drafted by": who(item["drafter_name"], item["drafter"]),
            "sign by": moment_text(item["accept_by"], now_ms=now_ms),
            **named,
            "signed": plain(", ".join(item["signed"])),
            "waiting for": plain(", ".join(item["waiting"])),
        }
    )
    if item.get("unknown"):
        yield indented(
            f"Not shown, and so not to be signed: {plain(', '.join(item['unknown']))}.", style="bold red"
        )


def _facts(item: Answer, now_ms: int) -> dict[str, RenderableType]:
    terms: Mapping[str, Any] = item.get("terms", {})
    shown: dict[str, RenderableType] = {
        "drafted by": who(item["drafter_name"], item["drafter"]),
        "sign by": moment_text(item["accept_by"], now_ms=now_ms) if item["status"] == "offered" else "",
        "amount": _total(item),
    }
    shown |= {words: plain("\n".join(terms.get(name, [])), keep_lines=True) for name, words in _LISTS}
    shown |= {words: f"{terms[name]} days" for name, words in _DAYS if name in terms}
    shown |= {words: percent(terms[name]) for name, words in _FEES if name in terms}
    shown |= {words: plain(terms.get(name), keep_lines=True) for name, words in _TEXTS}
    shown["to settle disputes"] = plain("\n".join(terms.get("dispute_path", [])), keep_lines=True)
    for part in ("resolver", "witness"):
        named = [who(item["name"], item["identity"]) for item in item.get("outsiders", []) if item["part"] == part]
        shown[part] = Text("\n").join(named) if named else ""
    for clause in terms.get("flow_down", []):
        shown[plain(clause["name"])] = plain(clause["text"], keep_lines=True)
    return shown


def _milestone_lines(milestone: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show by what a milestone is accepted, and what was delivered."""
    yield ""
    yield indented(
        Text.assemble(
            (f"{milestone['place']}  {plain(milestone['name'])}: ", "bold"), status_text(milestone["status"])
        )
    )
    for number, criterion in enumerate(milestone["criteria"]):
        mark, style = ("failed", "bold red") if number in milestone.get("failed", []) else ("", "")
        yield indented(Text.assemble(f"   {number}  {plain(criterion)} ", (mark, style)))
    for delivery in milestone.get("deliveries", []):
        yield from _delivery_lines(delivery, now_ms)
    if milestone.get("answer"):
        yield indented(f"   the client says: {plain(milestone['answer'])}")
    if milestone.get("answer_by"):
        means = {"accept": "accepted", "reject": "rejected"}[milestone["on_silence"]]
        yield indented(
            f"   {means} by silence {moment_text(milestone['answer_by'], now_ms=now_ms)}", style="yellow"
        )


def _delivery_lines(delivery: Answer, now_ms: int) -> Iterable[RenderableType]:
    when = moment_text(delivery["at"], now_ms=now_ms)
    yield indented(Text.assemble("   delivered by ", who(delivery["by_name"], delivery["by"]), f", {when}"))
    for file in delivery["files"]:
        size = f", {_size(file['length'])}" if file.get("length") is not None else ""
        digest = plain(file["sha256"])[:_DIGEST_LENGTH]
        yield indented(f"     {plain(file['name']) or 'a file'}{size}, SHA-256 {digest}…", style="dim")
        if file.get("uri"):
            yield indented(f"     {plain(file['uri'])}", style="dim")
    if delivery.get("note"):
        yield indented(f"     {plain(delivery['note'])}")
    if delivery.get("seen_by"):
        yield indented(f"     seen by {plain(', '.join(delivery['seen_by']))}", style="dim")
    yield whole_id(f"   {delivery['id']}")


def _payment_lines(item: Answer) -> Iterable[RenderableType]:
    rows = [
        (
            str(milestone["place"]),
            f"{payment['place']} {plain(payment['payee_name'])}",
            Text(money(payment["amount_minor"], item["currency"]), no_wrap=True),
            Text(money(payment["received_minor"], item["currency"]), no_wrap=True),
            Text(money(payment["sent_minor"], item["currency"]) if payment["sent_minor"] else "", no_wrap=True),
            Text(day_text(payment["due_day"]) if payment["due_day"] is not None else "", no_wrap=True),
            _payment_status(payment),
        )
        for milestone in item["milestones"]
        for payment in milestone.get("payments", [])
    ]
    if rows:
        yield ""
        yield Text(f"Payments, in {plain(item['currency'])}", style="bold")
        yield table(("#", "payee", "#amount", "#received", "#said sent", "due", ""), rows)


def _ending_lines(ending: Answer, now_ms: int) -> Iterable[RenderableType]:
    names = plain(", ".join(ending["by_names"]))
    says = f"by the word of {names} alone" if ending["is_one_sided"] else f"signed by all: {names}"
    yield ""
    yield Text.assemble((f"Closed: {plain(ending['way'])}, ", "bold"), says)
    yield indented(moment_text(ending["at"], now_ms=now_ms), style="dim")


def _offer_lines(offer: Answer, now_ms: int) -> Iterable[RenderableType]:
    what = "change order" if offer["type"] == "engagement" else _word(offer["type"])
    way = f", {plain(offer['way'])}" if offer["way"] else ""
    yield ""
    yield Text.assemble(
        (f"{what.capitalize()}{way} by {plain(offer['drafter_name'])}: ", "bold"), status_text(offer["status"])
    )
    if offer["waiting"] and offer["status"] == "offered":
        until = moment_text(offer["accept_by"], now_ms=now_ms)
        yield indented(f"waits for {plain(', '.join(offer['waiting']))}, until {until}", style="dim")
    if offer["text"]:
        yield indented(plain(offer["text"], keep_lines=True))
    yield whole_id(offer["id"])


def _named(milestone: Answer) -> Text:
    named = Text(plain(milestone["name"]))
    return named.append(" (late)", style="bold red") if milestone["is_late"] else named


def _silence(milestone: Answer) -> str:
    if milestone["on_silence"] == "nothing":
        return "means nothing"
    return f"{milestone['on_silence']}s, {milestone['accept_days']} d"


def _payment_status(payment: Answer) -> Text:
    status = status_text(payment["status"])
    days = payment["overdue_days"]
    return status.append(f" {days} day{'' if days == 1 else 's'}") if days else status


def _total(item: Answer) -> str:
    amount = sum(milestone["amount_minor"] for milestone in item["milestones"])
    return f"{money(amount, item['currency'])} {plain(item['currency'])}"


def _size(length: int) -> str:
    return f"{length} bytes" if length < _KIB else f"{length / _KIB:.1f} KiB"


def _word(name: str) -> str:
    return plain(name).replace("_", " ")


def _flat(value: object) -> object:
    return "\n".join(map(str, value)) if isinstance(value, list) else value


def _refused_text(refused: Answer, document: str) -> Text:
    author = who(refused["author_name"], refused["author"])
    other = f" another wording ({short_id(refused['document'])})" if refused["document"] != document else ""
    return Text.assemble(author, (f" signed{other}, which does not count here: {plain(refused['rule'])}", "yellow"))
