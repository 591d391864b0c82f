"""What somebody who sees all nodes at once notices: how far records have come, and what must never happen."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from folkmoot.ids import RecordId
from folkmoot.record import Record
from folkmoot.replica import Changes
from folkmoot_node.simulation.timeline import Timeline

FAULTS_MAX = 100


@dataclass
class Witness:
    """Told of everything that is published and of every change at every node.

    Attributes:
        timeline: The true time.
        published: When each record of an honest person was published, in ms.
        delays: How long records took to honest nodes, in ms, with how often; the publisher's own node left out.
        faults: What must not happen and did.
    """

    timeline: Timeline
    published: dict[RecordId, int] = field(default_factory=dict)
    delays: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _beaten: dict[int, dict[RecordId, Record]] = field(default_factory=lambda: defaultdict(dict))
    _arrived: dict[int, set[RecordId]] = field(default_factory=lambda: defaultdict(set))

    def note_published(self, node: int, records: list[Record]) -> None:
        """Take note that an honest person published records at a node."""
        for record in records:
            self.published[record.id] = self.timeline.now_ms
            self._arrived[node].add(record.id)

    def note_empty_disk(self, node: int) -> None:
        """Take note that a node has forgotten everything."""
        self._beaten.pop(node, None)

    def note_changes(self, node: int, changes: Changes) -> list[tuple[Record, Record]]:
        """Take note of what changed at a node.

        Returns:
            Records that came back although another had beaten them, each with the other: a fault, if the other is
            due, and the operations of its author have not done away with it.
        """
        arrived, beaten = self._arrived[node], self._beaten[node]
        returned: list[tuple[Record, Record]] = []
        for record in changes.put_records:
            if record.id in beaten:
                returned.append((record, beaten[record.id]))
            since_ms = self.published.get(record.id)
            if since_ms is not None and record.id not in arrived:
                arrived.add(record.id)
                self.delays[self.timeline.now_ms - since_ms] += 1
        if changes.drop_records and changes.put_records:
            by_address = {record.address: record for record in changes.put_records}
            for record in changes.drop_records:
                if record.address in by_address:
                    beaten[record.id] = by_address[record.address]
        return returned

    def fault(self, what: str) -> None:
        """Take note of something that must not happen."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(what)
