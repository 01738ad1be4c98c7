"""The tables of the policy are complete: for every act, every table, every hidden column."""

import re

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType
from tortoise import Tortoise

from schema import database
from schema.gate.act import PAYLOADS
from schema.graph import schema
from schema.permissions import (
    HIDES,
    LISTS,
    MAY,
    OUTSIDERS,
    SCOPES,
    SEES,
    HeldPost,
    Post,
    Viewer,
    hidden,
    lists_of,
    may,
    needs,
    post_for,
    rows_of,
    visible,
)
from schema.project.rules import BEGINNING, LIFE, REFUSED
from schema.query.models import KINDS, columns_of

CORE = schema._schema
MUTATION = CORE.mutation_type
assert MUTATION is not None
ACTS = set(MUTATION.fields)


def test_every_act_is_allowed_to_somebody_and_every_permission_is_for_an_act() -> None:
    assert set(MAY) == ACTS == set(PAYLOADS)
    assert all(MAY.values())


def test_every_act_in_the_life_of_a_project_is_a_mutation() -> None:
    assert {*LIFE, *REFUSED, BEGINNING[0]} <= ACTS


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_takes_one_input_and_answers_with_what_to_mend(act: str) -> None:
    assert MUTATION is not None
    field = MUTATION.fields[act]
    assert list(field.args) == ["input"]
    assert isinstance(field.args["input"].type, GraphQLNonNull)
    payload = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    assert isinstance(payload, GraphQLObjectType)
    assert {"userErrors", "conflict"} <= set(payload.fields)


def test_the_public_may_nothing_and_a_partner_only_reads() -> None:
    for act, posts in MAY.items():
        assert not {Post.PUBLIC, Post.PARTNER} & set(posts), act


def viewer(*posts: Post | HeldPost, person: int | None = 1) -> Viewer:
    held = (each if isinstance(each, HeldPost) else HeldPost(each) for each in posts)
    return Viewer("李雷", person, tuple(held))


def own(post: Post, key: int | None) -> HeldPost:
    return HeldPost(post, id=key, organization=key, place=key, group=key)


ACTED_ON = {
    "companyAmend": "company",
    "viewDelete": "saved_view",
    "messageRead": "message",
    "noticeAnswer": "message",
    "dutyHandOver": "duty",
    "dutyRemind": "duty",
    "groupAppoint": "one",
    "oneUpdate": "one",
    "onePapers": "one",
    "oneEnd": "one",
    "oneVoid": "one",
    "chainNodeSet": "chain_node",
    "chainFirmAdd": "chain_node",
    "chainFirmEnd": "chain_node",
    **dict.fromkeys(
        ("targetCompanyAmend", "targetCompanyMove", "targetCompanyContact"), "target_company"
    ),
    **dict.fromkeys(
        ("targetCompanyConvert", "targetCompanyDrop", "targetCompanyResume"), "target_company"
    ),
}


def test_where_an_act_is_allowed_is_told_of_the_rows_that_it_is_done_on() -> None:
    """Every relation of MAY speaks of what is acted on, mostly a project; those that the row alone does not
    tell say what they need.
    """
    for act, posts in MAY.items():
        table = ACTED_ON.get(act, "project")
        for post, where in posts.items():
            for relation in where:
                assert table in relation.on, (act, post)
                for needed in relation.on[table].needs:
                    assert needed in relation.on, f"{relation.name} needs a {needed}"


def test_a_viewer_without_unit_owns_nothing() -> None:
    """Two who have no place are not of the same place."""
    columns = ("reported_by_id", "first_contact_place_id", "landing_place_id", "group_id")
    project = dict.fromkeys(columns) | {"id": 1}
    nobody = dict.fromkeys(("person_id", "holder_post", "holder_unit_id", "holder_place_id"))
    near = {
        "transfer": [{"project_id": 1, "to_place_id": None, "state": "APPROVED"}],
        "duty": [{"project_id": 1, "closed_at": None} | nobody],
        "entry": [],
        "industry_group": [],
    }
    for act, posts in MAY.items():
        for post, where in posts.items():
            if where and act not in ACTED_ON:
                assert not may(viewer(post), act, project, near)


def test_rights_are_the_union_of_the_posts_held() -> None:
    """A department's head who is a county's deputy as well signs where the county lands a project."""
    both = viewer(own(Post.DEPARTMENT, 7), own(Post.PLACE, 8))
    landed = {"landing_place_id": 8}
    assert post_for(both, "agreementSign", landed) == both.posts[1]
    assert post_for(viewer(both.posts[0]), "agreementSign", landed) is None
    assert post_for(both, "agreementSign", {"landing_place_id": 7}) is None
    assert post_for(both, "projectReport") == both.posts[0], "the main post comes first"
    reported = {"reported_by_id": 8}
    assert post_for(both, "projectWithdraw", reported) == both.posts[1], "the post it belongs to"
    sees = visible("project", "t", both)
    for held in both.posts:
        _alone, values = visible("project", "t", viewer(held))
        assert set(values) <= set(sees[1])


def test_whoever_sees_everything_in_one_post_asks_for_nothing_more() -> None:
    assert visible("project", "t", viewer(Post.DEPARTMENT, Post.OFFICE)) == ("1=1", [])
    assert visible("project", "t", viewer(own(Post.PLACE, 3), Post.LEADER)) == ("1=1", [])


def test_a_column_is_shown_where_no_post_shows_it_of_rows_that_are_anothers() -> None:
    """A post that sees every row shows its columns of all; of some rows, only what none hides."""
    assert "needs" in hidden("project", viewer(Post.PARTNER))
    assert not hidden("project", viewer(Post.PARTNER, Post.OFFICE))
    assert not hidden("project", viewer(Post.PLACE, Post.GROUP))
    assert "needs" in hidden("project", viewer(Post.PARTNER, Post.PLACE))
    assert "contact_name" in hidden("project", viewer(Post.PARTNER, Post.AGENT))


