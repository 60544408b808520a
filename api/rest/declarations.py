"""What the interface says of each operation beside what its route says itself: a name, examples, what it may answer.

``openapi.py`` puts it into the document. A route that is not listed here still has every problem of its kind declared;
tests/e2e/test_openapi.py asks for what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from api.admission.model import NAME_FORM
from api.schemas.asking.answers import AnswerBody, CitationBody, EvidenceBody, TokenBody
from api.schemas.asking.understanding import StepBody
from api.schemas.documents import TextDocuments
from api.schemas.evaluations import EvaluationBody
from api.schemas.jobs import JobBody
from api.schemas.problems import ProblemBody
from api.schemas.protocols.chat import CompletionChunkBody
from api.schemas.protocols.ollama import PieceBody
from api.schemas.strict import MOMENT
from api.schemas.watches import WatchUpdateBody
from graph.identity import entity_id

_DOCUMENT = {"document_id": "orrin-telescope.md"}
_ENTITY = {"entity_id": entity_id("default", "orrin telescope")}
_ASKED = "Who founded Halden Observatory?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. Statuses are those beside the ones that every operation of its kind can give.

    ``body`` and ``form`` are examples, as are the values of ``parameters``. ``text`` is a media type that is answered
    beside JSON, or ``only_text``; ``any_json`` is JSON without a schema; ``events`` are the schemas of server-sent
    events by their names, ``lines`` that of JSON line by line; ``leads_to`` names the operations and parameters that
    take the ``id`` of what it answers.
    """

    id: str
    statuses: tuple[int, ...] = ()
    reads: type[BaseModel] | None = None
    body: object = None
    form: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    events: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    lines: type[BaseModel] | None = None
    text: str | None = None
    only_text: bool = False
    any_json: bool = False
    headers: tuple[str, ...] = ()
    leads_to: Mapping[str, str] = field(default_factory=dict)


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("post", "/v1/documents"): Operation(
        id="upload_documents", statuses=(404, 409, 415), reads=TextDocuments,
        body={"documents": [{"id": "tower.txt", "title": "The tower", "text": "Ida Quell built the tower."}]},
    ),
    ("get", "/v1/documents"): Operation(
        id="list_documents", parameters={"filters": {"language": {"in": ["en"]}}, "limit": 10},
    ),
    ("put", "/v1/documents/{document_id}"): Operation(
        id="replace_document", statuses=(409, 412, 415), reads=TextDocuments, headers=("ETag",),
        parameters={"document_id": "bridge.txt"},
        body={"documents": [{"title": "The bridge", "text": "Ida Quell built the bridge."}]},
    ),
    ("get", "/v1/documents/{document_id}"): Operation(id="get_document", headers=("ETag",), parameters=_DOCUMENT),
    ("delete", "/v1/documents/{document_id}"): Operation(
        id="delete_document", statuses=(409, 412), parameters={"document_id": "bridge.txt"},
    ),
    ("get", "/v1/documents/{document_id}/content"): Operation(
        id="get_document_content", text="text/plain", only_text=True, parameters=_DOCUMENT,
    ),
    ("get", "/v1/documents/{document_id}/original"): Operation(
        id="get_document_original", text="*/*", only_text=True, headers=("ETag",), parameters=_DOCUMENT,
    ),
    ("get", "/v1/documents/{document_id}/pages/{page}"): Operation(
        id="get_document_page", text="image/png", only_text=True, headers=("ETag", "X-Quipu-Scale"),
        parameters={"document_id": "tower.pdf", "page": 1, "scale": 1.5, "box": ["72,640,300,655"]},
    ),
    ("get", "/v1/documents/{document_id}/versions"): Operation(id="list_document_versions", parameters=_DOCUMENT),
    ("get", "/v1/documents/{document_id}/chunks"): Operation(id="list_document_chunks", parameters=_DOCUMENT),
    ("get", "/v1/jobs"): Operation(id="list_jobs", parameters={"state": "done"}),
    ("get", "/v1/jobs/{job_id}"): Operation(id="get_job"),
    ("get", "/v1/jobs/{job_id}/events"): Operation(id="follow_job", events={"job": JobBody}, only_text=True),
    ("post", "/v1/jobs/{job_id}/cancel"): Operation(id="cancel_job", statuses=(409,)),
    ("post", "/v1/jobs/{job_id}/retry"): Operation(id="retry_job", statuses=(409,)),
    ("post", "/v1/search"): Operation(id="search_passages", body={"query": "telescope maker", "k": 5}),
    ("post", "/v1/ask"): Operation(
        id="ask_question", statuses=(404, 502), body={"question": _ASKED},
        events={
            "step": StepBody, "evidence": EvidenceBody, "token": TokenBody, "citation": CitationBody,
            "done": AnswerBody, "error": ProblemBody,
        },
    ),
    ("post", "/v1/sessions"): Operation(
        id="open_session", headers=("Location",),
        leads_to={"get_session": "session_id", "delete_session": "session_id"},
    ),
    ("get", "/v1/sessions"): Operation(id="list_sessions", parameters={"limit": 10}),
    ("get", "/v1/sessions/{session_id}"): Operation(id="get_session"),
    ("delete", "/v1/sessions/{session_id}"): Operation(id="delete_session"),
    ("get", "/v1/models"): Operation(id="list_models"),
    ("get", "/v1/models/{model}"): Operation(id="get_model", parameters={"model": "quipu"}),
    ("post", "/v1/chat/completions"): Operation(
        id="complete_chat", statuses=(502,), events={"message": CompletionChunkBody},
        body={"model": "quipu", "messages": [{"role": "user", "content": _ASKED}]},
    ),
    ("post", "/api/chat"): Operation(
        id="chat_ollama", statuses=(404, 502), lines=PieceBody,
        body={"model": "quipu", "messages": [{"role": "user", "content": _ASKED}]},
    ),
    ("post", "/api/generate"): Operation(
        id="generate_ollama", statuses=(404, 502), lines=PieceBody, body={"model": "quipu", "prompt": _ASKED},
    ),
    ("get", "/api/tags"): Operation(id="list_ollama_models"),
    ("get", "/api/ps"): Operation(id="list_loaded_ollama_models"),
    ("post", "/api/show"): Operation(id="show_ollama_model", statuses=(404,), body={"model": "quipu"}),
    ("get", "/api/version"): Operation(id="get_ollama_version"),
    ("post", "/mcp"): Operation(id="use_tools"),
    ("get", "/v1/graph/entities"): Operation(id="find_entities", parameters={"query": "orrin"}),
    ("get", "/v1/graph/entities/{entity_id}"): Operation(id="get_entity", parameters=_ENTITY),
    ("post", "/v1/graph/facts"): Operation(
        id="ask_facts",
        body={"kind": "list", "conditions": [{"entity": "Halden Observatory", "predicate": "founded by"}]},
    ),
    ("get", "/v1/graph/merges"): Operation(id="list_merges"),
    ("post", "/v1/graph/merges"): Operation(
        id="decide_merge", statuses=(409,),
        body={
            "first_id": _ENTITY["entity_id"], "second_id": entity_id("default", "halden observatory"), "same": False,
        },
    ),
    ("post", "/v1/graph/resolve"): Operation(id="merge_alike"),
    ("get", "/v1/graph/neighbourhood"): Operation(id="get_neighbourhood", parameters=_ENTITY),
    ("get", "/v1/graph/communities"): Operation(id="list_communities", parameters={"limit": 5}),
    ("get", "/v1/changes"): Operation(id="list_changes", parameters={"since": "0"}),
    ("get", "/v1/revisions"): Operation(id="list_revisions", parameters={"limit": 10}),
    ("get", "/v1/revisions/days"): Operation(id="list_revision_days"),
    ("post", "/v1/watches"): Operation(
        id="add_watch", headers=("Location",), body={"question": _ASKED},
        leads_to={
            "get_watch": "watch_id", "list_watch_updates": "watch_id", "follow_watch": "watch_id",
            "delete_watch": "watch_id",
        },
    ),
    ("get", "/v1/watches"): Operation(id="list_watches"),
    ("get", "/v1/watches/{watch_id}"): Operation(id="get_watch"),
    ("delete", "/v1/watches/{watch_id}"): Operation(id="delete_watch"),
    ("get", "/v1/watches/{watch_id}/updates"): Operation(id="list_watch_updates"),
    ("get", "/v1/watches/{watch_id}/events"): Operation(
        id="follow_watch", events={"update": WatchUpdateBody}, only_text=True,
    ),
    ("post", "/v1/evals"): Operation(
        id="start_evaluation", statuses=(409, 415), reads=EvaluationBody,
        form={
            "queries": '{"_id": "q1", "text": "Who founded Halden Observatory?", "answers": ["Ingrid Vael"]}\n',
            "qrels": "query-id\tcorpus-id\tscore\nq1\thalden-observatory.md\t1\n",
            "kind": "retrieval",
        },
        leads_to={"get_evaluation": "eval_id", "get_evaluation_report": "eval_id", "compare_evaluations": "eval_id"},
    ),
    ("get", "/v1/evals"): Operation(id="list_evaluations", parameters={"limit": 10}),
    ("get", "/v1/evals/{eval_id}"): Operation(id="get_evaluation"),
    ("get", "/v1/evals/{eval_id}/comparison"): Operation(id="compare_evaluations", statuses=(409,)),
    ("get", "/v1/evals/{eval_id}/report"): Operation(
        id="get_evaluation_report", statuses=(409,), text="text/html", any_json=True,
    ),
    ("post", "/v1/reindex"): Operation(id="reindex_documents", statuses=(409,), body={"extract": True}),
    ("post", "/v1/verify"): Operation(id="verify_knowledge", body={"repair": False}),
    ("get", "/v1/quota"): Operation(id="get_quota"),
    ("put", "/v1/quota"): Operation(id="set_quota", body={"documents": 10000, "bytes": 10**10, "tokens": 1000000}),
    ("get", "/v1/audit"): Operation(id="list_audit_lines", parameters={"limit": 10}),
    ("post", "/v1/keys"): Operation(
        id="create_key", statuses=(409,), headers=("Location",),
        body={"role": "ask", "principals": ["user:ida@firm.example"], "label": "a chat client"},
        leads_to={"get_key": "key_id", "revoke_key": "key_id"},
    ),
    ("get", "/v1/keys"): Operation(id="list_keys", parameters={"limit": 10}),
    ("get", "/v1/keys/{key_id}"): Operation(id="get_key"),
    ("delete", "/v1/keys/{key_id}"): Operation(id="revoke_key"),
    ("post", "/v1/workspaces"): Operation(
        id="create_workspace", statuses=(409,), headers=("Location",), body={"name": "research"},
    ),
    ("get", "/v1/workspaces"): Operation(id="list_workspaces", parameters={"limit": 10}),
    ("get", "/v1/workspaces/{name}"): Operation(id="get_workspace", parameters={"name": "default"}),
    ("delete", "/v1/workspaces/{name}"): Operation(
        id="delete_workspace", statuses=(409,), parameters={"name": "research", "wait": 30},
    ),
    ("get", "/healthz"): Operation(id="check_health"),
    ("get", "/readyz"): Operation(id="check_readiness"),
    ("get", "/metrics"): Operation(id="get_metrics", text="text/plain", only_text=True),
    ("get", "/v1/formats"): Operation(id="list_formats"),
    ("get", "/v1/caller"): Operation(id="get_caller"),
    ("get", "/v1/language-models"): Operation(id="list_language_models"),
    ("get", "/v1/samples"): Operation(id="get_samples"),
    ("post", "/v1/samples"): Operation(id="load_samples", statuses=(404, 409)),
    ("get", "/v1/config"): Operation(id="get_settings"),
}  # fmt: skip

