"""What can go wrong in a node, each with the exit code a person's shell gets.

Every message is one sentence a user can act on; `advice` is what to do next. No traceback is ever shown for
these, and none carries secret keys or whole bodies.
"""

from enum import IntEnum

from folkmoot.errors import FolkmootError


class ExitCode(IntEnum):
    """The documented exit codes of every command."""

    OK = 0
    BUG = 1
    USAGE = 2
    NO_DAEMON = 3
    NOT_FOUND = 4
    REFUSED = 5
    BAD_FILE = 6
    STORAGE = 7
    ALREADY_RUNNING = 8
    WRONG_PASSPHRASE = 9
    UNVERIFIED = 10


class NodeError(FolkmootError):
    """An expected failure: a message, advice, and the exit code that stands for its class."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, advice: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.rule = rule


class ConfigError(NodeError):
    """The configuration or the arguments make no sense."""

    exit_code = ExitCode.USAGE


class NoDaemonError(NodeError):
    """No daemon answers for this data folder."""

    exit_code = ExitCode.NO_DAEMON


class UnknownIdError(NodeError):
    """The id is well formed but nothing here has it, or it is mistyped."""

    exit_code = ExitCode.NOT_FOUND


class RefusedError(NodeError):
    """The rules do not allow this act; `rule` names the one that decides."""

    exit_code = ExitCode.REFUSED


class FileError(NodeError):
    """A file given by the user cannot be read or is not what it should be."""

    exit_code = ExitCode.BAD_FILE


class StoreError(NodeError):
    """The disk or the database does not do its work; nothing was changed."""

    exit_code = ExitCode.STORAGE


class AlreadyRunningError(NodeError):
    """Another daemon holds this data folder."""

    exit_code = ExitCode.ALREADY_RUNNING


class PassphraseError(NodeError):
    """The passphrase does not open the key file."""

    exit_code = ExitCode.WRONG_PASSPHRASE


class UnverifiedError(NodeError):
    """A bundle was read and does not verify."""

    exit_code = ExitCode.UNVERIFIED


class PeerError(NodeError):
    """A peer cannot be reached, misbehaved or went away; only its session ends."""

    exit_code = ExitCode.NOT_FOUND

    def __init__(self, peer: str, reason: str) -> None:
        super().__init__(f"{peer}: {reason}")
        self.peer = peer
        self.reason = reason
