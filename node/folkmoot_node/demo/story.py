"""What happens in the demo: five strangers, no server, and at the end a team that nobody had to create for them."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from folkmoot.limits import DAY_MS
from folkmoot.record import day_of
from folkmoot_node.clock import SystemClock
from folkmoot_node.testnet.processes import ActRefusedError, Answer, NodeProcess, TestnetError
from folkmoot_node.testnet.steps import Steps

CLIENT = "Carl"
FREELANCERS = ("Dana", "Eli", "Fay", "Gus")
POSTINGS = ("museum-guide-app.jsonld", "winter-campaign.jsonld", "archive-digitisation.jsonld")
_AVAILABLE_DAYS = 60
_ROLES = ("backend:1:python", "illustration:1:illustration", "video:1:video editing")
_SHARES = {"Dana": 2000, "Eli": 3000, "Fay": 2500, "Gus": 2500}
_BETTER_SHARES = {"Dana": 1500, "Eli": 3000, "Fay": 2500, "Gus": 3000}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the story left behind, for the final screen.

    Attributes:
        opportunity: Id of the awarded opportunity.
        team: Id of the formed team.
        states: For each node by name, the state hash it derives, all at one moment.
        refusals: For each node by name, the rule by which it refuses the acceptance of the old offer.
        caught_up_ms: How long the node that was down took to know of the award after it was back.
        agreement: The bundle that proves the team's agreement.
    """

    opportunity: str
    team: str
    states: dict[str, str]
    refusals: dict[str, str]
    caught_up_ms: int
    agreement: bytes


