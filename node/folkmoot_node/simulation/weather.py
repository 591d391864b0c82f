"""What goes wrong with the network and its nodes: partitions, absences and crashes, planned day by day."""

from folkmoot_node.simulation.dice import dice
from folkmoot_node.simulation.options import MINUTE_MS
from folkmoot_node.simulation.world import World

_DOWN_MS_MIN = 20_000
_DOWN_MS_MAX = 5 * MINUTE_MS
_PARTITION_MS = 8 * MINUTE_MS


class Weather:
    """Plans what goes wrong, and mends it at the end of a day."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = dice(world.seed, "weather")
        options = world.options
        crashing = [self._dice.choice(world.honest) for _crash in range(options.crashes)]
        self._crashes = [(node, place >= options.lost_disks) for place, node in enumerate(crashing)]
        self._partitions = options.partitions
        self._down: dict[int, bool] = {}

    def plan_day(self, day: int, length_ms: int) -> None:
        """Plan a day's share of what goes wrong."""
        world, left = self._world, self._world.options.days - day
        timeline = world.timeline
        latest_ms = length_ms - _PARTITION_MS
        for _partition in range(self._partitions // left):
            self._partitions -= 1
            # The last one lasts until everything is mended, so that there is something to catch up with.
            is_last = left == 1 and self._partitions == 0
            timeline.after(latest_ms if is_last else self._dice.randrange(latest_ms), self._part)
        for _crash in range(len(self._crashes) // left):
            node, with_disk = self._crashes.pop()
            timeline.after(self._dice.randrange(length_ms - _DOWN_MS_MAX), self._crash, node, with_disk)
        for node in world.honest:
            if self._dice.random() < world.options.churn:
                timeline.after(self._dice.randrange(length_ms - _DOWN_MS_MAX), self._leave, node)

    def _part(self) -> None:
        nodes = [*self._world.berths, *self._world.strangers]
        self._world.divide({node: self._dice.randrange(2) for node in nodes})
        self._world.timeline.after(_PARTITION_MS, self._world.divide, {})

    def _leave(self, node: int) -> None:
        life = self._world.berths[node].life
        if not life.is_over:
            life.is_up = False
            self._world.timeline.after(self._down_ms(), self._return, node)

    def _return(self, node: int) -> None:
        life = self._world.berths[node].life
        if not (life.is_over or life.is_up):
            life.is_up = True
            self._world.dial(node)

    async def _crash(self, node: int, with_disk: bool) -> None:
        if not self._world.berths[node].life.is_over:
            await self._world.crash(node)
            self._down[node] = with_disk
            self._world.timeline.after(self._down_ms(), self._restart, node)

    async def _restart(self, node: int) -> None:
        with_disk = self._down.pop(node, None)
        if with_disk is not None:
            await self._world.start(node, with_disk=with_disk)

    async def mend(self) -> None:
        """Bring everybody back, and make the network whole."""
        for node in list(self._down):
            await self._restart(node)
        self._world.divide({})
        for node in self._world.honest:
            self._return(node)

    def _down_ms(self) -> int:
        return self._dice.randint(_DOWN_MS_MIN, _DOWN_MS_MAX)
