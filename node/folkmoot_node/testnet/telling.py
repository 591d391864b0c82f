"""Tells a story: brings the network up, watches, compares, verifies, and says what held."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group

from folkmoot_node.errors import ConfigError
from folkmoot_node.testnet.network import LocalNetwork, stopped_in_order, verify_offline
from folkmoot_node.testnet.screen import final, progress, step_line
from folkmoot_node.testnet.steps import Sort, Step, Steps
from folkmoot_node.testnet.tale import Stage, Tale

BUNDLE_FILE = "proof.folkmoot"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a story.

    Attributes:
        tale: Which one.
        identities: Everybody's identity, by name.
        steps: What happened.
        state_hash: What every node derives at the end.
        bundle_bytes: How large the proof is that verified.
        verified: What the verification of it said last.
        took_s: How long it took, in seconds.
    """

    tale: Tale
    identities: dict[str, str]
    steps: list[Step]
    state_hash: str
    bundle_bytes: int
    verified: str
    took_s: float

    @property
    def held(self) -> bool:
        """Whether everything that was checked held."""
        return all(step.sort is not Sort.FAILED for step in self.steps)

    def value(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "story": self.tale.name,
            "title": self.tale.title,
            "held": self.held,
            "people": [
                {"name": name, "role": role, "identity": self.identities[name]}
                for name, role in self.tale.people.items()
            ],
            "steps": [
                {
                    "by": step.by,
                    "what": step.what,
                    "sort": step.sort.value,
                    "rule": step.rule,
                    "record": step.record,
                    "reached_ms": step.reached_ms,
                    "remark": step.remark,
                }
                for step in self.steps
            ],
            "state_hash": self.state_hash,
            "bundle_bytes": self.bundle_bytes,
            "verified": self.verified,
            "seconds": round(self.took_s, 1),
        }

    def lines(self) -> Group:
        """Return it for people."""
        checks = [step for step in self.steps if step.is_check]
        nodes = len(self.identities)
        people = {name: (role, self.identities[name]) for name, role in self.tale.people.items()}
        sentences = (
            f"{nodes} of {nodes} nodes derive the same state: {self.state_hash}",
            f"A process without a network, on an empty folder, verified {self.bundle_bytes} bytes: {self.verified}",
            f"{sum(step.sort is not Sort.FAILED for step in checks)} of {len(checks)} checks held, "
            f"in {self.took_s:.0f} s.",
        )
        return final(f"{self.tale.name}: {self.tale.title}", people, self.steps, sentences)


def tell(tale: Tale, *, keep: Path | None, on_step: Callable[[Step], None]) -> Report:
    """Tell a story from the first identity to the proof that remains.

    Args:
        tale: Which one.
        keep: Where the nodes' folders and the proof stay; nowhere if left out.
        on_step: Called with each step.

    Raises:
        ConfigError: The folder to keep is in use.
        TestnetError: The story could not be told to its end.
    """
    began_s = time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(stopped_in_order())
        folder = stack.enter_context(folder_for(keep))
        network = LocalNetwork(list(tale.people), folder, starts_days_ago=tale.starts_days_ago)
        stack.callback(network.stop)
        network.start()
        steps = Steps(network.everybody, on_step)
        stage = Stage(network, steps)
        stage.introduce()
        legacy = tale.tell(stage)
        state_hash = network.same_state()
        steps.holds("all nodes derive the same state", is_so=True, remark=state_hash)
        bundle = folder / BUNDLE_FILE
        bundle.write_bytes(network.nodes[legacy.holder].fetch("/export", id=list(legacy.ids)))
        verified = verify_offline(bundle, folder / "nobody")
        steps.holds("what remains verifies on an empty folder with no network", is_so=True, remark=verified)
        return Report(
            tale,
            {node.name: node.identity for node in network.everybody},
            steps.done,
            state_hash,
            bundle.stat().st_size,
            verified,
            time.monotonic() - began_s,
        )


@contextmanager
def watched(console: Console, tale: Tale) -> Iterator[Callable[[Step], None]]:
    """Show each step on a console, with a bar below where there is somebody to see it move."""
    with progress(console) as bar:
        task = bar.add_task("the nodes start", total=tale.steps)

        def on_step(step: Step) -> None:
            bar.update(task, advance=1, description=f"{step.by}: {step.what}")
            bar.console.print(step_line(step), soft_wrap=True, markup=True)

        yield on_step


@contextmanager
def folder_for(keep: Path | None) -> Iterator[Path]:
    """Give a folder that is gone afterwards, or the one that is to be kept.

    Raises:
        ConfigError: The folder to keep is in use.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="folkmoot-testnet-") as folder:
            yield Path(folder)
        return
    if keep.exists() and any(keep.iterdir()):
        raise ConfigError(f"{keep} is not empty", advice="Name a folder that is, or that is not there yet.")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep
