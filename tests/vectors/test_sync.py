"""The suite `sync`, read through `session`."""

import pytest
from vectors.suites import Case, cases_of, expected, name_of, outcome

from folkmoot.session import Effect, Finished, Greeted, Hello, Holdings, Offer, Receive, Send, Session


def _session_of(case: Case) -> tuple[Session, Holdings]:
    own, held = case["own"], case["holdings"]
    hello = Hello(own["network"], own["edition"], tuple(own["spaces"]), int(own["now"]))
    ids = {name: [bytes.fromhex(item) for item in held[name]] for name in ("operations", "records")}
    return Session(hello), Holdings(ids["operations"], ids["records"])


def _as_case(effect: Effect) -> object:
    match effect:
        case Greeted(hello=hello):
            return {"greeted": {"edition": hello.edition, "spaces": list(hello.spaces), "now": str(hello.now_ms)}}
        case Offer(operations=operations, records=records):
            return {
                "offer": {
                    "operations": [item.hex() for item in operations],
                    "records": [item.hex() for item in records],
                }
            }
        case Receive(bundle=bundle):
            return {"receive": bundle.hex()}
        case Finished():
            return "finished"
        case Send(frame=frame):
            return {"send": frame.hex()}


def _play(case: Case) -> list[list[object]]:
    session, holdings = _session_of(case)
    session.start()
    played: list[list[object]] = []
    for frame in case["frames"]:
        effects = session.receive(bytes.fromhex(frame))
        if any(isinstance(effect, Greeted) for effect in effects):
            session.list_holdings(holdings)
        played.append([_as_case(effect) for effect in effects])
    return played


@pytest.mark.parametrize("case", cases_of("sync"), ids=name_of)
def test_a_conversation_goes_on_or_ends_by_the_rule_that_decides(case: Case) -> None:
    assert outcome(lambda: _play(case)) == expected(case)


@pytest.mark.parametrize("case", cases_of("sync", "effects"), ids=name_of)
def test_each_frame_has_the_effects_of_the_case(case: Case) -> None:
    assert _play(case) == case["effects"]


@pytest.mark.parametrize("case", [c for c in cases_of("sync") if c["expect"] == "refuse"], ids=name_of)
def test_only_the_last_frame_breaks_a_rule(case: Case) -> None:
    _play({**case, "frames": case["frames"][:-1]})
