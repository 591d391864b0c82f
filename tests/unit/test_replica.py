"""What landing items change, and what became of each."""

from collections import Counter

from support.keys import person
from support.lineage import Plan, key, revocation, rewrapped, root, step
from support.memory_view import MemoryReplica
from support.statements import NOW, Place, said, said_by

from folkmoot.identity import Scope
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, UNKNOWN_KIND_RECORDS_MAX
from folkmoot.record import Address, Record
from folkmoot.replica import shown, winner
from folkmoot.rules import Accept, Defer, Ignore, Reject

ALICE = person("alice")
PLAN = Plan(devices=(("phone", Scope.ALL), ("laptop", Scope.ALL)), next_key="n0")
CAROL = root(PLAN)
THEFT = step(CAROL, PLAN._replace(next_key="n1", revoke=(revocation("laptop"),)), signers=("n0",))


def note(text: str, *, rev: int = NOW, days: int = 200, slot: int = 0) -> Record:
    return said(ALICE, "post", {"text": text}, Place(slot, rev, days))


def by_carol(device: str, kind: str = "post", rev: int = NOW) -> Record:
    return said_by(CAROL.identity, key(device), kind, {"text": "Hello"}, Place(rev=rev))


def test_a_new_record_is_put_and_one_that_is_held_is_not_looked_at_again() -> None:
    replica = MemoryReplica()
    first = replica.take([ALICE.genesis], [note("a")], now_ms=NOW)
    assert first.put_operations == [ALICE.genesis]
    assert first.put_records == [note("a")]
    assert first.verdicts == [(note("a"), Accept())]
    again = replica.take([ALICE.genesis], [note("a")], now_ms=NOW)
    assert again.is_empty
    assert again.verdicts == [(note("a"), Ignore("SLT-1", "the record is held already"))]


def test_nothing_at_all_changes_nothing() -> None:
    changes = MemoryReplica().take(now_ms=NOW)
    assert changes.is_empty
    assert not changes.verdicts


def test_the_later_record_takes_the_slot_and_the_earlier_gets_its_verdict() -> None:
    replica = MemoryReplica()
    replica.take([ALICE.genesis], [note("new", rev=NOW + 1)], now_ms=NOW)
    changes = replica.take(records=[note("old"), note("newest", rev=NOW + 2)], now_ms=NOW)
    [(_, old), (_, newest)] = changes.verdicts
    assert isinstance(old, Ignore)
    assert old.rule == "SLT-2"
    assert newest == Accept()
    assert changes.put_records == [note("newest", rev=NOW + 2)]
    assert changes.drop_records == [note("new", rev=NOW + 1)]


def test_a_record_that_expires_later_wins_whatever_its_rev() -> None:
    lasting, newer = note("lasting", days=201), note("newer", rev=NOW + 1)
    assert winner([lasting, newer]) == winner([newer, lasting]) == lasting


def test_what_is_shown_stays_until_the_winner_is_due() -> None:
    due, soon = note("due"), note("soon", rev=NOW + CLOCK_SKEW_MS_MAX + 1)
    replica = MemoryReplica()
    replica.take([ALICE.genesis], [soon, due], now_ms=NOW)
    assert set(replica.records.values()) == {due, soon}
    assert shown(replica.records.values(), NOW) == due
    assert shown(replica.records.values(), NOW + 1) == soon
    assert shown([soon], NOW) is None
    replica.take(records=[note("sooner", rev=NOW + CLOCK_SKEW_MS_MAX)], now_ms=NOW + 1)
    assert set(replica.records.values()) == {soon}


def test_records_without_their_author_s_operations_wait_and_are_released_once() -> None:
    replica = MemoryReplica()
    changes = replica.take(records=[note("a"), note("a"), note("b", slot=1)], now_ms=NOW)
    assert changes.park == [note("a"), note("b", slot=1)]
    assert not changes.is_empty
    assert {verdict for _record, verdict in changes.verdicts} == {Defer("AUT-1", ALICE.id)}
    released = replica.take([ALICE.genesis], [note("a")], now_ms=NOW)
    assert set(released.unpark) == set(released.put_records) == {note("a"), note("b", slot=1)}
    assert not replica.waiting


def test_what_waits_for_a_device_goes_on_waiting_when_other_operations_come() -> None:
    replica = MemoryReplica()
    stranger = by_carol("stranger")
    replica.take(records=[stranger, by_carol("phone")], now_ms=NOW)
    changes = replica.take([CAROL], now_ms=NOW)
    assert changes.unpark == [by_carol("phone")]
    assert list(replica.waiting.values()) == [stranger]


def test_what_expired_while_it_waited_is_let_go() -> None:
    replica = MemoryReplica()
    replica.take(records=[note("short", days=2)], now_ms=NOW)
    changes = replica.take([ALICE.genesis], now_ms=NOW + 2 * DAY_MS)
    assert changes.unpark == [note("short", days=2)]
    assert not changes.put_records
    assert not replica.waiting


