"""Every bound of the protocol, unit last, in one place.

`spec/registries/constants.json` holds the same numbers for other clients; a test keeps the two equal.
"""

DAY_MS = 86_400_000
"""Milliseconds in a day; days are counted from 1970-01-01 in UTC, without leap seconds."""

INTEGER_MAX = 2**53 - 1
"""The greatest integer anywhere; its negative is the least. JavaScript counts exactly up to here."""

DEPTH_MAX = 8
"""Nested arrays and maps in one encoded value, the outermost counted; carried bytes start anew."""

NAME_LENGTH_MAX = 48
"""Characters in a name that machines compare."""

RECORD_BYTES_MAX = 16 * 1024
"""A sealed record as it travels, signature included."""

EXHIBITED_BYTES_MAX = 14 * 1024
"""A record that an exhibit can carry; kinds marked evidence stay within it."""

REFS_MAX = 64
"""References in one record."""

OPERATION_BYTES_MAX = 16 * 1024
"""An identity operation as it travels, signatures included."""

CHAIN_DEPTH_MAX = 64
"""Depth at which an identity can only be closed; genesis has depth 0."""

RECOVERY_DEPTH_MAX = 63
"""Greatest depth of an operation of recovery rank."""

ROTATION_DEPTH_MAX = 48
"""Greatest depth of an operation of rotation rank."""

DEVICES_MAX = 16
"""Devices in one operation."""

RANK_MAX = 9
"""Greatest recovery rank; rotation has rank 0."""

GUARDIAN_KEYS_MAX = 9
"""Keys in one recovery entry."""

REVOCATIONS_MAX = 32
"""Revocations in one operation."""

KEEP_PREFIX_BYTES = 16
"""Length of the id prefixes in a revocation's keep list."""

KEEP_MAX = 800
"""Prefixes that one operation can keep."""

WORK_HASH_BITS = 12
"""Leading zero bits that a genesis must show in its cheap hash before anyone computes the costly one."""

WORK_FLOOR = 2
"""Least work figure of a valid genesis: leading zero bits of the memory-hard hash."""

PARTIES_MAX = 64
"""Parties to one document."""

DOCUMENT_BYTES_MAX = 12 * 1024
"""A document, so that it fits into a draft; room for co-signatures is the drafter's concern."""

ACCEPT_WINDOW_DAYS_MAX = 30
"""Days between the making of a document and the last moment to accept it."""

EVIDENCE_MARGIN_DAYS = 90
"""Days by which a record outlives every deadline in its body."""

CLOCK_SKEW_MS_MAX = 10 * 60 * 1000
"""How far ahead of our clock a record may be and still be shown."""

UNKNOWN_KIND_SLOTS = 16
"""Slots of a kind that this edition of the registry does not know."""

UNKNOWN_KIND_RECORDS_MAX = 64
"""Records of unknown kinds kept for one author in one space."""

CLOSED_HIDDEN_DAYS = 30
"""Days for which the records of a closed identity are held, hidden."""

GOSSIP_BYTES_MAX = 48 * 1024
"""A gossip message."""

BUNDLE_BYTES_MAX = 16 * 1024 * 1024
"""A bundle in a file."""

SYNC_FRAME_BYTES_MAX = 64 * 1024
"""A frame of a sync."""

SYNC_SPACES_MAX = 64
"""Spaces that one side names in a sync."""

SYNC_ROUNDS_MAX = 3
"""Rounds of one sync."""

SYNC_PREFIX_BYTES = 8
"""Length of the id prefixes by which items are asked for in a sync."""

ITEM_BYTES = 16
"""Length of the id prefixes by which two nodes compare what they hold."""

CELLS_MAX = 8192
"""Cells of a sketch; a difference that needs more is found from a list."""

LISTED_MAX = 2_097_152
"""Items in one list."""

SHARES_TOTAL = 10_000
"""A whole, in basis points."""

BID_COMMITS_LISTED_MAX = 256
"""Commits that a client's list of sealed bids names."""

MILESTONES_MAX = 32
"""Milestones of one engagement."""

CRITERIA_MAX = 16
"""Acceptance criteria of one milestone."""

SEEN_MAX = 60
"""Ids that one receipt of a witness names."""

WITNESSES_MAX = 9
"""Witnesses that a document names."""

RECURSION_DEPTH_MAX = 8
"""Levels of a chain of opportunities, each a part of the one above."""
