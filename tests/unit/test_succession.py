"""What an owner can do next with an identity, and what is refused before anybody signs."""

import pytest
from support.keys import NETWORK, seed_of
from support.lineage import Plan, digest_of, key, revocation, root, step

from folkmoot.chain import Chain, Standing, read_chain
from folkmoot.errors import MisuseError
from folkmoot.identity import Device, Operation, Recovery, Scope
from folkmoot.keys import SecretKey
from folkmoot.limits import DEVICES_MAX, GUARDIAN_KEYS_MAX, KEEP_MAX, OPERATION_BYTES_MAX
from folkmoot.succession import (
    Rescue,
    Step,
    begin,
    closed,
    countersign,
    finish,
    join,
    recovered,
    rotated,
    with_device,
    with_guardians,
    without_device,
)

ALL = frozenset({Scope.ALL})
TWO = (("phone", Scope.ALL), ("tablet", Scope.ALL))
PROMISE = digest_of("later")


def read(*operations: Operation) -> Chain:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return chain


def device(name: str, scope: Scope = Scope.ALL) -> Device:
    return Device(key(name).public, seed_of(f"sealing/{name}"), scope)


def taken(chain: Chain, planned: Step, *names: str) -> Chain:
    """Sign a step with keys by name and let readers follow."""
    return finish(chain, begin(planned, keys_of(*names), network=NETWORK), network=NETWORK)


def keys_of(*names: str) -> list[SecretKey]:
    return [key(name) for name in names]


def entry(rank: int, *names: str, threshold: int = 1) -> Recovery:
    return Recovery(rank, threshold, tuple(sorted(digest_of(name) for name in names)))


def standing(chain: Chain, name: str, *, rev: int = 0, item_id: bytes = bytes(32)) -> Standing:
    return chain.standing(key(name).public, scopes=ALL, rev=rev, item_id=item_id)


def test_a_rotation_changes_nothing_but_the_key_that_signs_the_next() -> None:
    chain = taken(read(root()), rotated(read(root()), next_digest=PROMISE), "next")
    assert (chain.head.devices, chain.head.recovery) == (root().devices, root().recovery)
    assert chain.head.next == PROMISE
    assert taken(chain, rotated(chain, next_digest=PROMISE), "later").head.parent == chain.head.id


def test_a_new_device_signs_once_it_has_proven_that_it_has_its_key() -> None:
    chain = read(root())
    planned = with_device(chain, device("tablet", Scope.DAILY), next_digest=PROMISE)
    assert planned.joining == {key("tablet").public}
    begun = begin(planned, keys_of("next"), network=NETWORK)
    with pytest.raises(MisuseError, match="a signature is missing"):
        finish(chain, begun, network=NETWORK)
    longer = finish(chain, countersign(begun, key("tablet"), network=NETWORK), network=NETWORK)
    daily = longer.standing(key("tablet").public, scopes=frozenset({Scope.DAILY}), rev=0, item_id=b"")
    assert daily is Standing.AUTHORISED
    assert standing(longer, "phone") is Standing.AUTHORISED


def test_a_retired_device_keeps_what_it_dates_up_to_then_and_a_stolen_one_what_is_named() -> None:
    chain = read(root(Plan(devices=TWO)))
    kept = bytes([7]) * 32
    tablet = key("tablet").public
    retired = taken(chain, without_device(chain, tablet, next_digest=PROMISE, last_rev=5), "next")
    assert [standing(retired, "tablet", rev=rev) for rev in (5, 6)] == [Standing.AUTHORISED, Standing.REVOKED]
    planned = without_device(chain, tablet, next_digest=PROMISE, keep=frozenset({kept[:16]}))
    stolen = taken(chain, planned, "next")
    assert standing(stolen, "tablet", rev=5) is Standing.REVOKED
    assert standing(stolen, "tablet", rev=9, item_id=kept) is Standing.AUTHORISED
    assert [item.key for item in stolen.head.devices] == [key("phone").public]


def test_more_can_be_kept_of_a_device_that_is_revoked_already() -> None:
    plan = Plan(devices=TWO)
    before = step(root(plan), Plan(next_key="n2", revoke=(revocation("tablet"),)))
    chain = read(root(plan), before)
    more = without_device(chain, key("tablet").public, next_digest=PROMISE, keep=frozenset({bytes([7]) * 16}))
    longer = taken(chain, more, "n2")
    assert standing(longer, "tablet", item_id=bytes([7]) * 32) is Standing.AUTHORISED
    assert standing(longer, "tablet", item_id=bytes([8]) * 32) is Standing.REVOKED


