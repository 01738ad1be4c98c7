"""Article 6: the acts of fulfilment: figures and steps are recorded, verified, reversed."""

from strawberry.tools import merge_types

from schema.fulfilment.acts import lists, recording, verification

__all__ = ["Mutation", "lists"]

Mutation = merge_types("Mutation", (recording.Mutation, verification.Mutation))
