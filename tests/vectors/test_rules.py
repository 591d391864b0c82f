"""The suite `rules`, read through `replica`."""

import pytest
from vectors.suites import NETWORK, Case, Held, cases_of, expected, name_of, operations_of, records_of

from folkmoot.replica import Changes, absorb
from folkmoot.rules import Accept, Defer, Verdict


def _absorbed(case: Case) -> tuple[Held, Changes]:
    held = Held(operations_of(case), records_of(case, "held"), records_of(case, "waiting"))
    landing = operations_of(case, "landing_operations"), records_of(case, "landing")
    return held, absorb(held, *landing, now_ms=int(case["now_ms"]), network=NETWORK)


def _as_case(verdict: Verdict) -> tuple[str, str | None]:
    match verdict:
        case Accept():
            return "accept", None
        case Defer(rule=rule):
            return "defer", rule
        case _:
            return type(verdict).__name__.lower(), verdict.rule


@pytest.mark.parametrize("case", cases_of("rules"), ids=name_of)
def test_the_verdict_is_that_of_the_case(case: Case) -> None:
    _held, changes = _absorbed(case)
    if case["landing"]:
        assert _as_case(changes.verdicts[-1][1]) == expected(case)
    else:
        assert [rule for _item, rule in changes.unkept] == ([case["rule"]] if case["expect"] == "ignore" else [])


@pytest.mark.parametrize("case", cases_of("rules"), ids=name_of)
def test_what_is_held_afterwards_is_that_of_the_case(case: Case) -> None:
    held, changes = _absorbed(case)
    after = {record.id for record in held.records} | {record.id for record in changes.put_records}
    after -= {record.id for record in changes.drop_records}
    assert sorted(item.hex() for item in after) == case["after"]


@pytest.mark.parametrize("case", cases_of("rules", "kept"), ids=name_of)
def test_the_operations_kept_afterwards_are_those_of_the_case(case: Case) -> None:
    held, changes = _absorbed(case)
    kept = {item.id for item in held.operations} | {item.id for item in changes.put_operations}
    kept -= {item.id for item in changes.drop_operations}
    assert sorted(item.hex() for item in kept) == case["kept"]


@pytest.mark.parametrize("case", [c for c in cases_of("rules") if c["expect"] == "defer"], ids=name_of)
def test_a_deferred_record_waits(case: Case) -> None:
    _held, changes = _absorbed(case)
    assert [record.wire.hex() for record in changes.park] == case["landing"]
