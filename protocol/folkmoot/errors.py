"""The one error root, and the two errors that the pure protocol raises.

A verdict on somebody else's record is a value (see `folkmoot.rules`), never an exception. Exceptions are
for bytes that are no record at all, and for callers who misuse the library.
"""


class FolkmootError(Exception):
    """Root of every error that Folkmoot raises on purpose."""


class DecodeError(FolkmootError):
    """Bytes from outside do not follow the format, or a signature is not its key's.

    Attributes:
        rule: The permanent id of the first rule that failed, such as `REC-3`. Programs compare this one.
        why: What was found, for people.
    """

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule = rule
        self.why = why


class MisuseError(FolkmootError):
    """Our own caller asked for something that cannot be made, such as a record that would be refused."""
