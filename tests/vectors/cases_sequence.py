"""Cases of the suite `sequence`: messages that come over time, and what is there after each."""

from vectors import (
    cases_arrivals,
    cases_sequence_agreements,
    cases_sequence_identity,
    cases_sequence_slots,
    cases_sequence_states,
    cases_sequence_waiting,
)
from vectors.craft import Case


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [
        *cases_sequence_slots.cases(),
        *cases_sequence_identity.cases(),
        *cases_sequence_waiting.cases(),
        *cases_sequence_states.cases(),
        *cases_sequence_agreements.cases(),
        *cases_arrivals.cases(),
    ]
