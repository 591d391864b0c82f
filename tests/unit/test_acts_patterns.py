"""Ways of working: published, chosen by a team or an engagement, and compared by what those say who chose them."""

from collections.abc import AsyncIterator

import pytest
from support.hired import drafted, engaged
from support.node_parts import NodeParts, share
from support.three_nodes import UNKNOWN_RECORD, Three, formed, refused, three_nodes

from folkmoot_node.acts.pattern import publish_outcome, publish_pattern
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import record_id, record_text
from folkmoot_node.views.patterns import pattern, patterns

FIELDS = {
    "name": "Two weeks",
    "intent": "Short rounds.",
    "steps": ["Plan.", "Build.", "Show."],
    "roles": [{"title": "host", "duties": "keeps the time"}],
    "measures": [{"name": "days to first show", "unit": "days"}, {"name": "falls"}],
}


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def described(three: Three, **fields: object) -> str:
    """Let Eli publish a way of working; everybody knows."""
    published = await publish_pattern(three.eli.author, {**FIELDS, **fields}, space="commons")
    await share(*three)
    return record_text(published.record.id)


async def reported(node: NodeParts, way: str, document: str, verdict: str, **measures: int) -> None:
    items = [{"name": name.replace("_", " "), "value": value} for name, value in measures.items()]
    await publish_outcome(node.author, way, document, verdict=verdict, measures=items)
    node.clock.at_ms += 1


async def test_what_became_of_a_way_of_working_is_compared(three: Three) -> None:
    way = await described(three)
    first = await engaged(three.carl, three.dana, pattern=way)
    second = await engaged(three.carl, three.dana, three.eli, pattern=way)
    await reported(three.carl, way, first, "keep", days_to_first_show=9, falls=0)
    await reported(three.dana, way, first, "keep", days_to_first_show=12)
    await reported(three.dana, way, second, "change", days_to_first_show=30)
    await share(*three)
    shown = await pattern(three.eli.view, record_id(way))
    assert shown["verdicts"] == {"change": 1, "drop": 0, "keep": 2}
    assert sorted(shown["used_by"]) == sorted([first, second])
    assert shown["measures"] == [
        {"name": "days to first show", "unit": "days", "values": [9, 12, 30], "median": 12},
        {"name": "falls", "unit": "", "values": [0], "median": 0},
    ]
    assert sorted(item["author_name"] for item in shown["outcomes"]) == ["Carl", "Dana", "Dana"]
    [listed] = (await patterns(three.dana.view, limit=10))["items"]
    assert (listed["name"], listed["used"], listed["verdicts"]["keep"]) == ("Two weeks", 2, 2)


async def test_one_says_one_thing_of_one_piece_of_work_and_may_change_it(three: Three) -> None:
    way = await described(three)
    document = await engaged(three.carl, three.dana, pattern=way)
    await reported(three.dana, way, document, "keep")
    await reported(three.dana, way, document, "drop")
    assert (await pattern(three.dana.view, record_id(way)))["verdicts"] == {"change": 0, "drop": 1, "keep": 0}


async def test_a_way_of_working_is_kept_though_its_author_deletes_it(three: Three) -> None:
    way = await described(three)
    document = await engaged(three.carl, three.dana, pattern=way)
    await reported(three.dana, way, document, "keep")
    record = await three.eli.store.record(record_id(way))
    assert record is not None
    await three.eli.author.withdraw(record)
    await share(*three)
    assert (await pattern(three.carl.view, record_id(way)))["name"] == "Two weeks"


async def test_only_who_chose_it_reports_on_it(three: Three) -> None:
    way, other = await described(three), await described(three, name="Another")
    document = await engaged(three.carl, three.dana, pattern=way)
    waiting = await drafted(three.carl, three.dana, pattern=way)
    team = await formed(three)
    await share(*three)
    for node, named, where, why in (
        (three.eli, way, document, "no place in that document"),
        (three.dana, other, document, "does not name this pattern"),
        (three.dana, way, team, "does not name this pattern"),
        (three.dana, way, waiting, "not everybody has signed"),
    ):
        error = await refused(node, publish_outcome(node.author, named, where, verdict="keep"))
        assert (error.rule, why in error.message) == ("PTN-1", True)


async def test_only_measures_that_the_pattern_names_are_reported(three: Three) -> None:
    way = await described(three)
    document = await engaged(three.carl, three.dana, pattern=way)
    act = publish_outcome(three.dana.author, way, document, verdict="keep", measures=[{"name": "joy", "value": 1}])
    error = await refused(three.dana, act)
    assert error.message == "the pattern does not measure joy"
    assert "falls" in error.advice


async def test_a_pattern_made_from_another_names_one_that_is_known(three: Three) -> None:
    act = publish_pattern(three.eli.author, {**FIELDS, "derived_from": UNKNOWN_RECORD}, space="commons")
    assert type(await refused(three.eli, act)) is UnknownIdError
    way = await described(three)
    made = await described(three, name="Three weeks", derived_from=way)
    assert (await pattern(three.carl.view, record_id(made)))["derived_from"] == way
