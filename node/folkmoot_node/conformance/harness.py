"""A run of the harness: start the client, ask it about every case, and go on after whatever it does.

Theory of operation: a client that hangs, dies or answers nonsense fails the case at which it did, and is started
anew for the next one. After a few such faults, or when the whole run takes too long, what is left is not run. So
however a client behaves, a run ends, and its report says how.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from folkmoot import SPEC_VERSION
from folkmoot_node.conformance.comparison import problem_with
from folkmoot_node.conformance.process import ClientFaultError, ClientProcess, Limits
from folkmoot_node.conformance.questions import questions_of
from folkmoot_node.conformance.report import Outcome, Report, SuiteReport
from folkmoot_node.conformance.suites import Case, Profile, Suite

_NETWORK = "test"
_BEGIN = {"do": "begin", "spec": SPEC_VERSION, "network": _NETWORK}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a run goes on.

    Attributes:
        client: What the client may take for each answer.
        faults_max: How often it is started anew.
        run_seconds: The whole run.
    """

    client: Limits = field(default_factory=Limits)
    faults_max: int = 5
    run_seconds: float = 900.0


def started(command: Sequence[str], limits: Limits) -> tuple[ClientProcess, dict[str, object]]:
    """Start a client and tell it what the run is about.

    Returns:
        The client, and what it says of itself.

    Raises:
        ConfigError: There is no such program.
        ClientFaultError: It does not answer as a client does.
    """
    client = ClientProcess(command, limits)
    [answer] = client.ask([_BEGIN])
    said = answer.get("ok")
    if not isinstance(said, dict) or said.get("spec") != SPEC_VERSION:
        client.kill()
        raise ClientFaultError(
            f"it does not say that it is of version {SPEC_VERSION} of the specification", client.complaints
        )
    return client, {name: str(said.get(name, ""))[:80] for name in ("client", "version", "spec")}


def run(
    command: Sequence[str],
    suites: Iterable[Suite],
    *,
    profile: Profile = Profile.FULL,
    bounds: Bounds = Bounds(),
    on_case: Callable[[], None] = lambda: None,
) -> Report:
    """Ask a client about every case of some suites.

    Args:
        command: The client's program and arguments.
        suites: What to ask about.
        profile: What the suites are asked for.
        bounds: How long to go on.
        on_case: Called after each case.

    Raises:
        ConfigError: There is no such program.
    """
    course = _Course(command, Report(profile), bounds)
    try:
        for suite in suites:
            counted = SuiteReport(suite.name)
            course.report.suites.append(counted)
            for case in suite.cases:
                course.take(counted, case)
                on_case()
    finally:
        course.finish()
    return course.report


class _Course:
    """One run: the client as it is now, and what was found so far."""

    def __init__(self, command: Sequence[str], report: Report, bounds: Bounds) -> None:
        self.report = report
        self._command = command
        self._bounds = bounds
        self._client: ClientProcess | None = None
        self._ends_at = time.monotonic() + bounds.run_seconds
        self._is_over = False

    def take(self, suite: SuiteReport, case: Case) -> None:
        """Ask about one case, unless the run is over."""
        if not self._is_over and time.monotonic() >= self._ends_at:
            self._is_over = True
            self.report.faults.append(f"the run took more than {self._bounds.run_seconds:g} s")
        if self._is_over or not self._is_ready():
            self.report.add(suite, case, Outcome.NOT_RUN)
            return
        try:
            outcome, got = self._asked(suite.name, case)
        except ClientFaultError as error:
            outcome, got = Outcome.FAILED, str(error)
            self._fault(f"{suite.name}: {case['name']}", error)
        self.report.add(suite, case, outcome, got)

    def finish(self) -> None:
        """End the client."""
        if self._client is not None:
            problem = self._client.close()
            if problem:
                self.report.faults.append(f"at its end: {problem}")

    def _is_ready(self) -> bool:
        """Start the client if there is none; `False` when it does not even begin."""
        if self._client is None:
            try:
                self._client, self.report.client = started(self._command, self._bounds.client)
            except ClientFaultError as error:
                self._fault("at its start", error)
                self._is_over = True
        return not self._is_over

    def _asked(self, suite: str, case: Case) -> tuple[Outcome, str]:
        assert self._client is not None, "it was started before"
        questions = questions_of(suite, case)
        answers = self._client.ask([question.request for question in questions])
        if any(answer.get("unsupported") for answer in answers):
            return Outcome.UNSUPPORTED, ""
        for question, answer in zip(questions, answers, strict=True):
            problem = problem_with(answer, question.wanted)
            if problem:
                return Outcome.FAILED, f"{question.request['do']}: {problem}"
        return Outcome.PASSED, ""

    def _fault(self, where: str, error: ClientFaultError) -> None:
        self._client = None
        self.report.faults.append(f"{where}: {error}")
        self.report.complaints = error.complaints
        self._is_over = len(self.report.faults) > self._bounds.faults_max
