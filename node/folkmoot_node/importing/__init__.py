"""Readers for files that people already have: résumés and job postings, turned into bodies of records.

Pure functions: bytes in, values out; no I/O and no clock. A reader is strict about what is no résumé or no
posting at all, and tolerant about the rest. What it leaves out, and why, is part of its answer.

Theory of operation: `document` turns bytes into a loose value within bounds; `text`, `contacts`, `dates`,
`places` and `money` read single values; `resume` and `posting` know the two formats; `shorten` makes the
result fit a record; `report` collects what was left out and what was changed on the way.
"""

from folkmoot_node.importing.contacts import CONTACT_LEFT_OUT, Contact, find_contacts
from folkmoot_node.importing.posting import read_posting
from folkmoot_node.importing.report import ImportedOpportunity, ImportedProfile, LeftOut
from folkmoot_node.importing.resume import read_resume
from folkmoot_node.importing.shorten import OPPORTUNITY_BODY_BYTES_MAX, PROFILE_BODY_BYTES_MAX

__all__ = [
    "CONTACT_LEFT_OUT",
    "OPPORTUNITY_BODY_BYTES_MAX",
    "PROFILE_BODY_BYTES_MAX",
    "Contact",
    "ImportedOpportunity",
    "ImportedProfile",
    "LeftOut",
    "find_contacts",
    "read_posting",
    "read_resume",
]
