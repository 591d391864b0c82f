"""The suite `identity`, read through `identity` and `chain`."""

from collections.abc import Sequence

import pytest
from vectors.suites import NETWORK, Case, cases_of, expected, name_of, operations_of, outcome

from folkmoot.chain import Chain, broken_succession, read_chain
from folkmoot.identity import Operation, Scope, open_operation
from folkmoot.ids import OperationId


def _chain_of(operations: Sequence[Operation]) -> Chain:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return chain


def _ids(path: Sequence[Operation]) -> list[str]:
    return [item.id.hex() for item in path]


@pytest.mark.parametrize("case", cases_of("identity", "wire"), ids=name_of)
def test_bytes_are_an_operation_or_are_refused_by_the_rule_that_decides(case: Case) -> None:
    assert outcome(lambda: open_operation(bytes.fromhex(case["wire"]), network=NETWORK)) == expected(case)


@pytest.mark.parametrize("case", [c for c in cases_of("identity", "wire") if "id" in c], ids=name_of)
def test_an_operation_says_what_the_case_says(case: Case) -> None:
    read = open_operation(bytes.fromhex(case["wire"]), network=NETWORK)
    assert (read.id.hex(), read.rank, read.close) == (case["id"], case["rank"], case["close"])
    assert read.identity.hex() == case.get("identity", case["id"])
    assert (read.parent.hex() if read.parent else None) == case.get("parent")


@pytest.mark.parametrize("case", cases_of("identity", "rivals"), ids=name_of)
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_set_of_operations_has_one_reading_in_any_order(case: Case, turn: int) -> None:
    operations = operations_of(case)
    chain = _chain_of([*operations[turn:], *operations[:turn]][:: -1 if turn else 1])
    assert _ids(chain.path) == case["path"]
    assert [_ids(rival) for rival in chain.rivals] == case["rivals"]
    assert sorted(item.id.hex() for item in chain.kept) == case["kept"]
    assert chain.is_closed == case["closed"]


@pytest.mark.parametrize("case", cases_of("identity", "rivals"), ids=name_of)
def test_what_is_kept_gives_the_same_reading_as_all(case: Case) -> None:
    chain = _chain_of(operations_of(case))
    again = _chain_of(sorted(chain.kept, key=lambda item: item.id))
    assert (again.path, again.rivals, again.kept) == (chain.path, chain.rivals, chain.kept)


@pytest.mark.parametrize("case", cases_of("identity", "landing"), ids=name_of)
def test_an_operation_that_may_not_follow_changes_nothing(case: Case) -> None:
    before = operations_of(case)
    landing = open_operation(bytes.fromhex(case["landing"]), network=NETWORK)
    chain = _chain_of([*before, landing])
    assert _ids(chain.path) == case["path"]
    assert landing not in chain.kept


@pytest.mark.parametrize("case", [c for c in cases_of("identity", "landing") if c["rule"] != "CHN-5"], ids=name_of)
def test_the_rule_that_decides_is_the_one_named(case: Case) -> None:
    before: dict[OperationId, Operation] = {item.id: item for item in operations_of(case)}
    landing = open_operation(bytes.fromhex(case["landing"]), network=NETWORK)
    assert landing.parent is not None
    depth = [item.id for item in before.values()].index(landing.parent) + 1
    found = broken_succession(landing, before[landing.parent], depth=depth, network=NETWORK)
    assert found == case["rule"]


@pytest.mark.parametrize("case", cases_of("identity", "standing"), ids=name_of)
def test_a_device_stands_as_the_case_says(case: Case) -> None:
    chain = _chain_of(operations_of(case))
    for asked in case["standing"]:
        scopes = frozenset(Scope(scope) for scope in asked["scopes"])
        device, item = bytes.fromhex(asked["device"]), bytes.fromhex(asked["item"])
        standing = chain.standing(device, scopes=scopes, rev=int(asked["rev"]), item_id=item)
        assert standing.value == asked["standing"]
