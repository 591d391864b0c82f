"""The source text itself: sizes, imports, prose."""

import ast
from pathlib import Path

import pytest
from tidy.project import PACKAGES, ROOT, modules, name_of, prose

LINES_MAX = 400
_PROTOCOL = PACKAGES[0]
_ALLOWED = {"cryptography", "msgpack", "networkx", "folkmoot"}
_PURE = {
    "array",
    "ast",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "math",
    "re",
    "typing",
}
_FOLDERS = (*PACKAGES, ROOT / "tests" / "tidy", ROOT / "tests" / "vectors", ROOT / "examples")
_MODULES = [path for folder in _FOLDERS for path in modules(folder)]


def _imports(path: Path) -> set[str]:
    """Return the full names of what a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", _MODULES, ids=name_of)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", modules(_PROTOCOL), ids=name_of)
def test_the_protocol_imports_nothing_that_does_io(path: Path) -> None:
    assert {name.partition(".")[0] for name in _imports(path)} <= _ALLOWED | _PURE


def test_the_modules_of_the_protocol_do_not_import_in_circles() -> None:
    names = {
        ".".join(path.relative_to(_PROTOCOL.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in modules(_PROTOCOL)
    }
    root = {"folkmoot"}  # its __init__ imports nothing, as the next test says
    ahead = {name: (_imports(path) & names.keys()) - root - {name} for name, path in names.items()}
    while ahead:
        bottom = {name for name, needed in ahead.items() if not needed & ahead.keys()}
        assert bottom, f"these import one another: {sorted(ahead)}"
        ahead = {name: needed for name, needed in ahead.items() if name not in bottom}


def test_the_package_itself_imports_nothing() -> None:
    assert _imports(_PROTOCOL / "__init__.py") == set()


@pytest.mark.parametrize("page", prose(), ids=name_of)
def test_prose_has_no_spaces_at_the_end_of_lines_and_ends_with_one_line_feed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [number for number, line in enumerate(text.splitlines(), 1) if line != line.rstrip()] == []
    assert not text or (text.endswith("\n") and not text.endswith("\n\n"))


def test_tests_are_no_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
