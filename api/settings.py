"""Every setting, and the only place that reads the environment."""

import ipaddress
import os
import re
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from api.configuration.data_folders import usual_data_folder
from api.configuration.setting_names import advice, misspelt
from graph.errors import ConfigurationError
from ingest.loaders.reading_limits import ReadingLimits
from retrieval.modes import AskedMode

MIB = 1024 * 1024
_NEO4J = re.compile(r"(?:neo4j|bolt)(?:\+s|\+ssc)?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?/?")
_GRAPH_FORMS = (
    "sqlite, neo4j://host:7687 or bolt://host:7687 (+s for TLS); user and password have settings of their own"
)
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
_ROOT_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_MODEL = re.compile(r"none|(?:ollama|openai)/\S+|llamaindex:[\w.]+:\w+")
_MODEL_FORMS = "none, ollama/<model>, openai/<model> or llamaindex:<module>:<factory>"


class Settings(BaseSettings):
    """Environment variables with the prefix ``QUIPU_``; a ``.env`` file counts, too."""

    model_config = SettingsConfigDict(env_prefix="QUIPU_", env_file=".env", extra="ignore", populate_by_name=True)

    data_dir: Path = Field(default_factory=usual_data_folder)
    """Blobs, embedded store, operational state; where none is named, ``./quipu-data`` if there is one, else the folder
    of this user."""
    graph_url: str = "sqlite"
    """Where knowledge is kept: ``sqlite``, inside the data folder, or a Neo4j server (``neo4j://``, ``bolt://``)."""
    neo4j_user: str = "neo4j"
    """Its user."""
    neo4j_password: SecretStr | None = None
    """The user's password."""
    neo4j_database: str | None = None
    """The database there; None is the user's default one."""
    graph_walk: Literal["memory", "neo4j"] = "memory"
    """Where questions walk the graph: over a view in ``memory``, or, where that cannot hold it, in ``neo4j`` itself."""
    llm: str = "none"
    """Which language model reads and writes: ``none``, ``ollama/<model>``, ``openai/<model>`` for any
    OpenAI-compatible server, or ``llamaindex:<module>:<factory>`` for any LlamaIndex ``LLM``."""
    llm_url: str | None = None
    """Where its server is; None is the server's usual address on this machine."""
    llm_api_key: SecretStr | None = None
    """Key of that server."""
    llm_context_tokens: int | None = None
    """Window for prompt and answer (``num_ctx`` on Ollama); None asks the server."""
    llm_sees: bool | None = None
    """Whether the model reads images; None asks the server."""
    llm_timeout_seconds: float = 600.0
    """Longest call; half of it may pass before the first token."""
    extract_llm: str | None = None
    """Another model for reading documents; None is QUIPU_LLM."""
    when_unverified: Literal["refuse", "quote"] = "refuse"
    """What is said where nothing holds of what the model wrote: ``refuse`` says that nothing was found, ``quote``
    answers with literal sentences, as without a model. ``degraded`` of the answer tells either."""
    mode: AskedMode = "hybrid"
    """How a question is answered that does not say: one of the modes of asking, or ``auto``, by its shape."""
    entity_types: str = ""
    """Types of entities the model keeps to, with commas between; empty: any. A document's metadata can name its own."""
    relation_types: str = ""
    """Kinds of relations the model keeps to, with commas between; empty: any."""
    judge_llm: str | None = None
    """Another model for judging answers; None is QUIPU_LLM."""
    embedder: str = "minilm"
    """``minilm``, ``e5`` (an extra), a folder, or a sentence-transformers name (that with QUIPU_OFFLINE=false once)."""
    offline: bool = True
    """Contact nobody. ``false`` lets a model named by a hub name be fetched."""
    host: str = "127.0.0.1"
    """Address to listen on; on another than loopback requests need a key."""
    port: int = Field(default=8000, ge=1, le=65535)
    """Port to listen on."""
    root_path: str = ""
    """Path that a proxy puts before ours, such as ``/quipu``; empty: none."""
    api_key: SecretStr | None = None
    """A key that opens everything; the command line sends it. Further keys are made by ``quipu keys create``."""
    workspace: str = ""
    """Workspace that the command line works in; empty: that of the key, or the default one."""
    principals_header: str = ""
    """Header in which a trusted proxy names who asks, as principals with commas between; empty: none is read."""
    trusted_proxies: str = ""
    """Addresses and networks of such proxies, with commas between. From others the header is ignored."""
    url: str | None = None
    """The running service that the command line talks to."""
    datasets_dir: Path | None = None
    """Folder whose data sets an evaluation over REST may name."""
    judge_labels: Path | None = None
    """File of answers whose claims people have labelled, to measure the judge by."""
    token_price: float = 0.0
    """Price of a million tokens, in your currency; reports show cost by it."""
    retention_days: float | None = None
    """How long the past can be read (``as_of``, old versions); None keeps everything."""
    webhook_hosts: str = ""
    """Hosts that updates of watches may be sent to, with commas between: ``host`` (ports 80 and 443) or ``host:port``;
    empty: none."""
    sessions: int = Field(default=1000, ge=1)
    """Conversations that are kept of one holder; those that were not used for longest go first."""
    session_turns: int = Field(default=100, ge=1)
    """Turns that are kept of a conversation; the oldest go first."""
    session_days: int = Field(default=30, ge=1)
    """How long a conversation is kept that nobody goes on with, in days."""
    quota_documents: int = Field(default=0, ge=0)
    """Documents that a workspace may hold; 0: any number."""
    quota_bytes: int = Field(default=0, ge=0)
    """Bytes of their newest originals that it may hold; 0: any number."""
    quota_tokens: int = Field(default=0, ge=0)
    """Tokens of language models that it may spend a day (UTC); 0: any number."""
    audit: str = "on"
    """Where a line for every call goes: ``on`` into ``audit/`` of the data folder, or a folder, or ``off``."""
    audit_days: int = Field(default=90, ge=1)
    """How many days these lines are kept."""
    audit_mib: int = Field(default=512, ge=64)
    """How much of them is kept, in MiB; the oldest go first."""
    otlp_endpoint: str | None = Field(
        default=None, validation_alias=AliasChoices("QUIPU_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    """OpenTelemetry collector that traces are sent to, such as ``http://127.0.0.1:4318``; None: nobody is told."""
    max_document_mib: int = 64
    """Largest document, in MiB."""
    max_request_mib: int = 128
    """Largest request body, in MiB."""
    check_hours: float = Field(default=24.0, ge=0)
    """How often all that is stored is compared with its checksums in the background, in hours; 0: never."""
    reserve_mib: int = Field(default=32, ge=0)
    """Room on the disk that is kept for deletions, in MiB; uploads are refused before it is needed. 0 keeps none."""
    max_text_mib: int = Field(default=64, ge=1)
    """Most text that is read of one document, in MiB of UTF-8."""
    max_text_ratio: float = Field(default=30.0, ge=1, allow_inf_nan=False)
    """Most bytes of text for each byte of a file, asked of a text over 256 KiB: what unpacks to more is a bomb."""
    max_reading_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    """How long a parser may take over one document of 1 MiB; a larger one has more, up to ten times as long."""
    ocr: Literal["auto", "off"] = "auto"
    """Who reads pages that are pictures where no language model sees: ``auto`` takes rapidocr (the extra ``ocr``) if it
    is installed, else Tesseract if it is there; ``off`` nobody."""
    max_questions: int = Field(default=32, ge=1)
    """Questions and searches that are answered at the same time; twice as many may wait in line."""
    max_writes: int = Field(default=8, ge=1)
    """Uploads, deletions and other writes at the same time; twice as many may wait in line."""
    max_queued: int = Field(default=50_000, ge=1)
    """Documents that may wait to be read; beyond that uploads are refused."""
    max_reads: int = Field(default=32, ge=1)
    """Other requests at the same time; twice as many may wait in line."""
    max_streams: int = Field(default=256, ge=1)
    """Requests that follow the events of a job or a watch, at the same time."""
    max_connections: int = Field(default=1024, ge=1)
    """Open connections; beyond that the one that has rested longest is closed."""
    cors_origins: str = ""
    """Origins whose pages may use the service, exactly as browsers write them, with commas between; empty: its own."""

    @property
    def own_url(self) -> str:
        """Where this machine reaches the service, also where it listens on every address."""
        host = self.host.strip("[]")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - never bound here
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def audit_folder(self) -> Path | None:
        """Where audit lines are kept; None where none are."""
        if self.audit == "off":
            return None
        return self.data_dir / "audit" if self.audit == "on" else Path(self.audit)

    def check(self) -> None:
        """Raise ConfigurationError, in one line, for what cannot work."""
        self._check_graph()
        self._check_origins()
        self._check_proxy()
        for name, value in (("LLM", self.llm), ("EXTRACT_LLM", self.extract_llm), ("JUDGE_LLM", self.judge_llm)):
            if value is not None and not _MODEL.fullmatch(value):
                raise ConfigurationError(f"QUIPU_{name}={value}: give {_MODEL_FORMS}")
        for name, url in (("LLM_URL", self.llm_url), ("OTLP_ENDPOINT", self.otlp_endpoint)):
            if url and not url.startswith(("http://", "https://")):
                raise ConfigurationError(f"QUIPU_{name}={url}: give an address that starts with http:// or https://")
        if self.llm_context_tokens is not None and self.llm_context_tokens < 1024:
            raise ConfigurationError(f"QUIPU_LLM_CONTEXT_TOKENS={self.llm_context_tokens}: 1024 is the least")
        if self.retention_days is not None and self.retention_days <= 0:
            raise ConfigurationError(f"QUIPU_RETENTION_DAYS={self.retention_days}: give more than 0, or leave it out")

    def _check_graph(self) -> None:
        if self.graph_url == "sqlite":
            if self.graph_walk == "neo4j":
                raise ConfigurationError("QUIPU_GRAPH_WALK=neo4j needs a Neo4j in QUIPU_GRAPH_URL; memory walks SQLite")
            return
        if not _NEO4J.fullmatch(self.graph_url):
            raise ConfigurationError(f"QUIPU_GRAPH_URL={_without_user(self.graph_url)}: give {_GRAPH_FORMS}")
        if not self.neo4j_password:
            raise ConfigurationError(f"QUIPU_GRAPH_URL={self.graph_url} needs a password: set QUIPU_NEO4J_PASSWORD")

    def _check_proxy(self) -> None:
        if self.root_path and not _ROOT_PATH.fullmatch(self.root_path):
            raise ConfigurationError(f"QUIPU_ROOT_PATH={self.root_path}: give a path such as /quipu, or leave it out")
        if self.principals_header and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self.principals_header):
            raise ConfigurationError(f"QUIPU_PRINCIPALS_HEADER={self.principals_header}: give the name of a header")

    def _check_origins(self) -> None:
        for origin in self.allowed_origins:
            if not _ORIGIN.fullmatch(origin):
                raise ConfigurationError(
                    f"QUIPU_CORS_ORIGINS={origin}: give origins such as https://wiki.example, with commas between"
                )

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins whose pages may use the service, beside its own."""
        return listed(self.cors_origins)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that no log may show."""
        return tuple(value.get_secret_value() for _, value in self if isinstance(value, SecretStr))

    def reading_limits(self) -> ReadingLimits:
        """What one document may cost its parser."""
        return ReadingLimits(
            seconds=self.max_reading_seconds, text=self.max_text_mib * MIB, ratio=self.max_text_ratio
        )  # fmt: skip

    def shown(self) -> dict[str, str]:
        """Effective settings by variable name, secrets masked."""
        return {f"QUIPU_{name.upper()}": "" if value is None else _without_user(str(value)) for name, value in self}


def _without_user(url: str) -> str:
    """A URL fit to be shown."""
    return re.sub(r"//[^/@]*@", "//…@", url)


def load_settings() -> Settings:
    """Settings from the environment. Raises ConfigurationError in one line, also for a name that is no setting."""
    _check_names()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "QUIPU_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{name}: {first['msg']}") from error


def _check_names() -> None:
    real = sorted(f"QUIPU_{name.upper()}" for name in Settings.model_fields)
    for where, names in (("the environment", os.environ), (".env", DotEnvSettingsSource(Settings).env_vars)):
        if wrong := misspelt(names, real):
            raise ConfigurationError(advice(wrong, where, real))


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listed(raw: str) -> tuple[str, ...]:
    """What a setting lists with commas between."""
    return tuple(part.strip() for part in raw.split(",") if part.strip())
