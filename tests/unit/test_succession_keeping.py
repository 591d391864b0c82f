"""What of a revoked device's word stands when not everything can."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from support.keys import person
from support.world import NOW_MS, Place, acceptance, consent, deleted, draft_of, post, team

from folkmoot.keeping import Selection, what_to_keep
from folkmoot.record import Record

DANA, ELI = person("dana"), person("eli")
POSTS = [post(DANA, f"post {number}", Place(number, NOW_MS + number)) for number in range(5)]


def chosen(records: Sequence[Record], room: int, *referred: bytes) -> Selection:
    return what_to_keep(records, [], referred, room=room)


def test_the_newest_are_kept_when_nothing_hangs_on_any() -> None:
    selection = chosen(POSTS, 2)
    assert [item.id for item in selection.kept] == [POSTS[4].id, POSTS[3].id]
    assert [item.id for item in selection.lost] == [POSTS[2].id, POSTS[1].id, POSTS[0].id]


def test_what_others_refer_to_is_kept_before_what_is_newer() -> None:
    assert [item.id for item in chosen(POSTS, 2, POSTS[0].id).kept] == [POSTS[0].id, POSTS[4].id]


def test_a_document_that_was_co_signed_is_kept_with_the_records_about_it() -> None:
    document = team(DANA, ELI)
    offer, yes = draft_of(DANA, document), acceptance(DANA, document)
    selection = what_to_keep([*POSTS, offer, yes], [(document.id, consent(DANA, document))], [], room=3)
    assert {item.id for item in selection.kept} == {document.id, offer.id, yes.id}


def test_what_deletes_is_kept_last() -> None:
    gone = deleted(DANA, POSTS[4])
    assert [item.id for item in chosen([*POSTS[:2], gone], 3, gone.id).kept][-1] == gone.id


def test_prefixes_go_to_the_device_that_signed() -> None:
    theirs = post(ELI)
    selection = chosen([POSTS[0], theirs], 9)
    assert selection.prefixes == {
        DANA.key.public: {POSTS[0].id[:16]},
        ELI.key.public: {theirs.id[:16]},
    }


@given(st.permutations(POSTS), st.integers(0, 6), st.frozensets(st.sampled_from([item.id for item in POSTS])))
def test_the_choice_depends_on_no_order_and_loses_nothing_unsaid(
    order: list[Record], room: int, referred: frozenset[bytes]
) -> None:
    selection = chosen(order, room, *referred)
    assert selection == chosen(POSTS, room, *referred)
    assert len(selection.kept) == min(room, len(POSTS))
    assert {item.id for item in (*selection.kept, *selection.lost)} == {item.id for item in POSTS}
    assert not any(item.is_needed for item in selection.lost) or all(item.is_needed for item in selection.kept)
