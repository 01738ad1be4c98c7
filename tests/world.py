"""A small believable city, its people, and the story of a project in documents.

`city` is undone after each test; `stored_city` is a database of the test's own, for tests with
several tasks. Its clock stands on Wednesday 18 November 2026, 10:00, until a test moves it.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from typing import Any, TypeAlias

import pytest_asyncio
from argon2 import PasswordHasher
from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    is_leaf_type,
    is_required_argument,
)
from strawberry.types import ExecutionResult

from schema import database
from schema.city.rules.codes import body_check, check
from schema.city.rules.verifiers import left_with, verified_by
from schema.context import Context, rulebook
from schema.database.transactions import transaction
from schema.gate.gate import Gate
from schema.gate.operator import operating
from schema.graph import schema
from schema.people.tables import Appointment, Group, Organization, Person
from schema.permissions import PUBLIC, HeldPost, Post, Viewer
from schema.query.compiler import JsonText
from schema.scalars import SHANGHAI
from server import settings
from server.api.execution import Graph
from server.files.store import FileStore
from server.operations.seed import seed

Said: TypeAlias = dict[str, Any]

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
SINCE = date(2020, 1, 1)
PASSWORD = "Ziyang-2026-lemon"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # as argon2id allows
GRAPH = Graph(schema)
CORE = schema._schema
SECRET = b"a secret of the tests' own, 32 by"

UNITS = (
    ("beijing", "驻北京投资促进分局", "北京分局", "BRANCH"),
    ("jinjiang", "锦江招商咨询事务所", "锦江招商", "AGENT"),
    ("suining", "遂宁市投资促进系统", "遂宁系统", "PARTNER"),
)
PEOPLE = (
    ("office", "李雷", Post.OFFICE, "office"),
    ("colleague", "何佳", Post.OFFICE, "office"),
    ("yanjiang", "王芳", Post.PLACE, "yanjiang"),
    ("anyue", "钱进", Post.PLACE, "anyue"),
    ("lezhi", "孙桑", Post.PLACE, "lezhi"),
    ("hightech", "赵越", Post.PLACE, "hightech"),
    ("airport", "周翔", Post.PLACE, "airport"),
    ("group", "吴钢", Post.GROUP, "group-advanced-manufacturing"),
    ("department", "郑铁", Post.DEPARTMENT, "industry-bureau"),
    ("finance", "卫算", Post.DEPARTMENT, "finance-bureau"),
    ("revenue", "蒋税", Post.DEPARTMENT, "tax-bureau"),
    ("branch", "冯京", Post.BRANCH, "beijing"),
    ("agent", "陈诺", Post.AGENT, "jinjiang"),
    ("leader", "韩山", Post.LEADER, "city-leaders"),
    ("inspector", "杨明", Post.INSPECTION, "inspection"),
    ("expert", "沈研", Post.EXPERT, "experts"),
    ("partner", "朱遂", Post.PARTNER, "suining"),
)


@pytest_asyncio.fixture(scope="session")
async def founded_orm(orm: None) -> dict[str, Viewer]:
    """The people of the city that is founded once in the database shared by `db`."""
    return await viewers()


@pytest_asyncio.fixture
async def city(founded_orm: dict[str, Viewer], db: None) -> "City":
    database.forget_all()  # what the test before recorded is undone, and its ids are given again
    return City(**founded_orm)


@pytest_asyncio.fixture
async def stored_city(committed_db: str) -> AsyncIterator["City"]:
    yield await founded()


def at(text: str) -> datetime:
    """An instant of the city's wall clock, such as `2026-11-20 17:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def on(project: Said) -> Said:
    """What an act on a project says first: which one, and the revision that was read."""
    return {"project": project["no"], "revision": project["revision"]}


def of(proposal: Said) -> Said:
    """What an act on a proposal says first: which one, and the revision that was read."""
    return {"proposal": proposal["no"], "revision": proposal["revision"]}


def uscc(number: int) -> str:
    """A made-up unified social credit code, right in both check digits."""
    body = f"MA{number:06d}"
    code = f"91512000{body}{body_check(body)}"
    return code + check(code)