def test_a_recovery_leaves_one_new_device_and_revokes_every_other_that_was_ever_named() -> None:
    added = step(root(), Plan(devices=TWO, next_key="n2"), signers=("next", "tablet"))
    chain = read(root(), added, step(added, Plan(next_key="n3"), signers=("n2",)))
    kept = bytes([7]) * 32
    rescue = Rescue(
        device=device("new"),
        rank=1,
        next_digest=PROMISE,
        replaced=[entry(1, "new paper")],
        keep={key("tablet").public: frozenset({kept[:16]})},
    )
    longer = taken(chain, recovered(chain, rescue), "paper", "new")
    assert [standing(longer, name) for name in ("phone", "tablet")] == [Standing.REVOKED] * 2
    assert standing(longer, "tablet", item_id=kept) is Standing.AUTHORISED
    assert standing(longer, "new") is Standing.AUTHORISED
    assert longer.head.recovery == (entry(2, "vault"), entry(1, "new paper"))


def test_a_recovery_can_leave_behind_what_a_thief_added() -> None:
    mine = step(root(), Plan(next_key="n2"))
    theirs = step(mine, Plan(devices=(("thief", Scope.ALL),), next_key="t"), signers=("n2", "thief"))
    chain = read(root(), mine, theirs)
    assert chain.head == theirs
    rescue = Rescue(device=device("new"), rank=1, next_digest=PROMISE, after=mine.id)
    longer = taken(chain, recovered(chain, rescue), "paper", "new")
    assert longer.head.parent == mine.id
    assert standing(longer, "thief") is Standing.UNCERTIFIED


def test_after_the_head_a_recovery_revokes_what_the_thief_added_too() -> None:
    theirs = step(root(), Plan(devices=(("thief", Scope.ALL),), next_key="t"), signers=("next", "thief"))
    chain = read(root(), theirs)
    longer = taken(
        chain, recovered(chain, Rescue(device=device("new"), rank=1, next_digest=PROMISE)), "paper", "new"
    )
    assert standing(longer, "thief") is Standing.REVOKED


def test_a_dispute_is_ended_by_a_rank_above_it_and_by_nothing_less() -> None:
    one, other = (step(root(), Plan(next_key=name)) for name in ("a", "b"))
    chain = read(root(), one, other)
    assert chain.is_disputed
    with pytest.raises(MisuseError, match="disputed"):
        rotated(chain, next_digest=PROMISE)
    rescue = Rescue(device=device("new"), rank=1, next_digest=PROMISE)
    assert not taken(chain, recovered(chain, rescue), "paper", "new").is_disputed
    first, second = (step(root(), Plan(next_key=name), rank=1, signers=("paper",)) for name in ("a", "b"))
    higher = read(root(), first, second)
    with pytest.raises(MisuseError, match="rank 1 does not prevail"):
        recovered(higher, rescue)
    vault = Rescue(device=device("new"), rank=2, next_digest=PROMISE)
    assert not taken(higher, recovered(higher, vault), "vault", "new").is_disputed


def test_guardians_are_named_by_a_higher_key_and_take_the_identity_back_together() -> None:
    chain = read(root())
    three = entry(1, "g1", "g2", "g3", threshold=2)
    named = taken(chain, with_guardians(chain, three, rank=2, next_digest=PROMISE), "vault")
    assert named.head.recovery == (entry(2, "vault"), three)
    planned = recovered(named, Rescue(device=device("new"), rank=1, next_digest=PROMISE))
    begun = begin(planned, keys_of("new"), network=NETWORK)
    one = countersign(begun, key("g1"), network=NETWORK)
    with pytest.raises(MisuseError, match="a signature is missing"):
        finish(named, one, network=NETWORK)
    other = countersign(begun, key("g3"), network=NETWORK)
    longer = finish(named, join([one, other], network=NETWORK), network=NETWORK)
    assert [item.key for item in longer.head.devices] == [key("new").public]


