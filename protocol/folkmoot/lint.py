"""What an engagement leaves open that freelance law and standard contracts ask for.

Nothing here is a rule of the protocol: whoever wants to sign a thin engagement may. The sources are New York
City's Freelance Isn't Free Act (names, itemised services and their value, rate and method, date of payment), ISO
20700 (scope, deliverables, acceptance, confidentiality, changes), and the Freelancers Union's standard contract
(late fee, kill fee, ownership, notice).

Spec: documents.md#lint
"""

from collections.abc import Callable
from dataclasses import dataclass

from folkmoot.agreement import Document
from folkmoot.documents import EngagementTerms, engagement_terms
from folkmoot.limits import DAY_MS

PAY_DAYS_USUAL_MAX = 30
"""Days to payment beyond which the law of several places asks for a reason."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that an engagement leaves open, and why it matters.

    Attributes:
        term: The term that is missing or unusual.
        text: One sentence for whoever is about to sign.
    """

    term: str
    text: str


_MISSING = (
    ("out_of_scope", "It does not say what is out of scope, so every wish can be taken for a deliverable."),
    ("change", "It does not say how changes are agreed; a change order that all sign is always possible."),
    ("rights", "It does not say who owns the work, and from when."),
    ("confidentiality", "It does not say what is confidential."),
    ("notice_days", "It does not say how many days' notice ends it."),
    ("kill_fee", "It does not say what is paid when the work is cancelled half-way."),
    ("late_fee", "It does not say what late payment costs."),
    ("expenses", "It does not say who pays expenses."),
    ("dispute_path", "It does not say what the parties do first when they disagree."),
)


def remarks(document: Document) -> tuple[Remark, ...]:
    """Return what an engagement that passed its rules leaves open, in a fixed order.

    Spec: documents.md#lint
    """
    terms = engagement_terms(document)
    missing = [Remark(term, text) for term, text in _MISSING if term not in document.terms]
    checks: tuple[Callable[[Document, EngagementTerms], Remark | None], ...] = (
        _witness,
        _resolver,
        _silence,
        _payment,
        _amounts,
        _dates,
    )
    found = [check(document, terms) for check in checks]
    return (*missing, *(remark for remark in found if remark is not None))


def _witness(_document: Document, terms: EngagementTerms) -> Remark | None:
    if terms.witnesses:
        return None
    text = "It names no witness, so nobody but the parties can show when something was delivered or signed."
    return Remark("witnesses", text)


def _resolver(_document: Document, terms: EngagementTerms) -> Remark | None:
    if terms.resolver is not None:
        return None
    return Remark("resolver", "It names nobody to whom a dispute goes that the parties cannot settle.")


def _silence(_document: Document, terms: EngagementTerms) -> Remark | None:
    silent = [milestone.name for milestone in terms.milestones if milestone.on_silence == "nothing"]
    if not silent:
        return None
    return Remark(
        "on_silence", f"Silence means nothing for {', '.join(silent)}: a client that says nothing owes nothing."
    )


def _payment(_document: Document, terms: EngagementTerms) -> Remark | None:
    if terms.pay_days <= PAY_DAYS_USUAL_MAX:
        return None
    return Remark(
        "pay_days", f"Payment takes {terms.pay_days} days; {PAY_DAYS_USUAL_MAX} are usual, and law in places."
    )


def _amounts(_document: Document, terms: EngagementTerms) -> Remark | None:
    if any(milestone.amount_minor for milestone in terms.milestones):
        return None
    return Remark("milestones", "No milestone is worth anything: it does not say what is paid for the work.")


def _dates(document: Document, terms: EngagementTerms) -> Remark | None:
    past = [
        milestone.name for milestone in terms.milestones if (milestone.due_day + 1) * DAY_MS <= document.drafted
    ]
    if not past:
        return None
    return Remark("due_day", f"Due before it was drafted: {', '.join(past)}.")
