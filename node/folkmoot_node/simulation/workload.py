"""Who sits down where and when, and so what is published in a simulation."""

from collections.abc import Sequence
from dataclasses import dataclass

from folkmoot.record import Record
from folkmoot_node.simulation.dice import dice
from folkmoot_node.simulation.member import Life
from folkmoot_node.simulation.people import Pen, new_pen, recover, second_device
from folkmoot_node.simulation.speaking import Board, Sitting
from folkmoot_node.simulation.world import NETWORK, World

_RECORDS_EACH = 80
_PEOPLE_MIN = 6
_SAID_SHARE = 0.9
"""How much of what people mean to say they find something to say."""

_WITH_TWO_DEVICES = 0.15
_RECOVERING = 0.05


@dataclass
class Speaker:
    """Somebody's device at a node.

    Attributes:
        pen: The device.
        node: Where it is.
        is_plain: Whether the person has this one device, and keeps it.
    """

    pen: Pen
    node: int
    is_plain: bool = True


class Workload:
    """What honest people do.

    Attributes:
        published: How many records they have published.
        speakers: Their devices.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = dice(world.seed, "workload")
        self._board = Board()
        self.published = 0
        count = max(_PEOPLE_MIN, world.options.records // _RECORDS_EACH)
        self.speakers = [
            Speaker(new_pen(f"person {number}", NETWORK), self._dice.choice(world.honest))
            for number in range(count)
        ]
        self._people = [speaker.pen for speaker in self.speakers]

    def plan_day(self, day: int, length_ms: int) -> None:
        """Plan who sits down from now on for some time, and who changes devices."""
        quota = self._world.options.records * (day + 1) // self._world.options.days
        said_mean = (1 + self._world.options.burst) / 2 * _SAID_SHARE
        for _sitting in range(int((quota - self.published) / said_mean) + 1):
            self._world.timeline.after(self._dice.randrange(length_ms), self._sit, quota)
        share = _RECOVERING if day else _WITH_TWO_DEVICES
        for speaker in self.speakers:
            if speaker.is_plain and self._dice.random() < share:
                speaker.is_plain = False
                change = self._recover if day else self._add_device
                self._world.timeline.after(self._dice.randrange(length_ms), change, speaker)

    def last_words(self) -> list[Record]:
        """Return what people with one device, at nodes that kept their disks, said last at each address."""
        return [
            record
            for speaker in self.speakers
            if speaker.is_plain and not self._world.berths[speaker.node].has_lost_disk
            for record in speaker.pen.said.values()
        ]

    async def _sit(self, quota: int) -> None:
        speaker = self._dice.choice(self.speakers)
        life = self._world.berths[speaker.node].life
        if life.is_over or self.published >= quota:
            return
        sitting = Sitting(
            pen=speaker.pen,
            board=self._board,
            thrown=self._dice,
            now_ms=life.place.context.clock.now_ms(),
            holds=life.store.record,
            people=self._people,
        )
        said = await sitting.answer_offers()
        for _thing in range(self._dice.randint(1, self._world.options.burst)):
            record = await sitting.speak()
            if record is not None:
                said.append(record)
        await self._publish(life, speaker, said)

    async def _publish(self, life: Life, speaker: Speaker, said: Sequence[Record]) -> None:
        # Of several things said at one address in a sitting, the last is meant.
        last = list({record.address: record for record in said}.values())
        self.published += len(last)
        self._world.witness.note_published(speaker.node, last)
        held = await life.store.held([operation.id for operation in speaker.pen.operations], ())
        missing = [operation for operation in speaker.pen.operations if operation.id not in held.operations]
        await life.say(missing, last)

    async def _add_device(self, speaker: Speaker) -> None:
        """Add a device at another node; it says its first thing at once."""
        added = Speaker(second_device(speaker.pen), self._dice.choice(self._world.honest), is_plain=False)
        self.speakers.append(added)
        await self._greet(speaker)
        await self._greet(added)

    async def _recover(self, speaker: Speaker) -> None:
        """Go on with a new device, and revoke the old one."""
        speaker.pen = recover(speaker.pen)
        await self._greet(speaker)

    async def _greet(self, speaker: Speaker) -> None:
        life = self._world.berths[speaker.node].life
        if not life.is_over:
            now_ms = life.place.context.clock.now_ms()
            text = f"{speaker.pen.name} is here"
            await self._publish(life, speaker, [speaker.pen.write("post", {"text": text}, now_ms=now_ms)])
