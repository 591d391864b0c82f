"""What the owner of a node can do, each act with what must hold before it.

Theory of operation: an act reads ids and values as people give them, derives where things stand from the records
held, refuses in one sentence what the rules would not let count, and only then publishes through `Author`. A
refused act has changed nothing. Acts run one at a time (`in_turn`), so that no two decide on one state.
"""
