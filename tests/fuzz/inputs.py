"""The inputs: questions as the harness asks them, with something in them changed.

Theory of operation: bytes are changed bit by bit, value by value, and value by value with the signature made anew.
Sets of operations and records are mixed across cases, because most of what a set says lies in what stands beside
what.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random

from fuzz.curve_inputs import verify_request
from fuzz.mutations import Mutator, loosely, some_of
from fuzz.over_time import Message, replay_of
from fuzz.packing import packed
from fuzz.pools import STATES, STATES_OVER_TIME, Pools, Request, read_pools
from fuzz.replicas import replica_of
from fuzz.sets import SetInputs
from fuzz.signed import KEYS, Forger

_SHARES = {
    "decode": 14,
    "read-id": 3,
    "check-key": 1,
    "verify": 6,
    "open-record": 10,
    "check-record": 24,
    "open-operation": 9,
    "open-document": 8,
    "read-cosignature": 3,
    "open-bundle": 2,
    "open-file": 2,
    "check-gossip": 3,
    "read-chain": 3,
    "land-operation": 2,
    "standing": 3,
    "complete": 3,
    "absorb": 3,
    "derive": 3,
    "ties": 1,
    "trust": 1,
    "replay": 3,
    "walk": 1,
    "sketch": 1,
    "find-difference": 4,
    "write-list": 1,
    "read-list": 3,
    "talk": 6,
}
"""How often each question is asked; the costly ones less."""

_NOW_MS_MAX = 2**53 - 1
_REQUEST_LENGTH_MAX = 1 << 20
"""Some hundred times what any bound allows; changes upon changes can come to more than a client has to read."""

_SCOPES = ("all", "daily", "read")
_PREFIXES = ("folk", "rec", "doc", "op", "paper")


class Inputs:
    """An endless row of questions; the same seed gives the same ones."""

    def __init__(self, seed: int, only: Collection[str] = ()) -> None:
        """Begin a row; of some questions only, where any are named."""
        self._shares = {do: share for do, share in _SHARES.items() if not only or do in only}
        self._dice = Random(seed)
        self._mutator = Mutator(self._dice)
        self._forger = Forger(self._mutator)
        self._pools: Pools = read_pools()
        self._all_records = [wire for wires in self._pools.records.values() for wire in wires]
        self._large_families = [family for family in self._pools.families.values() if len(family) > 3]
        sets = SetInputs(self._mutator)
        over_time = [asked for asked in self._pools.asked if asked[0] in STATES_OVER_TIME]
        self._makers: Mapping[str, Callable[[Request], Request]] = {
            "decode": lambda seed: {**seed, "wire": self._bytes(seed["wire"])},
            "read-id": self._read_id,
            "check-key": lambda seed: {**seed, "key": self._mutator.data(bytes.fromhex(seed["key"])).hex()},
            "verify": lambda _seed: dict(verify_request(self._dice)),
            "open-record": lambda seed: {**seed, "wire": self._record(seed["wire"])},
            "check-record": lambda seed: {**seed, "wire": self._record(seed["wire"])},
            "open-operation": lambda seed: {**seed, "wire": self._operation(seed["wire"])},
            "open-document": lambda seed: {**seed, "document": self._bytes(seed["document"])},
            "read-cosignature": lambda seed: {**seed, "cosignature": self._bytes(seed["cosignature"])},
            "open-bundle": lambda seed: {**seed, "bundle": self._bundle(seed["bundle"])},
            "open-file": lambda seed: {**seed, "file": self._file(seed["file"])},
            "check-gossip": lambda seed: {**seed, "gossip": self._bundle(seed["gossip"])},
            "read-chain": lambda _seed: {"do": "read-chain", "operations": self._family()},
            "land-operation": self._land_operation,
            "standing": self._standing,
            "complete": self._complete,
            "absorb": self._absorb,
            "derive": self._derive,
            "ties": self._seen,
            "trust": self._trust,
            "replay": lambda seed: replay_of(seed, self._dice, self._message, over_time),
            "walk": lambda _seed: sets.walk(),
            "sketch": lambda _seed: sets.sketch(),
            "find-difference": lambda _seed: sets.find_difference(),
            "write-list": lambda _seed: sets.write_list(),
            "read-list": lambda _seed: sets.read_list(),
            "talk": self._talk,
        }

    def next(self) -> Request:
        """Return the next question."""
        while True:
            [do] = self._dice.choices(list(self._shares), list(self._shares.values()))
            # From what is taken, one change leads to one fault; from what is refused already, to two at once.
            seeds = self._pools.sound if self._sometimes(0.75) else self._pools.seeds
            request = self._makers[do](self._dice.choice(seeds[do]))
            if len(json.dumps(request)) <= _REQUEST_LENGTH_MAX:
                return request

    def _sometimes(self, share: float) -> bool:
        return self._dice.random() < share

    def _bytes(self, hexed: str) -> str:
        data = bytes.fromhex(hexed)
        if self._sometimes(0.4):
            return self._mutator.data(data, bytes.fromhex(self._dice.choice(self._all_records))).hex()
        return self._mutator.encoded(data).hex()

    def _record(self, hexed: str) -> str:
        return self._forger.record(bytes.fromhex(hexed)).hex() if self._sometimes(0.75) else self._bytes(hexed)

    def _operation(self, hexed: str) -> str:
        return self._forger.operation(bytes.fromhex(hexed)).hex() if self._sometimes(0.75) else self._bytes(hexed)

    def _read_id(self, seed: Request) -> Request:
        expected = some_of(self._dice, _PREFIXES, 2)
        return {**seed, "text": self._mutator.text(seed["text"]), **({"expected": expected} if expected else {})}

    def _bundle(self, hexed: str) -> str:
        tree = loosely(bytes.fromhex(hexed))
        if not isinstance(tree, list) or len(tree) != 4 or self._sometimes(0.3):
            return self._bytes(hexed)
        operations, records = (_hexed(part) for part in tree[2:])
        operations = self._mixed(
            operations, self._dice.choice(list(self._pools.families.values())), self._operation
        )
        records = self._mixed(records, self._all_records, self._record)
        return packed([*tree[:2], [*map(bytes.fromhex, operations)], [*map(bytes.fromhex, records)]]).hex()

    def _file(self, hexed: str) -> str:
        """Return a file of bundles: a whole one, cut or changed, and perhaps another behind it."""
        data = bytes.fromhex(hexed)
        if self._sometimes(0.5):
            data = self._mutator.data(data)
        if self._sometimes(0.5):
            data += bytes.fromhex(self._bundle(self._dice.choice(self._pools.seeds["open-bundle"])["bundle"]))
        return data.hex()

    def _message(self, message: Message) -> Message:
        if "bundle" in message:
            return {**message, "bundle": self._bundle(message["bundle"])}
        family = self._dice.choice(list(self._pools.families.values()))
        operations = self._mixed(message["operations"], family, self._operation, changes=0.1)
        records = self._mixed(message["records"], self._all_records, self._record, changes=0.1)
        return {**message, "operations": operations, "records": records}

    def _mixed(
        self, given: Sequence[str], others: Sequence[str], changed: Callable[[str], str], *, changes: float = 0.3
    ) -> list[str]:
        """Return items of a case with some gone, some added, some moved, some changed."""
        items = [item for item in given if not self._sometimes(0.1)]
        if self._sometimes(0.5):
            items += some_of(self._dice, others, 4)
        if self._sometimes(0.3):
            self._dice.shuffle(items)
        if items and self._sometimes(changes):
            place = self._dice.randrange(len(items))
            items[place] = changed(items[place])
        return items

    def _family(self, family: Sequence[str] = ()) -> list[str]:
        """Return the genesis of one identity and some of its other operations."""
        first, *rest = family or self._dice.choice(self._large_families)
        operations = [first, *self._mixed(some_of(self._dice, rest, 12), (), self._operation, changes=0.2)]
        self._dice.shuffle(operations)
        return operations

    def _land_operation(self, seed: Request) -> Request:
        landing = seed["landing"]
        if self._sometimes(0.3):
            landing = self._dice.choice(self._dice.choice(self._large_families))
        return {**seed, "landing": self._operation(landing) if self._sometimes(0.7) else landing}

    def _standing(self, seed: Request) -> Request:
        rev = self._mutator.integer(int(seed["rev"])) if self._sometimes(0.5) else int(seed["rev"])
        device = seed["device"] if self._sometimes(0.5) else self._dice.choice(list(KEYS)).hex()
        scopes = [scope for scope in _SCOPES if self._sometimes(0.6)] or ["all"]
        operations = self._family() if self._sometimes(0.7) else seed["operations"]
        return {**seed, "operations": operations, "device": device, "scopes": scopes, "rev": str(_time(rev))}

    def _complete(self, seed: Request) -> Request:
        document = bytes.fromhex(seed["document"])
        if self._sometimes(0.1):
            document = self._mutator.encoded(document)

        def forged(hexed: str) -> str:
            return self._forger.cosignature(bytes.fromhex(hexed), document).hex()

        cosignatures = self._mixed(seed["cosignatures"], seed["cosignatures"], forged, changes=0.7)
        operations = seed["operations"]
        if self._sometimes(0.5):
            operations = self._mixed(
                operations, self._dice.choice(self._large_families), self._operation, changes=0.1
            )
        return {**seed, "document": document.hex(), "cosignatures": cosignatures, "operations": operations}

    def _absorb(self, seed: Request) -> Request:
        now_ms = self._moment(seed)
        given = [*seed["held"], *seed["waiting"], *seed["landing"]]
        own = [*seed["operations"], *seed["landing_operations"]]
        families = list(self._pools.families.values())
        family = next((f for f in families if f[0] in own), None) or self._dice.choice(families)
        before = self._replica(
            self._mixed(own, family, self._operation), self._mixed(given, given, self._record), now_ms
        )
        landing = self._mixed(seed["landing"], given, self._record)
        operations = self._mixed(seed["landing_operations"], family, self._operation)
        if not landing and not operations:
            operations = [self._dice.choice(family)]
        return {**before, "do": "absorb", "now_ms": now_ms, "landing_operations": operations, "landing": landing}

    def _derive(self, seed: Request) -> Request:
        made = self._seen(seed)
        name = next(name for name in STATES if name in seed)
        asked = (name, seed[name]) if self._sometimes(0.6) else self._dice.choice(self._pools.asked)
        return {**made, asked[0]: asked[1]}

    def _seen(self, seed: Request) -> Request:
        """Return what a node holds that heard something like a request, and when it looks at it."""
        now_ms = self._moment(seed)
        held = self._mixed(seed["held"], self._all_records, self._record)
        operations = [item for item in seed["operations"] if not self._sometimes(0.05)]
        if self._sometimes(0.3):
            operations += some_of(self._dice, self._dice.choice(list(self._pools.families.values())), 4)
        made = {**self._replica(operations, held, now_ms), "do": seed["do"], "now_ms": now_ms}
        del made["waiting"]
        return made

    def _trust(self, seed: Request) -> Request:
        """Return ties of several requests, with some of them turned round, repeated or left out."""
        other = self._dice.choice(self._pools.seeds["trust"])
        known = [tie for tie in (*seed["ties"], *other["ties"]) if not self._sometimes(0.2)]
        turned = [[receiver, giver, kind] for giver, receiver, kind in known if self._sometimes(0.3)]
        return {**seed, "ties": [*known, *turned]}

    def _replica(self, operations: Sequence[str], records: Sequence[str], now_ms: str) -> Request:
        """Return what a node holds that heard all this; now and then with something in it that does not open."""
        replica = replica_of(operations, records, int(now_ms))
        held = self._mixed(replica.held, (), self._bytes, changes=0.05) if self._sometimes(0.1) else replica.held
        return {"operations": replica.operations, "held": held, "waiting": replica.waiting}

    def _moment(self, seed: Request) -> str:
        now_ms = int(seed["now_ms"])
        return str(_time(self._mutator.integer(now_ms)) if self._sometimes(0.4) else now_ms)

    def _talk(self, seed: Request) -> Request:
        other = self._dice.choice(self._pools.seeds["talk"])
        donors = other["frames"] if self._sometimes(0.2) else seed["frames"]
        frames = self._mixed(seed["frames"], donors, self._bytes, changes=0.7)
        if self._sometimes(0.2):
            seed = {**seed, "items": [item for item in seed["items"] if not self._sometimes(0.05)]}
        if self._sometimes(0.1):
            seed = {**seed, "first_symbols": self._dice.choice((0, 1, 8, 24, 100))}
        return {**seed, "frames": frames}


def _hexed(part: object) -> list[str]:
    return [item.hex() for item in part if isinstance(item, bytes)] if isinstance(part, list) else []


def _time(value: int) -> int:
    return max(0, min(value, _NOW_MS_MAX))
