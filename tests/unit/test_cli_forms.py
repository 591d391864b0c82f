import pytest
from support.fake_daemon import CALL, ELI

from folkmoot_node.cli.forms import (
    check_seats,
    parse_criterion,
    parse_language,
    parse_role,
    parse_seat,
    parse_share,
    parse_skill,
    percent,
    role_query,
)
from folkmoot_node.errors import ConfigError, UnknownIdError


def test_a_seat_names_its_role_holder_and_share() -> None:
    assert parse_seat(f"backend={ELI}:4000") == {"role": "backend", "identity": ELI, "share": 4000}
    assert parse_seat("lead=me:30%") == {"role": "lead", "identity": "me", "share": 3000}
    assert parse_seat(" captions = open ") == {"role": "captions", "identity": None}


def test_an_id_in_capitals_is_the_same_id() -> None:
    assert parse_seat(f"backend={ELI.upper()}")["identity"] == ELI


@pytest.mark.parametrize("given", ["", "backend", "=me", "backend=", "backend=:40%", "lead=me:", "lead=me:4.5"])
def test_what_is_no_seat_is_refused_with_the_form_of_one(given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_seat(given)
    assert "'lead=me:3000'" in caught.value.advice


def test_a_mistyped_holder_is_found_before_anything_is_sent() -> None:
    wrong = ELI[:-1] + ("q" if ELI[-1] != "q" else "p")
    with pytest.raises(UnknownIdError, match="mistyped"):
        parse_seat(f"backend={wrong}")
    with pytest.raises(ConfigError, match="names a record"):
        parse_seat(f"backend={CALL}")


@pytest.mark.parametrize(
    ("given", "share"),
    [("40%", 4000), ("33.33%", 3333), ("33.3%", 3330), ("0", 0), ("10000", 10_000), ("100%", 10_000)],
)
def test_a_share_is_read_in_per_cent_or_basis_points(given: str, share: int) -> None:
    assert parse_share(given) == share


@pytest.mark.parametrize("given", ["101%", "10001", "-1", "33.333%", "0.5", "a third"])
def test_what_is_no_share_is_refused(given: str) -> None:
    with pytest.raises(ConfigError):
        parse_share(given)


def test_shares_are_given_to_all_seats_or_none_and_make_a_whole() -> None:
    check_seats([{}, {}])
    check_seats([{"share": 3000}, {"share": 7000}])
    with pytest.raises(ConfigError, match="some have none"):
        check_seats([{"share": 10_000}, {}])
    with pytest.raises(ConfigError, match=r"99\.99 %, not 100 %"):
        check_seats([{"share": 3000}, {"share": 6999}])


def test_per_cent_shows_no_needless_zeros() -> None:
    assert [percent(share) for share in (3000, 3333, 5)] == ["30 %", "33.33 %", "0.05 %"]


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ("backend:1:python,postgres", {"title": "backend", "seats": 1, "skills": ["python", "postgres"]}),
        ("backend", {"title": "backend", "seats": 1, "skills": []}),
        ("art : 2 : ", {"title": "art", "seats": 2, "skills": []}),
        ("sound:1:mix: stereo", {"title": "sound", "seats": 1, "skills": ["mix: stereo"]}),
        (
            "backend:1:python,+rust, ~php,+",
            {"title": "backend", "seats": 1, "skills": ["python"], "prefer": ["rust"], "indifferent": ["php"]},
        ),
    ],
)
def test_a_role_has_a_title_seats_and_skills(given: str, role: dict[str, object]) -> None:
    assert parse_role(given) == role


@pytest.mark.parametrize("given", ["", ":2", "art:none", "art:0", "art:-1"])
def test_what_is_no_role_is_refused(given: str) -> None:
    with pytest.raises(ConfigError):
        parse_role(given)


def test_a_role_is_written_as_the_import_reads_it() -> None:
    assert role_query(parse_role("backend : 2 : python, postgres")) == "backend:2:python,postgres"


def test_a_skill_has_a_label_and_perhaps_a_level_and_a_uri() -> None:
    assert parse_skill("Python") == {"label": "Python"}
    assert parse_skill("Python:expert=http://example.org/p?x=1") == {
        "label": "Python",
        "level": "expert",
        "uri": "http://example.org/p?x=1",
    }
    with pytest.raises(ConfigError):
        parse_skill(":expert")


def test_a_language_has_a_label_and_perhaps_a_fluency() -> None:
    assert parse_language("French:native") == {"label": "French", "fluency": "native"}
    assert parse_language("French") == {"label": "French"}
    with pytest.raises(ConfigError):
        parse_language("")


def test_a_criterion_has_a_name_and_a_weight() -> None:
    assert parse_criterion("craft: care:40") == {"name": "craft: care", "weight": 40}
    for given in ("craft", ":40", "craft:much"):
        with pytest.raises(ConfigError):
            parse_criterion(given)