def test_rows_of_an_act_are_those_on_which_it_may_be_done() -> None:
    office, place = viewer(Post.OFFICE), viewer(own(Post.PLACE, 3))
    assert rows_of(office, "projectTakeUp", "transfer", "x") == ("1=1", [])
    assert rows_of(office, "projectTakeUp", "transfer", "x", own=True) == ("1=0", [])
    sql, values = rows_of(place, "projectTakeUp", "transfer", "x")
    assert "to_place_id" in sql and values == [3, "APPROVED", "TAKEN_UP"]
    assert rows_of(viewer(Post.LEADER), "projectJudge", "project", "t") == ("1=0", [])
    assert needs(place, "projectTakeUp") == {"transfer"}
    assert not needs(viewer(Post.OFFICE, own(Post.PLACE, 3)), "projectTakeUp")


async def test_every_rule_of_sight_holds_for_every_viewer(orm: None) -> None:
    """Each is asked of the database: as SQL, and with values for all its marks."""
    assert Tortoise.apps is not None
    pairs = [(post, other) for post in Post for other in Post if other > post]
    for table in SEES:
        for key in (None, 1):
            alone = [viewer(own(post, key), person=key) for post in Post]
            for each in [*alone, *(viewer(own(a, key), own(b, 2)) for a, b in pairs)]:
                sql, values = visible(table, "t", each)
                assert sql.count("?") == len(values)
                await database.fetch(f'SELECT 1 FROM "{table}" t WHERE {sql} LIMIT 1', values)


@pytest.mark.parametrize("table", sorted({*HIDES, *SCOPES}))
async def test_what_is_hidden_or_shown_are_columns_of_the_table(orm: None, table: str) -> None:
    assert Tortoise.apps is not None
    models = Tortoise.apps["schema"].values()
    (columns,) = [set(columns_of(each)) for each in models if each._meta.db_table == table]
    assert set(HIDES.get(table, {})) <= columns
    for post, shown in SCOPES.get(table, {}).items():
        assert set((shown or "").split()) <= columns, post
    assert not hidden(table, viewer(Post.OFFICE))


def test_what_a_project_paid_in_tax_is_not_for_outsiders() -> None:
    for post in (Post.AGENT, Post.PARTNER):
        assert "tax_fen" in hidden("project", viewer(post))


def test_an_outsider_is_shown_only_what_their_scope_names() -> None:
    """A column that nobody has thought of is hidden from them, and no post of theirs lacks a scope."""
    for table, posts in SEES.items():
        for post in set(posts) & set(OUTSIDERS):
            assert post in SCOPES[table], f"say what {post} is shown of {table}"
    for kind in KINDS.values():
        for post in set(SEES[kind.table]) & set(OUTSIDERS):
            shown = SCOPES.get(kind.table, {}).get(post, "")
            if shown is not None:
                columns = set(columns_of(kind.model)) - {"id", *shown.split()}
                assert columns <= hidden(kind.table, viewer(post))


NEVER_OUTSIDE = (
    *(
        "entry",
        "entry_step",
        "credit",
        "agreement",
        "milestone",
        "migration",
        "dispute",
        "transfer",
    ),
    *("merge", "journal_entry", "hand_over", "reminder", "closed_month"),
)


def test_outsiders_see_no_figures_no_evidence_and_no_reasons_of_others() -> None:
    for post in (Post.AGENT, Post.PARTNER, Post.EXPERT, Post.PUBLIC):
        for table in NEVER_OUTSIDE:
            assert visible(table, "t", viewer(own(post, 1))) == ("1=0", []), (post, table)
        sql, _ = visible("attachment", "t", viewer(own(post, 1)))
        assert sql == ('t."added_by_id" = ?' if post == Post.AGENT else "1=0"), "one's own file"
    assert {"reason", "judged_by_id"} <= hidden("judgement", viewer(Post.AGENT))


def test_a_post_unknown_to_a_table_sees_none_of_it() -> None:
    for table, posts in SEES.items():
        for post in set(Post) - set(posts):
            assert visible(table, "t", viewer(post)) == ("1=0", [])


def test_every_list_stands_in_somebodys_menu() -> None:
    assert all(LISTS.values())
    for posts in LISTS.values():
        assert Post.PUBLIC not in posts


def test_a_department_has_the_queue_of_verification_where_the_rulebook_has_it_verify() -> None:
    verifies = HeldPost(Post.DEPARTMENT, id=1, verifies=("TAX",))
    assert "verification" in lists_of(viewer(verifies))
    assert "verification" not in lists_of(viewer(Post.DEPARTMENT))
    assert "verification" in lists_of(viewer(Post.DEPARTMENT, verifies))
    assert "verification" in lists_of(viewer(Post.OFFICE))


@pytest.mark.parametrize("act", ["projectReport", "projectResubmit"])
def test_an_outsider_reads_back_of_a_project_what_it_filled_in(act: str) -> None:
    assert MUTATION is not None
    input = MUTATION.fields[act].args["input"].type.of_type
    names = [re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", each) for each in input.fields]
    forms = {form for name in names for form in (name, f"{name}_fen", f"{name}_id")}
    stored = forms & set(KINDS["Project"].columns)
    assert {"name", "amount_fen", "summary"} <= stored
    for post in set(OUTSIDERS) & set(MAY[act]):
        assert not stored & hidden("project", viewer(post)), post
