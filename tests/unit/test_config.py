"""The node's settings: defaults, file, environment and flags, in this order."""

from pathlib import Path

import pytest

from folkmoot_node.config import load
from folkmoot_node.errors import ConfigError


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.network is None
    assert settings.spaces == ("commons",)
    assert settings.peers == ()


def test_the_file_is_below_the_environment_and_the_environment_below_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('network = "file"\nlog_level = "debug"\npeers = ["/a", "/b"]\n')
    assert load(tmp_path).peers == ("/a", "/b")
    monkeypatch.setenv("FOLKMOOT_NETWORK", "environment")
    assert load(tmp_path).network == "environment"
    assert load(tmp_path).log_level == "debug"
    assert load(tmp_path, network="flag", log_level=None).network == "flag"
    assert load(tmp_path, network="flag", log_level=None).log_level == "debug"


def test_lists_in_the_environment_are_divided_by_commas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLKMOOT_LISTEN", "/ip4/127.0.0.1/tcp/0, /ip6/::1/tcp/0")
    assert load(tmp_path).listen == ("/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/0")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("network = ", "not TOML"),
        ("api_port = 70000", "api_port"),
        ('log_level = "loud"', "log_level"),
        ('netwrok = "main"', "netwrok"),
        ('network = "Not A Name"', "names of networks"),
        ('spaces = ["UPPER"]', "names of networks"),
        ("spaces = []", "1 to 64 spaces"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "config.toml").write_text(content)
    with pytest.raises(ConfigError, match=said):
        load(tmp_path)
