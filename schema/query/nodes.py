"""Any object by its global ID."""

from asyncio import gather
from typing import Annotated, cast

import strawberry

from schema.query.errors import bad_input
from schema.query.fields import Info, Node, resolver
from schema.query.models import read_global_id


@strawberry.type
class Query:
    @resolver("凭全局编号取一个对象；看不到的即不存在")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="全局编号")]
    ) -> Node | None:
        return await by_global_id(info, id)

    @resolver("凭全局编号取多个对象，最多 100 个")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="全局编号")],
    ) -> list[Node | None]:
        if len(ids) > 100:
            raise bad_input("一次最多取 100 个", "ids")
        return await gather(*(by_global_id(info, each) for each in ids))


async def by_global_id(info: Info, text: str) -> Node | None:
    """The row, which the reading layer shapes as what it is."""
    key = read_global_id(text)
    return cast(Node | None, await info.context.rows.one(*key)) if key else None
