"""Laws of identities: operations commute, dropping commutes with union, and no old key takes over."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain as chained
from itertools import combinations, permutations, product

from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK
from support.lineage import Plan, key, revocation, root, step

from folkmoot.chain import Chain, Standing, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import OperationId

ALL = Scope.ALL
DEVICES = ("phone", "tablet", "thief")
SIGNING = frozenset({ALL})
ROOT_PLAN = Plan(next_key="k")
ROOT = root(ROOT_PLAN)
FLAVOURS = ("plain", "plain", "plain", "tablet", "revoking", "closing", "new recovery", "forged", "unproven")


def read(operations: Iterable[Operation]) -> Chain:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return chain


def answer(chain: Chain) -> tuple[object, ...]:
    """Return everything that a reader takes from a chain."""
    standings = [
        chain.standing(key(device).public, scopes=SIGNING, rev=rev, item_id=bytes(32))
        for device in DEVICES
        for rev in (0, 100)
    ]
    return chain.path, chain.rivals, chain.kept, chain.is_closed, standings


def grown(shape: Sequence[tuple[int, int, str]]) -> list[Operation]:
    """Make a tree of operations: each names the place of its parent, its rank and what is special about it."""
    tree: list[tuple[Operation, Plan]] = [(ROOT, ROOT_PLAN)]
    for number, (place, rank, flavour) in enumerate(shape, 1):
        parent, before = tree[place % len(tree)]
        signers: tuple[str, ...] = {0: (before.next_key,), 1: ("paper",), 2: ("vault",)}[rank]
        plan = before._replace(next_key=f"k{number}", revoke=(), close=flavour == "closing" and rank > 0)
        if flavour in ("tablet", "unproven") and ("tablet", ALL) not in plan.devices:
            plan = plan._replace(devices=(*plan.devices, ("tablet", ALL)))
            signers = (*signers, "tablet") if flavour == "tablet" else signers
        if flavour == "revoking":
            plan = plan._replace(revoke=(revocation("phone", last_rev=50),))
        if flavour == "new recovery":  # allowed from rank 1 on
            plan = plan._replace(recovery=((2, 1, ("vault",)),))
        if flavour == "forged":
            signers = ("mallory",)
        tree.append((step(parent, plan, rank=rank, signers=signers), plan))
    return [made for made, _plan in tree]


def with_ancestors(operations: Collection[Operation], everything: Iterable[Operation]) -> frozenset[Operation]:
    """Return operations with all that they follow, as they travel."""
    by_id: dict[OperationId, Operation] = {item.id: item for item in everything}
    closed = {ROOT}
    for item in operations:
        at = item
        while at.parent is not None:
            closed.add(at)
            at = by_id[at.parent]
    return frozenset(closed)


def heaviest_way(operations: Collection[Operation]) -> list[Operation]:
    """Find the undisputed path by looking at whole branches, without what the implementation remembers of them."""
    valid = set(read(operations).held.values())

    def branches(at: Operation) -> list[list[Operation]]:
        children = [item for item in valid if item.parent == at.id]
        return [[at, *rest] for child in children for rest in branches(child)] or [[at]]

    way = [ROOT]
    while True:
        best: dict[Operation, int] = {}
        for branch in branches(way[-1]):
            for child in branch[1:2]:
                best[child] = max(best.get(child, 0), *(item.rank for item in branch[1:]))
        winners = [child for child in best if best[child] == max(best.values())]
        if len(winners) != 1:
            return way
        way += winners


shapes = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from((0, 0, 0, 1, 1, 2)), st.sampled_from(FLAVOURS)),
    min_size=1,
    max_size=9,
)


@given(shapes, st.data())
def test_operations_commute(shape: list[tuple[int, int, str]], data: st.DataObject) -> None:
    operations = grown(shape)
    again = data.draw(st.lists(st.sampled_from(operations), max_size=4))
    order = data.draw(st.permutations(operations + again))
    assert answer(read(order)) == answer(read(operations))


@given(shapes)
def test_the_path_is_the_one_that_whole_branches_give(shape: list[tuple[int, int, str]]) -> None:
    operations = grown(shape)
    assert list(read(operations).path) == heaviest_way(operations)


@given(shapes, st.data())
def test_dropping_commutes_with_union(shape: list[tuple[int, int, str]], data: st.DataObject) -> None:
    operations = grown(shape)
    picks = st.lists(st.sampled_from(operations))
    one, other = (with_ancestors(data.draw(picks), operations) for _ in range(2))
    everything = answer(read(one | other))
    assert answer(read(read(one).kept | read(other).kept)) == everything
    assert answer(read(read(one).kept | other)) == everything


@given(shapes, st.data())
def test_dropping_as_operations_come_in_ends_like_dropping_once(
    shape: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    operations = grown(shape)
    kept: frozenset[Operation] = frozenset()
    for item in data.draw(st.permutations(operations)):
        kept = read(kept | with_ancestors([item], operations)).kept
    assert answer(read(kept)) == answer(read(operations))


@given(shapes)
def test_what_is_kept_is_bounded_and_closed(shape: list[tuple[int, int, str]]) -> None:
    chain = read(grown(shape))
    assert with_ancestors(chain.kept, chain.kept) == chain.kept
    assert chain.kept == set(chain.path).union(*chain.rivals)
    assert len(chain.rivals) in (0, 2)
    assert len({max(item.rank for item in way) for way in chain.rivals}) <= 1


def every_tree(count: int, ranks: Sequence[int]) -> Iterable[list[Operation]]:
    for places in product(*(range(number + 1) for number in range(count))):
        for chosen in product(ranks, repeat=count):
            yield grown([(place, rank, "plain") for place, rank in zip(places, chosen, strict=True)])


def every_part(operations: list[Operation]) -> set[frozenset[Operation]]:
    """Return every set of the operations that holds the ancestors of each."""
    subsets = chained.from_iterable(combinations(operations[1:], size) for size in range(len(operations)))
    return {with_ancestors(subset, operations) for subset in subsets}


def test_every_small_tree_commutes_and_can_be_dropped_in_any_two_parts() -> None:
    for operations in every_tree(3, (0, 1, 2)):
        whole = {part: answer(read(part)) for part in every_part(operations)}
        kept = {part: read(part).kept for part in whole}
        for one, other in combinations(whole, 2):
            assert answer(read(kept[one] | kept[other])) == whole[one | other]
        for order in permutations(operations):
            assert read(order).path == read(operations).path


def test_every_tree_of_four_steps_can_be_dropped_in_two_halves() -> None:
    for operations in every_tree(4, (0, 1)):
        everything = frozenset(operations)
        expected = read(everything).kept
        kept = {part: read(part).kept for part in every_part(operations)}
        halves = [(one, other) for one, other in combinations(kept, 2) if one | other == everything]
        for one, other in halves:
            assert read(kept[one] | kept[other]).kept == expected


# An owner's honest chain: a rotation, a recovery that replaces the paper key, a rotation.
A_PLAN = ROOT_PLAN._replace(next_key="a")
R_PLAN = A_PLAN._replace(next_key="r", recovery=((2, 1, ("vault",)), (1, 1, ("new paper",))))
C_PLAN = R_PLAN._replace(next_key="c")
A = step(ROOT, A_PLAN, signers=("k",))
R = step(A, R_PLAN, rank=1, signers=("paper",))
C = step(R, C_PLAN, signers=("r",))
HONEST = (ROOT, A, R, C)
PLANS = {ROOT: ROOT_PLAN, A: A_PLAN, R: R_PLAN, C: C_PLAN}


def attacks(keys: Sequence[tuple[str, int]]) -> Iterable[tuple[Operation, ...]]:
    """Return what a thief with these keys, each with its rank, can publish in one or two steps.

    In the second the thief also has every key that the first has named.
    """
    first = [made for parent, plan in PLANS.items() for made in _thefts(parent, plan, keys, "t1")]
    for made, plan in first:
        yield (made,)
        own = [(name, rank) for rank, _threshold, (name,) in plan.recovery if name.startswith("thief")]
        for second, _plan in _thefts(made, plan, [*keys, *own, (plan.next_key, 0)], "t2"):
            yield made, second
    for (one, _), (other, _) in combinations(first, 2):
        yield one, other


THIEF_S = ((1, "thief's paper"), (2, "thief's vault"), (9, "thief's crown"))


def entries_of(plan: Plan) -> dict[int, tuple[int, int, tuple[str, ...]]]:
    return {entry[0]: entry for entry in plan.recovery}


def _thefts(
    parent: Operation, plan: Plan, keys: Iterable[tuple[str, int]], next_key: str
) -> list[tuple[Operation, Plan]]:
    made = []
    for name, rank in keys:
        devices = (("thief", ALL),)
        signers = (name,) if ("thief", ALL) in plan.devices else (name, "thief")
        taken = [{**entries_of(plan), at: (at, 1, (name,))} for at, name in THIEF_S] if rank else []
        others = [tuple(entries[at] for at in sorted(entries, reverse=True)) for entries in taken]
        for recovery in [plan.recovery, *others]:
            theirs = plan._replace(devices=devices, next_key=next_key, recovery=recovery)
            made.append((step(parent, theirs, rank=rank, signers=signers), theirs))
    return made


def test_keys_used_before_a_recovery_do_nothing_at_all() -> None:
    tried = 0
    for attack in attacks([("k", 0), ("a", 0)]):
        chain = read([*HONEST, *attack])
        assert (chain.head, chain.is_disputed) == (C, False)
        tried += 1
    assert tried > 50


def test_the_rotation_key_used_last_can_freeze_but_not_take_over_and_one_recovery_repairs() -> None:
    repaired = step(C, C_PLAN._replace(next_key="c2"), rank=1, signers=("new paper",))
    frozen = 0
    for attack in attacks([("k", 0), ("a", 0), ("r", 0)]):
        chain = read([*HONEST, *attack])
        assert chain.head in (C, R)
        frozen += chain.is_disputed
        after = read([*HONEST, *attack, repaired])
        assert (after.head, after.is_disputed) == (repaired, False)
    assert frozen


def test_a_thief_with_the_current_rotation_key_is_undone_by_one_recovery_at_the_owner_s_tip() -> None:
    repaired = step(C, C_PLAN._replace(next_key="c2"), rank=1, signers=("new paper",))
    taken = 0
    for attack in attacks([("k", 0), ("a", 0), ("r", 0), ("c", 0)]):
        taken += read([*HONEST, *attack]).head in attack
        after = read([*HONEST, *attack, repaired])
        assert (after.head, after.is_disputed) == (repaired, False)
        assert after.standing(key("thief").public, scopes=SIGNING, rev=0, item_id=b"") is Standing.UNCERTIFIED
    assert taken


def test_a_replaced_recovery_key_can_freeze_but_never_take_over_and_a_higher_rank_repairs() -> None:
    repaired = step(C, C_PLAN._replace(next_key="c2"), rank=2, signers=("vault",))
    frozen = 0
    for attack in attacks([("k", 0), ("a", 0), ("paper", 1)]):
        chain = read([*HONEST, *attack])
        assert chain.head not in attack
        frozen += chain.is_disputed
        after = read([*HONEST, *attack, repaired])
        assert (after.head, after.is_disputed) == (repaired, False)
    assert frozen


def test_a_disputed_identity_stays_repaired_whatever_lower_ranks_publish_later() -> None:
    repaired = step(C, C_PLAN._replace(next_key="c2"), rank=1, signers=("new paper",))
    kept = read([*HONEST, repaired]).kept
    for attack in attacks([("k", 0), ("a", 0), ("r", 0), ("c", 0)]):
        assert read(kept | set(attack)).head == repaired


revocations = st.lists(
    st.tuples(st.none() | st.integers(0, 4), st.frozensets(st.sampled_from((b"a" * 16, b"b" * 16, b"c" * 16)))),
    max_size=4,
)


@given(revocations, st.integers(0, 5), st.sampled_from((b"a" * 32, b"b" * 32, b"d" * 32)))
def test_what_stands_is_kept_by_some_revocation_or_within_the_bound_of_each(
    entries: list[tuple[int | None, frozenset[bytes]]], rev: int, item_id: bytes
) -> None:
    operations, plan = [ROOT], ROOT_PLAN
    for number, (last_rev, keep) in enumerate(entries):
        entry = revocation("phone", last_rev=last_rev, keep=sorted(keep))
        signer, plan = plan.next_key, Plan(next_key=f"r{number}", revoke=(entry,))
        operations.append(step(operations[-1], plan, signers=(signer,)))
    kept = any(item_id[:16] in keep for _last_rev, keep in entries)
    in_time = all(last_rev is not None and rev <= last_rev for last_rev, _keep in entries)
    found = read(operations).standing(key("phone").public, scopes=SIGNING, rev=rev, item_id=item_id)
    assert found is (Standing.AUTHORISED if kept or in_time else Standing.REVOKED)
