"""The whole graph. The only module that names every mechanism."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.assessment import graph as assessment
from schema.city import acts as city_acts
from schema.city import graph as city
from schema.desk import acts as desk_acts
from schema.desk import graph as desk
from schema.documents import acts as documents_acts
from schema.documents import graph as documents
from schema.duties import acts as duty_acts
from schema.duties import graph as duties
from schema.duties import keeping
from schema.entries import graph as entries
from schema.fulfilment import acts as fulfilment_acts
from schema.fulfilment import graph as fulfilment
from schema.gate import auditing
from schema.gate import graph as gate
from schema.gate.gate import AT_END
from schema.industry import acts as industry_acts
from schema.industry import graph as industry
from schema.jobs import acts as jobs_acts
from schema.jobs import graph as jobs
from schema.ledger import acts as ledger_acts
from schema.ledger import graph as ledger
from schema.linkage import acts as linkage_acts
from schema.linkage.graph import contacts, duplicates, facet, inquiries, lists
from schema.messages import acts as messages_acts
from schema.messages import graph as messages
from schema.people import graph as people
from schema.project import graph as project
from schema.query import nodes
from schema.query.fields import add_facets, default_resolver
from schema.scalars import SCALARS
from schema.signing import acts as signing_acts
from schema.signing import graph as signing

AT_END.append(keeping.keep)
add_facets(
    project.Project,
    linkage=(facet.Linkage, "信息联动：报送、研判、首谈地、流转、分享"),
    signing=(signing.Signing, "谈判签约"),
    fulfilment=(fulfilment.Fulfilment, "履约：到位资金、税收、进度"),
    assessment=(assessment.ProjectAssessment, "督查考核：计入的成绩"),
)

add_facets(people.Group, industry=(industry.GroupIndustry, "“六个一”、产业链、目标企业"))
add_facets(people.Company, investing=(project.Investing, "投资的项目"))

schema = strawberry.Schema(
    query=merge_types(
        "Query",
        (
            desk.Query,
            gate.Query,
            auditing.Query,
            duties.Query,
            nodes.Query,
            city.Query,
            people.Query,
            project.Query,
            entries.Query,
            industry.Query,
            lists.Query,
            duplicates.Query,
            inquiries.Query,
            contacts.Query,
            signing.Query,
            ledger.Query,
            assessment.Query,
            jobs.Query,
            messages.Query,
            documents.Query,
        ),
    ),
    mutation=merge_types(
        "Mutation",
        (
            industry_acts.Mutation,
            linkage_acts.Mutation,
            signing_acts.Mutation,
            fulfilment_acts.Mutation,
            ledger_acts.Mutation,
            desk_acts.Mutation,
            duty_acts.Mutation,
            city_acts.Mutation,
            jobs_acts.Mutation,
            messages_acts.Mutation,
            documents_acts.Mutation,
        ),
    ),
    types=[fulfilment.Milestone, *city.VALUES],
    config=StrawberryConfig(
        default_resolver=default_resolver,
        scalar_map=dict(SCALARS.items()),
        disable_field_suggestions=True,
    ),
)
