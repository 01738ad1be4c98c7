"""The payload of the acts on a report."""

import strawberry

from schema.gate.payloads import Payload
from schema.project.graph import Project


@strawberry.type(description="项目办理结果")
class ProjectPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
