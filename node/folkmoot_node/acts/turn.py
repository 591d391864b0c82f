"""One act at a time, from its first check to its last record."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from folkmoot_node.author import Author

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Act = Callable[Concatenate[Author, _P], Coroutine[Any, Any, _R]]


def in_turn(act: _Act[_P, _R]) -> _Act[_P, _R]:
    """Let an act wait until the one before it is done."""

    @wraps(act)
    async def waiting(author: Author, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        async with author.turn:
            return await act(author, *args, **kwargs)

    return waiting
