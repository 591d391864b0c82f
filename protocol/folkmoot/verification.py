"""What a bundle proves by itself: checked with no node, no store and no network.

Spec: bundle.md#verifying
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from folkmoot.bundle import Damage, open_bundle
from folkmoot.bundle_file import read_bundles
from folkmoot.chain import Chain, read_chain
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId
from folkmoot.record import Record
from folkmoot.rules import Accept, Defer, Verdict, check_form, judge_author
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.team import Team, derive_team


@dataclass(frozen=True, slots=True)
class Verification:
    """What a reader of one bundle knows.

    Attributes:
        records: Every record that verified, with the verdict on its author's device.
        damages: Items that are not what their authors signed.
        evidence: What counts, from this bundle alone.
        teams: Team documents in it and where they stand, from this bundle alone.
    """

    records: tuple[tuple[Record, Verdict], ...]
    damages: tuple[Damage, ...]
    evidence: Evidence
    teams: tuple[Team, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every item verified and every author's operations are in the bundle."""
        return not self.damages and all(isinstance(verdict, Accept) for _record, verdict in self.records)

    @property
    def incomplete(self) -> tuple[Record, ...]:
        """Records whose author's operations the bundle lacks."""
        return tuple(record for record, verdict in self.records if isinstance(verdict, Defer))


def verify_bundle(data: bytes, *, now_ms: int, network: str) -> Verification:
    """Verify every signature in a bundle, or in a file of several, and derive what it proves.

    Expiry is left aside: what was signed stays signed.

    Spec: bundle.md#verifying

    Raises:
        DecodeError: It is no bundle of this network; see `bundle.unpack` and `bundle_file.FileReader`.
    """
    opened = open_bundle(read_bundles(data, network=network), network=network)
    by_identity: dict[IdentityId, list[Operation]] = defaultdict(list)
    for item in opened.operations:
        by_identity[item.identity].append(item)
    chains: Mapping[IdentityId, Chain] = {
        identity: chain
        for identity, items in by_identity.items()
        for chain in [read_chain(items, network=network)]
        if chain is not None
    }
    damages = list(opened.damages)
    judged: list[tuple[Record, Verdict]] = []
    for position, record in enumerate(opened.records, 1):
        try:
            check_form(record, network=network)
        except DecodeError as error:
            damages.append(Damage("record", position, record.kind, error))
            continue
        judged.append((record, judge_author(record, chains.get(record.author))))
    counting = [record for record, verdict in judged if isinstance(verdict, Accept)]
    evidence = gather(counting, chains, now_ms=now_ms, network=network)
    teams = (derive_team(evidence, document_id) for document_id in sorted(evidence.documents))
    return Verification(tuple(judged), tuple(damages), evidence, tuple(team for team in teams if team is not None))