PARAMETERS: Mapping[str, str] = {
    "as_of": "What was known at a revision, or at an ISO 8601 time; now, if left out.",
    "cursor": "Where a page before this one ended: its `next_cursor`.",
    "limit": "How many at most.",
    "document_id": "The id of a document.",
    "page": "The number of a page, from 1.",
    "if-none-match": "The version that the caller has already, as `ETag` gave it; 304 where it is still that one.",
    "job_id": "The id of a job.",
    "watch_id": "The id of a watch.",
    "session_id": "The id of a conversation.",
    "eval_id": "The id of an evaluation.",
    "entity_id": "The id of an entity.",
    "model": "The name of a model: `quipu`.",
    "key_id": "The id of a key: what stands between `qk_` and the next `_`.",
    "name": "The name of a workspace.",
    "wait": "Seconds to wait until nothing is left of it.",
    "state": "Only jobs in this state.",
    "kind": "Only this kind of things.",
    "query": "A part of a name.",
    "depth": "How many relations away at most.",
    "level": "`fine`, or `broad`: fewer and larger communities, each of one or several fine ones.",
    "purge": "Remove every byte of it, at every revision, instead of withdrawing it.",
    "after": "Only updates with a higher id.",
    "format": "The page, or its content as JSON.",
    "if-match": "The version that the caller means, as `ETag` gives it; 412 where it is another one.",
    "last-event-id": "Only updates after this one, for clients that connect again.",
}
"""What a parameter means wherever it occurs, unless its route says it."""

