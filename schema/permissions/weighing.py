"""The words in which the policy says what a report's own reporter is shown once the report is judged."""

from collections.abc import Mapping

from schema.people.rules import Post
from schema.permissions.conditions import (
    Condition,
    Rows,
    about,
    both,
    given,
    having,
    lacking,
    through,
)
from schema.relations import Relation

Weighs = Mapping[Post, tuple[Relation, ...]]

WEIGHED = ("projectClaim", "claimAssess", "projectOpine", "projectDispute", "disputeDecide")
"""The acts by which a report is weighed."""

JUDGED = given("judged_at", "已研判的")


def of_judged(of: Rows | None = None) -> Rows:
    """Rows of a judged project that is seen, or that is one of these."""
    return (through("project_id", "project", of, only=JUDGED),)


def once_judged(of: Rows | None = None) -> Rows:
    """The history of projects that are seen, or of these, until the judgement without what others have
    done to weigh them.
    """
    merged = through("row_id", "project", of, only=having("stage", "MERGED", words="已并入的"))
    return (
        about("Project", through("row_id", "project", of, only=JUDGED)),
        both(
            about("Project", through("row_id", "project", of)),
            lacking("act", *WEIGHED, "projectMerge", words="不涉及他方主张的"),
        ),
        both(about("Project", merged), having("act", "projectMerge", words="并入的")),
    )


def weighed(weighs: Weighs, places: Rows, own: Rows = (), place: Rows = ()) -> dict[Post, Rows]:
    """Rows of projects: all of those that a post weighs, of others that it sees, or of `places`, once
    they are judged; and its own ones always.
    """
    seen = through("project_id", "project")
    return {
        **{
            post: (through("project_id", "project", where), *of_judged(), *own)
            if where
            else (seen,)
            for post, where in weighs.items()
        },
        Post.PLACE: (*of_judged(places), *own, *place),
        Post.BRANCH: (*of_judged(), *own),
    }


def histories(weighs: Weighs, places: Rows, *always: Relation | Condition) -> dict[Post, Rows]:
    """The histories of projects likewise."""
    return {
        **{
            post: (
                about("Project", through("row_id", "project", where or None)),
                *(once_judged() if where else ()),
                *always,
            )
            for post, where in weighs.items()
        },
        Post.PLACE: (*once_judged(places), *always),
        Post.BRANCH: (*once_judged(), *always),
    }
