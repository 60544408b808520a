"""A model that a scripted server plays, reached as a service reaches its own."""

from model_server import ModelServer

from api.language_models import build_language_model
from api.settings import Settings
from graph.ports.models import LanguageModel


def served_model(server: ModelServer, *, protocol: str = "ollama", **settings: float) -> LanguageModel:
    """``protocol``: ``ollama`` or ``openai``. The settings are those of a service, in its units."""
    name = f"{protocol}/test"
    made = build_language_model(name, Settings(llm=name, llm_url=server.url, **settings))  # type: ignore[arg-type]
    assert made is not None
    return made
