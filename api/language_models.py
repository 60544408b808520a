"""Which language models the settings name."""

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.settings import Settings
from evals.judge import Judge, load_labelled
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import ModelStanding
from graph.ports.quotas import TokenMeter

if TYPE_CHECKING:
    from graph.language_models.guarded import GuardedModel


def build_language_model(name: str, settings: Settings, meter: TokenMeter | None = None) -> "GuardedModel | None":
    """The model that a setting names; None for ``none``. LlamaIndex is imported only where there is one.

    ``meter`` counts the tokens; without one nobody does.
    """
    if name == "none":
        return None
    from graph.language_models.chat_llm import ChatLLM
    from graph.language_models.course import Timeouts
    from graph.language_models.foreign import load_llm
    from graph.language_models.guarded import GuardedModel
    from graph.language_models.ollama import DEFAULT_URL as OLLAMA_URL
    from graph.language_models.ollama import OllamaLLM
    from graph.language_models.openai_compatible import DEFAULT_URL as OPENAI_URL
    from graph.language_models.openai_compatible import OpenAICompatibleLLM

    timeouts = Timeouts.within(settings.llm_timeout_seconds)
    if name.startswith("llamaindex:"):
        return GuardedModel(load_llm(name.removeprefix("llamaindex:")), identity=name, timeouts=timeouts, meter=meter)
    provider, _, model = name.partition("/")
    kind: type[ChatLLM] = OllamaLLM if provider == "ollama" else OpenAICompatibleLLM
    llm = kind(
        model=model, url=_model_url(provider, settings) or (OLLAMA_URL if kind is OllamaLLM else OPENAI_URL),
        api_key=settings.llm_api_key, context_tokens=settings.llm_context_tokens, sees=settings.llm_sees,
    )  # fmt: skip
    return GuardedModel(llm, identity=name, timeouts=timeouts, meter=meter)


class LanguageModels:
    """The models of one process, one for each name: all who ask it stand in one line and measure one pace.

    ``meter`` counts the tokens; without one nobody does.
    """

    def __init__(self, settings: Settings, meter: TokenMeter | None = None) -> None:
        self._settings = settings
        self._meter = meter
        self._made: dict[str, GuardedModel | None] = {}
        self._lock = threading.Lock()

    def named(self, name: str) -> "GuardedModel | None":
        """The model that a setting names; None for ``none``. Raises ConfigurationError."""
        with self._lock:
            if name not in self._made:
                self._made[name] = build_language_model(name, self._settings, self._meter)
            return self._made[name]

    def standing(self) -> tuple[ModelStanding, ...]:
        """How each that has been named does."""
        with self._lock:
            return tuple(model.standing for model in self._made.values() if model is not None)


def build_judge(settings: Settings, models: LanguageModels, workspace: str = DEFAULT_WORKSPACE) -> Judge | None:
    """The judge of evaluations; None without a language model. Raises ConfigurationError for bad labels.

    ``workspace`` pays for it, where tokens are counted.
    """
    model = models.named(settings.judge_llm or settings.llm)
    if model is None:
        return None
    labelled = load_labelled(settings.judge_labels) if settings.judge_labels else ()
    return Judge(model, labelled, workspace=workspace)


def _model_url(provider: str, settings: Settings) -> str | None:
    """QUIPU_LLM_URL belongs to the provider of QUIPU_LLM; a bare address of an OpenAI-compatible server means /v1."""
    if settings.llm_url is None or not settings.llm.startswith(("none", f"{provider}/")):
        return None
    url = settings.llm_url.rstrip("/")
    return f"{url}/v1" if provider == "openai" and not urlsplit(url).path else url
