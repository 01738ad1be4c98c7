"""Saving and deleting a view of a list."""

import strawberry

from schema.city.rules import RuleBroken
from schema.desk.graph.saved_views import Audience
from schema.desk.tables import SavedView
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload
from schema.query.models import read_global_id


@strawberry.input(description="保存视图")
class ViewSaveInput:
    name: str = input_field("名称", limit=40)
    query: str = input_field("网址中的查询串", "", 1000)
    page: str = input_field("列表", "projects", 40)
    shared: Audience = input_field("谁可用", Audience.ME)


@strawberry.input(description="删除视图")
class ViewDeleteInput:
    view: strawberry.ID = input_field("视图")


@strawberry.type(description="视图办理结果")
class ViewPayload(Payload):
    name: str | None = strawberry.field(default=None, description="视图名称")


@strawberry.type
class Mutation:
    @act("保存视图")
    async def view_save(gate: Gate, input: ViewSaveInput) -> ViewPayload:
        query, shared = input.query.lstrip("?"), input.shared.value
        await gate.alone(f"views of {gate.viewer.person}")
        same = await SavedView.get_or_none(
            person_id=gate.viewer.person, page=input.page, name=input.name
        )
        if same:
            await gate.change(same, query=query, shared=shared)
        else:
            await gate.create(
                SavedView,
                person_id=gate.viewer.person,
                organization_id=gate.post.organization,
                shared=shared,
                page=input.page,
                name=input.name,
                query=query,
                created_at=gate.now,
            )
        return ViewPayload(name=input.name)

    @act("删除视图")
    async def view_delete(gate: Gate, input: ViewDeleteInput) -> ViewPayload:
        key = read_global_id(input.view)
        mine = (
            {"id": key[1], "person_id": gate.viewer.person}
            if key and key[0] == "SavedView"
            else {"id": 0}
        )
        await gate.alone(f"views of {gate.viewer.person}")
        view = await SavedView.get_or_none(**mine)
        if view is None:
            raise RuleBroken("没有找到，请刷新后再试", "view", "INVALID")
        await gate.remove(view)
        return ViewPayload(name=view.name)
