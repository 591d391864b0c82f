"""The demo: five real nodes on this machine, from strangers to a team, in under a minute."""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from folkmoot_node.demo.screen import STEPS_EXPECTED, final, progress, step_line
from folkmoot_node.demo.story import CLIENT, FREELANCERS, Outcome, Story
from folkmoot_node.testnet.processes import NodeProcess, TestnetError
from folkmoot_node.testnet.steps import Step, Steps

EXAMPLES = Path("examples")
OUTPUT = Path("demo-output")
AGREEMENT_FILE = "team-agreement.folkmoot"
_VERIFY_S_MAX = 30.0


def run(resume: Path | None) -> int:
    """Run the story and show what came of it.

    Args:
        resume: A JSON Resume file to take the lead freelancer's profile from, instead of the example.

    Returns:
        The exit code: 0 when everything happened as told.

    Raises:
        TestnetError: Something did not; the message names the node and its log.
        FileError: The user's résumé is none.
    """
    if not (EXAMPLES / "resumes").is_dir():
        raise TestnetError("there is no folder examples/ here", advice="Run the demo from the project's folder.")
    console = Console()
    OUTPUT.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="folkmoot-demo-")))
        nodes = [NodeProcess(name, folder) for name in (CLIENT, *FREELANCERS)]
        for node in nodes:
            stack.callback(node.stop)
        try:
            steps, outcome = _tell(console, nodes, resume)
        except TestnetError:
            _keep_logs(nodes)
            raise
        saved = OUTPUT / AGREEMENT_FILE
        saved.write_bytes(outcome.agreement)
        verified = _verify_offline(saved)
        console.print(final(nodes, steps, outcome, verified, saved))
    return 0


def _tell(console: Console, nodes: list[NodeProcess], resume: Path | None) -> tuple[list[Step], Outcome]:
    with progress(console) as bar:
        task = bar.add_task("five nodes start", total=STEPS_EXPECTED)

        def on_step(step: Step) -> None:
            bar.update(task, advance=1, description=f"{step.by}: {step.what}")
            if not console.is_terminal:
                console.print(step_line(step), soft_wrap=True)

        steps = Steps(nodes, on_step)
        story = Story(nodes, EXAMPLES, resume, steps)
        story.arrive()
        story.introduce()
        opportunity = story.call()
        team, refusals = story.team_up(opportunity)
        caught_up_ms = story.win(opportunity, team)
        story.vouch(team)
        return steps.done, story.compare(opportunity, team, refusals, caught_up_ms)


def _verify_offline(bundle: Path) -> str:
    """Verify a file in a fresh process that may not open a socket; return its last line.

    Raises:
        TestnetError: It does not verify.
    """
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "folkmoot_node.testnet.offline", "verify", str(bundle)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_VERIFY_S_MAX,
    )
    if done.returncode != 0:
        raise TestnetError(f"the agreement does not verify: {done.stdout.strip()} {done.stderr.strip()}")
    return done.stdout.strip().splitlines()[-1].strip()


def _keep_logs(nodes: list[NodeProcess]) -> None:
    """Copy the logs out of the temporary folder, where whoever reads the error can find them."""
    for node in nodes:
        if node.log.exists():
            (OUTPUT / node.log.name).write_bytes(node.log.read_bytes())
