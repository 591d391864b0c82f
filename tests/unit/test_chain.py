"""What a set of operations says about who may sign."""

from itertools import permutations

import pytest
from support.keys import NETWORK, person
from support.lineage import Plan, digest_of, key, revocation, rewrapped, root, step

from folkmoot.chain import Chain, Standing, broken_succession, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.limits import CHAIN_DEPTH_MAX, RECOVERY_DEPTH_MAX, ROTATION_DEPTH_MAX

ALL, DAILY, READ = Scope.ALL, Scope.DAILY, Scope.READ
SIGNING = frozenset({ALL, DAILY})
ITEM = bytes(range(32))
ROOT = root(Plan(next_key="n0"))
FIRST = Plan(next_key="n1")


def chain_of(*operations: Operation) -> Chain:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return chain


def standing(chain: Chain, device: str, rev: int = 100, item_id: bytes = ITEM) -> Standing:
    return chain.standing(key(device).public, scopes=SIGNING, rev=rev, item_id=item_id)


def test_without_a_genesis_there_is_no_chain() -> None:
    assert read_chain([], network=NETWORK) is None
    assert read_chain([step(ROOT, FIRST, signers=("n0",))], network=NETWORK) is None


def test_a_genesis_alone_certifies_its_devices() -> None:
    chain = chain_of(ROOT)
    assert chain.identity == ROOT.identity
    assert chain.head == ROOT
    assert not chain.is_disputed
    assert not chain.is_closed
    assert standing(chain, "phone") is Standing.AUTHORISED
    assert standing(chain, "laptop") is Standing.UNCERTIFIED


def test_operations_of_somebody_else_are_left_aside() -> None:
    stranger = step(person("bob").genesis, FIRST, signers=("n0",))
    assert chain_of(ROOT, stranger).kept == {ROOT}


def test_an_operation_whose_parent_is_missing_is_left_aside() -> None:
    first = step(ROOT, FIRST, signers=("n0",))
    second = step(first, Plan(next_key="n2"), signers=("n1",))
    assert chain_of(ROOT, second).head == ROOT
    assert chain_of(ROOT, second, first).head == second


def test_only_the_promised_key_signs_a_rotation() -> None:
    for signers in (("n1",), ("phone",), ("paper",), ("n0", "phone"), ("n0", "mallory")):
        assert broken_succession(step(ROOT, FIRST, signers=signers), ROOT, depth=1, network=NETWORK) == "CHN-4"
    assert broken_succession(step(ROOT, FIRST, signers=("n0",)), ROOT, depth=1, network=NETWORK) is None


def test_a_key_promised_on_another_network_is_not_promised_here() -> None:
    assert broken_succession(step(ROOT, FIRST, signers=("n0",)), ROOT, depth=1, network="elsewhere") == "CHN-4"


def test_a_new_device_signs_and_a_known_one_does_not() -> None:
    both = Plan(devices=(("phone", DAILY), ("laptop", ALL)), next_key="n1")
    assert chain_of(ROOT, step(ROOT, both, signers=("n0", "laptop"))).head.devices != ROOT.devices
    wrong: tuple[tuple[str, ...], ...] = (("n0",), ("n0", "phone"), ("n0", "laptop", "phone"))
    for signers in wrong:
        assert broken_succession(step(ROOT, both, signers=signers), ROOT, depth=1, network=NETWORK) == "CHN-4"


def test_a_rank_that_nobody_promised_cannot_be_used() -> None:
    assert (
        broken_succession(step(ROOT, FIRST, rank=3, signers=("paper",)), ROOT, depth=1, network=NETWORK) == "CHN-4"
    )
    assert (
        broken_succession(step(ROOT, FIRST, rank=2, signers=("paper",)), ROOT, depth=1, network=NETWORK) == "CHN-4"
    )
    assert broken_succession(step(ROOT, FIRST, rank=1, signers=("paper",)), ROOT, depth=1, network=NETWORK) is None


def test_guardians_act_from_their_threshold_on() -> None:
    guarded = root(Plan(recovery=((1, 2, ("ann", "ben", "cy")),)))
    plan = Plan(next_key="n1", recovery=((1, 1, ("paper",)),))
    for signers in (("ann", "ben"), ("ben", "cy"), ("ann", "ben", "cy")):
        assert chain_of(guarded, step(guarded, plan, rank=1, signers=signers)).head != guarded
    for others in (("ann",), ("ann", "mallory"), ("ann", "ben", "mallory")):
        assert chain_of(guarded, step(guarded, plan, rank=1, signers=others)).head == guarded


def test_only_recovery_changes_the_recovery() -> None:
    plan = Plan(next_key="n1", recovery=())
    assert broken_succession(step(ROOT, plan, signers=("n0",)), ROOT, depth=1, network=NETWORK) == "CHN-3"
    assert chain_of(ROOT, step(ROOT, plan, rank=2, signers=("vault",))).head.recovery == ()


def test_no_key_changes_what_can_act_above_its_own_rank() -> None:
    for recovery in (((9, 1, ("thief",)), (2, 1, ("vault",)), (1, 1, ("paper",))), ((1, 1, ("paper",)),), ()):
        usurped = step(ROOT, Plan(next_key="n1", recovery=recovery), rank=1, signers=("paper",))
        assert broken_succession(usurped, ROOT, depth=1, network=NETWORK) == "CHN-3"


def test_nothing_follows_a_closing() -> None:
    end = step(ROOT, Plan(next_key="n1", close=True), rank=1, signers=("paper",))
    after = step(end, Plan(next_key="n2"), rank=2, signers=("vault",))
    assert chain_of(ROOT, end).is_closed
    assert broken_succession(after, end, depth=2, network=NETWORK) == "CHN-1"
    assert chain_of(ROOT, end, after).head == end


def test_depth_leaves_room_for_recovery_and_for_an_end() -> None:
    rotation = step(ROOT, FIRST, signers=("n0",))
    recovery = step(ROOT, FIRST, rank=1, signers=("paper",))
    end = step(ROOT, Plan(close=True), rank=1, signers=("paper",))
    for made, deepest in (
        (rotation, ROTATION_DEPTH_MAX),
        (recovery, RECOVERY_DEPTH_MAX),
        (end, CHAIN_DEPTH_MAX),
    ):
        assert broken_succession(made, ROOT, depth=deepest, network=NETWORK) is None
        assert broken_succession(made, ROOT, depth=deepest + 1, network=NETWORK) == "CHN-2"


def test_a_chain_counts_its_own_depth() -> None:
    operations = [root()]
    for _ in range(ROTATION_DEPTH_MAX + 1):
        operations.append(step(operations[-1], Plan()))
    assert chain_of(*operations).head == operations[ROTATION_DEPTH_MAX]
    recovered = step(operations[ROTATION_DEPTH_MAX], Plan(), rank=1, signers=("paper",))
    assert chain_of(*operations, recovered).head == recovered
    assert len(chain_of(*operations).kept) == ROTATION_DEPTH_MAX + 1


LEFT, RIGHT, THIRD = (step(ROOT, Plan(next_key=f"{side}"), signers=("n0",)) for side in ("left", "right", "third"))
LEFT2 = step(LEFT, Plan(next_key="left2"), signers=("left",))
HEALED = step(LEFT2, Plan(next_key="left3"), rank=1, signers=("paper",))


def test_two_branches_of_equal_rank_are_disputed_however_long_they_are() -> None:
    chain = chain_of(ROOT, LEFT, LEFT2, RIGHT)
    assert chain.is_disputed
    assert chain.head == ROOT
    assert {way[0] for way in chain.rivals} == {LEFT, RIGHT}
    assert all(len(way) == 1 for way in chain.rivals)


def test_of_three_rivals_the_two_of_lowest_id_are_kept() -> None:
    lowest = sorted((LEFT, RIGHT, THIRD), key=lambda item: item.id)[:2]
    chain = chain_of(ROOT, LEFT, RIGHT, THIRD)
    assert [way[0] for way in chain.rivals] == lowest
    assert chain.kept == {ROOT, *lowest}


def test_the_branch_with_the_higher_rank_wins_wherever_on_it_that_is() -> None:
    for order in permutations((ROOT, LEFT, LEFT2, HEALED, RIGHT)):
        chain = chain_of(*order)
        assert chain.path == (ROOT, LEFT, LEFT2, HEALED)
        assert not chain.is_disputed
        assert chain.kept == {ROOT, LEFT, LEFT2, HEALED}