@dataclass
class City:
    """The city under test: its viewers, its clock, and the ways to ask and to act."""

    office: Viewer
    colleague: Viewer
    yanjiang: Viewer
    anyue: Viewer
    lezhi: Viewer
    hightech: Viewer
    airport: Viewer
    group: Viewer
    department: Viewer
    finance: Viewer
    revenue: Viewer
    branch: Viewer
    agent: Viewer
    leader: Viewer
    inspector: Viewer
    expert: Viewer
    partner: Viewer
    public: Viewer = PUBLIC
    now: datetime = NOW
    files: FileStore = field(default_factory=lambda: FileStore(settings.FILES_DIR))
    reports: int = 0

    def __getitem__(self, name: str) -> Viewer:
        """A viewer by name, for tables of them: `city["yanjiang"]`."""
        found = getattr(self, name)
        assert isinstance(found, Viewer)
        return found

    async def ask(
        self, viewer: Viewer, document: str, /, *, key: str | None = None, **variables: Any
    ) -> ExecutionResult:
        """The whole answer, errors included; `key` is the Idempotency-Key.

        A query is asked twice, of graphql-core and as the server asks, and answered alike.
        """
        context = self.context(viewer, key)
        answer = await schema.execute(document, variable_values=variables, context_value=context)
        assert isinstance(answer, ExecutionResult)
        for error in answer.errors or ():
            if error.original_error and not error.extensions:
                raise error.original_error  # a fault of the program's, not of the caller's
        if not document.lstrip().startswith("mutation"):
            served = await self.served(viewer, document, variables)
            assert served == (answer.data, messages(answer)), "the server answers otherwise"
        return answer

    async def served(self, viewer: Viewer, document: str, variables: Said) -> tuple[Any, list[str]]:
        """Data and errors as the server answers, by a plan where there is one."""
        prepared = GRAPH.prepare(document)
        assert not isinstance(prepared, list), prepared
        answer = await GRAPH.answer(prepared, None, variables, self.context(viewer))
        text = answer.data
        return json.loads(text.text) if isinstance(text, JsonText) else text, messages(answer)

    def context(self, viewer: Viewer, key: str | None = None) -> Context:
        return Context(
            viewer=viewer,
            now=self.now,
            idempotency_key=key,
            secret=SECRET,
            file_store=self.files,
        )

    async def run(self, viewer: Viewer, document: str, /, **variables: Any) -> Said:
        """The data of an answer without errors."""
        answer = await self.ask(viewer, document, **variables)
        assert answer.errors is None, answer.errors
        assert answer.data is not None
        return answer.data

    async def act(
        self, viewer: Viewer, name: str, /, *, key: str | None = None, **input: Any
    ) -> Said:
        """The payload of an act, with all that its fields say of themselves."""
        answer = await self.ask(viewer, mutation(name), key=key, input=input)
        assert answer.errors is None, answer.errors
        assert answer.data is not None
        payload: Said = answer.data[name]
        return payload

    async def done(self, viewer: Viewer, name: str, /, **input: Any) -> Said:
        """The payload of an act that must succeed."""
        payload = await self.act(viewer, name, **input)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload

    async def report(self, viewer: Viewer | None = None, **given: Any) -> Said:
        """A project just reported: by Yanjiang, and each time another one, unless asked."""
        self.reports += 1
        lead = {
            "name": f"口腔设备产业园{self.reports}号",
            "investorName": f"四川省第{self.reports}口腔装备有限公司",
            "uscc": uscc(self.reports),
            "amount": "12.5亿",
            "group": "advanced-manufacturing",
        }
        if (viewer or self.yanjiang).place or "place" in given:
            lead |= {"contactOn": "2026-11-12", "contactWith": "张总"}
        lead |= given
        if lead.get("contactOn") is None:
            lead.pop("contactWith", None)
        payload = await self.done(viewer or self.yanjiang, "projectReport", **lead)
        project: Said = payload["project"]
        return project

    async def judged(self, first: str = "yanjiang", **given: Any) -> Said:
        """A project that the office has given to a first-contact place."""
        project = await self.report(self[first], **given)
        payload = await self.done(
            self.office,
            "projectJudge",
            **on(project),
            firstContactPlace=first,
            reason="接洽最早，佐证齐全",
        )
        judged: Said = payload["project"]
        return judged

    async def claim_of(self, place: str, project: Said) -> str:
        """The ID of a place's claim on a project, as the office reads it."""
        document = (
            "query($no: String!) { project(no: $no) { linkage { claims { id place { slug } } } } }"
        )
        seen = (await self.run(self.office, document, no=project["no"]))["project"]
        claims = seen["linkage"]["claims"]
        return next(each["id"] for each in claims if each["place"]["slug"] == place)

    async def read(self, project: Said) -> Said:
        """A project as the office reads it now, with what an act's payload says of one."""
        fields = selection(CORE.type_map["Project"], 1)
        document = f"query($no: String!) {{ project(no: $no) {{ {fields} }} }}"
        seen: Said = (await self.run(self.office, document, no=project["no"]))["project"]
        return seen

    async def dispute(self, place: str, project: Said, **given: Any) -> Said:
        """A dispute raised by a place's claim: its payload, with the project as the office reads it."""
        claim = await self.claim_of(place, project)
        lead = {"claim": claim, "grounds": "我县 11 月 10 日已会见投资方"} | given
        raised = await self.done(self[place], "projectDispute", **lead)
        return raised | {"project": await self.read(project)}

    async def transferred(
        self, first: str = "yanjiang", landing: str = "hightech", **given: Any
    ) -> Said:
        """A project that its first-contact place could not land and another one has taken up."""
        project = await self.judged(first, **given)
        asked = await self.done(
            self[first],
            "projectTransferRequest",
            **on(project),
            landingPlace=landing,
            reason="规划用地不足",
        )
        transfer, project = asked["transfer"]["id"], asked["project"]
        decided = await self.done(
            self.office,
            "projectTransferDecide",
            transfer=transfer,
            revision=project["revision"],
            approve=True,
            assessment="产业方向相符，同意流转",
        )
        taken = await self.done(
            self[landing],
            "projectTakeUp",
            transfer=transfer,
            revision=decided["project"]["revision"],
        )
        moved: Said = taken["project"]
        return moved

    async def judged_of_two(self, **given: Any) -> Said:
        """What judging for Yanjiang answers, which reported the project; Anyue has claimed it too."""
        claimed = await self.done(
            self.office,
            "projectClaim",
            project=(await self.report(**given))["no"],
            place="anyue",
            contactOn="2026-11-10",
            contactWith="张总",
        )
        return await self.done(
            self.office,
            "projectJudge",
            **on(claimed["project"]),
            firstContactPlace="yanjiang",
            reason="佐证更早",
        )

    async def signed(
        self,
        first: str = "yanjiang",
        landing: str = "hightech",
        amount: str = "12.5亿",
        **given: Any,
    ) -> Said:
        """A project with a formal agreement, signed where it lands."""
        if first == landing:
            project = await self.judged(first, **given)
        else:
            project = await self.transferred(first, landing, **given)
        payload = await self.done(
            self[landing],
            "agreementSign",
            **on(project),
            kind="FORMAL",
            amount=amount,
            signedOn=f"{self.now:%Y-%m-%d}",
        )
        signed: Said = payload["project"]
        return signed

    async def pay(self, project: Said, amount: str, place: str = "hightech", **given: Any) -> Said:
        """Paid-in funds recorded by where the project lands: the payload."""
        return await self.done(
            self[place],
            "fundsRecord",
            **on(project),
            amount=amount,
            **{
                "occurredOn": f"{self.now:%Y-%m-%d}",
                "sourceOfCapital": "OUT_OF_PROVINCE",
                "evidenceNote": "银行回单 0312",
                "another": "另一笔",
            }
            | given,
        )

    async def verified(self, payload: Said, **given: Any) -> Said:
        """The payload of the finance bureau's verification of an entry just recorded."""
        entry = payload["entry"]
        act = "taxVerify" if entry["indicator"] == "TAX" else "fundsVerify"
        verifying = {"entry": entry["no"], "revision": entry["revision"], "verified": True}
        return await self.done(self.finance, act, **verifying | given)

    async def paid(self, project: Said, amount: str, place: str = "hightech", **given: Any) -> Said:
        """Paid-in funds recorded by where the project lands, and verified: the payload."""
        return await self.verified(await self.pay(project, amount, place, **given))

    async def tax(self, project: Said, amount: str, place: str = "hightech", **given: Any) -> Said:
        """Tax recorded by where the project lands: the payload."""
        return await self.done(
            self[place],
            "taxRecord",
            **on(project),
            amount=amount,
            **{
                "occurredOn": f"{self.now:%Y-%m-%d}",
                "evidenceNote": "完税证明 0312",
                "another": "另一笔",
            }
            | given,
        )

    async def set_rule(self, name: str, effective_on: str, **given: Any) -> Said:
        """A new version of a parameter in force: the payload."""
        proposal = await self.propose_rule(name, effective_on, **given)
        return await self.done(self.colleague, "ruleConfirm", **of(proposal))

    async def propose_rule(self, name: str, effective_on: str, **given: Any) -> Said:
        """A new version of a parameter that the office's first person proposes."""
        document = {"clause": "办公室通知", "documentNo": "资经合〔2026〕5号"}
        version = {"name": name, "effectiveOn": effective_on} | document | given
        proposal: Said = (await self.done(self.office, "ruleSet", **version))["proposal"]
        return proposal

    async def publish(self, year: int, **given: Any) -> Said:
        """A calendar proposed by the one and confirmed by the other of the office: the payload."""
        document = {"source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"}
        payload = await self.done(self.office, "calendarPublish", year=year, **document | given)
        return await self.done(self.colleague, "calendarConfirm", **of(payload["proposal"]))


