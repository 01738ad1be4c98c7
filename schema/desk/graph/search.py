"""Search: projects, companies, target companies and nodes of chains by name, pinyin, initials or credit code."""

import re
from typing import Annotated

import strawberry

from schema.industry.graph import ChainNode, TargetCompany
from schema.industry.graph.chain import nodes_found
from schema.industry.graph.targets import TargetCompanyFilter
from schema.people.graph import Company, CompanyFilter
from schema.project.graph import Project, ProjectFilter
from schema.query.fields import Info, resolver, rows_as
from schema.query.filters import conditions
from schema.query.models import KINDS
from schema.query.sql import Order, Read

SEARCH_LIMIT = 20
CREDIT_CODE = re.compile(r"[0-9A-Za-z]{18}")


@strawberry.type(description="搜索结果")
class SearchResults:
    projects: list[Project] = strawberry.field(description="项目，最近办理的在前，最多 20 项")
    companies: list[Company] = strawberry.field(description="企业，最多 20 家")
    targets: list[TargetCompany] = strawberry.field(
        description="目标企业，最近办理的在前，最多 20 家"
    )
    nodes: list[ChainNode] = strawberry.field(description="在用的产业链环节，最多 20 个")
    node_total: int = strawberry.field(description="找到的产业链环节总数")
    reads: strawberry.Private[tuple[Read, Read, Read] | None] = None

    @resolver("找到的项目总数")
    async def project_total(self, info: Info) -> int:
        return await info.context.rows.total(self.reads[0]) if self.reads else 0

    @resolver("找到的企业总数")
    async def company_total(self, info: Info) -> int:
        return await info.context.rows.total(self.reads[1]) if self.reads else 0

    @resolver("找到的目标企业总数")
    async def target_total(self, info: Info) -> int:
        return await info.context.rows.total(self.reads[2]) if self.reads else 0


@strawberry.type
class Query:
    @resolver("搜索项目、企业、目标企业和产业链环节，支持编号、拼音、首字母和统一社会信用代码")
    async def search(
        self, info: Info, text: Annotated[str, strawberry.argument(description="搜索词")]
    ) -> SearchResults:
        rows, term = info.context.rows, text.strip()
        if not term:
            return SearchResults(projects=[], companies=[], targets=[], nodes=[], node_total=0)
        by_name, of_investor, pursued = CompanyFilter(), ProjectFilter(), TargetCompanyFilter()
        if CREDIT_CODE.fullmatch(term):
            by_name.uscc, of_investor.investor = [term.upper()], by_name
            pursued.uscc = [term.upper()]
        else:
            by_name.text = of_investor.text = pursued.text = term
        projects = Read(
            KINDS["Project"],
            conditions(of_investor, "t", info.context),
            Order("updated_at", descending=True),
            limit=SEARCH_LIMIT,
        )
        companies = Read(
            KINDS["Company"],
            conditions(by_name, "t", info.context),
            Order("name"),
            limit=SEARCH_LIMIT,
        )
        targets = Read(
            KINDS["TargetCompany"],
            conditions(pursued, "t", info.context),
            Order("updated_at", descending=True),
            limit=SEARCH_LIMIT,
        )
        nodes = await nodes_found(term, info.context)
        return SearchResults(
            projects=rows_as(Project, await rows.all(projects)),
            companies=rows_as(Company, await rows.all(companies)),
            targets=rows_as(TargetCompany, await rows.all(targets)),
            nodes=rows_as(ChainNode, nodes[:SEARCH_LIMIT]),
            node_total=len(nodes),
            reads=(projects, companies, targets),
        )