def test_equal_ranks_at_different_depths_are_disputed_and_both_proofs_are_kept() -> None:
    rival = step(RIGHT, Plan(next_key="r2"), rank=1, signers=("paper",))
    beyond = step(rival, Plan(next_key="r3"), signers=("r2",))
    aside = step(LEFT, Plan(next_key="aside"), signers=("left",))
    chain = chain_of(ROOT, LEFT, LEFT2, HEALED, RIGHT, rival, beyond, aside)
    assert set(chain.rivals) == {(LEFT, LEFT2, HEALED), (RIGHT, rival)}
    assert chain.kept == {ROOT, LEFT, LEFT2, HEALED, RIGHT, rival}
    assert chain.held.keys() >= {beyond.id, aside.id}


def test_a_stranger_who_signs_an_operation_too_changes_nothing() -> None:
    for names in (("left", "mallory"), ("mallory",), ("left", "phone")):
        bogus = rewrapped(LEFT2, *names)
        assert bogus.id == LEFT2.id
        for order in permutations((ROOT, LEFT, LEFT2, bogus)):
            assert chain_of(*order).path == (ROOT, LEFT, LEFT2)
        assert chain_of(ROOT, LEFT, bogus).path == (ROOT, LEFT)


def test_any_quorum_of_guardians_gives_the_same_operation_once() -> None:
    guarded = root(Plan(recovery=((1, 2, ("ann", "ben", "cy")),)))
    two = step(guarded, Plan(recovery=()), rank=1, signers=("ann", "ben"))
    three = rewrapped(two, "ann", "ben", "cy")
    for order in permutations((guarded, two, three)):
        chain = chain_of(*order)
        assert not chain.is_disputed
        assert len(chain.path) == 2
        assert chain.head == min(two, three, key=lambda item: item.wire)


@pytest.mark.parametrize(
    ("scope", "scopes", "expected"),
    [
        (ALL, {ALL}, Standing.AUTHORISED),
        (DAILY, {ALL}, Standing.UNCERTIFIED),
        (DAILY, {ALL, DAILY}, Standing.AUTHORISED),
        (READ, {ALL, DAILY}, Standing.UNCERTIFIED),
    ],
)
def test_a_scope_has_to_suffice(scope: Scope, scopes: set[Scope], expected: Standing) -> None:
    chain = chain_of(root(Plan(devices=(("phone", scope),))))
    found = chain.standing(key("phone").public, scopes=frozenset(scopes), rev=0, item_id=ITEM)
    assert found is expected


def test_a_device_that_was_certified_once_stays_so_until_it_is_revoked() -> None:
    moved = step(ROOT, Plan(devices=(("laptop", ALL),), next_key="n1"), signers=("n0", "laptop"))
    chain = chain_of(ROOT, moved)
    assert standing(chain, "phone") is Standing.AUTHORISED
    assert standing(chain, "laptop") is Standing.AUTHORISED


def test_a_retired_device_keeps_what_it_signed_up_to_its_last_rev() -> None:
    chain = chain_of(
        ROOT, step(ROOT, Plan(next_key="n1", revoke=(revocation("phone", last_rev=50),)), signers=("n0",))
    )
    assert standing(chain, "phone", rev=50) is Standing.AUTHORISED
    assert standing(chain, "phone", rev=51) is Standing.REVOKED


def test_of_a_stolen_device_only_what_is_kept_stands() -> None:
    stolen = step(ROOT, Plan(next_key="n1", revoke=(revocation("phone", keep=[ITEM]),)), signers=("n0",))
    chain = chain_of(ROOT, stolen)
    assert standing(chain, "phone") is Standing.AUTHORISED
    assert standing(chain, "phone", item_id=ITEM[:16] + bytes(16)) is Standing.AUTHORISED
    assert standing(chain, "phone", item_id=ITEM[:15] + bytes(17)) is Standing.REVOKED
    assert standing(chain, "phone", rev=0, item_id=bytes(32)) is Standing.REVOKED


def test_keep_lists_add_up_and_bounds_on_time_tighten() -> None:
    retired = step(ROOT, Plan(next_key="n1", revoke=(revocation("phone", last_rev=50),)), signers=("n0",))
    stolen = step(retired, Plan(next_key="n2", revoke=(revocation("phone", keep=[ITEM]),)), signers=("n1",))
    more = step(stolen, Plan(next_key="n3", revoke=(revocation("phone", keep=[bytes(32)]),)), signers=("n2",))
    assert standing(chain_of(ROOT, retired), "phone", rev=50, item_id=bytes(32)) is Standing.AUTHORISED
    assert standing(chain_of(ROOT, retired, stolen), "phone", rev=50, item_id=bytes(32)) is Standing.REVOKED
    final = chain_of(ROOT, retired, stolen, more)
    assert standing(final, "phone", item_id=bytes(32)) is Standing.AUTHORISED
    assert standing(final, "phone", item_id=ITEM) is Standing.AUTHORISED
    assert standing(final, "phone", item_id=b"\x07" * 32) is Standing.REVOKED


