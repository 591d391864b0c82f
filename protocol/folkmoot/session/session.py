"""One side of a sync, from the first frame to the last.

Spec: sync.md#session
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from itertools import count

from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import DAY_MS, ITEM_BYTES, SYNC_ROUNDS_MAX
from folkmoot.reconcile import NONCE_BYTES, Sketch
from folkmoot.session.asker import Asker
from folkmoot.session.effects import (
    Declined,
    Effect,
    Finished,
    Greeted,
    ListItems,
    Offer,
    Receive,
    Scope,
    Settle,
    Summarise,
    sending,
)
from folkmoot.session.messages import (
    Decline,
    Done,
    Hello,
    Items,
    Message,
    Sent,
    Summary,
    read_message,
    write_message,
)
from folkmoot.session.teller import Plan, Teller, first_symbols

_DECLINED_IN_FRAME = 1024


class _Stage(Enum):
    """What is expected next of the other side."""

    HELLO = "hello"
    OUTRUN = "a summary that does not count"
    SUMMARY = "a summary"
    COMPARING = "a round's messages"
    BUNDLES = "bundles"
    DONE = "done"
    OVER = "nothing"


@dataclass(slots=True)
class Session:
    """One side of a sync. Feed it every frame; carry out every effect, in order and wholly, before the next frame.

    Attributes:
        own: What this side says of itself.
        opens: Whether this side opened the stream.
        seed: 16 random bytes, of this session only.
        plan: Says how this side answers, when it is the teller.
        rounds: How many rounds have begun.
    """

    own: Hello
    opens: bool
    seed: bytes
    plan: Plan = first_symbols
    rounds: int = 0
    _stage: _Stage = _Stage.HELLO
    _scope: Scope = field(init=False)
    _asker: Asker | None = None
    _teller: Teller | None = None
    _summary: Summary | None = None
    _their_day: int = 0
    _declinable: int = 0
    _awaited: type[Effect] | None = None
    _nonces: Iterator[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._nonces = _nonces(self.seed)
        self._scope = _scope_of(self.own)

    @property
    def is_heavy(self) -> bool:
        """Whether the next call may take seconds, for a large set, and had better be made in a thread."""
        role = self._asker or self._teller
        return self._stage is _Stage.COMPARING and role is not None and role.is_heavy

    def start(self) -> list[Effect]:
        """Return the opening move; both sides make it at once.

        Spec: sync.md#hello
        """
        greeting: list[Effect] = [sending(self.own)]
        return [*greeting, *self._await(Summarise(self._scope))] if self.opens else greeting

    def receive(self, frame: bytes) -> list[Effect]:
        """Take the next frame of the other side.

        Spec: sync.md#rules

        Raises:
            DecodeError: The first rule of ENC-1 to ENC-7, SYN-1 to SYN-14 and RCN-1 to RCN-5 that the frame
                breaks; the session is over.
            MisuseError: An effect was not carried out.
        """
        self._require(None)
        message = read_message(frame, network=self.own.network, greets=self._stage is _Stage.HELLO)
        effects = self._take(message)
        # SYN-1: A message comes at its stage.
        if effects is None:
            raise DecodeError("SYN-1", f"not a message that comes where {self._stage.value} is expected")
        return effects

    def summarise(self, sketch: Sketch) -> list[Effect]:
        """Begin a round, in answer to `Summarise`.

        Spec: sync.md#round

        Args:
            sketch: Of the scope that was named, without what the other side has declined. It is not changed here,
                and nobody may change it as long as the session lasts.

        Raises:
            MisuseError: Nobody asked for it.
        """
        self._require(Summarise)
        self.rounds += 1
        if self._summary is not None:
            summary, self._summary = self._summary, None
            self._teller = Teller(sketch, self._nonces, self.plan)
            return self._follow(self._teller.answer(summary))
        self._asker = Asker(sketch, self._nonces)
        return self._asker.ask(self._scope.day)

    def list_items(self, sketch: Sketch, items: Sequence[bytes]) -> list[Effect]:
        """Go on with our items, in answer to `ListItems`.

        Spec: sync.md#round

        Args:
            sketch: As for `summarise`; it may be a later one.
            items: The items of this very sketch, in any order.

        Raises:
            DecodeError: RCN-1; the session is over.
            MisuseError: Nobody asked for them.
        """
        self._require(ListItems)
        role = self._asker or self._teller
        if role is None:
            raise MisuseError("there is no round")
        return self._follow(role.list_items(sketch, items))

    def sent(self, items: int) -> bytes:
        """Return the frame that says that all bundles of an `Offer` were sent.

        Spec: sync.md#bundles

        Args:
            items: How many operations and records were in them.
        """
        self._declinable = items
        return write_message(Sent())

    def settle(self, identities: Sequence[bytes], items: Sequence[bytes]) -> list[Effect]:
        """Say what of this round's bundles is not held, in answer to `Settle`.

        Spec: sync.md#declining

        Args:
            identities: Those this side does not host.
            items: What else came and is not held.

        Raises:
            MisuseError: Nobody asked for it.
        """
        self._require(Settle)
        self._stage = _Stage.DONE
        return [*map(sending, _declining(identities, items)), sending(Done(self._goes_on()))]

    def _goes_on(self) -> bool:
        """Tell whether this side, being the asker, has to look again."""
        return self._asker is not None and self._asker.is_surmise and self.rounds < SYNC_ROUNDS_MAX

    def _take(self, message: Message) -> list[Effect] | None:
        match self._stage, message:
            case _Stage.HELLO, Hello():
                return self._on_hello(message)
            case ((_Stage.OUTRUN | _Stage.SUMMARY), Summary()):
                return self._on_summary(message)
            case _Stage.COMPARING, _:
                role = self._asker or self._teller
                effects = None if role is None else role.receive(message)
                return None if effects is None else self._follow(effects)
            case _Stage.BUNDLES, Items(bundle):
                return [Receive(bundle)]
            case _Stage.BUNDLES, Sent():
                return self._await(Settle())
            case _Stage.DONE, Decline(identities, items):
                return self._on_decline(identities, items)
            case _Stage.DONE, Done(again):
                return self._on_done(again=again)
            case _:
                return None

    def _on_hello(self, hello: Hello) -> list[Effect]:
        # SYN-4: The two clocks are within a day of each other.
        if abs(hello.now_ms - self.own.now_ms) > DAY_MS:
            raise DecodeError("SYN-4", "the peer's clock is more than a day from ours")
        theirs, ours = _scope_of(hello), _scope_of(self.own)
        common = tuple(space for space in ours.spaces if space in theirs.spaces)
        self._scope = Scope(common, max(ours.day, theirs.day))
        self._their_day = theirs.day
        effects: list[Effect] = [Greeted(hello, self._scope)]
        opener_asks = self._scope == (ours if self.opens else theirs)
        if opener_asks is self.opens:
            # This side asks. If it is the opener, it has asked already, and of the right scope.
            self._stage = _Stage.COMPARING if self.opens else _Stage.OUTRUN
            return effects if self.opens else [*effects, *self._await(Summarise(self._scope))]
        self._asker, self.rounds = None, 0
        self._stage = _Stage.SUMMARY
        return effects

    def _on_summary(self, summary: Summary) -> list[Effect]:
        is_outrun = self._stage is _Stage.OUTRUN
        # SYN-5: A summary is of the day agreed upon; an opener's first one is of its own day.
        if summary.day != (self._their_day if is_outrun else self._scope.day):
            raise DecodeError("SYN-5", "a summary of another day")
        self._stage = _Stage.COMPARING
        if is_outrun:
            return []
        self._summary = summary
        return self._await(Summarise(self._scope))

    def _on_decline(self, identities: tuple[bytes, ...], joined: bytes) -> list[Effect]:
        items = tuple(joined[at : at + ITEM_BYTES] for at in range(0, len(joined), ITEM_BYTES))
        self._declinable -= len(items) + len(identities)
        # SYN-13: Something is declined, and no more than was sent.
        if self._declinable < 0 or not (items or identities):
            raise DecodeError("SYN-13", "declines more than it was sent, or nothing")
        return [Declined(identities, items)]

    def _on_done(self, *, again: bool) -> list[Effect]:
        # SYN-14: The asker says whether another round follows, and after the third none does.
        if again and (self._asker is not None or self.rounds >= SYNC_ROUNDS_MAX):
            raise DecodeError("SYN-14", "another round, from the teller or beyond the bound")
        goes_on = self._goes_on()
        self._asker = self._teller = None
        self._declinable = 0
        if goes_on:
            self._stage = _Stage.COMPARING
            return self._await(Summarise(self._scope))
        self._stage = _Stage.SUMMARY if again else _Stage.OVER
        return [] if again else [Finished(is_equal=False)]

    def _follow(self, effects: list[Effect]) -> list[Effect]:
        """Take note of what a role wants."""
        match effects:
            case [*_, ListItems()]:
                self._awaited = ListItems
            case [*_, Offer()]:
                self._stage = _Stage.BUNDLES
            case [*_, Finished()]:
                self._stage = _Stage.OVER
            case _:
                pass
        return effects

    def _await(self, effect: Summarise | Settle) -> list[Effect]:
        self._awaited = type(effect)
        return [effect]

    def _require(self, effect: type[Effect] | None) -> None:
        """Make sure that the answer to an effect comes before anything else, and not unasked."""
        if self._awaited is not effect:
            raise MisuseError("an effect is not carried out yet, or was none")
        self._awaited = None


def _scope_of(hello: Hello) -> Scope:
    return Scope(tuple(sorted(set(hello.spaces))), hello.now_ms // DAY_MS)


def _declining(identities: Sequence[bytes], items: Sequence[bytes]) -> Iterator[Message]:
    """Yield what says that these are declined, in frames that are not too long."""
    for start in range(0, len(identities), _DECLINED_IN_FRAME):
        yield Decline(tuple(identities[start : start + _DECLINED_IN_FRAME]), b"")
    for start in range(0, len(items), _DECLINED_IN_FRAME):
        yield Decline((), b"".join(items[start : start + _DECLINED_IN_FRAME]))


def _nonces(seed: bytes) -> Iterator[bytes]:
    return (sha256(seed + bytes([number])).digest()[:NONCE_BYTES] for number in count())