def messages(answer: Any) -> list[str]:
    return [error.message for error in answer.errors or ()]


async def founded() -> City:
    return City(**await viewers())


async def viewers() -> dict[str, Viewer]:
    """Found the city in the open database and name its units and people."""
    since = at(f"{SINCE} 08:30")
    assert await seed(since)
    async with transaction(), operating("personAdd", since) as gate:
        for slug, name, short, kind in UNITS:
            unit = {"slug": slug, "name": name, "short_name": short, "kind": kind}
            await gate.create(Organization, **unit, position=60)
        found = {username: await viewer(gate, username, *given) for username, *given in PEOPLE}
        await Person.all().update(password_hash=password_hash())  # in no journal
        return found


async def viewer(gate: Gate, username: str, name: str, post: Post, slug: str) -> Viewer:
    unit = await Organization.get(slug=slug)
    person = await gate.create(
        Person,
        username=username,
        name=name,
        password_hash="",
        password_set_at=NOW,
    )
    return Viewer(name, person.id, (await held(person.id, post, unit, gate=gate, main=True),))


async def held(
    person: int, post: Post, unit: Organization, *, gate: Gate | None = None, **given: Any
) -> HeldPost:
    """A post that somebody holds since the beginning of the year, unless given otherwise."""
    group = await Group.get_or_none(office_id=unit.id)
    create = partial(gate.create, Appointment) if gate else Appointment.create
    made = await create(
        person_id=person,
        organization=unit,
        post=post,
        **{
            "title": "主任" if post == Post.OFFICE else "",
            "starts_on": SINCE,
            "recorded_at": at(f"{SINCE} 08:30"),
        }
        | given,
    )
    return HeldPost(
        post=post,
        id=made.id,
        title=made.title,
        organization=unit.id,
        unit=unit.short_name,
        place=unit.place_id,
        group=group.id if group else None,
        verifies=verified_by(unit.slug, await rulebook(), NOW.date()),
        left_over=left_with(unit.slug, await rulebook(), NOW.date()),
    )