class Story:
    """The people, their nodes and the files they bring."""

    def __init__(self, nodes: Sequence[NodeProcess], examples: Path, resume: Path | None, steps: Steps) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._examples = examples
        self._resume = resume
        self._steps = steps

    def arrive(self) -> None:
        """Make five identities, start five nodes and connect each to those before it."""
        with ThreadPoolExecutor(len(self._nodes)) as pool:
            list(pool.map(NodeProcess.create, self._nodes.values()))
        first = self._nodes[CLIENT]
        first.start(peers=[])
        others = [self._nodes[name] for name in FREELANCERS]
        with ThreadPoolExecutor(len(others)) as pool:
            list(pool.map(lambda node: node.start(peers=[first.address]), others))
        for position, node in enumerate(others):
            for earlier in others[:position]:
                node.post("/peers", {"address": earlier.address})
        wanted = len(self._nodes) - 1
        self._steps.until(
            "everybody is connected",
            lambda node: sum(bool(peer["connected"]) for peer in node.get("/status")["peers"]) >= wanted,
        )
        self._steps.say("five nodes, all connected", first)

    def introduce(self) -> None:
        """Everybody publishes a profile from a résumé; the freelancers say when they have time."""
        for name, node in self._nodes.items():
            path = self._examples / "resumes" / f"{name.lower()}.json"
            if name == FREELANCERS[0] and self._resume is not None:
                path = self._resume
            imported = self._publish_resume(node, path)
            left_out = len(imported["left_out"])
            self._steps.published(
                f"profile: {path.stem}",
                node,
                imported["published"],
                remark=f"{left_out} contact details left out" if left_out else "",
            )
        until_day = day_of(_now_ms()) + _AVAILABLE_DAYS
        for hours, name in zip((20, 32, 24, 16), FREELANCERS, strict=True):
            self._steps.published(
                f"has {hours} h a week",
                self._nodes[name],
                self._nodes[name].put("/availability", {"hours_per_week": hours, "until_day": until_day}),
            )

    def call(self) -> str:
        """The client publishes three opportunities; the first has three seats. Return its id."""
        client = self._nodes[CLIENT]
        closes_ms = _now_ms() + 14 * DAY_MS
        first = ""
        for posting in POSTINGS:
            data = (self._examples / "postings" / posting).read_bytes()
            query: dict[str, object] = {"closes_ms": closes_ms}
            if not first:
                query["roles"] = list(_ROLES)
            imported = client.upload("/opportunities/import", data, **query)
            remark = "three seats: backend, illustration, video" if not first else ""
            published = self._steps.published(f"calls: {Path(posting).stem}", client, imported["published"], remark)
            first = first or str(published["id"])
        return first

    def team_up(self, opportunity: str) -> tuple[str, dict[str, str]]:
        """Find each other, offer, accept, improve the offer, accept again. Return the team and the refusals."""
        dana, eli, fay, gus = (self._nodes[name] for name in FREELANCERS)
        found = dana.get("/find", skill="illustration", hours=10)["people"]
        self._steps.say(f"finds {len(found)} illustrator", dana)
        old = self._steps.published("offers a team", dana, self._offer(opportunity, _SHARES))["document"]
        self._steps.published("accepts the offer", fay, fay.post(f"/teams/{old}/accept"))
        self._steps.published(
            "asks for a larger share", gus, gus.post("/posts", {"text": "30 % and I am in.", "about": old})
        )
        new = self._steps.published("offers it anew", dana, self._offer(opportunity, _BETTER_SHARES, replaces=old))[
            "document"
        ]
        for node in (eli, gus):
            self._steps.published("accepts the new one", node, node.post(f"/teams/{new}/accept"))
        refusals = self._refusals(new, fay)
        self._steps.say(
            "old acceptance refused",
            fay,
            remark=", ".join(sorted(set(refusals.values()))),
        )
        self._expect_refusal(dana, opportunity, new)
        self._steps.published("accepts the new one", fay, fay.post(f"/teams/{new}/accept"))
        self._steps.until("the team has formed", lambda node: node.get(f"/teams/{new}")["status"] == "formed")
        self._steps.say("the team has formed", dana, remark="four co-signatures on one document, on every node")
        return new, refusals

    def win(self, opportunity: str, team: str) -> int:
        """Bid as a team, lose a node, be awarded, and let the node catch up. Return how long that took in ms."""
        carl, dana, gus = self._nodes[CLIENT], self._nodes["Dana"], self._nodes["Gus"]
        bid = self._steps.published(
            "bids for the team", dana, dana.post("/bids", _bid(opportunity, 1_850_000, team))
        )
        rival = self._steps.published("bids on his own", gus, gus.post("/bids", _bid(opportunity, 2_400_000)))
        gus.kill()
        self._steps.say("node killed", gus)
        award = self._steps.published("awards the team", carl, carl.post("/awards", {"bid": bid["id"]}))
        self._steps.published(
            "declines the other",
            carl,
            carl.post("/declines", {"bid": rival["id"], "reason": "other-bid"}),
        )
        gus.start(peers=[carl.address, dana.address])
        back = time.monotonic()
        self._steps.until("the team was awarded", lambda node: _status(node, opportunity) == "awarded")
        took_ms = round((time.monotonic() - back) * 1000)
        self._steps.wait(str(award["id"]), carl)
        self._steps.say(f"back, up to date: {took_ms} ms", gus)
        return took_ms

    def vouch(self, team: str) -> None:
        """Dana endorses Eli on the ground of the team they share; Eli shows it."""
        dana, eli = self._nodes["Dana"], self._nodes["Eli"]
        given = self._steps.published(
            "endorses Eli",
            dana,
            dana.post(
                "/endorsements",
                {
                    "subject": eli.identity,
                    "text": "Estimates honestly and says early when something will not work.",
                    "skill": {"label": "backend"},
                    "basis": team,
                },
            ),
        )
        self._steps.published("shows it", eli, eli.post(f"/endorsements/{given['id']}/show"))

    def compare(self, opportunity: str, team: str, refusals: dict[str, str], caught_up_ms: int) -> Outcome:
        """Ask all nodes for the state they derive at one moment, and one for the proof of the agreement.

        Raises:
            TestnetError: They never come to the same state.
        """
        give_up = time.monotonic() + 15
        while True:
            as_of_ms = _now_ms()
            states = {
                name: str(node.get("/state", as_of_ms=as_of_ms)["state_hash"]) for name, node in self._nodes.items()
            }
            if len(set(states.values())) == 1:
                break
            if time.monotonic() > give_up:
                raise TestnetError(f"the nodes derive different states: {states}")
            time.sleep(0.2)
        agreement = self._nodes["Fay"].fetch("/export", id=team)
        return Outcome(opportunity, team, states, refusals, caught_up_ms, agreement)

    def _publish_resume(self, node: NodeProcess, path: Path) -> Answer:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise TestnetError(f"{path} cannot be read: {error.strerror}") from error
        return node.upload("/profile/import", data)

    def _offer(self, opportunity: str, shares: dict[str, int], replaces: str | None = None) -> Answer:
        roles = {"Dana": "lead", "Eli": "backend", "Fay": "illustration", "Gus": "video"}
        offer: dict[str, object] = {
            "name": "Lantern",
            "purpose": "Design, build and film the museum's guide as one team.",
            "opportunity": opportunity,
            "seats": [
                {"role": roles[name], "identity": self._nodes[name].identity, "share": share}
                for name, share in shares.items()
            ],
        }
        if replaces is not None:
            offer["replaces"] = replaces
        return self._nodes["Dana"].post("/teams", offer)

    def _refusals(self, team: str, who: NodeProcess) -> dict[str, str]:
        """Return, for every node, the rule by which someone's acceptance does not count for a team.

        Raises:
            TestnetError: Some node does not refuse it.
        """
        refusals: dict[str, str] = {}
        for name, node in self._nodes.items():
            refused = [r for r in node.get(f"/teams/{team}")["refused"] if r["author"] == who.identity]
            if not refused:
                raise TestnetError(f"{name}'s node does not refuse the acceptance of the old offer")
            refusals[name] = str(refused[0]["rule"])
        return refusals

    def _expect_refusal(self, dana: NodeProcess, opportunity: str, team: str) -> None:
        try:
            dana.post("/bids", _bid(opportunity, 1_850_000, team))
        except ActRefusedError as error:
            self._steps.say("early bid refused", dana, remark=str(error))
            return
        raise TestnetError("a node let a team bid that has not formed")


def _bid(opportunity: str, amount_minor: int, team: str | None = None) -> dict[str, object]:
    bid: dict[str, object] = {
        "opportunity": opportunity,
        "price": {"amount_minor": amount_minor, "currency": "EUR", "unit": "fixed"},
        "plan": "A clickable first version in three weeks, then two rounds with visitors in the museum.",
    }
    return {**bid, "team": team} if team else bid


def _status(node: NodeProcess, opportunity: str) -> str:
    try:
        return str(node.get(f"/opportunities/{opportunity}")["status"])
    except ActRefusedError:
        return "unknown"


def _now_ms() -> int:
    return SystemClock().now_ms()
