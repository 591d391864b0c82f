"""The suite `bundle`, read through `bundle`."""

import pytest
from vectors.suites import NETWORK, Case, cases_of, expected, name_of, outcome

from folkmoot.bundle import Bundle, gossip_problem, open_bundle, unpack
from folkmoot.bundle_file import FilePart, FileReader
from folkmoot.limits import GOSSIP_BYTES_MAX


@pytest.mark.parametrize("case", cases_of("bundle", "bundle"), ids=name_of)
def test_bytes_are_a_bundle_or_are_refused_by_the_rule_that_decides(case: Case) -> None:
    assert outcome(lambda: unpack(bytes.fromhex(case["bundle"]), network=NETWORK)) == expected(case)


@pytest.mark.parametrize("case", [c for c in cases_of("bundle", "bundle") if "records" in c], ids=name_of)
def test_each_item_is_taken_or_named_as_damaged_by_itself(case: Case) -> None:
    opened = open_bundle(unpack(bytes.fromhex(case["bundle"]), network=NETWORK), network=NETWORK)
    assert [item.id.hex() for item in opened.operations] == case["operations"]
    assert [item.id.hex() for item in opened.records] == case["records"]
    found = [[damage.what, damage.position, damage.error.rule] for damage in opened.damages]
    assert found == case.get("damages", [])


@pytest.mark.parametrize("case", cases_of("bundle", "file"), ids=name_of)
def test_a_file_is_read_up_to_its_first_fault(case: Case) -> None:
    reader = FileReader(network=NETWORK)
    parts: list[FilePart] = []

    def read() -> None:
        data = bytes.fromhex(case["file"])
        parts.extend(reader.feed(data))
        parts.extend(reader.end())

    rule = outcome(read)
    if "records" not in case:
        assert (rule, parts) == (expected(case), [])
        return
    assert rule == (("refuse", case["fault"]) if case["fault"] else ("accept", None))
    bundle = Bundle(
        tuple(wire for part in parts for wire in part.bundle.operations),
        tuple(wire for part in parts for wire in part.bundle.records),
    )
    opened = open_bundle(bundle, network=NETWORK)
    assert reader.bundles == case["bundles"]
    assert [item.id.hex() for item in opened.operations] == case["operations"]
    assert [item.id.hex() for item in opened.records] == case["records"]
    found = [[damage.what, damage.position, damage.error.rule] for damage in opened.damages]
    assert found == case.get("damages", [])


@pytest.mark.parametrize("case", cases_of("bundle", "gossip"), ids=name_of)
def test_a_message_has_the_form_of_gossip_or_is_refused(case: Case) -> None:
    def take() -> None:
        data = bytes.fromhex(case["gossip"])
        opened = open_bundle(unpack(data, network=NETWORK, bytes_max=GOSSIP_BYTES_MAX), network=NETWORK)
        problem = gossip_problem(opened, space=case["space"])
        if problem is not None:
            raise problem

    assert outcome(take) == expected(case)
