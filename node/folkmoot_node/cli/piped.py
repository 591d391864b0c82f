"""The two ends of a sync through a command: the one that a person typed, and the one that the command comes to."""

from rich.text import Text

from folkmoot_node.cli.invocation import Session
from folkmoot_node.errors import ConfigError


def sync_piped(here: Session, over: str | None, *, is_other_end: bool) -> None:
    """Sync the data folder over pipes, and say what came of it where frames do not go.

    Raises:
        ConfigError: Both ends were asked for, or the folder holds no node.
        AlreadyRunningError: A daemon has the folder.
        PeerError: The other end went away or says something else than a sync.
        StoreError: The disk does not do its work.
    """
    from folkmoot_node import config, logs, piping  # noqa: PLC0415 - brings trio, which help does without
    from folkmoot_node.clock import system_entropy  # noqa: PLC0415

    if over is not None and is_other_end:
        raise ConfigError("one end has --over, the other --pipe", advice="Choose one of them.")
    settings = config.load(here.data_dir)
    logs.set_up("warning", settings.log_format)
    if over is None:
        # Standard output carries frames: nothing else may be said there.
        piping.sync_on_standard_streams(settings, clock=here.clock, entropy=system_entropy())
        return
    synced = piping.sync_over(settings, over, clock=here.clock, entropy=system_entropy())
    value = {
        "records": synced.records,
        "operations": synced.operations,
        "more_records": synced.more_records,
        "more_operations": synced.more_operations,
    }
    parts = (
        Text("Synced with the other end.", style="bold green"),
        f"Here {synced.records} records ({synced.more_records:+d}) and {synced.operations} operations"
        f" ({synced.more_operations:+d}).",
    )
    here.answer(value, parts)
