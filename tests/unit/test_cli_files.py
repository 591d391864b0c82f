import io
import os
from pathlib import Path

import pytest

from folkmoot_node.cli.files import STANDARD_INPUT, read_file, text_or_file, write_file
from folkmoot_node.errors import ConfigError, FileError, StoreError


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_file(path, bytes_max=5) == b"12345"
    with pytest.raises(FileError, match="larger than 4 bytes"):
        read_file(path, bytes_max=4)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe")))
    assert read_file(STANDARD_INPUT, bytes_max=100) == b"from a pipe"


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_file(tmp_path / name, bytes_max=10)


def test_a_text_comes_from_the_command_line_or_a_file_but_not_both(tmp_path: Path) -> None:
    path = tmp_path / "need.md"
    path.write_text("A catalogue.\n")
    assert text_or_file("given", None, what="need") == "given"
    assert text_or_file(None, str(path), what="need") == "A catalogue."
    assert text_or_file(None, None, what="need") is None
    with pytest.raises(ConfigError, match="the need is given twice"):
        text_or_file("given", str(path), what="need")


def test_a_text_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(FileError, match="UTF-8"):
        text_or_file(None, str(path), what="need")


def test_a_file_is_written_whole_and_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "out", b"data", overwrite=False)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out": b"data"}


def test_a_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(ConfigError, match="exists already"):
        write_file(path, b"new", overwrite=False)
    assert path.read_bytes() == b"old"
    write_file(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        write_file(tmp_path, b"new", overwrite=True)


def test_a_secret_is_for_the_user_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "secret", b"key", overwrite=False, is_secret=True)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: no such file or directory"):
        write_file(tmp_path / "nowhere" / "out", b"data", overwrite=False)


def test_a_disk_that_fills_up_leaves_no_part_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="no space left on device"):
        write_file(path, b"new", overwrite=True)
    assert {item.name: item.read_bytes() for item in tmp_path.iterdir()} == {"out": b"old"}
