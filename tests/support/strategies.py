"""What Hypothesis draws from: values, damage and contents of records."""

from hypothesis import strategies as st

from folkmoot.canonical import Value, is_clean_text
from folkmoot.limits import DEPTH_MAX, INTEGER_MAX
from folkmoot.record import Content, Ref

names = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,47}", fullmatch=True)
ids = st.binary(min_size=32, max_size=32)
integers = st.integers(-INTEGER_MAX, INTEGER_MAX) | st.sampled_from(
    [sign * (2**power + near) for power in (5, 7, 8, 15, 16, 31, 32) for near in (-1, 0, 1) for sign in (1, -1)]
)
texts = st.text(st.characters(codec="utf-8"), max_size=40).filter(is_clean_text)
long_texts = st.integers(28, 70_000).map(lambda length: "é" * length)
scalars = st.booleans() | integers | texts | st.binary(max_size=40)


def values(*, depth: int = DEPTH_MAX) -> st.SearchStrategy[Value]:
    """Draw any value that can be encoded, nested up to a depth."""
    if depth == 0:
        return scalars
    inner = st.deferred(lambda: values(depth=depth - 1))
    return scalars | st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)


bodies = st.dictionaries(names, values(depth=3), max_size=4)
refs = st.lists(st.builds(Ref, names, ids), max_size=4, unique=True)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Draw what somebody may say in a record of any kind, known or not."""
    rev = draw(st.integers(0, 2**50))
    body = draw(bodies)
    return Content(
        kind=draw(names),
        space=draw(names),
        slot=draw(st.integers(0, 200)),
        rev=rev,
        expires=rev // 86_400_000 + draw(st.integers(1, 5000)),
        refs=draw(refs) if body else (),
        body=body,
    )


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Draw bytes that differ from the given ones by one small accident."""
    at = draw(st.integers(0, len(data) - 1))
    match draw(st.sampled_from(("flip", "cut", "insert", "drop", "swap"))):
        case "flip":
            changed = bytearray(data)
            changed[at] ^= 1 << draw(st.integers(0, 7))
            return bytes(changed)
        case "cut":
            return data[:at]
        case "insert":
            return data[:at] + draw(st.binary(min_size=1, max_size=3)) + data[at:]
        case "drop":
            return data[:at] + data[at + 1 :]
        case _:
            other = draw(st.integers(0, len(data) - 1))
            changed = bytearray(data)
            changed[at], changed[other] = changed[other], changed[at]
            return bytes(changed)