def test_signatures_of_different_operations_are_not_put_together() -> None:
    chain = read(root())
    parts = [
        begin(rotated(chain, next_digest=digest_of(name)), keys_of("next"), network=NETWORK) for name in ("a", "b")
    ]
    with pytest.raises(MisuseError, match="different operations"):
        join(parts, network=NETWORK)


def test_a_stranger_s_signature_makes_an_operation_worthless() -> None:
    chain = read(root())
    begun = begin(rotated(chain, next_digest=PROMISE), keys_of("next"), network=NETWORK)
    with pytest.raises(MisuseError, match="must not be"):
        finish(chain, countersign(begun, key("mallory"), network=NETWORK), network=NETWORK)


def test_a_closed_identity_takes_no_step_more() -> None:
    chain = taken(read(root()), closed(read(root()), rank=1), "paper")
    assert chain.is_closed
    rescue = Rescue(device=device("new"), rank=2, next_digest=PROMISE)
    with pytest.raises(MisuseError, match="closed"):
        rotated(chain, next_digest=PROMISE)
    with pytest.raises(MisuseError, match="closed"):
        recovered(chain, rescue)
    with pytest.raises(MisuseError, match="closed"):
        closed(chain, rank=2)


@pytest.mark.parametrize("rank", [0, 5])
def test_without_a_key_that_was_promised_nothing_is_planned(rank: int) -> None:
    with pytest.raises(MisuseError, match="recovery key"):
        closed(read(root()), rank=rank)


def test_nobody_is_named_above_the_rank_that_names() -> None:
    chain = read(root())
    with pytest.raises(MisuseError, match="below"):
        with_guardians(chain, entry(2, "g"), rank=1, next_digest=PROMISE)
    higher = Rescue(device=device("new"), rank=1, next_digest=PROMISE, replaced=[entry(2, "mine")])
    with pytest.raises(MisuseError, match="no key of a higher rank"):
        recovered(chain, higher)


def test_devices_are_refused_that_no_reader_could_make_sense_of() -> None:
    chain = read(root(Plan(devices=TWO)))
    with pytest.raises(MisuseError, match="named this device before"):
        with_device(chain, device("phone"), next_digest=PROMISE)
    with pytest.raises(MisuseError, match="no such device"):
        without_device(chain, key("stranger").public, next_digest=PROMISE)
    alone = read(root(Plan(devices=(("phone", Scope.ALL), ("tablet", Scope.DAILY)))))
    with pytest.raises(MisuseError, match="add one first"):
        without_device(alone, key("phone").public, next_digest=PROMISE)
    full = read(root(Plan(devices=tuple((f"device {number}", Scope.ALL) for number in range(DEVICES_MAX)))))
    with pytest.raises(MisuseError, match="at most 16"):
        with_device(full, device("one more"), next_digest=PROMISE)


def test_a_device_that_was_revoked_does_not_come_back_under_its_key() -> None:
    plan = Plan(devices=TWO)
    gone = step(root(plan), Plan(next_key="n2", revoke=(revocation("tablet"),)))
    chain = read(root(plan), gone)
    with pytest.raises(MisuseError, match="new key"):
        with_device(chain, device("tablet"), next_digest=PROMISE)
    with pytest.raises(MisuseError, match="new key"):
        recovered(chain, Rescue(device=device("tablet"), rank=1, next_digest=PROMISE))


def long_chain(length: int) -> Chain:
    """Return an identity of so many rotations, promising the key of the same number as its length."""
    steps = [root(Plan(next_key="r0"))]
    for number in range(length):
        steps.append(step(steps[-1], Plan(next_key=f"r{number + 1}"), signers=(f"r{number}",)))
    return read(*steps)


def test_after_48_rotations_only_recovery_goes_on_and_at_the_end_only_a_closing() -> None:
    chain = long_chain(47)
    chain = taken(chain, rotated(chain, next_digest=digest_of("r48")), "r47")
    with pytest.raises(MisuseError, match="48 rotations"):
        rotated(chain, next_digest=PROMISE)
    for number in range(15):
        rescue = Rescue(device=device(f"d{number}"), rank=1, next_digest=PROMISE)
        chain = taken(chain, recovered(chain, rescue), "paper", f"d{number}")
    with pytest.raises(MisuseError, match="only be closed"):
        recovered(chain, Rescue(device=device("last"), rank=1, next_digest=PROMISE))
    assert taken(chain, closed(chain, rank=1), "paper").is_closed


