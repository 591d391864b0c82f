"""Every relative link and every `Spec:` line leads somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from tidy.project import PACKAGES, ROOT, SPEC, modules, name_of, prose

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:")
_SPEC_LINE = re.compile(r"Spec: (.+)$", re.MULTILINE)


@cache
def _anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.append(anchor if anchor not in found else f"{anchor}-{found.count(anchor)}")
    return frozenset(found)


def _resolves(target: str, page: Path) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or (file.suffix == ".md" and anchor in _anchors(file)))


@pytest.mark.parametrize("page", prose(), ids=name_of)
def test_relative_links_resolve(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    broken = [
        target for target in _LINK.findall(text) if not _ELSEWHERE.match(target) and not _resolves(target, page)
    ]
    assert broken == []


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_spec_lines_resolve(package: Path) -> None:
    broken = [
        f"{name_of(path)}: {target}"
        for path in modules(package)
        for line in _SPEC_LINE.findall(path.read_text(encoding="utf-8"))
        for target in re.split(r",\s*", line.strip().rstrip("."))
        if not _resolves(target, SPEC / "README.md")
    ]
    assert broken == []


def test_every_page_of_the_spec_can_be_reached_from_its_readme() -> None:
    reached, ahead = set[Path](), [SPEC / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if _ELSEWHERE.match(target):
                continue
            file = (page.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and SPEC in file.parents:
                ahead.append(file)
    decisions = set((SPEC / "decisions").glob("*.md"))
    assert set(SPEC.rglob("*.md")) - decisions <= reached
    assert "](spec/" not in (SPEC / "README.md").read_text(encoding="utf-8"), ROOT
