"""Two years of a city's projects, done through the graph in the order of time."""

import heapq
from collections.abc import Callable
from datetime import date

from schema.context import Context
from schema.graph import schema
from schema.permissions import Viewer
from server.api.execution import Graph
from server.demo.groups import lives_of_groups
from server.demo.hours import Hours
from server.demo.lives import Step, Values
from server.demo.plans import SEED, stories
from server.demo.proposals import proposed
from server.people.context import named

Progress = Callable[[int, int], None]
"""Called with how many lives have reached the present, of how many."""


class History:
    """Every step is an act, done by its person at its moment: the clock moves along."""

    def __init__(self, hours: Hours, files: object) -> None:
        self.hours, self.files = hours, files
        self.graph = Graph(schema)
        self.viewers: dict[tuple[str, date], Viewer] = {}

    async def viewer(self, username: str, on: date) -> Viewer:
        """Somebody in the posts that they held on a day."""
        if (username, on) not in self.viewers:
            found = await named(username, on)
            assert found is not None, username
            self.viewers[username, on] = found
        return self.viewers[username, on]

    async def tell(self, progress: Progress | None, projects: int) -> int:
        """How many acts it took. What lies after the present does not happen."""
        lives = [story.life() for story in stories(self.hours, projects)]
        lives += lives_of_groups(self.hours.now, SEED)
        steps = [(step.at, number, step) for number, step in enumerate(map(next, lives))]
        heapq.heapify(steps)
        acts = 0
        while steps:
            at, number, step = heapq.heappop(steps)
            if at <= self.hours.now:
                answer = await self.do(step)
                acts += 1
                try:
                    step = lives[number].send(answer)
                    heapq.heappush(steps, (step.at, number, step))
                except StopIteration:
                    pass
            if progress:
                progress(len(lives) - len(steps), len(lives))
        return acts

    async def save_views(self) -> None:
        """What people look at every morning."""
        for who, name, query, shared in VIEWS:
            values = {"name": name, "query": query, "shared": shared}
            if shared == "UNIT":  # the unit of both of them is called as they are
                values["unit"] = who
            await self.do(Step(self.hours.now, who, "viewSave", values))

    async def propose(self) -> None:
        """What waits for a second person."""
        for step in proposed(self.hours):
            await self.do(step)

    async def do(self, step: Step) -> Values:
        viewer = await self.viewer(step.who, Context.day_of(step.at))
        context = Context(viewer=viewer, now=step.at, secret=SEED.encode(), file_store=self.files)
        document = self.graph.prepare(mutation(step.act), trusted=False)
        assert not isinstance(document, list), document
        given = {
            name: each(viewer) if callable(each) else each for name, each in step.input.items()
        }
        answer = await self.graph.run(document, None, {"input": given}, context)
        if answer.errors:
            raise answer.errors[0].original_error or answer.errors[0]
        assert answer.data is not None
        payload: Values = answer.data[step.act]
        if payload["conflict"]:  # another act moved the project meanwhile: it is read again
            step.input["revision"] = payload["conflict"]["revision"]
            return await self.do(step)
        if payload["userErrors"] and not step.may_fail:
            raise RuntimeError(f"{step}: {payload['userErrors']}")
        return payload


VIEWS = (
    ("office", "十亿以上项目", "amount.min=10亿", "ALL"),
    ("office", "首谈地有争议", "disputed=true", "UNIT"),
    ("leader", "在谈的大项目", "stage=JUDGED&amount.min=5亿", "ME"),
    ("yanjiang", "已流转的项目", "transferred=true", "UNIT"),
)
MORE = {
    "projectReport": "duplicates { ticket }",
    "projectClaim": "claim { id }",
    "projectDispute": "dispute { id }",
    "projectTransferRequest": "transfer { id }",
    **dict.fromkeys(
        ("fundsRecord", "taxRecord", "fundsVerify", "taxVerify", "entryResubmit"),
        "entry { no indicator revision }",
    ),
}


OF_NO_PROJECT = {
    "viewSave": "",
    "ruleSet": "",
    "calendarPublish": "",
    **dict.fromkeys(
        ("ledgerPreview", "ledgerImport", "ledgerConfirm"), "batch { no revision awaitingCount }"
    ),
    "noticeSend": "notice { no messages { id } }",
    "messageRead": "message { id }",
    "noticeAnswer": "message { id }",
    "groupAppoint": "one { no revision } item { id }",
    **dict.fromkeys(("oneUpdate", "oneCheck", "oneAssign"), "one { no revision }"),
    "chainNodeSet": "node { no }",
    "chainFirmAdd": "node { no }",
    **dict.fromkeys(
        (
            "targetCompanyAdd",
            "targetCompanyMove",
            "targetCompanyContact",
            "targetCompanyConvert",
            "targetCompanyDrop",
        ),
        "target { no revision stage }",
    ),
}
PROJECT = "project { no revision firstContactPlace { slug } landingPlace { slug } }"


def mutation(act: str) -> str:
    """The document of an act, with what the rest of a life needs to know."""
    more = OF_NO_PROJECT[act] if act in OF_NO_PROJECT else f"{PROJECT} {MORE.get(act, '')}"
    return (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{"
        f" conflict {{ revision }} userErrors {{ field message }} {more} }} }}"
    )
