"""Puts an evidence page together from nothing but a bundle, which it carries along for whoever wants to check.

Theory of operation: the page says what follows from the records in the file, derived here by the same rules that a
node uses, and beside each record whether its signature holds. It has no script and loads nothing.
"""

import base64
import hashlib
import json
from collections.abc import Iterator

from folkmoot.documents import ENGAGEMENT, TEAM
from folkmoot.ids import DocumentId, IdPrefix, id_to_text
from folkmoot.record import Record
from folkmoot.rules import Accept, Defer, Verdict
from folkmoot.state.reviews import derive_reviews
from folkmoot.verification import Verification
from folkmoot_node.cli.forms import percent
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.evidence.engaged import Shown, engagement_sections, facts_table, refused_table
from folkmoot_node.evidence.markup import Html, badge, joined, link, moment, section, table, tag, text
from folkmoot_node.views.engagements import engagement_json, found_engagement
from folkmoot_node.views.naming import document_text, identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.reviews import review_json
from folkmoot_node.views.teams import found_team, team_json
from folkmoot_node.views.viewpoint import Scene

BUNDLE_NAME = "evidence.folkmoot"
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
code { font-size: .85em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8em; }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid #8886; white-space: pre-wrap; }
.facts th { width: 12rem; font-weight: 600; }
.badge { border: 1px solid #8888; border-radius: .6rem; padding: 0 .5rem; margin-right: .4rem; }
.good { color: #187a34; } .bad { color: #c22; font-weight: 600; }
:target { outline: 2px solid #c80; }
"""


def evidence_page(data: bytes, found: Verification, document: DocumentId) -> str:
    """Write the page about one document.

    Args:
        data: The bundle.
        found: What came of verifying it.
        document: An engagement or a team that is in it.

    Raises:
        UnknownIdError: The bundle does not hold the document.
        ConfigError: It is of another type.
    """
    held = found.evidence.documents.get(document)
    if held is None:
        raise UnknownIdError(f"the bundle does not hold {document_text(document)}")
    scene = Scene(found.evidence, held.drafter, is_whole=True)
    ids = frozenset(
        {record_text(record.id) for record, _verdict in found.records}
        | {identity_text(identity) for identity in found.evidence.chains}
    )
    if held.type == ENGAGEMENT:
        shown: Shown = engagement_json(scene, found_engagement(scene, document))
        reviews: list[Shown] = [review_json(scene, item) for item in derive_reviews(found.evidence, document)]
        title, sections = str(shown["title"]), list(engagement_sections(shown, reviews, ids))
    elif held.type == TEAM:
        shown = team_json(scene, found_team(scene, document))
        title, sections = str(shown["name"]), list(_team_sections(shown, ids))
    else:
        raise ConfigError(f"a {held.type} has no evidence of its own", advice="Name a team or an engagement.")
    body = [
        tag("h1", text(title)),
        tag("p", joined([badge(held.type), badge(shown["status"]), tag("code", text(document_text(document)))])),
        _how_to_check(data, found),
        *sections,
        _people(scene, found),
        _records(scene, found),
    ]
    return _whole(title, joined(body))


def _whole(title: str, body: Html) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{text(title)}</title><style>{_STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _how_to_check(data: bytes, found: Verification) -> Html:
    wrong = len(found.damages) + sum(not isinstance(verdict, Accept) for _record, verdict in found.records)
    count = len(found.records)
    verdict = (
        tag("p", text(f"All {count} records in this file verify."), "good")
        if not wrong
        else tag("p", text(f"{wrong} of {count + len(found.damages)} things in this file do not verify."), "bad")
    )
    source = f"data:application/octet-stream;base64,{base64.b64encode(data).decode()}"
    save = Html(f'<a download="{BUNDLE_NAME}" href="{source}">Save the signed records</a>')
    digest = hashlib.sha256(data).hexdigest()
    return section(
        "How to check this",
        verdict,
        tag("p", joined([save, text(f" and run: folkmoot verify {BUNDLE_NAME}")])),
        facts_table(
            {
                "derived as of": moment(found.evidence.now_ms),
                "network": found.evidence.network,
                "bytes": len(data),
                "SHA-256": digest,
            }
        ),
    )


def _team_sections(shown: Shown, held: frozenset[str]) -> Iterator[Html]:
    yield section("Purpose", tag("p", text(shown["purpose"])))
    seats = (
        [
            text(seat["place"]),
            text(seat["role"]),
            text(seat["name"] or "nobody"),
            link(seat["identity"], held) if seat["identity"] else text(""),
            text(percent(seat["share"]) if seat["share"] is not None else ""),
            badge(seat["status"]),
        ]
        for seat in shown["seats"]
    )
    yield section("Seats", table(("place", "role", "who", "identity", "share", ""), seats))
    filled = ([text(item["seat"]), link(item["opportunity"], held)] for item in shown["filled_by"])
    yield section("Seats filled by calls of their own", table(("seat", "opportunity"), filled))
    yield section("Terms", facts_table(shown["terms"]))
    yield section("Signatures that do not count", refused_table(shown, held))


def _people(scene: Scene, found: Verification) -> Html:
    rows = "".join(
        f'<tr id="{identity_text(identity)}"><td>{text(scene.name(identity))}</td>'
        f"<td><code>{identity_text(identity)}</code></td></tr>"
        for identity in sorted(found.evidence.chains, key=lambda one: (scene.name(one), one))
    )
    return section("People", Html(f"<table><tbody>{rows}</tbody></table>"))


def _records(scene: Scene, found: Verification) -> Html:
    ordered = sorted(found.records, key=lambda item: (item[0].rev, item[0].id))
    rows = "".join(_record(scene, record, verdict) for record, verdict in ordered)
    heads = ("at, as claimed", "kind", "author", "signature", "words")
    head = tag("thead", tag("tr", joined(tag("th", text(item)) for item in heads)))
    return section("Every record in this file", Html(f"<table>{head}<tbody>{rows}</tbody></table>"))


def _record(scene: Scene, record: Record, verdict: Verdict) -> Html:
    body = json.dumps(body_json(record.body), indent=1, ensure_ascii=False)
    name = id_to_text(IdPrefix.RECORD, record.id)
    words = (
        f"<details><summary><code>{name[:20]}…</code></summary><code>{name}</code><pre>{text(body)}</pre></details>"
    )
    cells = (
        text(moment(record.rev)),
        text(record.kind),
        text(scene.name(record.author)),
        _verdict(verdict),
        Html(words),
    )
    return Html(f'<tr id="{name}">{joined(tag("td", cell) for cell in cells)}</tr>')


def _verdict(verdict: Verdict) -> Html:
    match verdict:
        case Accept():
            return tag("span", text("verified"), "good")
        case Defer():
            return tag("span", text("its author's operations are missing"), "bad")
        case _:
            return tag("span", text(f"does not count: {verdict.rule}"), "bad")
