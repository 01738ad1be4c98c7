"""Saving, deleting and withdrawing a view of a list; drafts of forms cleared away."""

from datetime import timedelta

import strawberry

from schema import database
from schema.city.rules import RuleBroken
from schema.desk import rules
from schema.desk.graph.saved_views import FILTERS, query_keys
from schema.desk.rules import DRAFT_KEPT, Audience
from schema.desk.tables import SavedView
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload
from schema.jobs import Daily, Run, job
from schema.permissions import may, post_for


@strawberry.input(description="保存视图")
class ViewSaveInput:
    name: str = input_field("名称", limit=40)
    query: str = input_field("网址中的查询串", "", 1000)
    page: str = input_field("列表", "projects", 40)
    shared: Audience = input_field("谁可用", Audience.ME)
    unit: strawberry.ID | None = input_field("与哪个单位共享；在几个单位任职的须填", None)


@strawberry.input(description="删除视图")
class ViewDeleteInput:
    view: strawberry.ID = input_field("视图")


@strawberry.input(description="撤下共享的视图")
class ViewWithdrawInput:
    view: strawberry.ID = input_field("视图")
    reason: str = input_field("撤下的原因")


@strawberry.type(description="视图办理结果")
class ViewPayload(Payload):
    name: str | None = strawberry.field(default=None, description="视图名称")


def keys_of_list(page: str) -> frozenset[str]:
    """The keys that a list reads from its address. Raises RuleBroken (INVALID, `page`)."""
    keys = query_keys(page)
    if keys is None:
        raise RuleBroken(f"没有这个列表，可填：{'、'.join(FILTERS)}", "page", "INVALID")
    return keys


@strawberry.type
class Mutation:
    @act("保存视图")
    async def view_save(gate: Gate, input: ViewSaveInput) -> ViewPayload:
        keys = gate.check(keys_of_list, input.page)
        query = gate.check(rules.check_query, input.query, keys) if keys else None
        if input.shared is Audience.UNIT:
            await gate.speak_in_name_of("Organization", input.unit, "unit")
        elif input.shared is Audience.ALL:
            gate.post = post_for(gate.viewer, "viewWithdraw") or gate.post
        gate.check(
            rules.check_audience,
            input.shared,
            in_a_unit=gate.post.organization is not None,
            curator=may(gate.viewer, "viewWithdraw"),
        )
        gate.stop_if_wrong()
        await gate.alone(f"views of {gate.viewer.person}")
        same = await SavedView.get_or_none(
            person_id=gate.viewer.person, page=input.page, name=input.name
        )
        shared_at = None if input.shared is Audience.ME else gate.now
        if same:
            (same,) = await gate.hold("SavedView", [same.id])
            kept = same.shared_at if same.shared == input.shared else shared_at
            await gate.change(
                same,
                query=query,
                shared=input.shared.value,
                shared_at=kept,
                organization_id=gate.post.organization,
            )
        else:
            await gate.create(
                SavedView,
                person_id=gate.viewer.person,
                organization_id=gate.post.organization,
                shared=input.shared.value,
                shared_at=shared_at,
                page=input.page,
                name=input.name,
                query=query,
                created_at=gate.now,
            )
        return ViewPayload(name=input.name)

    @act("删除视图")
    async def view_delete(gate: Gate, input: ViewDeleteInput) -> ViewPayload:
        row = gate.require(await gate.try_find("SavedView", input.view, "view"))
        gate.permit(row)
        await gate.alone(f"views of {row['person_id']}")
        (view,) = await gate.hold("SavedView", [row["id"]])
        await gate.remove(view)
        return ViewPayload(name=view.name)

    @act("撤下共享的视图")
    async def view_withdraw(gate: Gate, input: ViewWithdrawInput) -> ViewPayload:
        """Nobody but its author sees the view from now on."""
        gate.reason = input.reason
        found = await gate.try_find("SavedView", input.view, "view")
        if found is not None:
            gate.check(rules.check_shared, Audience(found["shared"]))
        row = gate.require(found)
        # Saving takes the same lock: of both at once, the later reads what the earlier left.
        await gate.alone(f"views of {row['person_id']}")
        view: SavedView = await gate.take("SavedView", row["id"])
        rules.check_shared(Audience(view.shared))
        await gate.change(view, shared=Audience.ME.value, shared_at=None)
        return ViewPayload(name=view.name)


@job("clearDrafts", "清理过期草稿", every=Daily(3, 40))
async def clear_drafts(gate: Gate, run: Run) -> str:
    """Erase what was typed and not sent, once the rulebook keeps it no longer; the journal has a number alone."""
    await gate.context.load_rules()
    kept = gate.context.rule(DRAFT_KEPT)
    before = gate.now - timedelta(days=kept.value)
    gone = await database.fetch(
        'DELETE FROM "form_draft" WHERE "saved_at" < ? RETURNING "id"',
        [before],
    )
    words = f"清理 {kept.value} 日以前的草稿 {len(gone)} 份"
    gate.reason = words if gone else ""
    return words
