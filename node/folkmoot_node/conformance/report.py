"""What came of a run: by suite and by profile, with every case that failed and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from folkmoot_node.conformance.suites import Case, Profile

FAILURES_SHOWN_MAX = 200


class Outcome(Enum):
    """What became of one case."""

    PASSED = "passed"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that a client does not pass.

    Attributes:
        suite: Where it stands.
        case: Its name.
        rules: The rules it is about.
        expected: What has to come out: `accept`, or another word of the vectors with the rule that decides.
        got: What came.
        why: What a client that fails here has probably done.
    """

    suite: str
    case: str
    rules: Sequence[str]
    expected: str
    got: str
    why: str


@dataclass(slots=True)
class SuiteReport:
    """What became of the cases of one suite."""

    name: str
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return self.counts[Outcome.PASSED] == sum(self.counts.values())


@dataclass(slots=True)
class Report:
    """What came of a run.

    Attributes:
        profile: What was asked for.
        client: What the client says of itself.
        suites: The suites of the profile, in the order in which they ran.
        failures: The cases that failed, in the order in which they ran.
        faults: How the client hung, died or answered what is no answer.
        complaints: The end of what it wrote to standard error before the last fault.
    """

    profile: Profile
    client: Mapping[str, Any] = field(default_factory=dict)
    suites: list[SuiteReport] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    complaints: str = ""

    @property
    def passed(self) -> bool:
        """Whether every case passed and the client behaved throughout."""
        return not self.faults and all(suite.passed for suite in self.suites)

    def profiles(self) -> dict[Profile, bool]:
        """Return, for each profile that was run as a whole, whether the client has it."""
        by_name = {suite.name: suite for suite in self.suites}
        return {
            profile: not self.faults and all(by_name[name].passed for name in profile.suites)
            for profile in Profile
            if by_name.keys() >= set(profile.suites)
        }

    def add(self, suite: SuiteReport, case: Case, outcome: Outcome, got: str = "") -> None:
        """Count a case, and remember it when it failed."""
        suite.counts[outcome] += 1
        if outcome is Outcome.FAILED:
            expected = " ".join([case["expect"], case.get("rule", "")]).strip()
            failure = Failure(suite.name, case["name"], case["rules"], expected, got, case.get("why", ""))
            self.failures.append(failure)


def report_value(report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    return {
        "profile": report.profile.value,
        "passed": report.passed,
        "client": dict(report.client),
        "profiles": {profile.value: passed for profile, passed in report.profiles().items()},
        "suites": [
            {
                "suite": suite.name,
                "cases": sum(suite.counts.values()),
                **{outcome.value.replace(" ", "_"): count for outcome, count in suite.counts.items()},
            }
            for suite in report.suites
        ],
        "failures": [
            {
                "suite": failure.suite,
                "case": failure.case,
                "rules": [*failure.rules],
                "expected": failure.expected,
                "got": failure.got,
                "why": failure.why,
            }
            for failure in report.failures
        ],
        "faults": report.faults,
        "complaints": report.complaints,
    }
