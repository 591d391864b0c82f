"""People who do not keep to the rules: what they sign, and the courier that brings it to everybody."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from folkmoot.authoring import compose, seal_own
from folkmoot.canonical import Value
from folkmoot.identity import Device, Operation, Recovery, Scope, Snapshot, find_nonce, genesis
from folkmoot.ids import IdentityId
from folkmoot.keys import SecretKey, key_digest
from folkmoot.kinds import KINDS
from folkmoot.limits import WORK_FLOOR
from folkmoot.record import Address, Record
from folkmoot.rules import COMMONS
from folkmoot_node.keyfile import KEY_FILE, sealing_public, unlock
from folkmoot_node.testnet.processes import STOP_S_MAX, TestnetError

_CANDIDATES_STEP = 65_536


@dataclass(slots=True)
class Pen:
    """Somebody's key in the hand of a program that asks no rule but those of form.

    Attributes:
        identity: Whose it is.
        key: Signs.
        network: Name of the network.
        operations: What founds and changes the identity, as far as others may not know it.
    """

    identity: IdentityId
    key: SecretKey
    network: str
    operations: tuple[Operation, ...] = ()
    _slots: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_node(cls, folder: Path) -> "Pen":
        """Return the pen of whoever has a node there."""
        keys = unlock(folder / KEY_FILE, None)
        return cls(keys.identity, keys.device, keys.network, keys.operations)

    @classmethod
    def of_nobody(cls, name: str, network: str) -> "Pen":
        """Found an identity with the least work that is valid, and return its pen."""
        device, rotation, paper = (SecretKey(_seed(name, purpose)) for purpose in ("device", "rotation", "paper"))
        snapshot = Snapshot(
            devices=[Device(device.public, sealing_public(_seed(name, "sealing")), Scope.ALL)],
            next_digest=key_digest(network, rotation.public),
            recovery=[Recovery(1, 1, (key_digest(network, paper.public),))],
        )
        start = 0
        while (nonce := find_nonce(snapshot, network=network, figure=WORK_FLOOR, start=start)) is None:
            start += _CANDIDATES_STEP
        founding = genesis(snapshot, [device], network=network, nonce=nonce)
        return cls(founding.identity, device, network, (founding,))

    def sign(self, kind: str, body: Mapping[str, Value], *, now_ms: int) -> Record:
        """Seal a record in the highest slot of its kind that this pen has not used; nodes begin with the lowest.

        Raises:
            MisuseError: No record can be like this.
            DecodeError: The form of the kind refuses it.
        """
        used = self._slots.get(kind, 0)
        self._slots[kind] = used + 1
        address = Address(self.identity, COMMONS, kind, KINDS[kind].slots - 1 - used)
        content = compose(body, address=address, replaces=[], now_ms=now_ms, network=self.network)
        return seal_own(content, author=self.identity, key=self.key, network=self.network)


class Courier:
    """A running process of `folkmoot_node.testnet.courier`."""

    def __init__(self, folder: Path, network: str, peers: Sequence[str]) -> None:
        folder.mkdir(exist_ok=True)
        words = [sys.executable, "-m", "folkmoot_node.testnet.courier", str(folder), network, *peers]
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def bring(self, operations: Sequence[Operation], records: Sequence[Record], *, offset_ms: int) -> None:
        """Bring operations and records to everybody.

        Args:
            operations: First these.
            records: Then these; all have to be such that any node takes them in.
            offset_ms: How far the network's clock is from the machine's.

        Raises:
            TestnetError: The courier does not take one of them, or has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "offset_ms": offset_ms,
            "operations": [operation.wire.hex() for operation in operations],
            "records": [record.wire.hex() for record in records],
        }
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise TestnetError("the courier has ended; see its log") from error
        answer = json.loads(self._process.stdout.readline() or '{"refused": [["", "the courier has ended"]]}')
        if answer["refused"]:
            rule, why = answer["refused"][0]
            raise TestnetError(f"what was brought is not taken in: {why}", rule=rule)

    def stop(self) -> None:
        """Let it go."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


def _seed(name: str, purpose: str) -> bytes:
    """Return a secret that everybody could guess: a puppet is nobody who would mind."""
    return hashlib.sha256(f"folkmoot testnet {name} {purpose}".encode()).digest()
