"""What a body's fields may hold."""

import pytest

from folkmoot.canonical import Value
from folkmoot.errors import DecodeError
from folkmoot.shape import ID, Anything, Bytes, Choice, Fields, Flag, Integer, Many, Shape, Text, unnamed

PERSON = Fields({"name": Text(3)}, {"age": Integer(0, 150), "home": Fields({"city": Text(9)})})


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Text(3), "a"),
        (Text(3), "éàü"),
        (Choice(("a", "b")), "b"),
        (Integer(-1, 1), -1),
        (Integer(-1, 1), 1),
        (Integer(), 2**53 - 1),
        (Flag(), False),
        (Bytes(2), b"ab"),
        (Bytes(2, exact=False), b"a"),
        (Bytes(2, exact=False), b"ab"),
        (ID, bytes(32)),
        (Many(Flag(), 2), [True]),
        (Many(Flag(), 2), [True, False]),
        (Many(Flag(), 2, least=0), []),
        (Anything(), {"a": [1]}),
        (PERSON, {"name": "Ann"}),
        (PERSON, {"name": "Ann", "age": 3, "home": {"city": "Lyon"}, "more": 1}),
    ],
)
def test_what_fits_passes(shape: Shape, value: Value) -> None:
    shape.check(value, "here")


@pytest.mark.parametrize(
    ("shape", "value", "why"),
    [
        (Text(3), "", "here is not text of 1 to 3 characters"),
        (Text(3), "abcd", "here is not text of 1 to 3 characters"),
        (Text(3), b"a", "here is not text"),
        (Choice(("b", "a")), "c", "here is not one of a, b"),
        (Choice(("1",)), 1, "here is not one of 1"),
        (Integer(0, 9), 10, "here is not an integer from 0 to 9"),
        (Integer(0, 9), -1, "here is not an integer"),
        (Integer(0, 9), True, "here is not an integer"),
        (Flag(), 1, "here is not true or false"),
        (Bytes(2), b"a", "here is not bytes, 2 of them"),
        (Bytes(2), b"abc", "here is not bytes, 2 of them"),
        (Bytes(2), "ab", "here is not bytes"),
        (Bytes(2, exact=False), b"", "here is not bytes, at most 2 of them"),
        (Bytes(2, exact=False), b"abc", "here is not bytes, at most 2 of them"),
        (Many(Flag(), 2), [], "here is not an array of 1 to 2 items"),
        (Many(Flag(), 2), [True] * 3, "here is not an array of 1 to 2 items"),
        (Many(Flag(), 2), True, "here is not an array"),
        (Many(Flag(), 2), [True, 1], r"here\[1\] is not true or false"),
        (PERSON, [], "here is not a map"),
        (PERSON, {}, "here.name is missing"),
        (PERSON, {"name": 1}, "here.name is not text"),
        (PERSON, {"name": "Ann", "age": -1}, "here.age is not an integer"),
        (PERSON, {"name": "Ann", "home": {}}, "here.home.city is missing"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(shape: Shape, value: Value, why: str) -> None:
    with pytest.raises(DecodeError, match=why) as caught:
        shape.check(value, "here")
    assert caught.value.rule == "KND-4"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"name": "Ann", "home": {"city": "Lyon"}}, []),
        ({"name": "Ann", "more": {"city": 1}}, ["more"]),
        ({"home": {"city": "Lyon", "street": "Rue"}, "more": 1}, ["home.street", "more"]),
        ({"home": [{"street": "Rue"}]}, []),
        ([], []),
    ],
)
def test_fields_that_a_shape_does_not_name_are_found_at_every_level(value: Value, names: list[str]) -> None:
    assert sorted(unnamed(PERSON, value)) == names


def test_fields_that_a_shape_does_not_name_are_found_in_arrays() -> None:
    people = Fields({"people": Many(PERSON, 3)})
    assert list(unnamed(people, {"people": [{"name": "Ann"}, {"name": "Bob", "pet": "Rex"}]})) == ["people.pet"]
    assert list(unnamed(people, {"people": "nobody"})) == []
