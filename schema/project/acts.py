"""What people keep for themselves on the lists: saved views."""

import strawberry

from schema.act import Gate, Payload, act, said
from schema.city.rules import RuleBroken
from schema.project.tables import SavedView as SavedViewRow
from schema.reading.kinds import read_global_id

SHARED = ("ME", "UNIT", "ALL")


@strawberry.input(description="保存视图")
class ViewSaveInput:
    name: str = said("名称", limit=40)
    query: str = said("网址中的查询串", "", 1000)
    page: str = said("列表", "projects", 40)
    shared: str = said("谁可用：ME 本人、UNIT 本单位、ALL 全市", "ME", 10)


@strawberry.input(description="删除视图")
class ViewDeleteInput:
    view: strawberry.ID = said("视图")


@strawberry.type(description="视图办理结果")
class ViewPayload(Payload):
    name: str | None = strawberry.field(default=None, description="视图名称")


@strawberry.type
class Mutation:
    @act("保存视图")
    async def view_save(gate: Gate, input: ViewSaveInput) -> ViewPayload:
        if input.shared not in SHARED:
            raise RuleBroken("请选择本人、本单位或全市", "shared", "INVALID")
        same = await SavedViewRow.get_or_none(person_id=gate.viewer.person, page=input.page, name=input.name)
        if same:
            await gate.change(same, query=input.query, shared=input.shared)
        else:
            await gate.create(
                SavedViewRow,
                person_id=gate.viewer.person,
                organization_id=gate.viewer.organization,
                shared=input.shared,
                page=input.page,
                name=input.name,
                query=input.query.lstrip("?"),
                created_at=gate.now,
            )
        return ViewPayload(name=input.name)

    @act("删除视图")
    async def view_delete(gate: Gate, input: ViewDeleteInput) -> ViewPayload:
        key = read_global_id(input.view)
        mine = {"id": key[1], "person_id": gate.viewer.person} if key and key[0] == "SavedView" else {"id": 0}
        view = await SavedViewRow.get_or_none(**mine)
        if view is None:
            raise RuleBroken("没有找到，请刷新后再试", "view", "INVALID")
        await view.delete()
        await gate.change(view)
        return ViewPayload(name=view.name)