def test_more_devices_than_one_operation_revokes_means_recovering_after_an_earlier_one() -> None:
    steps = [root(Plan(next_key="r0"))]
    for number in range(3):
        names = [f"thief {number}/{place}" for place in range(DEVICES_MAX)]
        plan = Plan(devices=tuple((name, Scope.ALL) for name in names), next_key=f"r{number + 1}")
        steps.append(step(steps[-1], plan, signers=(f"r{number}", *names)))
    chain = read(*steps)
    with pytest.raises(MisuseError, match="49 devices"):
        recovered(chain, Rescue(device=device("new"), rank=1, next_digest=PROMISE))
    rescue = Rescue(device=device("new"), rank=1, next_digest=PROMISE, after=steps[0].id)
    assert taken(chain, recovered(chain, rescue), "paper", "new").head.parent == steps[0].id


def test_an_operation_that_readers_do_not_know_is_nothing_to_recover_after() -> None:
    rescue = Rescue(device=device("new"), rank=1, next_digest=PROMISE, after=step(root(), Plan(next_key="x")).id)
    with pytest.raises(MisuseError, match="no such operation"):
        recovered(read(root()), rescue)


def prefixes(count: int) -> frozenset[bytes]:
    return frozenset(number.to_bytes(16) for number in range(count))


def test_as_much_is_kept_as_has_room_and_no_more() -> None:
    names = tuple(f"g{number}" for number in range(GUARDIAN_KEYS_MAX))
    plan = Plan(recovery=((2, len(names), names),))
    added = Plan(
        devices=tuple((f"device {number}", Scope.ALL) for number in range(DEVICES_MAX)),
        recovery=plan.recovery,
        next_key="n2",
    )
    chain = read(root(plan), step(root(plan), added, signers=("next", *(name for name, _scope in added.devices))))
    phone = key("phone").public

    def rescue(count: int) -> Rescue:
        return Rescue(device=device("new"), rank=2, next_digest=PROMISE, keep={phone: prefixes(count)})

    room = recovered(chain, rescue(1)).keep_room + 1
    assert 0 < room < KEEP_MAX
    planned = recovered(chain, rescue(room))
    assert planned.keep_room == 0
    made = begin(planned, keys_of("new", *names), network=NETWORK)
    assert OPERATION_BYTES_MAX - 400 < len(made.wire) <= OPERATION_BYTES_MAX
    assert finish(chain, made, network=NETWORK).head == made
    with pytest.raises(MisuseError, match="1 ids too many"):
        recovered(chain, rescue(room + 1))


def test_of_one_device_800_ids_are_kept_at_most() -> None:
    chain = read(root(Plan(devices=TWO)))
    tablet = key("tablet").public
    planned = without_device(chain, tablet, next_digest=PROMISE, keep=prefixes(KEEP_MAX))
    assert taken(chain, planned, "next").head.revoke[0].keep == prefixes(KEEP_MAX)
    with pytest.raises(MisuseError, match="too many"):
        without_device(chain, tablet, next_digest=PROMISE, keep=prefixes(KEEP_MAX + 1))


def test_an_operation_that_follows_a_stranger_is_not_finished() -> None:
    other = root(Plan(next_key="other"))
    chain = read(other)
    made = begin(rotated(chain, next_digest=PROMISE), keys_of("other"), network=NETWORK)
    with pytest.raises(MisuseError, match="not known here"):
        finish(read(root()), made, network=NETWORK)


def test_an_operation_beside_one_of_its_own_rank_is_not_finished() -> None:
    before = read(root())
    made = begin(rotated(before, next_digest=PROMISE), keys_of("next"), network=NETWORK)
    with pytest.raises(MisuseError, match="beside it"):
        finish(read(root(), step(root(), Plan(next_key="meanwhile"))), made, network=NETWORK)


def test_so_many_signatures_that_no_reader_takes_them_are_refused() -> None:
    begun = begin(rotated(read(root()), next_digest=PROMISE), keys_of("next"), network=NETWORK)
    for number in range(24):
        begun = countersign(begun, key(f"signer {number}"), network=NETWORK)
    with pytest.raises(MisuseError, match="OPR-1"):
        countersign(begun, key("one more"), network=NETWORK)
