"""The tools and resources as a server of the Model Context Protocol."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp_types import ToolAnnotations

from eild import __version__
from eild.assistant.resources import list_questions, read_guide, read_ontology
from eild.errors import EildError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.access.sources import Source
    from eild.assistant.tools import AssistantTools

INSTRUCTIONS: Final = (
    "A read-only RDF dataset. Read eild://guide first, and eild://questions for ready queries. Results are complete: "
    "one that is too large or too slow is an error, never cut. Claims record who says what, with the exact words; "
    "report them as claims of their claimants, and cite them by their IRIs."
)
_READ_ONLY: Final = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


def _telling(function: Callable[..., Any], error: type[ToolError | ResourceError]) -> Callable[..., Any]:
    """Return a function whose expected errors reach the client with their message and hint."""

    @functools.wraps(function)
    def call(*positional: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes and returns
        try:
            return function(*positional, **named)
        except EildError as failure:
            raise error(str(failure)) from failure

    return call


def make_server(source: Source, tools: AssistantTools) -> MCPServer[Any]:
    """Return a server with the tools and the resources of a dataset.

    :param source: where its data come from
    :param tools: the tools over it
    """
    dataset = tools.dataset
    server: MCPServer[Any] = MCPServer(
        "eild", title=dataset.title, version=__version__, instructions=INSTRUCTIONS, log_level="WARNING"
    )
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    for tool in (tools.search, tools.describe, tools.query, tools.claims):
        server.add_tool(_telling(tool, ToolError), annotations=_READ_ONLY)

    def add(uri: str, name: str, description: str, form: str, read: Callable[..., str]) -> None:
        decorate = server.resource(uri, name=name, description=description, mime_type=form)
        decorate(_telling(read, ResourceError))

    def guide() -> str:
        return read_guide(source, dataset)

    def ontology() -> str:
        return read_ontology(source)

    def questions() -> str:
        return list_questions(dataset)

    def question(name: str) -> str:
        return dataset.questions[name].text

    add("eild://guide", "guide", "The data model and how to query it.", "text/markdown", guide)
    if source.is_own:
        add("eild://ontology", "ontology", "Classes and properties with definitions.", "text/turtle", ontology)
    add("eild://questions", "questions", "Names of the queries that the data include.", "application/json", questions)
    add("eild://questions/{name}", "question", "One of these queries.", "application/sparql-query", question)
    return server
