"""The registries say what the code does."""

import re
from typing import Any

from tidy.project import PACKAGES, SPEC, modules, registry, suites

from folkmoot import SPEC_VERSION, limits
from folkmoot.bundle import LABEL
from folkmoot.ids import IdPrefix
from folkmoot.kinds import EDITION, KINDS
from folkmoot.record import open_record
from folkmoot.rules import COMMONS


def test_the_version_is_the_same_everywhere() -> None:
    readme = (SPEC / "README.md").read_text(encoding="utf-8")
    assert f"\nVersion: {SPEC_VERSION}\n" in readme
    assert f"## {SPEC_VERSION}\n" in (SPEC / "CHANGELOG.md").read_text(encoding="utf-8")
    for path in (SPEC / "registries").glob("*.json"):
        assert registry(path.stem)["spec"] == SPEC_VERSION, path


def test_the_constants_are_those_of_the_code() -> None:
    listed = {entry["name"]: entry["value"] for entry in registry("constants")["constants"]}
    assert listed == {name: value for name, value in vars(limits).items() if name.isupper()}
    assert all(entry["meaning"] for entry in registry("constants")["constants"])


def test_the_kinds_are_those_of_the_code() -> None:
    loaded = registry("kinds")
    assert loaded["edition"] == EDITION
    assert [entry["name"] for entry in loaded["kinds"]] == list(KINDS)
    for entry in loaded["kinds"]:
        kind = KINDS[entry["name"]]
        bounds = (kind.slots, kind.days_max, kind.commons_only, kind.evidence, kind.withdrawable)
        names = ("slots", "days_max", "commons_only", "evidence", "withdrawable")
        assert tuple(entry[name] for name in names) == bounds
        assert entry["body"]["required"].keys() == kind.shape.required.keys()
        assert entry["body"]["optional"].keys() == kind.shape.optional.keys()


def test_the_table_of_kinds_is_the_registry() -> None:
    page = (SPEC / "kinds.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \| ([a-z ]+) \| (yes|no) \| (yes|no) \|", re.MULTILINE)
    said = [
        (name, int(slots), int(days), where == "commons", evidence == "yes", withdraws == "yes")
        for name, slots, days, where, evidence, withdraws in row.findall(page)
    ]
    assert said == [
        (kind.name, kind.slots, kind.days_max, kind.commons_only, kind.evidence, kind.withdrawable)
        for kind in KINDS.values()
    ]


def test_the_pages_of_kinds_name_every_field() -> None:
    for entry in registry("kinds")["kinds"]:
        _names_every_field(entry["page"], entry["name"], entry["name"], entry["body"])


def test_the_page_of_documents_names_every_term() -> None:
    for entry in registry("documents")["types"]:
        _names_every_field(entry["page"], entry["name"].capitalize(), entry["name"], entry["terms"])


def _names_every_field(page: str, heading: str, what: str, fields: dict[str, Any]) -> None:
    section = (SPEC / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    for name, shape in {**fields["required"], **fields["optional"]}.items():
        row = re.search(rf"^\| `{name}` \| (.*)$", section, re.MULTILINE)
        assert row is not None, f"{what}.{name}"
        assert ("required" in row[1]) == (name in fields["required"]), f"{what}.{name}"
        assert set(_words(shape)) <= set(re.findall(r"[a-z0-9_-]+", section)), f"{what}.{name}"
        for number in _bounds(shape):
            assert f"{number:,}" in section or str(number) in section, f"{what}.{name}: {number}"


def _words(shape: dict[str, Any]) -> list[str]:
    """Return the names and words that a shape holds at any depth."""
    match shape:
        case {"shape": "choice", "words": list(words)}:
            return [str(word) for word in words]
        case {"shape": "many", "item": dict(item)}:
            return _words(item)
        case {"shape": "fields", "required": dict(required), "optional": dict(optional)}:
            inner = {**required, **optional}
            return [*inner, *(word for item in inner.values() for word in _words(item))]
        case _:
            return []


def _bounds(shape: dict[str, Any]) -> list[int]:
    """Return the bounds that a page has to give, at any depth."""
    match shape:
        case {"shape": "text", "length_max": int(most)}:
            return [most]
        case {"shape": "integer", "greatest": int(greatest)} if greatest < limits.INTEGER_MAX:
            return [greatest]
        case {"shape": "bytes", "length_max": int(most)} if most != 32:
            return [most]
        case {"shape": "many", "most": int(most), "item": dict(item)}:
            return [most, *_bounds(item)]
        case {"shape": "fields", "required": dict(required), "optional": dict(optional)}:
            return [bound for item in (*required.values(), *optional.values()) for bound in _bounds(item)]
        case _:
            return []


def test_the_relations_are_those_that_valid_records_use() -> None:
    listed = {entry["name"] for entry in registry("relations")["relations"]}
    cases = next(loaded["cases"] for suite, loaded in suites() if suite == "kinds")
    used = {
        ref.relation
        for case in cases
        if case["expect"] == "accept"
        for ref in open_record(bytes.fromhex(case["wire"]), network="test").refs
    }
    assert used == listed


def test_the_names_are_those_of_the_code() -> None:
    names = registry("names")
    assert names["bundle_label"] == LABEL
    assert [entry["name"] for entry in names["spaces"]] == [COMMONS]
    assert [entry["prefix"] for entry in names["text_prefixes"]] == [prefix.value for prefix in IdPrefix]
    source = "\n".join(path.read_text(encoding="utf-8") for package in PACKAGES for path in modules(package))
    assert f'b"{names["work_salt"]}"' in source
    for protocol in names["protocols"]:
        assert f'"{protocol["id"]}"' in source
    assert names["topic"].replace("<", "{").replace(">", "}") in source


def test_the_purposes_are_those_of_the_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules(PACKAGES[0]))
    used = set(re.findall(r'\b(?:digest|preimage)\(\w*network, "([a-z]+)"', source))
    assert used == {entry["name"] for entry in registry("names")["purposes"]}


def test_the_vectors_are_in_the_public_domain() -> None:
    licence = (SPEC / "vectors" / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("SPDX-License-Identifier: CC0-1.0\n")