_MOMENT: dict[str, object] = {"anyOf": MOMENT}
_ID: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": 512}
FORMS: Mapping[str, dict[str, object]] = {
    "as_of": _MOMENT,
    "since": _MOMENT,
    "until": _MOMENT,
    "if-match": {"type": "string", "pattern": '^([*]|(W/)?"[0-9]{1,9}")$'},
    "if-none-match": {"type": "string", "maxLength": 100},
    "last-event-id": {"type": "string", "pattern": "^[0-9]{1,15}$"},
    "document_id": _ID,
    "job_id": _ID,
    "watch_id": _ID,
    "session_id": _ID,
    "eval_id": _ID,
    "entity_id": _ID,
    "key_id": _ID,
    "name": {"type": "string", "pattern": NAME_FORM},
}
"""What the value of a parameter looks like, where its route reads it itself."""

TAGS: Mapping[str, str] = {
    "documents": "Upload, replace, list, read and delete documents.",
    "jobs": "How far the reading of documents is.",
    "questions": "Search passages; ask for answers with verified citations, and for rows of relations.",
    "sessions": "Conversations that the service keeps; they know which of their answers no longer hold.",
    "chat": "The knowledge base as a model in OpenAI's chat protocol.",
    "graph": "Entities, relations and merges, each with its source.",
    "changes": "Revisions, and what is different between two of them.",
    "watches": "Standing questions, answered again when their evidence changes.",
    "quotas": "What a workspace holds and spends, and how much it may.",
    "audit": "Who called what.",
    "evaluations": "The knowledge base measured on questions.",
    "keys": "Keys with a role, a workspace and principals: made, listed, revoked.",
    "workspaces": "Workspaces, each with documents, revisions, jobs and watches of its own.",
    "service": "Whether it lives, is ready, and agrees with itself.",
}
