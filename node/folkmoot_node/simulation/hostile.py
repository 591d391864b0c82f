"""Nodes that mean harm: they send garbage, contradict themselves, flood, withhold, replay, and spoil syncs.

Theory of operation: a hostile node listens to its neighbours, as everybody does, and passes nothing on. Each
act is one of some habits, and so is what it does at its end of a stream.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from folkmoot.bundle import gossip_bundles, pack_wires, unpack
from folkmoot.canonical import encode
from folkmoot.errors import DecodeError
from folkmoot.kinds import EDITION
from folkmoot.limits import DAY_MS, GOSSIP_BYTES_MAX
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS
from folkmoot.session import Hello, Send, Session
from folkmoot_node.gossip import topic_of
from folkmoot_node.simulation.dice import dice
from folkmoot_node.simulation.links import Packet, packet
from folkmoot_node.simulation.people import Pen, new_pen, rival, second_device
from folkmoot_node.simulation.syncing import Talker, Wire
from folkmoot_node.simulation.world import NETWORK, HostileNode, World

_ACTS_A_DAY = 8
_HEARD_MAX = 256
_FLOOD = 10
_JUNK_BYTES_MAX = 2_000
_SEED_BYTES = 16
_TOPIC = topic_of(NETWORK, COMMONS)


def strangers_of(world: World) -> dict[int, HostileNode]:
    """Choose the nodes that mean harm: the last ones, at least one where there are to be any."""
    options = world.options
    count = max(1, round(options.nodes * options.hostile)) if options.hostile else 0
    return {node: _Troublemaker(world, node) for node in range(options.nodes - count, options.nodes)}


class _Troublemaker:
    """A hostile node."""

    def __init__(self, world: World, node: int) -> None:
        self.world = world
        self.node = node
        self.dice = dice(world.seed, f"stranger {node}")
        self.pen = new_pen(f"stranger {node}", NETWORK)
        self.ghost = new_pen(f"ghost {node}", NETWORK)
        self.heard: deque[bytes] = deque(maxlen=_HEARD_MAX)
        self.said: deque[bytes] = deque(maxlen=_HEARD_MAX)

    @property
    def is_up(self) -> bool:
        """See `links.Party`."""
        return True

    def arrive(self, _sender: int, sent: Packet) -> Awaitable[None] | None:
        """Listen."""
        self.heard.append(sent.data)
        return None

    def talk(self, wire: Wire, peer: int) -> Talker:
        """See `syncing.Stranger`."""
        return self.dice.choice((_Mute, _Babbler, _Liar))(self, wire, peer)

    def plan_day(self, length_ms: int) -> None:
        """See `world.HostileNode`."""
        for _act in range(_ACTS_A_DAY):
            self.world.timeline.after(self.dice.randrange(length_ms), self._act)

    def plan_night(self, length_ms: int) -> None:
        """See `world.HostileNode`."""
        self.world.timeline.after(self.dice.randrange(length_ms), _replay, self)

    def _act(self) -> None:
        self.dice.choice(_HABITS)(self)
        others = self.world.links.reachable(self.node)
        if others:
            self.world.want_sync(self.node, self.dice.choice(others))

    # What habits are made of.

    @property
    def now_ms(self) -> int:
        """The true time."""
        return self.world.timeline.now_ms

    @property
    def neighbours(self) -> Sequence[int]:
        """Whom it is linked with."""
        return self.world.links.neighbours(self.node)

    def tell(self, whom: Sequence[int], data: bytes) -> None:
        """Send a gossip message to some neighbours."""
        sent = packet(_TOPIC, data)
        for neighbour in whom:
            self.world.links.send(self.node, neighbour, sent)

    def post(self, slot: int, text: str, *, rev: int, days: int) -> Record:
        """Sign a post as it pleases."""
        return _post(self.pen, slot, text, rev=rev, days=days)


def _post(pen: Pen, slot: int, text: str, *, rev: int, days: int) -> Record:
    """Sign a post without a look at what is there already."""
    address = Address(pen.identity, COMMONS, "post", slot)
    pen.said.pop(address, None)
    return pen.write_at(address, {"text": text}, now_ms=rev, days=days)


def _messages(pen: Pen, records: Sequence[Record], *, with_operations: bool = True) -> list[bytes]:
    """Pack records as gossip wants them, or without the operations that they need."""
    operations = pen.operations if with_operations else ()
    return gossip_bundles(operations, sorted(records, key=lambda record: record.id), network=NETWORK)


_Habit = Callable[[_Troublemaker], None]


def _send_garbage(who: _Troublemaker) -> None:
    """Send bytes that are nothing, and messages of others with a bit changed."""
    who.tell(who.neighbours, who.dice.randbytes(who.dice.randrange(1, _JUNK_BYTES_MAX)))
    if who.heard:
        damaged = bytearray(who.dice.choice(who.heard))
        damaged[who.dice.randrange(len(damaged))] ^= 1 << who.dice.randrange(8)
        who.tell(who.neighbours, bytes(damaged))
    who.tell(who.neighbours, bytes(GOSSIP_BYTES_MAX + 1))


def _equivocate(who: _Troublemaker) -> None:
    """Say two things at one place and time, one to each half; and be two identities' worth of devices."""
    half = len(who.neighbours) // 2
    rev, slot = who.now_ms + who.dice.randrange(DAY_MS // 2), who.dice.randrange(4)
    sayings = [who.post(slot, text, rev=rev, days=30) for text in ("yes", "no")]
    shorter = who.post(slot, "later, but for fewer days", rev=rev + 1, days=1)
    who.said.extend(_messages(who.pen, [said])[0] for said in sayings)
    for said, whom in zip(sayings, (who.neighbours[:half], who.neighbours[half:]), strict=True):
        for message in _messages(who.pen, [said]):
            who.tell(whom, message)
    for message in _messages(who.pen, [shorter]):
        who.tell(who.neighbours[:1], message)
    if len(who.pen.operations) == 1 and who.dice.random() < 1 / _ACTS_A_DAY:
        second_device(who.pen)
        forked = Pen(who.pen.name, NETWORK, 0, [who.pen.operations[0], rival(who.pen)])
        post = who.post(9, "who am I", rev=who.now_ms, days=3)
        for operations, whom in (
            (who.pen.operations, who.neighbours[:half]),
            (forked.operations, who.neighbours[half:]),
        ):
            for message in gossip_bundles(operations, [post], network=NETWORK):
                who.tell(whom, message)


def _flood(who: _Troublemaker) -> None:
    """Say a lot at once, most of it of kinds that nobody knows."""
    for number in range(_FLOOD):
        kind, slot = f"noise-{who.dice.randrange(8)}", who.dice.randrange(16)
        record = who.pen.write_unknown(kind, slot, str(number), now_ms=who.now_ms, days=4)
        for message in _messages(who.pen, [record]):
            who.tell(who.neighbours, message)


def _withhold(who: _Troublemaker) -> None:
    """Say things without the operations that certify them, and give those away much later, to one neighbour."""
    slots = range(_FLOOD)
    records = [_post(who.ghost, slot, "take my word", rev=who.now_ms, days=5) for slot in slots]
    for message in _messages(who.ghost, records, with_operations=False):
        who.tell(who.neighbours, message)
    if who.dice.random() < 1 / _ACTS_A_DAY:
        for message in _messages(who.ghost, records[:1]):
            who.tell(who.neighbours[:1], message)


def _replay(who: _Troublemaker) -> None:
    """Say again what was said long ago, by others and by itself, packed so that it looks new."""
    for data in [*list(who.heard)[:_FLOOD], *list(who.said)[:_FLOOD]]:
        try:
            bundle = unpack(data, network=NETWORK, bytes_max=GOSSIP_BYTES_MAX)
        except DecodeError:
            continue
        for wire in bundle.records:
            who.tell(who.neighbours, pack_wires(bundle.operations, [wire], network=NETWORK))


_HABITS: Sequence[_Habit] = (_send_garbage, _equivocate, _flood, _withhold, _replay)


class _Mute:
    """Never says anything."""

    def __init__(self, who: _Troublemaker, wire: Wire, peer: int) -> None:
        self.who = who
        self.wire = wire
        self.peer = peer

    async def start(self) -> None:
        """See `syncing.Talker`."""

    async def receive(self, frame: bytes) -> None:
        """See `syncing.Talker`."""

    def lost(self) -> None:
        """See `syncing.Talker`."""


class _Babbler(_Mute):
    """Greets in good form, and goes on with whatever comes to mind, as if it came from the other stages."""

    async def start(self) -> None:
        """See `syncing.Talker`."""
        hello = Hello(NETWORK, EDITION, (COMMONS,), self.who.now_ms)
        session = Session(hello, opens=False, seed=self.who.dice.randbytes(_SEED_BYTES))
        for effect in session.start():
            if isinstance(effect, Send):
                self.wire.send(self.who.node, effect.frame)

    async def receive(self, frame: bytes) -> None:
        """See `syncing.Talker`."""
        nonce = self.who.dice.randbytes(_SEED_BYTES)
        answers = (
            encode(["equal"]),
            encode(["cells", b"", nonce * 2, 0, nonce * 21]),
            encode(["more", self.who.dice.randrange(1, 9000)]),
            encode(["list", nonce, nonce * 2, 1, nonce]),
            encode(["want", nonce]),
            encode(["wanted"]),
            frame,
        )
        self.wire.send(self.who.node, self.who.dice.choice(answers))


class _Liar(_Mute):
    """Says at once that there is nothing to say, in a day that is not today."""

    async def start(self) -> None:
        """See `syncing.Talker`."""
        day = day_of(self.who.now_ms) + self.who.dice.randrange(-3, 4)
        hello = Hello(NETWORK, EDITION, (COMMONS,), day * DAY_MS)
        for effect in Session(hello, opens=False, seed=bytes(_SEED_BYTES)).start():
            if isinstance(effect, Send):
                self.wire.send(self.who.node, effect.frame)
        self.wire.send(self.who.node, encode(["equal"]))
