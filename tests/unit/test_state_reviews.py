"""Blind reviews: promised before anybody can read them, and what happens to those that try to see first."""

from support.keys import person
from support.scene import Scene
from support.work import (
    CLIENT,
    SALT,
    Promise,
    changed,
    ended,
    engaged,
    promised_review,
    reviewed_openly,
)

from folkmoot.agreement import Document
from folkmoot.ids import DocumentId
from folkmoot.limits import DAY_MS
from folkmoot.state.reviews import ReviewState, ReviewStatus, derive_reviews, may_reveal

PAIR = (CLIENT, "dana")


def two(scene: Scene) -> Document:
    return engaged(scene, makers=["dana"])


def derived(scene: Scene, document: Document) -> list[ReviewState]:
    return list(derive_reviews(scene.evidence(), document.id))


def statuses(scene: Scene, document: Document) -> list[tuple[bytes, ReviewStatus]]:
    return [(state.author, state.status) for state in derived(scene, document)]


def may(scene: Scene, document: Document, who: str) -> bool:
    return may_reveal(scene.evidence(), document.id, person(who).id)


def test_both_promise_then_both_reveal() -> None:
    scene = Scene()
    document = two(scene)
    ended(scene, document, by=PAIR)
    dana = promised_review(scene, "dana", document, CLIENT)
    assert not may(scene, document, "dana")
    carl = promised_review(scene, CLIENT, document, "dana")
    assert may(scene, document, "dana")
    assert may(scene, document, CLIENT)
    assert {status for _author, status in statuses(scene, document)} == {ReviewStatus.COMMITTED}
    shown = [promise.opened_in(scene) for promise in (dana, carl)]
    found = derived(scene, document)
    assert {state.status for state in found} == {ReviewStatus.REVEALED}
    assert {(state.commit, state.review) for state in found} == {
        (dana.commit.id, shown[0].id),
        (carl.commit.id, shown[1].id),
    }


def test_nothing_is_reviewed_that_not_all_have_signed() -> None:
    scene = Scene()
    document = scene.engagement(CLIENT, ["dana"])
    promised_review(scene, "dana", document, CLIENT)
    assert derived(scene, document) == []
    assert not may_reveal(scene.evidence(), DocumentId(bytes(32)), person("dana").id)


def test_outsiders_neither_promise_nor_review_nor_are_reviewed() -> None:
    scene = Scene()
    document = two(scene)
    promised_review(scene, "mallory", document, "dana").opened_in(scene)
    promised_review(scene, "dana", document, "dana")
    reviewed_openly(scene, "dana", document, "mallory")
    reviewed_openly(scene, "dana", document, "dana")
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.COMMITTED)]


def test_what_was_never_promised_is_late() -> None:
    scene = Scene()
    document = two(scene)
    reviewed_openly(scene, "dana", document, CLIENT)
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.LATE)]


def test_somebody_else_s_promise_is_not_opened() -> None:
    scene = Scene()
    document = engaged(scene)
    dana = promised_review(scene, "dana", document, CLIENT)
    dana.opened_in(scene, by="eli")
    digest = dana.commit.body["digest"]
    copied = scene.publish("eli", "review-commit", {"document": document.id, "digest": digest})
    Promise("eli", copied, dana.body).opened_in(scene)
    assert sorted(statuses(scene, document), key=lambda found: found[1].value) == [
        (person(name).id, status)
        for name, status in (
            *[(name, ReviewStatus.COMMITTED) for name in _by_id("dana", "eli")],
            ("eli", ReviewStatus.LATE),
        )
    ]


def _by_id(*names: str) -> list[str]:
    return sorted(names, key=lambda name: person(name).id)


def test_other_words_than_those_promised_are_late_and_leave_the_promise_open() -> None:
    scene = Scene()
    document = two(scene)
    promise = promised_review(scene, "dana", document, CLIENT)
    promise.opened_in(scene, text="Never again.")
    assert [status for _author, status in statuses(scene, document)] == [ReviewStatus.LATE, ReviewStatus.COMMITTED]
    promise.opened_in(scene)
    assert [status for _author, status in statuses(scene, document)] == [ReviewStatus.REVEALED]


def test_of_two_that_open_promises_about_one_subject_the_first_counts() -> None:
    scene = Scene()
    document = engaged(scene)
    first, second = (promised_review(scene, "dana", document, "eli", text) for text in ("Good.", "Bad."))
    second_shown = second.opened_in(scene)
    scene.now_ms += 1000
    first.opened_in(scene)
    found = derived(scene, document)
    assert [(state.status, state.review) for state in found] == [
        (ReviewStatus.REVEALED, second_shown.id),
        (ReviewStatus.COMMITTED, None),
    ]


def test_one_promise_for_each_other_party_and_no_more() -> None:
    scene = Scene()
    document = two(scene)
    first = promised_review(scene, "dana", document, CLIENT)
    second = promised_review(scene, "dana", document, CLIENT, "Or so.")
    second.opened_in(scene)
    assert [(state.status, state.commit) for state in derived(scene, document)] == [
        (ReviewStatus.LATE, None),
        (ReviewStatus.COMMITTED, first.commit.id),
    ]