def test_a_revocation_drops_what_it_rules_out() -> None:
    replica = MemoryReplica()
    replica.take([CAROL], [by_carol("phone"), by_carol("laptop", rev=NOW + 1)], now_ms=NOW)
    changes = replica.take([CAROL, THEFT], [by_carol("laptop", rev=NOW + 2)], now_ms=NOW)
    assert changes.put_operations == [THEFT]
    assert changes.drop_records == [by_carol("laptop", rev=NOW + 1)]
    [(_, verdict)] = changes.verdicts
    assert isinstance(verdict, Ignore)
    assert verdict.rule == "AUT-2"
    assert not replica.waiting


def test_an_operation_without_its_parent_is_not_kept_and_changes_nothing() -> None:
    replica = MemoryReplica()
    changes = replica.take([THEFT], now_ms=NOW)
    assert changes.unkept == [(THEFT, "CHN-5")]
    assert changes.is_empty


def test_an_operation_that_loses_a_fork_is_dropped() -> None:
    replica = MemoryReplica()
    recovered = step(CAROL, PLAN._replace(next_key="n7"), rank=1, signers=("paper",))
    replica.take([CAROL, THEFT], now_ms=NOW)
    changes = replica.take([recovered], now_ms=NOW)
    assert (changes.put_operations, changes.drop_operations) == ([recovered], [THEFT])
    assert replica.take([THEFT], now_ms=NOW).unkept == [(THEFT, "CHN-5")]


def test_a_form_that_is_wrong_is_rejected_and_nothing_else_suffers() -> None:
    replica = MemoryReplica()
    wrong = said(ALICE, "post", {"text": 1})
    changes = replica.take([ALICE.genesis], [wrong, note("right")], now_ms=NOW)
    assert isinstance(changes.verdicts[0][1], Reject)
    assert changes.put_records == [note("right")]


def test_records_of_unknown_kinds_beyond_the_bound_are_told_so() -> None:
    replica = MemoryReplica()
    letters = [said(ALICE, f"letter{number}", {"text": "x"}) for number in range(UNKNOWN_KIND_RECORDS_MAX + 1)]
    changes = replica.take([ALICE.genesis], letters + letters, now_ms=NOW)
    rules = [verdict.rule for _record, verdict in changes.verdicts if isinstance(verdict, Ignore)]
    assert "UNK-2" in rules
    assert len(replica.records) == UNKNOWN_KIND_RECORDS_MAX


class CountedReads(MemoryReplica):
    """Counts what is asked of the view."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()

    def records_at(self, address: Address) -> list[Record]:
        self.reads["at"] += 1
        return super().records_at(address)

    def records_of(self, author: IdentityId) -> list[Record]:
        self.reads["of"] += 1
        return super().records_of(author)

    def unknown_of(self, author: IdentityId, space: str) -> list[Record]:
        self.reads["unknown"] += 1
        return [item for item in super().records_of(author) if item.kind not in KINDS and item.space == space]


def test_many_records_of_unknown_kinds_cost_one_read_of_those_held_and_one_for_each_address() -> None:
    replica = CountedReads()
    held = [said(ALICE, "post", {"text": "x"}, Place(space=f"s{number}")) for number in range(40)]
    letters = [said(ALICE, f"letter{number}", {"text": "x"}) for number in range(3 * UNKNOWN_KIND_RECORDS_MAX)]
    replica.take([ALICE.genesis], [*held, *letters[:5]], now_ms=NOW)
    replica.reads.clear()
    replica.take(records=letters, now_ms=NOW)
    assert replica.reads["unknown"] == 1
    assert replica.reads["of"] == 0
    assert replica.reads["at"] <= len(letters)


def test_room_for_unknown_kinds_is_free_again_in_the_same_batch_as_a_revocation() -> None:
    replica = MemoryReplica()
    stolen = [by_carol("laptop", kind=f"letter{number}") for number in range(UNKNOWN_KIND_RECORDS_MAX)]
    replica.take([CAROL], stolen, now_ms=NOW)
    assert len(replica.records) == UNKNOWN_KIND_RECORDS_MAX
    honest = [by_carol("phone", kind=f"note{number}") for number in range(UNKNOWN_KIND_RECORDS_MAX)]
    replica.take([THEFT], honest, now_ms=NOW)
    assert set(replica.records.values()) == set(honest)


def test_an_operation_wrapped_anew_by_a_stranger_neither_replaces_nor_removes_the_good_one() -> None:
    bogus = rewrapped(THEFT, "n0", "mallory")
    replica = MemoryReplica()
    replica.take([CAROL, THEFT, bogus], now_ms=NOW)
    replica.take([bogus], now_ms=NOW)
    assert set(replica.operations_of(CAROL.identity)) == {CAROL, THEFT}
