"""Three people form a team with nothing but the protocol library: no node, no network, no database.

Run it with `python examples/form_a_team.py`. It writes `lantern.folkmoot`, which `folkmoot verify` checks.
"""

import secrets
import time
from pathlib import Path

from folkmoot.agreement import Party, Proposal, cosign, cosignature_value, draft
from folkmoot.authoring import compose, seal_own
from folkmoot.bundle import pack
from folkmoot.identity import Device, Operation, Recovery, Scope, Snapshot, find_nonce, genesis
from folkmoot.keys import SecretKey, key_digest
from folkmoot.record import Address
from folkmoot.verification import verify_bundle

NETWORK = "example"
WORK = 2


def new_identity() -> tuple[Operation, SecretKey]:
    """Found an identity with one device; its recovery and rotation keys are thrown away here, unlike in a node."""
    device, rotation, paper = (SecretKey(secrets.token_bytes(32)) for _ in range(3))
    snapshot = Snapshot(
        devices=[Device(device.public, secrets.token_bytes(32), Scope.ALL)],
        next_digest=key_digest(NETWORK, rotation.public),
        recovery=[Recovery(3, 1, (key_digest(NETWORK, paper.public),))],
    )
    start = 0
    while (nonce := find_nonce(snapshot, network=NETWORK, figure=WORK, start=start)) is None:
        start += 65_536
    return genesis(snapshot, [device], network=NETWORK, nonce=nonce), device


def main() -> None:
    """Form the team and write the proof."""
    now_ms = time.time_ns() // 1_000_000
    people = {name: new_identity() for name in ("lead", "illustration", "video")}
    founder, founder_key = people["lead"]
    document = draft(
        Proposal(
            type="team",
            drafter=founder.identity,
            drafted=now_ms,
            accept_by=now_ms + 86_400_000,
            parties=tuple(Party(role, operation.identity) for role, (operation, _key) in people.items()),
            terms={"name": "Lantern", "purpose": "A guide for the museum.", "lead": 0},
        ),
        network=NETWORK,
        nonce=secrets.token_bytes(16),
    )
    yeses = [
        cosign(document, place, head=operation.id, at=now_ms, key=key, network=NETWORK)
        for place, (operation, key) in enumerate(people.values())
    ]
    content = compose(
        {"document": document.data, "cosignatures": [cosignature_value(yes) for yes in sorted(yeses)]},
        address=Address(founder.identity, "commons", "agreement", 0),
        replaces=[],
        now_ms=now_ms,
        network=NETWORK,
    )
    agreement = seal_own(content, author=founder.identity, key=founder_key, network=NETWORK)
    bundle = pack([operation for operation, _key in people.values()], [agreement], network=NETWORK)
    Path("lantern.folkmoot").write_bytes(bundle)

    found = verify_bundle(bundle, now_ms=now_ms, network=NETWORK)
    [team] = found.teams
    print(f"{team.terms.name}: {team.status.value}, {len(team.members)} members, {len(bundle)} bytes prove it")


if __name__ == "__main__":
    main()