def test_a_promise_dated_back_after_reading_does_not_count_once_the_true_one_was_named() -> None:
    scene = Scene()
    document = two(scene)
    carl = promised_review(scene, CLIENT, document, "dana")
    dana = promised_review(scene, "dana", document, CLIENT)
    dana.opened_in(scene, counterpart=carl.commit.id)
    now, scene.now_ms = scene.now_ms, carl.commit.rev - 120_000
    revenge = promised_review(scene, CLIENT, document, "dana", "She was late.")
    scene.now_ms = now
    revenge.opened_in(scene)
    found = {state.author: (state.status, state.commit) for state in derived(scene, document) if state.review}
    assert found[person(CLIENT).id] == (ReviewStatus.LATE, None)
    carl.opened_in(scene)
    found = {state.author: (state.status, state.commit) for state in derived(scene, document)}
    assert found[person(CLIENT).id] == (ReviewStatus.REVEALED, carl.commit.id)


def test_naming_a_promise_as_counterpart_helps_only_if_another_party_does() -> None:
    scene = Scene()
    document = two(scene)
    first = promised_review(scene, CLIENT, document, "dana")
    second = promised_review(scene, CLIENT, document, "dana", "Otherwise.")
    reviewed_openly(scene, "mallory", document, CLIENT, counterpart=second.commit.id)
    commits = [state.commit for state in derived(scene, document)]
    assert commits == [first.commit.id]


def test_a_promise_after_the_time_is_over_is_late_and_one_never_kept_is_unrevealed() -> None:
    scene = Scene()
    document = two(scene)
    ended(scene, document, by=PAIR)
    kept_from_us = promised_review(scene, "dana", document, CLIENT)
    scene.now_ms += 14 * DAY_MS + 10 * 60_000
    late = promised_review(scene, CLIENT, document, "dana")
    shown = late.opened_in(scene)
    assert may(scene, document, "dana")
    found = {state.author: state for state in derived(scene, document)}
    assert (found[person(CLIENT).id].status, found[person(CLIENT).id].review) == (ReviewStatus.LATE, shown.id)
    assert found[person("dana").id].status is ReviewStatus.UNREVEALED
    assert found[person("dana").id].commit == kept_from_us.commit.id


def test_a_closing_dated_back_by_one_side_takes_nobody_s_time() -> None:
    scene = Scene()
    document = two(scene)
    now, scene.now_ms = scene.now_ms, scene.now_ms - 60 * DAY_MS
    closing = scene.publish(CLIENT, "closing", {"document": document.id, "way": "cause"})
    scene.now_ms = now
    promise = promised_review(scene, "dana", document, CLIENT)
    promise.opened_in(scene)
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.REVEALED)]
    scene.publish("mallory", "seen", {"of": [closing.id]})
    scene.now_ms += 15 * DAY_MS
    assert may(scene, document, "dana")
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.REVEALED)]


def test_what_one_side_says_of_the_end_counts_for_the_other_from_when_it_was_seen() -> None:
    scene = Scene()
    document = two(scene)
    closing = scene.publish(CLIENT, "closing", {"document": document.id, "way": "convenience"})
    promised_review(scene, CLIENT, document, "dana")
    scene.now_ms += 20 * DAY_MS
    assert not may(scene, document, CLIENT)
    assert [status for _author, status in statuses(scene, document)] == [ReviewStatus.UNREVEALED]
    scene.publish("gus", "seen", {"of": [closing.id]})
    in_time = promised_review(scene, "dana", document, CLIENT)
    scene.now_ms += 14 * DAY_MS + 1
    assert may(scene, document, CLIENT)
    in_time.opened_in(scene)
    found = {state.author: state.status for state in derived(scene, document)}
    assert found[person("dana").id] is ReviewStatus.REVEALED


def test_only_its_author_withdraws_a_review() -> None:
    scene = Scene()
    document = two(scene)
    shown = promised_review(scene, "dana", document, CLIENT).opened_in(scene)
    scene.exhibit(CLIENT, shown)
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.REVEALED)]
    scene.delete(shown, "dana")
    assert statuses(scene, document) == [(person("dana").id, ReviewStatus.WITHDRAWN)]


def test_what_was_promised_before_a_change_order_is_shown_after_it() -> None:
    scene = Scene()
    document = two(scene)
    promise = promised_review(scene, "dana", document, CLIENT)
    later = changed(scene, document, makers=["dana"])
    promise.opened_in(scene)
    assert statuses(scene, later) == statuses(scene, document) == [(person("dana").id, ReviewStatus.REVEALED)]


def test_salt_that_is_not_that_of_the_promise_opens_nothing() -> None:
    scene = Scene()
    document = engaged(scene)
    promised_review(scene, "dana", document, CLIENT).opened_in(scene, salt=SALT[::-1])
    assert [status for _author, status in statuses(scene, document)] == [ReviewStatus.LATE, ReviewStatus.COMMITTED]
