"""Write the vectors, the registries and the worked examples of the specification; `--check` names what is stale.

The same sources give the same bytes on every machine: keys come from names, nothing reads a clock or throws dice.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from vectors import (
    cases_agreement,
    cases_arrivals,
    cases_bundle,
    cases_calls,
    cases_claims,
    cases_documents,
    cases_ed25519,
    cases_encoding,
    cases_engagement,
    cases_history,
    cases_identity,
    cases_keys,
    cases_kinds,
    cases_links,
    cases_reconcile,
    cases_record,
    cases_reviews,
    cases_rules,
    cases_sealed,
    cases_sequence,
    cases_state,
    cases_sync,
    cases_text_forms,
    cases_trust,
    examples,
    registries,
)
from vectors.craft import Case

from folkmoot import SPEC_VERSION

ROOT = Path(__file__).resolve().parents[2]

SUITES: Mapping[str, Callable[[], list[Case]]] = {
    "agreement": lambda: [
        *cases_agreement.cases(),
        *cases_arrivals.agreement_cases(),
        *cases_documents.cases(),
    ],
    "bundle": cases_bundle.cases,
    "ed25519": cases_ed25519.cases,
    "encoding": cases_encoding.cases,
    "identity": lambda: [*cases_identity.operation_cases(), *cases_history.cases()],
    "keys": lambda: [*cases_keys.cases(), *cases_sealed.cases()],
    "kinds": cases_kinds.cases,
    "reconcile": cases_reconcile.cases,
    "record": cases_record.cases,
    "rules": cases_rules.cases,
    "sequence": cases_sequence.cases,
    "state": cases_state.cases,
    "sync": cases_sync.cases,
    "text-forms": cases_text_forms.cases,
    "trust": cases_trust.cases,
    "work": lambda: [
        *cases_calls.cases(),
        *cases_links.cases(),
        *cases_engagement.cases(),
        *cases_claims.cases(),
        *cases_reviews.cases(),
    ],
}


def rendered(root: Path) -> dict[Path, str]:
    """Return every generated file below a project's root with what belongs in it."""
    spec = root / "spec"
    files = {
        spec / "vectors" / f"{suite}.json": as_json({"suite": suite, "spec": SPEC_VERSION, "cases": make()})
        for suite, make in SUITES.items()
    }
    files |= {spec / "registries" / name: as_json(table) for name, table in registries.tables(spec).items()}
    return files | examples.filled_pages(spec)


def as_json(value: object) -> str:
    """Return JSON in the one form: ASCII, one space of indent, a line feed at the end."""
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def main(arguments: Sequence[str], root: Path) -> int:
    """Write what is stale, or with `--check` only name it; return the exit code."""
    check = list(arguments) == ["--check"]
    stale = {
        path: text
        for path, text in rendered(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in sorted(stale.items()):
        print(f"{'stale' if check else 'written'}: {path.relative_to(root)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ROOT))
