"""The form of the database: made, recognised and brought up to date in numbered steps.

Each step is a file of SQL and runs in one transaction together with its number, so that a crash in the middle
leaves the database as it was.
"""

import sqlite3
from importlib import resources

from folkmoot_node.errors import ConfigError

APPLICATION_ID = int.from_bytes(b"folk")
"""Stands in the header of the file and tells our databases from others."""


def steps() -> list[str]:
    """Return the SQL of every step, in order."""
    folder = resources.files("folkmoot_node.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    assert [file.name for file in files] == [f"{number:04}.sql" for number in range(1, len(files) + 1)]
    return [file.read_text(encoding="utf-8") for file in files]


def prepare(connection: sqlite3.Connection, *, network: str, now_ms: int) -> None:
    """Make a new database, or bring an older one up to date.

    Raises:
        ConfigError: It belongs to another program, to another network or to a newer version.
    """
    todo = steps()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID and not _is_empty(connection):
        raise ConfigError("The database belongs to another program.", advice="Choose another data folder.")
    if version > len(todo):
        raise ConfigError(
            "The data folder was written by a newer version of Folkmoot.", advice="Install that version again."
        )
    for number, step in enumerate(todo[version:], version + 1):
        _run(connection, f"PRAGMA application_id = {APPLICATION_ID}; {step}; PRAGMA user_version = {number};")
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('network', ?), ('created_ms', ?)", (network, now_ms))
    (found,) = connection.execute("SELECT value FROM meta WHERE name = 'network'").fetchone()
    if found != network:
        raise ConfigError(
            f"The data folder belongs to the network {found}, not {network}.",
            advice="Choose another data folder for this network.",
        )


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(tables == 0)


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run a script whole or not at all."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.rollback()
        raise
