"""strawberry-graphql-django over the same tables: its optimizer on, DEBUG off, one async view.

It runs in an environment of its own, so it imports nothing of ours.

    BENCH_DATABASE_URL=postgresql://… uvicorn --app-dir tests/bench/peers django_app:app
"""

import os
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

address = urlsplit(os.environ["BENCH_DATABASE_URL"])
settings.configure(
    SECRET_KEY="of a benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    MIDDLEWARE=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path[1:],
            "USER": unquote(address.username or ""),
            "HOST": address.hostname or parse_qs(address.query)["host"][0],
            "PORT": address.port or "",
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

import strawberry  # noqa: E402
import strawberry_django  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.db.models import Count, QuerySet, Sum  # noqa: E402
from django.urls import path  # noqa: E402
from strawberry import auto, relay  # noqa: E402
from strawberry.django.views import AsyncGraphQLView  # noqa: E402
from strawberry_django.optimizer import DjangoOptimizerExtension  # noqa: E402
from strawberry_django.pagination import OffsetPaginated  # noqa: E402
from strawberry_django.relay import DjangoCursorConnection  # noqa: E402


class Table(models.Model):
    class Meta:
        abstract = True
        app_label = "bench"
        managed = False


def to(table: str, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(table, models.DO_NOTHING, null=True, related_name=name)


class Company(Table):
    name = models.TextField()
    region = models.TextField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "company"


class Group(Table):
    slug = models.TextField()
    name = models.TextField()
    short_name = models.TextField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "industry_group"


class Place(Table):
    slug = models.TextField()
    name = models.TextField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "place"


class Project(Table):
    no = models.TextField()
    name = models.TextField()
    summary = models.TextField()
    investor = to(Company)
    amount_fen = models.BigIntegerField()
    amount_estimated = models.BooleanField()
    fixed_assets_fen = models.BigIntegerField(null=True)
    industry_code = models.TextField()
    group = to(Group)
    capital_origin = models.TextField()
    land_mu = models.TextField(null=True)
    contact_name = models.TextField()
    contact_phone = models.TextField()
    source = models.TextField()
    needs = models.TextField()
    stage = models.TextField()
    stage_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    first_contact_place = to(Place)
    landing_place = to(Place)
    owner_name = models.TextField()
    signed_on = models.DateField(null=True)
    signed_fen = models.BigIntegerField()
    paid_in_fen = models.BigIntegerField()
    tax_fen = models.BigIntegerField()
    revision = models.IntegerField()
    updated_at = models.DateTimeField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "project"
        ordering = ("-reported_at", "-id")


class Entry(Table):
    no = models.TextField()
    project = to(Project, "entries")
    indicator = models.TextField()
    amount_fen = models.BigIntegerField()
    occurred_on = models.DateField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "entry"
        ordering = ("-id",)


class Milestone(Table):
    project = to(Project, "milestones")
    stage = models.TextField()
    reached_on = models.DateField()

    class Meta(Table.Meta):
        abstract = False
        db_table = "milestone"
        ordering = ("id",)


# GraphQL's Int has 32 bits; amounts are text here as they are in the other graphs.
BigInt = strawberry.scalar(int, name="BigInt", serialize=str, parse_value=int)


@strawberry_django.type(Company)
class CompanyType:
    name: auto
    region: auto


@strawberry_django.type(Group)
class GroupType:
    name: auto
    short_name: auto


@strawberry_django.type(Place)
class PlaceType:
    name: auto
    slug: auto


@strawberry_django.type(Entry)
class EntryType:
    no: auto
    indicator: auto
    amount_fen: BigInt
    occurred_on: auto


@strawberry_django.type(Milestone)
class MilestoneType:
    stage: auto
    reached_on: auto


@strawberry_django.type(Project)
class ProjectType(relay.Node):
    no: auto
    name: auto
    summary: auto
    investor: CompanyType | None
    amount_fen: BigInt
    amount_estimated: auto
    fixed_assets_fen: BigInt | None
    industry_code: auto
    group: GroupType | None
    capital_origin: auto
    land_mu: auto
    contact_name: auto
    contact_phone: auto
    source: auto
    needs: auto
    stage: auto
    stage_at: auto
    reported_at: auto
    first_contact_place: PlaceType | None
    landing_place: PlaceType | None
    owner_name: auto
    signed_on: auto
    signed_fen: BigInt
    paid_in_fen: BigInt
    tax_fen: BigInt
    revision: auto
    updated_at: auto
    entries: OffsetPaginated[EntryType] = strawberry_django.offset_paginated()
    milestones: list[MilestoneType]


@strawberry.type
class StageFigures:
    stage: str
    count: int
    amount: BigInt


def stage_figures(group: str | None = None) -> list[StageFigures]:
    found = Project.objects.filter(group__slug=group) if group else Project.objects.all()
    grouped = found.order_by().values("stage").annotate(n=Count("id"), total=Sum("amount_fen"))
    return [StageFigures(stage=r["stage"], count=r["n"], amount=int(r["total"])) for r in grouped]


@strawberry.type
class Query:
    projects: OffsetPaginated[ProjectType] = strawberry_django.offset_paginated()
    stage_figures: list[StageFigures] = strawberry_django.field(resolver=stage_figures)

    @strawberry_django.field
    def project(self, no: str) -> ProjectType | None:
        return Project.objects.filter(no=no)

    @strawberry_django.connection(DjangoCursorConnection[ProjectType])
    def all_projects(self) -> QuerySet[Project]:
        return Project.objects.all()


schema = strawberry.Schema(Query, extensions=[DjangoOptimizerExtension])
urlpatterns = [path("graphql", AsyncGraphQLView.as_view(schema=schema))]
app = get_asgi_application()
