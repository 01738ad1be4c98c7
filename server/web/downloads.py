"""Files that the graph makes: a document whose `file` is a name, a media type and the bytes."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.files.names import content_disposition
from server.people.context import context_for
from server.web import forms
from server.web.pages import execute, sign_in_first
from server.web.resources import documents


def download(path: str, name: str) -> Route:
    """One line of the routes: the file that `templates/NAME.graphql` asks for; 404 when there is none."""
    operation = documents[name].query
    assert operation is not None

    async def endpoint(request: Request) -> Response:
        context = await context_for(request)
        if not context.viewer.signed_in:
            return sign_in_first(request)
        given = await forms.variables(operation, request.query_params, request.path_params)
        data = await execute(operation, context, given, raw=True, patient=True)
        found = data["file"] or {}
        file = found.get("result", found)
        if not file:
            raise HTTPException(404)
        headers = {
            "Content-Disposition": content_disposition(file["name"], inline=False),
            "Cache-Control": "no-store",
        }
        return Response(file["content"], media_type=file["mediaType"], headers=headers)

    return Route(path, endpoint)
