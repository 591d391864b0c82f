"""Where things are in the project, for the tests that read its own text."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "spec"
PACKAGES = (ROOT / "protocol" / "folkmoot", ROOT / "node" / "folkmoot_node")
RULE_ID = re.compile(r"\b[A-Z]{3}-\d+\b")
_SKIPPED = {
    "node_modules",
    ".venv",
    ".git",
    "demo-output",
    "__pycache__",
    ".pytest_cache",
    ".hypothesis",
    ".ruff_cache",
}


def prose() -> list[Path]:
    """Return every Markdown file of the project."""
    return [path for path in sorted(ROOT.rglob("*.md")) if not _SKIPPED & set(path.relative_to(ROOT).parts)]


def modules(folder: Path) -> list[Path]:
    """Return every Python module below a folder."""
    return [path for path in sorted(folder.rglob("*.py")) if not _SKIPPED & set(path.parts)]


def registry(name: str) -> Any:  # noqa: ANN401 - the shape is that of the file
    """Return what a registry holds."""
    return json.loads((SPEC / "registries" / f"{name}.json").read_text(encoding="utf-8"))


def suites() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each suite of vectors with what its file holds."""
    for path in sorted((SPEC / "vectors").glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Name a file in the output of a test."""
    return path.relative_to(ROOT).as_posix()
