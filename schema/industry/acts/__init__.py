"""Article 2: who leads a group, the papers of its six ones, its chain, the companies it goes after."""

from strawberry.tools import merge_types

from schema.industry.acts import beginning, chain, lists, ones, resuming, targets

Mutation = merge_types(
    "Mutation", (ones.Mutation, chain.Mutation, targets.Mutation, resuming.Mutation)
)

__all__ = ["Mutation", "beginning", "lists"]
