"""Trust from a viewer's own key: what ties carry, and what they cannot be made to carry."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import person

from folkmoot.ids import IdentityId
from folkmoot.trust import CAPACITIES, WEIGHTS, Tie, TieKind, trust_in, trust_in_all

VIC, WES, ADA, BEN, CY = (person(name).id for name in ("vic", "wes", "ada", "ben", "cy"))
VOUCH = WEIGHTS[TieKind.VOUCH]


def vouch(giver: IdentityId, receiver: IdentityId) -> Tie:
    return Tie(giver, receiver, TieKind.VOUCH, giver[:16] + receiver[:16])


def puppet(number: int) -> IdentityId:
    return IdentityId(b"puppet" + number.to_bytes(26))


def ring(size: int) -> list[Tie]:
    """Puppets that all vouch for, worked with and endorse each other."""
    return [
        Tie(puppet(giver), puppet(receiver), kind, b"p")
        for giver in range(size)
        for receiver in range(size)
        if giver != receiver
        for kind in TieKind
    ]


def test_nobody_is_trusted_without_a_tie() -> None:
    found = trust_in([vouch(ADA, BEN)], VIC, BEN)
    assert (found.amount, found.distance, found.paths) == (0, None, ())


def test_a_tie_carries_what_its_kind_can() -> None:
    found = trust_in([vouch(VIC, ADA)], VIC, ADA)
    assert (found.amount, found.distance) == (VOUCH, 1)
    assert [(path.people, path.amount) for path in found.paths] == [((VIC, ADA), VOUCH)]


def test_several_ties_of_one_kind_carry_no_more_than_one() -> None:
    again = Tie(VIC, ADA, TieKind.VOUCH, b"another")
    assert trust_in([vouch(VIC, ADA), again], VIC, ADA).amount == VOUCH


def test_ties_of_different_kinds_add_up() -> None:
    known = [Tie(VIC, ADA, kind, b"p") for kind in TieKind]
    assert trust_in(known, VIC, ADA).amount == sum(WEIGHTS.values())


def test_the_ways_that_carry_the_flow_are_shown_and_add_up_to_it() -> None:
    known = [vouch(VIC, ADA), vouch(VIC, BEN), vouch(ADA, CY), vouch(BEN, CY)]
    found = trust_in(known, VIC, CY)
    assert found.amount == 2 * VOUCH == sum(path.amount for path in found.paths)
    assert {path.people for path in found.paths} == {(VIC, ADA, CY), (VIC, BEN, CY)}


def test_two_viewers_have_two_answers() -> None:
    known = [vouch(VIC, ADA), vouch(WES, BEN), vouch(ADA, CY)]
    assert trust_in(known, VIC, CY).amount == VOUCH
    assert trust_in(known, WES, CY).amount == 0


def test_a_viewer_says_nothing_of_themselves() -> None:
    found = trust_in([vouch(ADA, VIC), vouch(VIC, ADA)], VIC, VIC)
    assert (found.amount, found.distance) == (0, 0)


def test_nothing_flows_further_than_the_last_capacity() -> None:
    chain = [VIC, *(puppet(number) for number in range(len(CAPACITIES) + 1))]
    known = [Tie(giver, receiver, kind, b"p") for giver, receiver in pairwise(chain) for kind in TieKind]
    within, beyond = trust_in(known, VIC, chain[len(CAPACITIES)]), trust_in(known, VIC, chain[-1])
    assert (within.amount, within.distance) == (CAPACITIES[-1], len(CAPACITIES))
    assert (beyond.amount, beyond.distance) == (0, None)


def test_fifty_puppets_get_no_more_than_the_one_tie_to_them() -> None:
    known = [vouch(VIC, ADA), vouch(ADA, puppet(0)), *ring(50)]
    assert trust_in(known, VIC, puppet(7)).amount <= VOUCH
    assert trust_in_all(known, VIC, [puppet(number) for number in range(50)]) == VOUCH


@pytest.mark.parametrize("size", [1, 5, 20])
def test_praise_among_puppets_changes_nothing(size: int) -> None:
    entry = [vouch(VIC, ADA), vouch(ADA, puppet(0))]
    group = [puppet(number) for number in range(size)]
    assert trust_in_all([*entry, *ring(size)], VIC, group) == trust_in_all(entry, VIC, group)


HONEST = [person(name).id for name in ("vic", "ada", "ben", "cy", "dana", "eli", "fay")]
PUPPETS = [puppet(number) for number in range(6)]
_kind = st.sampled_from(TieKind)
honest_ties = st.lists(st.tuples(st.sampled_from(HONEST), st.sampled_from(HONEST), _kind), max_size=25)
border_ties = st.lists(st.tuples(st.sampled_from(HONEST), st.sampled_from(PUPPETS), _kind), max_size=6)
puppet_ties = st.lists(st.tuples(st.sampled_from(PUPPETS), st.sampled_from(PUPPETS + HONEST), _kind), max_size=40)


def _ties(found: list[tuple[IdentityId, IdentityId, TieKind]]) -> list[Tie]:
    return [Tie(giver, receiver, kind, b"p") for giver, receiver, kind in found]


@given(honest_ties, border_ties, puppet_ties)
def test_puppets_together_get_at_most_what_the_border_carries(
    honest: list[tuple[IdentityId, IdentityId, TieKind]],
    border: list[tuple[IdentityId, IdentityId, TieKind]],
    praise: list[tuple[IdentityId, IdentityId, TieKind]],
) -> None:
    known = _ties(honest) + _ties(border) + _ties(praise)
    carried = sum(WEIGHTS[kind] for _giver, _receiver, kind in set(border))
    together = trust_in_all(known, HONEST[0], PUPPETS)
    assert together <= carried
    assert all(trust_in(known, HONEST[0], one).amount <= together for one in PUPPETS)


@given(honest_ties)
def test_the_order_in_which_ties_are_known_does_not_matter(
    honest: list[tuple[IdentityId, IdentityId, TieKind]],
) -> None:
    known = _ties(honest)
    turned = known[::-1]
    for who in HONEST[1:]:
        assert trust_in(known, HONEST[0], who).amount == trust_in(turned, HONEST[0], who).amount


@given(honest_ties)
def test_the_ways_always_add_up(honest: list[tuple[IdentityId, IdentityId, TieKind]]) -> None:
    known = _ties(honest)
    for who in HONEST[1:]:
        found = trust_in(known, HONEST[0], who)
        assert sum(path.amount for path in found.paths) == found.amount
