"""Article 2 as it can be read: the six ones of a group, its chain, its target companies."""

from strawberry.tools import merge_types

from schema.industry.graph import board, chain, ones, targets
from schema.industry.graph.chain import Chain, ChainFirm, ChainNode
from schema.industry.graph.ones import GroupIndustry, One, OneChange, OneItem
from schema.industry.graph.targets import TargetCompany, TargetContact, TargetRegion

Query = merge_types("Query", (ones.Query, chain.Query, targets.Query, board.Query))

__all__ = [
    "Chain",
    "ChainFirm",
    "ChainNode",
    "GroupIndustry",
    "One",
    "OneChange",
    "OneItem",
    "Query",
    "TargetCompany",
    "TargetContact",
    "TargetRegion",
]
