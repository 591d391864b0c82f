"""Evidence pages: everything that a bundle proves about an engagement or a team, as one file for any browser."""

from folkmoot_node.evidence.page import evidence_page

__all__ = ["evidence_page"]
