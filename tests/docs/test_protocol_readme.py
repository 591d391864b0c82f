"""The example in the library's README runs as it stands."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "protocol" / "README.md"


def test_the_example_runs() -> None:
    [example] = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example, str(README), "exec"), names)
    assert "verdict" in names


def test_every_module_is_named() -> None:
    package = README.parent / "folkmoot"
    modules = {path.stem for path in package.glob("*.py")}
    modules |= {path.parent.name for path in package.glob("*/__init__.py")}
    text = README.read_text(encoding="utf-8")
    unnamed = {name for name in modules if not name.startswith("_") and f"`{name}`" not in text}
    assert unnamed == {"errors", "limits"}
