"""A small graph with the shapes of the real one: lists, acts, scalars, faults."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, NewType

import httpx2
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig

from schema.city.rules import RuleBroken
from schema.permissions import PUBLIC, HeldPost, Post, Viewer
from server.api.execution import Graph
from server.api.graphql import GraphQLEndpoint
from server.api.rate_limit import RateLimiter
from server.http.request_id import request_id
from server.middleware import SecurityMiddleware

OFFICER = Viewer("张伟", 1, (HeldPost(Post.OFFICE),))
PARTNER = Viewer("成都高新区", 2, (HeldPost(Post.PARTNER),))
SECRET = "password=hunter2 /srv/app.py SELECT"


@dataclass
class Context:
    viewer: Viewer
    rate_limit: Any = None
    reported: list[str] = field(default_factory=list)
    request_id: str = ""


Info = strawberry.Info[Context, None]
Money = NewType("Money", int)


@strawberry.enum
class Stage(Enum):
    REPORTED = "reported"
    SIGNED = "signed"


@strawberry.type
class PageInfo:
    has_next_page: bool = False


@strawberry.type
class Entry:
    amount: Money


@strawberry.type
class EntryConnection:
    nodes: list[Entry]
    page_info: PageInfo = strawberry.field(default_factory=PageInfo)
    total_count: int = 1


@strawberry.type
class Project:
    no: str
    name: str
    amount: Money = Money(12_500_00)
    stage: Stage = Stage.SIGNED
    reported_on: date = date(2026, 11, 20)

    @strawberry.field
    def place(self) -> "Place":
        return Place(name="雁江区")

    @strawberry.field
    def entries(self, first: int | None = None, last: int | None = None) -> EntryConnection:
        return EntryConnection(nodes=[Entry(amount=Money(1))])

    @strawberry.field
    def owner(self) -> str:
        raise RuntimeError(SECRET)


@strawberry.type
class ProjectEdge:
    cursor: str
    node: Project


@strawberry.type
class ProjectConnection:
    edges: list[ProjectEdge]
    nodes: list[Project]
    page_info: PageInfo = strawberry.field(default_factory=PageInfo)
    total_count: int = 2


@strawberry.type
class Place:
    name: str

    @strawberry.field
    async def projects(self, first: int = 20, last: int | None = None) -> ProjectConnection:
        return ProjectConnection(edges=[], nodes=PROJECTS[:first])


@strawberry.type
class Allowance:
    cost: int
    remaining: int


PROJECTS = [Project(no="1", name="锂电池"), Project(no="2", name="医药")]


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self, info: Info) -> str:
        return info.context.viewer.name or "公众"

    @strawberry.field
    async def project(self, no: str) -> Project | None:
        return next((each for each in PROJECTS if each.no == no), None)

    @strawberry.field
    def projects(self, first: int | None = None, last: int | None = None) -> ProjectConnection:
        return ProjectConnection(edges=[], nodes=PROJECTS)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Project]:
        return []

    @strawberry.field
    def places(self) -> list[Place]:
        return [Place(name="雁江区"), Place(name="安岳县")]

    @strawberry.field
    def echo(self, text: str) -> str:
        return text

    @strawberry.field
    def at_least(self, amount: Money) -> Money:
        return amount

    @strawberry.field
    def on(self, stage: Stage) -> Stage:
        return stage

    @strawberry.field
    def fault(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def rule(self) -> str | None:
        raise RuleBroken("2027 年工作日历尚未公布")

    @strawberry.field
    def bad_cursor(self) -> str | None:
        raise GraphQLError("游标无效", extensions={"code": "BAD_INPUT", "argument": "after"})

    @strawberry.field
    async def endless(self) -> str:
        await asyncio.Event().wait()
        return ""

    @strawberry.field
    def surrogate(self) -> str:
        return "\ud800"

    @strawberry.field
    def allowance(self, info: Info) -> Allowance:
        found = info.context.rate_limit
        return Allowance(cost=found.cost, remaining=found.remaining)


class Gate(FieldExtension):
    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **given: Any
    ) -> Any:
        info.context.reported.append(info.field_name)
        return await next_(source, info, **given)


@strawberry.type
class Mutation:
    @strawberry.mutation(extensions=[Gate()])
    async def project_report(self, info: Info, name: str) -> str:
        return f"{name} via {info.context.reported}"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def changed(self) -> AsyncGenerator[str, None]:
        yield "1"


def yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def fen(fields: Any) -> Money:
    if not isinstance(fields, str):
        raise GraphQLError("请以文本形式填写")
    return Money(round(float(fields) * 100))


SCALARS: dict[object, Any] = {
    Money: strawberry.scalar(name="Money", serialize=yuan, parse_value=fen)
}

SCHEMA = strawberry.Schema(
    Query, Mutation, Subscription, config=StrawberryConfig(scalar_map=SCALARS)
)

RANKING = "query Ranking($first: Int = 5) { projects(first: $first) { nodes { no name } } }"
WIDGETS = {"assessment/ranking": RANKING}


async def context_for(request: Request) -> Context:
    number = request_id(request.scope)
    match request.headers.get("authorization"):
        case None:
            signed_in = "session" in request.cookies
            return Context(OFFICER if signed_in else PUBLIC, request_id=number)
        case "Bearer right":
            return Context(PARTNER, request_id=number)
        case "Bearer faulty":
            raise RuntimeError(SECRET)
    raise HTTPException(401, "令牌无效，请向管理员领取", {"WWW-Authenticate": "Bearer"})


def application(graph: Graph | None = None, rate_limiter: RateLimiter | None = None) -> Starlette:
    graph = graph or Graph(SCHEMA)
    endpoint = GraphQLEndpoint(graph, context_for, documents=WIDGETS, rate_limiter=rate_limiter)
    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            Route("/graphql/schema.graphql", endpoint.definition),
            Route("/graphql/d/{name:path}", endpoint.persisted),
        ],
        middleware=[Middleware(SecurityMiddleware)],
    )


def client(app: Any = None, **options: Any) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app or application())
    return httpx2.AsyncClient(transport=transport, base_url="http://city.example", **options)