def test_a_revocation_is_for_its_own_device() -> None:
    both = root(Plan(devices=(("phone", ALL), ("laptop", ALL)), next_key="n0"))
    keep_for_laptop = Plan(
        devices=(("phone", ALL), ("laptop", ALL)),
        next_key="n1",
        revoke=tuple(
            sorted((revocation("phone"), revocation("laptop", keep=[ITEM])), key=lambda entry: entry.device)
        ),
    )
    chain = chain_of(both, step(both, keep_for_laptop, signers=("n0",)))
    assert standing(chain, "phone") is Standing.REVOKED
    assert standing(chain, "laptop") is Standing.AUTHORISED


LAPTOP = Plan(devices=(("laptop", ALL),), next_key="own")
THIEF = Plan(devices=(("thief", ALL),), next_key="thief's", revoke=(revocation("phone"), revocation("laptop")))


def test_in_a_dispute_what_both_sides_leave_standing_counts_and_the_rest_waits() -> None:
    revoke = tuple(sorted(THIEF.revoke, key=lambda entry: entry.device))
    own = step(ROOT, LAPTOP, signers=("n0", "laptop"))
    thief = step(ROOT, THIEF._replace(revoke=()), signers=("n0", "thief"))
    chain = chain_of(ROOT, own, thief)
    assert standing(chain, "phone") is Standing.AUTHORISED
    assert standing(chain, "laptop") is Standing.UNCERTIFIED
    assert standing(chain, "thief") is Standing.UNCERTIFIED
    revoking = step(ROOT, THIEF._replace(revoke=revoke), signers=("n0", "thief"))
    disputed = chain_of(ROOT, own, revoking)
    assert standing(disputed, "phone") is Standing.UNCERTIFIED  # and not revoked: the dispute may end well
    assert disputed.is_revoked(key("phone").public, rev=0, item_id=ITEM)
    healed = step(own, LAPTOP._replace(next_key="own2"), rank=1, signers=("paper",))
    assert standing(chain_of(ROOT, own, revoking, healed), "phone") is Standing.AUTHORISED
    assert standing(chain_of(ROOT, own, revoking, healed), "thief") is Standing.UNCERTIFIED


def test_what_both_sides_of_a_dispute_revoke_is_revoked() -> None:
    sides = [
        step(ROOT, Plan(next_key=name, revoke=(revocation("phone"),)), signers=("n0",)) for name in ("one", "other")
    ]
    assert standing(chain_of(ROOT, *sides), "phone") is Standing.REVOKED


def test_a_disputed_closing_closes_nothing() -> None:
    ends = [step(ROOT, Plan(next_key=name, close=True), rank=1, signers=("paper",)) for name in ("one", "other")]
    assert chain_of(ROOT, ends[0]).is_closed
    assert not chain_of(ROOT, *ends).is_closed


def test_certification_at_a_head_looks_back_from_there_and_no_further() -> None:
    both = Plan(devices=(("phone", DAILY), ("laptop", ALL)), next_key="n1")
    later = step(ROOT, both, signers=("n0", "laptop"))
    chain = chain_of(ROOT, later)
    every = frozenset({ALL})
    assert chain.certified_at(ROOT.id, key("phone").public, scopes=every) is True
    assert chain.certified_at(ROOT.id, key("laptop").public, scopes=every) is False
    assert chain.certified_at(later.id, key("laptop").public, scopes=every) is True
    assert chain.certified_at(LEFT.id, key("phone").public, scopes=every) is None


def test_revocation_at_a_head_looks_back_from_there_and_no_further() -> None:
    stolen = step(ROOT, Plan(next_key="n1", revoke=(revocation("phone", keep=[ITEM]),)), signers=("n0",))
    chain = chain_of(ROOT, stolen)
    phone = key("phone").public
    assert not chain.revoked_at(ROOT.id, phone, rev=9, item_id=bytes(32))
    assert chain.revoked_at(stolen.id, phone, rev=9, item_id=bytes(32))
    assert not chain.revoked_at(stolen.id, phone, rev=9, item_id=ITEM)
    assert digest_of("n1") == stolen.next
