"""What an import gives back besides the body: what was left out and why, and what was changed on the way."""

from dataclasses import dataclass

from folkmoot.canonical import Value

ENTRIES_MAX = 64
"""How many things left out, and how many notes, one import names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that was in the file and is not in the body; it never repeats the value itself."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportedProfile:
    """A profile body read from a résumé."""

    body: dict[str, Value]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedOpportunity:
    """An opportunity body read from a job posting."""

    body: dict[str, Value]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


class Report:
    """Collects what one import leaves out and remarks, each thing once, in the order of the file."""

    def __init__(self) -> None:
        self._left_out: dict[LeftOut, None] = {}
        self._notes: dict[str, None] = {}

    def leave_out(self, what: str, why: str) -> None:
        """Say that something of the file is not in the body."""
        self._left_out[LeftOut(what, why)] = None

    def note(self, sentence: str) -> None:
        """Say what was changed or guessed on the way."""
        self._notes[sentence] = None

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out; beyond the bound, how many more."""
        entries = tuple(self._left_out)
        if len(entries) <= ENTRIES_MAX:
            return entries
        more = LeftOut(f"{len(entries) - ENTRIES_MAX} more", "for the same reasons")
        return (*entries[:ENTRIES_MAX], more)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was remarked; beyond the bound, how many more."""
        entries = tuple(self._notes)
        if len(entries) <= ENTRIES_MAX:
            return entries
        return (*entries[:ENTRIES_MAX], f"there are {len(entries) - ENTRIES_MAX} more remarks of these kinds")
