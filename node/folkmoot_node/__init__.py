"""The reference node: a daemon that keeps, checks and passes on Folkmoot records, and its command line."""
