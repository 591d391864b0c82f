"""How routes come by the daemon's parts, and the query parameters that several of them share."""

from typing import Annotated, cast

from fastapi import Depends, Path, Query, Request

from folkmoot_node.api.daemon import Daemon

LIST_MAX = 200


async def _daemon(request: Request) -> Daemon:
    return cast("Daemon", request.app.state.daemon)


Parts = Annotated[Daemon, Depends(_daemon)]
IdText = Annotated[str, Path(max_length=100, description="An id in text form, such as folk1…, rec1… or doc1….")]
Limit = Annotated[int, Query(ge=1, le=LIST_MAX, description="How many at most.")]
DryRun = Annotated[bool, Query(description="Only show what would be published.")]
