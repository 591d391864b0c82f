"""The suite `encoding`, read through `canonical`."""

import pytest
from vectors.suites import Case, cases_of, expected, name_of, outcome

from folkmoot.canonical import Value, decode, encode


def _value_of(tagged: Case | list[Case] | bool) -> Value:
    match tagged:
        case bool():
            return tagged
        case list():
            return [_value_of(item) for item in tagged]
        case {"integer": str(digits)}:
            return int(digits)
        case {"text": str(text)}:
            return text
        case {"bytes": str(hexed)}:
            return bytes.fromhex(hexed)
        case {"map": dict(items)}:
            return {key: _value_of(item) for key, item in items.items()}
        case _:
            raise AssertionError(tagged)


@pytest.mark.parametrize("case", cases_of("encoding"), ids=name_of)
def test_bytes_are_taken_or_refused_by_the_rule_that_decides(case: Case) -> None:
    wire = bytes.fromhex(case["wire"])
    assert outcome(lambda: decode(wire, bytes_max=case["bytes_max"])) == expected(case)


@pytest.mark.parametrize("case", cases_of("encoding", "value"), ids=name_of)
def test_a_value_and_its_encoding_are_each_others(case: Case) -> None:
    wire, value = bytes.fromhex(case["wire"]), _value_of(case["value"])
    assert encode(value) == wire
    assert decode(wire, bytes_max=case["bytes_max"]) == value
