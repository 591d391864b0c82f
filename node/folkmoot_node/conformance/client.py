"""The reference client: `python -m folkmoot_node.conformance.client` answers the harness over our own protocol.

Spec: conformance.md#lines
"""

import json
import sys
from typing import Any, BinaryIO

from folkmoot_node.conformance.answers import answer
from folkmoot_node.conformance.inputs import Request


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line until there are no more.

    Args:
        requests: Where the harness writes to.
        answers: Where it reads from.
    """
    network = ""
    for line in requests:
        fields = json.loads(line)
        if fields["do"] == "begin":
            network = fields["network"]
        given = {"n": fields["n"], **_answered(fields, network)}
        answers.write(json.dumps(given).encode("ascii") + b"\n")
        answers.flush()


def _answered(fields: dict[str, Any], network: str) -> dict[str, Any]:
    try:
        return answer(Request(fields, network))
    except Exception as error:  # the outermost handler of one request: what we break on is an answer too
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
