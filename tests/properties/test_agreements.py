"""Laws of consent: a yes adds up, binds one thing, and stays."""

from hypothesis import given
from hypothesis import strategies as st
from support.agreements import ACCEPT_BY, DRAFTED, chains_of, team, yes
from support.keys import NETWORK, person
from support.lineage import Plan, key, revocation, root, step

from folkmoot.agreement import Completion, Cosignature, Document, Party, Proposal, completion, cosign, draft
from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId, OperationId
from folkmoot.limits import DAY_MS

NAMES = ("alice", "bob", "cy")
PEOPLE = [person(name) for name in NAMES]
CHAINS = chains_of(*NAMES)
TEAM = team(*NAMES, terms={"name": "Three", "purpose": "Work", "lead": 0})
TWIN = team(*NAMES, terms={"name": "Three", "purpose": "Work", "lead": 1})
GOOD = [yes(TEAM, who, at=at) for who in PEOPLE for at in (DRAFTED, ACCEPT_BY)]
BAD = [
    *(yes(TWIN, who) for who in PEOPLE),
    *(yes(TEAM, who, at=ACCEPT_BY + 1) for who in PEOPLE),
    *(yes(TEAM, who)._replace(party=(place + 1) % 3) for place, who in enumerate(PEOPLE)),
    *(yes(TEAM, who)._replace(party=3) for who in PEOPLE),
    *(yes(TEAM, who)._replace(head=OperationId(bytes(32))) for who in PEOPLE),
    *(yes(TEAM, who)._replace(device=person("mallory").key.public) for who in PEOPLE),
]
cosignatures = st.lists(st.sampled_from(GOOD + BAD), max_size=12)


def judged(items: list[Cosignature]) -> Completion:
    return completion(TEAM, items, CHAINS, network=NETWORK)


@given(cosignatures, cosignatures)
def test_more_signatures_never_make_a_document_less_complete(
    some: list[Cosignature], more: list[Cosignature]
) -> None:
    before, after = judged(some), judged(some + more)
    assert before.signed <= after.signed
    assert after.is_complete or not before.is_complete


@given(cosignatures, st.data())
def test_their_order_and_repetition_do_not_matter(items: list[Cosignature], data: st.DataObject) -> None:
    assert judged(data.draw(st.permutations(items + items[:3]))) == judged(items)


@given(cosignatures)
def test_exactly_the_good_ones_count(items: list[Cosignature]) -> None:
    found = judged(items)
    assert found.signed == {item.party for item in items if item in GOOD}
    assert {item for item, _rule in found.refused} == set(items) - set(GOOD)
    assert found.repudiated == frozenset()


DOCUMENTS: list[Document] = [
    draft(
        Proposal(
            type="team",
            drafter=PEOPLE[0].id,
            drafted=DRAFTED,
            accept_by=accept_by,
            parties=tuple(Party("seat", PEOPLE[place].id) for place in places),
            terms={"name": "Same", "purpose": "Same", "lead": 0},
        ),
        network=network,
        nonce=bytes(16),
    )
    for network in (NETWORK, "elsewhere")
    for accept_by in (DRAFTED + DAY_MS, DRAFTED + 2 * DAY_MS)
    for places in ((0, 1), (1, 0), (0, 0))
]
documents = st.sampled_from(list(range(len(DOCUMENTS))))


@given(documents, documents, st.sampled_from((0, 1)), st.sampled_from((0, 1)))
def test_a_yes_to_one_document_and_place_is_a_yes_to_no_other(
    signed: int, asked: int, place: int, asked_place: int
) -> None:
    document, other = DOCUMENTS[signed], DOCUMENTS[asked]
    network = NETWORK if signed < len(DOCUMENTS) // 2 else "elsewhere"
    who = next(one for one in PEOPLE if one.id == document.parties[place].identity)
    item = cosign(document, place, head=who.genesis.id, at=DRAFTED, key=who.key, network=network)
    found = completion(other, [item._replace(party=asked_place)], CHAINS, network=NETWORK)
    same = document is other and place == asked_place and network == NETWORK
    assert found.signed == ({place} if same else frozenset())


# What Carol's operations may become after she has signed at some head.
PLAN = Plan(devices=(("phone", Scope.ALL), ("laptop", Scope.ALL)), next_key="k1")
CAROL = root(PLAN)
LINE = [CAROL]
for _number in range(1, 4):
    LINE.append(step(LINE[-1], PLAN._replace(next_key=f"k{_number + 1}"), signers=(f"k{_number}",)))
ALONE = draft(
    Proposal(
        type="team",
        drafter=CAROL.identity,
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=(Party("seat", CAROL.identity),),
        terms={"name": "Alone", "purpose": "Work", "lead": 0},
    ),
    network=NETWORK,
    nonce=bytes(16),
)


def later(number: int) -> list[Operation]:
    """Return what can come after the operation of that number: thefts, retirements, rivals, recoveries."""
    parent, rotation = LINE[number], (f"k{number + 1}",)
    plans = [
        PLAN._replace(next_key="x", revoke=(revocation("phone"),)),
        PLAN._replace(next_key="x", revoke=(revocation("phone", last_rev=0),)),
        PLAN._replace(next_key="x", revoke=(revocation("laptop"),)),
        PLAN._replace(next_key="rival"),
    ]
    recovery = step(parent, PLAN._replace(next_key="y"), rank=1, signers=("paper",))
    closing = step(parent, PLAN._replace(next_key="z", close=True), rank=2, signers=("vault",))
    return [*(step(parent, plan, signers=rotation) for plan in plans), recovery, closing]


AFTER = [made for number in range(len(LINE)) for made in later(number)]


def carols(operations: list[Operation]) -> dict[IdentityId, Chain]:
    chain = read_chain(operations, network=NETWORK)
    assert chain is not None
    return {CAROL.identity: chain}


@given(
    st.integers(0, 3), st.lists(st.sampled_from(AFTER), max_size=4), st.lists(st.sampled_from(AFTER), max_size=4)
)
def test_no_operation_that_arrives_later_un_forms_what_was_complete(
    head: int, before: list[Operation], after: list[Operation]
) -> None:
    items = [cosign(ALONE, 0, head=LINE[head].id, at=DRAFTED, key=key("phone"), network=NETWORK)]
    first = completion(ALONE, items, carols([*LINE, *before]), network=NETWORK)
    then = completion(ALONE, items, carols([*LINE, *before, *after]), network=NETWORK)
    assert first.is_complete
    assert then.is_complete


@given(st.integers(0, 3), st.lists(st.sampled_from(AFTER), max_size=4), st.data())
def test_who_has_agreed_does_not_depend_on_the_order_of_operations(
    head: int, more: list[Operation], data: st.DataObject
) -> None:
    items = [
        cosign(ALONE, 0, head=at.id, at=DRAFTED, key=key(device), network=NETWORK)
        for device in ("phone", "laptop")
        for at in (LINE[head], *more[:1])
    ]
    order = data.draw(st.permutations([*LINE, *more]))
    assert completion(ALONE, items, carols(order), network=NETWORK) == completion(
        ALONE, items, carols([*LINE, *more]), network=NETWORK
    )
