"""The OpenAPI document, made true: every status, media type, header, event and example of every operation.

FastAPI tells parameters and bodies; what all operations of a kind can answer follows from the error tree here, so that
a new route cannot forget it; what one operation has of its own stands in ``declarations.py``.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from typing_extensions import override

from api.rest import roles
from api.rest.declarations import FORMS, OPERATIONS, PARAMETERS, TAGS, Operation
from api.rest.problems import MEDIA_TYPE
from api.rest.schema_forms import events_schema, plain
from api.schemas.problems import ProblemBody
from graph.errors import QuipuError

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
ALWAYS = (403, 413, 429, 500, 503)
"""Statuses of every operation: the host or origin, the size of a request, how busy the service is, an accident."""
_SAID: dict[int, str] = {
    400: "The request is malformed.",
    401: "No key was sent, or one that is not known.",
    403: "The caller, its host or its origin may not do this.",
    404: "There is nothing of this id here, at this revision.",
    429: "Too much at once: try again after `Retry-After` seconds.",
    500: "Something went wrong here; the log names it by the incident in `detail`.",
    422: "A value is not what the schema says, or a file cannot be read.",
}
_HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The version of the document, for `If-Match`.", "schema": {"type": "string"}},
    "Location": {"description": "Where it can be read.", "schema": {"type": "string"}},
    "X-Quipu-Scale": {"description": "Pixels for each point of the page.", "schema": {"type": "number"}},
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to send a key.", "schema": {"type": "string"}},
}
_OF_PROBLEM = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
_DESCRIPTION = """Documents come in, questions are answered with citations that are verified.

Errors are problem documents (RFC 9457). HEAD is answered wherever GET is, OPTIONS with `Allow`. Replies have one media
type unless several are listed; `Accept` chooses nothing. Query parameters that are not listed are passed over; fields
of a JSON body that are not listed are refused, except in OpenAI's protocol."""


class DescribedApp(FastAPI):
    """An application whose OpenAPI document says all it can answer."""

    needs_key: Callable[[], bool] = staticmethod(lambda: False)
    """Whether a caller without a key is refused now."""

    @override
    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.description = _DESCRIPTION
            self.openapi_tags = [{"name": name, "description": said} for name, said in TAGS.items()]
            self.openapi_schema = completed(super().openapi())
        bearer: list[dict[str, list[str]]] = [{"bearer": []}]
        return {**self.openapi_schema, "security": bearer if self.needs_key() else [*bearer, {}]}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document that FastAPI made, with everything else that is true of each operation."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= _schemas_of_declarations()
    components["responses"] = {_name(status): _problem(status) for status in _problem_statuses()}
    for path, method, found in _operations(document):
        named = found["operationId"].removesuffix(re.sub(r"\W", "_", path) + f"_{method}")  # by its function
        _complete(found, path, OPERATIONS.get((method, path)) or Operation(id=named))
    roles.describe(document)
    result: dict[str, Any] = plain(document)
    return result


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def _schemas_of_declarations() -> dict[str, Any]:
    events = {model for one in OPERATIONS.values() for model in one.events.values()} | {ProblemBody}
    bodies = {one.reads for one in OPERATIONS.values() if one.reads is not None}
    wanted = [(model, "serialization") for model in sorted(events, key=lambda one: one.__name__)]
    wanted += [(model, "validation") for model in sorted(bodies, key=lambda one: one.__name__)]
    _, made = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    found: dict[str, Any] = made["$defs"]
    return found


def _complete(found: dict[str, Any], path: str, declared: Operation) -> None:
    said = " ".join(found.pop("description", declared.id).replace("``", "`").split())
    found |= {"operationId": declared.id, "summary": re.split(r"[.:;](?: |$)", said)[0], "description": said}
    for parameter in found.get("parameters", ()):
        _describe(parameter, declared)
    if "requestBody" in found:
        _complete_body(found["requestBody"]["content"], declared)
    responses = found["responses"]
    success = next(responses[status] for status in sorted(responses) if status.startswith("2"))
    success["description"] = found["summary"] + "."
    _complete_success(success, declared)
    for status in _statuses(found, path, declared):
        responses[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}


def _statuses(found: dict[str, Any], path: str, declared: Operation) -> list[int]:
    """The problems that an operation can give."""
    statuses = {*ALWAYS, *declared.statuses, 400}
    if path not in roles.OPEN:
        statuses |= {401}
    if path.startswith("/v1"):
        statuses |= {404}
    if "requestBody" in found:
        statuses |= {415}
    if "requestBody" in found or found.get("parameters"):
        statuses |= {422}
    found["responses"].pop("422", None)
    return sorted(statuses)


def _describe(parameter: dict[str, Any], declared: Operation) -> None:
    name = parameter["name"]
    parameter.setdefault("description", PARAMETERS.get(name.lower(), ""))
    if name.lower() in FORMS:
        parameter["schema"] = FORMS[name.lower()]
    told = parameter
    if name == "filters":  # it is JSON within a query
        del parameter["schema"]
        told = {"schema": {"type": "object"}}
        parameter["content"] = {"application/json": told}
    if name in declared.parameters:
        told["example"] = declared.parameters[name]


def _complete_body(content: dict[str, Any], declared: Operation) -> None:
    if declared.reads is not None:
        content["application/json"]["schema"] = {"$ref": f"#/components/schemas/{declared.reads.__name__}"}
    if declared.body is not None:
        content["application/json"]["example"] = declared.body
    if declared.form:
        content["multipart/form-data"]["example"] = declared.form


def _complete_success(success: dict[str, Any], declared: Operation) -> None:
    content = (
        success.setdefault("content", {})
        if declared.only_text or declared.text or declared.events or declared.lines
        else {}
    )
    if declared.only_text:
        content.clear()
    if declared.any_json:
        content["application/json"] = {"schema": {"type": "object"}}
    if declared.text is not None:
        content[declared.text] = {"schema": {"type": "string"}}
    if declared.events:
        content["text/event-stream"] = {"schema": events_schema(declared.events)}
    if declared.lines is not None:  # each line is one of these; alone where no stream was asked for
        content["application/x-ndjson"] = {"schema": {"$ref": f"#/components/schemas/{declared.lines.__name__}"}}
    if declared.headers:
        success["headers"] = {name: _HEADERS[name] for name in declared.headers}
    if declared.leads_to:
        success["links"] = {
            to: {"operationId": to, "parameters": {parameter: "$response.body#/id"}}
            for to, parameter in declared.leads_to.items()
        }


def _problem_statuses() -> list[int]:
    declared = {status for one in OPERATIONS.values() for status in one.statuses}
    return sorted({*_SAID, *ALWAYS, *declared, *(error.status for error in _errors(QuipuError)), 415})


def _errors(root: type[QuipuError]) -> Iterator[type[QuipuError]]:
    for error in root.__subclasses__():
        yield error
        yield from _errors(error)


def _problem(status: int) -> dict[str, Any]:
    """What a status means: in words, and by the errors of that status with their codes."""
    errors = {
        error.code: (error.__doc__ or "").split(".")[0] for error in _errors(QuipuError) if error.status == status
    }
    listed = "".join(f"\n- `{code}`: {said}." for code, said in errors.items() if status != 500)
    response = {
        "description": _SAID.get(status, HTTPStatus(status).phrase + ".") + listed,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
    }
    if status in _OF_PROBLEM:
        response["headers"] = {_OF_PROBLEM[status]: _HEADERS[_OF_PROBLEM[status]]}
    return response


def _name(status: int) -> str:
    return f"Problem{status}"
