"""The conformance harness: any client, in any language, against every vector of the specification.

The client under test is a program that answers questions line by line. The harness reads the vectors, asks,
compares, and survives whatever the client does. `client` is such a program over our own protocol.

Spec: conformance.md
"""
