"""The whole graph. The only module that names every mechanism."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema import viewer
from schema.assessment import acts as assessment_acts
from schema.assessment import graph as assessment
from schema.city import graph as city
from schema.fulfilment import acts as fulfilment_acts
from schema.fulfilment import graph as fulfilment
from schema.ledger import acts as ledger_acts
from schema.ledger import graph as ledger
from schema.linkage import acts as linkage_acts
from schema.linkage import graph as linkage
from schema.project import acts as project_acts
from schema.project import graph as project
from schema.reading.declare import default_resolver
from schema.signing import acts as signing_acts
from schema.signing import graph as signing
from schema.values import SCALARS

schema = strawberry.Schema(
    query=merge_types(
        "Query",
        (
            viewer.Query,
            city.Query,
            project.Query,
            linkage.Query,
            signing.Query,
            ledger.Query,
            assessment.Query,
        ),
    ),
    mutation=merge_types(
        "Mutation",
        (
            linkage_acts.Mutation,
            signing_acts.Mutation,
            fulfilment_acts.Mutation,
            ledger_acts.Mutation,
            project_acts.Mutation,
            assessment_acts.Mutation,
        ),
    ),
    types=[fulfilment.Milestone],
    config=StrawberryConfig(
        default_resolver=default_resolver,
        scalar_map=SCALARS,
        disable_field_suggestions=True,
    ),
)
