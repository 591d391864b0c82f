"""Messages that wait to be judged, taken one sender after the other."""

from collections import OrderedDict, deque

import trio

from folkmoot_node.transport import Delivered, PeerId

WAITING_PER_PEER_MAX = 64
"""Messages of one peer that wait; a peer exists while it is connected, so this bounds all of them."""


class Turns:
    """A queue that gives every sender the same share, whatever each sends. One reader."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[PeerId, deque[Delivered]] = OrderedDict()
        self._filled = trio.Event()

    def add(self, message: Delivered) -> bool:
        """Let a message wait for its sender's turn; `False` when too many of its sender wait already."""
        queue = self._waiting.setdefault(message.peer, deque())
        if len(queue) >= WAITING_PER_PEER_MAX:
            return False
        queue.append(message)
        self._filled.set()
        return True

    async def next(self) -> Delivered:
        """Wait for a message, and give its sender the last turn among those who have more."""
        while not self._waiting:
            self._filled = trio.Event()
            await self._filled.wait()
        return self.take()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def take(self) -> Delivered:
        """Take the message whose turn it is; there must be one."""
        peer, queue = self._waiting.popitem(last=False)
        message = queue.popleft()
        if queue:
            self._waiting[peer] = queue
        return message
