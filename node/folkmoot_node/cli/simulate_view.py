"""What came of simulations, for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.terminal import facts, heading, hint, indented, table
from folkmoot_node.simulation.options import MINUTE_MS, Options
from folkmoot_node.simulation.outcome import Outcome

_FAULTS_SHOWN_MAX = 5
_RUNS_SHOWN_MAX = 20
_KIB = 1024
_SECOND_MS = 1_000


def outcomes_value(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the runs as programs read them, each with the digest of all of it."""
    return {"items": [{**outcome.value(), "digest": outcome.digest} for outcome in outcomes]}


def outcome_lines(outcomes: Sequence[Outcome]) -> Iterable[RenderableType]:
    """Return a table of the runs, and every one that is not as it must be with how to see it again."""
    failed = [outcome for outcome in outcomes if not outcome.is_well]
    options = outcomes[0].options
    verdict = Text("not as it must be", style="bold red") if failed else Text("all well", style="bold green")
    yield heading(f"{len(outcomes)} runs of {options.nodes} nodes and {options.records} records", verdict)
    yield facts({"weather": _weather(options)})
    yield table(
        ("#seed", "#live", "#half by", "#99 % by", "#same after", "#KiB/node", "#copies", "state"),
        (_row(outcome) for outcome in (*failed, *(o for o in outcomes if o.is_well))[:_RUNS_SHOWN_MAX]),
    )
    if len(outcomes) > _RUNS_SHOWN_MAX:
        yield hint(f"and {len(outcomes) - _RUNS_SHOWN_MAX} more; --json lists all")
    for outcome in failed:
        yield ""
        yield Text(f"SEED={outcome.seed}", style="bold red")
        yield from (indented(fault) for fault in outcome.faults[:_FAULTS_SHOWN_MAX])
        yield hint(f"  See it again with: {_again(outcome)}")


def _row(outcome: Outcome) -> Sequence[str]:
    nodes = len(outcome.traffic)
    traffic = outcome.traffic.values()
    received = sum(item.received for item in traffic)
    fresh = received - sum(item.duplicates for item in traffic)
    sent_bytes = sum(item.sent_bytes + item.sync_bytes for item in traffic)
    states = sorted(set(outcome.hashes.values()))
    return (
        str(outcome.seed),
        str(outcome.held),
        _time(outcome.delay_ms(50)),
        _time(outcome.delay_ms(99)),
        _time(outcome.converged_ms),
        str(sent_bytes // nodes // _KIB),
        f"{received / fresh:.1f}" if fresh else "",
        states[0][:8] if len(states) == 1 else f"{len(states)} different",
    )


def _time(time_ms: int | None) -> str:
    if time_ms is None:
        return "never"
    return f"{time_ms} ms" if time_ms < _SECOND_MS else f"{time_ms / _SECOND_MS:.1f} s"


def _weather(options: Options) -> str:
    """Name what was chosen to go wrong."""
    calm = Options()
    names = [item.name for item in fields(Options) if item.name not in {"nodes", "records"}]
    chosen = [name for name in names if getattr(options, name) != getattr(calm, name)]
    return ", ".join(f"{name.replace('_', ' ')} {getattr(options, name)}" for name in chosen) or "calm"


def _again(outcome: Outcome) -> str:
    """Return the command that does the same again."""
    options = outcome.options
    words = [f"folkmoot simulate --seed {outcome.seed}"]
    for item in fields(Options):
        value, default = getattr(options, item.name), getattr(Options(), item.name)
        if item.name == "skew_ms_max":
            words += [f"--skew-minutes {value / MINUTE_MS:g}"] if value else []
        elif item.name in {"nodes", "records"} or value != default:
            words.append(f"--{item.name.replace('_', '-')} {value}")
    return " ".join(words)
