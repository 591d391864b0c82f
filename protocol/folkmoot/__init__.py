"""Folkmoot's protocol: signed records, identities and agreements as pure functions, bytes in and values out."""

SPEC_VERSION = "0.1"