@cache
def password_hash() -> str:
    """Of PASSWORD: tests have no secrets."""
    return CHEAP_HASHER.hash(PASSWORD)


@cache
def mutation(name: str) -> str:
    """The document of an act: its payload two levels deep."""
    root = schema._schema.mutation_type
    assert root is not None
    act = root.fields[name]
    return (
        f"mutation($input: {act.args['input'].type}) "
        f"{{ {name}(input: $input) {{ {selection(act.type, 2)} }} }}"
    )


def selection(kind: GraphQLType, depth: int) -> str:
    """The plain fields of a type, and of what it points at; no list that can grow."""
    kind = bare(kind)
    assert isinstance(kind, GraphQLObjectType)
    chosen = []
    for name, given in kind.fields.items():
        far = bare(given.type)
        if any(map(is_required_argument, given.args.values())):
            continue
        if is_leaf_type(far):
            chosen.append(name)
        elif name in ("userErrors", "conflict", "changes", "duplicates"):
            chosen.append(f"{name} {{ {selection(far, 1)} }}")
        elif depth and one(given.type) and (depth == 2 or "id" in far.fields):
            chosen.append(f"{name} {{ {selection(far, depth - 1)} }}")
    return " ".join(chosen)


def one(kind: GraphQLType) -> bool:
    """Whether a field of this type is a single thing with fields of its own."""
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(kind, GraphQLObjectType)


def bare(kind: GraphQLType) -> GraphQLType:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind
