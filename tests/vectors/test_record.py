"""The suite `record`, read through `record`."""

import pytest
from vectors.suites import NETWORK, Case, cases_of, expected, name_of, outcome

from folkmoot.record import open_record


@pytest.mark.parametrize("case", cases_of("record"), ids=name_of)
def test_bytes_are_a_record_or_are_refused_by_the_rule_that_decides(case: Case) -> None:
    assert outcome(lambda: open_record(bytes.fromhex(case["wire"]), network=NETWORK)) == expected(case)


@pytest.mark.parametrize("case", cases_of("record", "id"), ids=name_of)
def test_a_record_says_what_the_case_says(case: Case) -> None:
    record = open_record(bytes.fromhex(case["wire"]), network=NETWORK)
    assert record.id.hex() == case["id"]
    assert (record.kind, record.space, record.author.hex(), record.device.hex()) == (
        case["kind"],
        case["space"],
        case["author"],
        case["device"],
    )
    assert [str(number) for number in (record.slot, record.rev, record.expires)] == [
        case["slot"],
        case["rev"],
        case["expires"],
    ]
    assert [[ref.relation, ref.target.hex()] for ref in record.refs] == case["refs"]
    assert record.is_tombstone == case["tombstone"]
