"""The node's settings, in one place: defaults, then `config.toml` in the data folder, then environment, then flags.

Every setting `name` is `FOLKMOOT_NAME` in the environment.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from folkmoot.canonical import is_name
from folkmoot.limits import SYNC_SPACES_MAX
from folkmoot.rules import COMMONS
from folkmoot_node.errors import ConfigError

CONFIG_FILE = "config.toml"
_PORT_MAX = 65_535
PEERS_MAX = 128


class Settings(BaseSettings):
    """What an operator can choose."""

    model_config = SettingsConfigDict(env_prefix="FOLKMOOT_", extra="forbid", frozen=True)

    data_dir: Path
    """Folder that holds keys, store and logs of one node."""
    network: str | None = None
    """Name of the network, if it is to be checked; a node runs on the network of its identity."""
    listen: Annotated[tuple[str, ...], NoDecode] = ("/ip4/0.0.0.0/tcp/4360",)
    """Multiaddrs to listen on, with `/ws` at the end for a WebSocket; none for a node that only dials."""
    peers: Annotated[tuple[str, ...], NoDecode] = ()
    """Multiaddrs, ending in /p2p/…, that are dialled and kept connected."""
    spaces: Annotated[tuple[str, ...], NoDecode] = (COMMONS,)
    """Spaces whose records this node keeps and passes on."""
    not_hosted: Annotated[tuple[str, ...], NoDecode] = ()
    """Identities of which this node keeps and passes on nothing, as texts that begin with folk1."""
    api_port: int = Field(default=0, ge=0, le=_PORT_MAX)
    """Port of the local API on 127.0.0.1; 0 chooses a free one."""
    sync_interval_s: float = Field(default=30.0, ge=0.2, le=86_400.0)
    """Seconds between syncs with a random connected peer."""
    movable_clock: bool = False
    """Whether the local API may move this node's clock; for test networks only."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("listen", "peers", "spaces", "not_hosted", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Take a list from the environment as words divided by commas."""
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic calls by keyword
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the file of the data folder below flags and environment."""
        data_dir = init_settings()["data_dir"]
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(data_dir) / CONFIG_FILE))


def load(data_dir: Path, **overrides: object) -> Settings:
    """Read the settings of a data folder.

    Args:
        data_dir: The folder; it need not hold a `config.toml`.
        overrides: Flags given on the command line; `None` counts as not given.

    Raises:
        ConfigError: A setting is unknown or makes no sense; the message names it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(data_dir=data_dir, **given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or CONFIG_FILE
        raise ConfigError(f"the setting {where} makes no sense: {first['msg']}") from error
    except ValueError as error:
        raise ConfigError(f"{data_dir / CONFIG_FILE} is not TOML: {error}") from error
    names = [*settings.spaces, *([settings.network] if settings.network is not None else [])]
    if not all(is_name(name) for name in names):
        raise ConfigError("names of networks and spaces have only a-z, 0-9, dot, dash and underscore")
    if len(settings.peers) > PEERS_MAX:
        raise ConfigError(f"a node keeps at most {PEERS_MAX} peers from its settings")
    if not 1 <= len(settings.spaces) <= SYNC_SPACES_MAX:
        raise ConfigError(f"a node takes part in 1 to {SYNC_SPACES_MAX} spaces")
    return settings
