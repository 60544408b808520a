"""Tells who sends a request, by what it carries."""

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.access import OWNER, Caller
from api.admission.keys import MAX_PRINCIPALS, KeyPays, Keys
from api.admission.workspaces import Workspaces
from api.settings import listed
from graph.audience import UNRESTRICTED, Audience
from graph.errors import ConfigurationError, NotFoundError, Unauthorized
from graph.model import DEFAULT_WORKSPACE
from graph.ports.spending import Payer, nobody

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request carries of its sender: empty where it carries nothing.

    ``peer`` is the address at the other end of the connection, not one that a header names. ``principals`` is what
    the header of QUIPU_PRINCIPALS_HEADER says.
    """

    authorization: str = ""
    workspace: str = ""
    peer: str = ""
    principals: str = ""


class Access:
    """Tells the caller of a request.

    Args:
        keys: those that were made.
        workspaces: those there are.
        api_key: QUIPU_API_KEY, which opens everything; None where it is not set.
        proxies: networks whose word on principals is taken.
    """

    def __init__(
        self, keys: Keys, workspaces: Workspaces, *, api_key: str | None, proxies: Sequence[Network] = ()
    ) -> None:  # fmt: skip
        self._keys = keys
        self._workspaces = workspaces
        self._api_key = api_key
        self._proxies = proxies
        self.own_key = secrets.token_urlsafe(32)
        """What Quipu itself sends where it asks its own REST interface. Known to this process alone."""

    @property
    def needs_key(self) -> bool:
        """Whether a request without a key is refused: QUIPU_API_KEY is set, or a key has ever been made."""
        return self._api_key is not None or self._keys.ever

    def trusts(self, peer: str) -> bool:
        """Whether this address may name principals."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._proxies)

    def caller(self, asked: Asked) -> Caller:
        """Who asks, and in which workspace.

        Raises:
            Unauthorized: a key is needed, and none that counts was sent.
            NotFoundError: the workspace is not there, or not for them.
        """
        caller = self._holder(asked)
        if asked.workspace and not (caller.operator or caller.workspace in {"", asked.workspace}):
            raise NotFoundError(f"no workspace {asked.workspace!r}")
        workspace = asked.workspace or caller.workspace or DEFAULT_WORKSPACE
        if not self._workspaces.exists(workspace):
            raise NotFoundError(f"no workspace {workspace!r}")
        return replace(caller, workspace=workspace, operator=caller.operator and not asked.workspace)

    def _holder(self, asked: Asked) -> Caller:
        """By the key alone; ``workspace`` is empty where the key is good for every one."""
        scheme, _, token = asked.authorization.partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
        anyone = replace(OWNER, workspace="")
        if token and (_same(token, self.own_key) or self._is_api_key(token)):
            return anyone
        if not self.needs_key:
            return anyone
        key = self._keys.holder(token)
        if key is None:
            raise Unauthorized("send a key that counts as 'Authorization: Bearer …'")
        audience = UNRESTRICTED
        if key.role != "admin":
            named = self._named(asked) if self.trusts(asked.peer) else ()
            audience = Audience(principals=frozenset((*key.principals, *named)))
        return Caller(
            workspace=key.workspace or "", role=key.role, audience=audience, key_id=key.id,
            operator=key.role == "admin" and key.workspace is None,
        )  # fmt: skip

    def payer(self, caller: Caller) -> Payer:
        """Who pays for models that a caller's request asks."""
        return nobody if caller.key_id is None else KeyPays(self._keys, caller.key_id)

    def _is_api_key(self, token: str) -> bool:
        """A made key stays what it is, also where the same text stands in QUIPU_API_KEY."""
        return self._api_key is not None and _same(token, self._api_key) and not self._keys.knows(token)

    def _named(self, asked: Asked) -> tuple[str, ...]:
        return tuple(name for part in asked.principals.split(",")[:MAX_PRINCIPALS] if (name := part.strip()))


def networks(raw: str) -> tuple[Network, ...]:
    """Addresses and networks with commas between. Raises ConfigurationError."""
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in listed(raw))
    except ValueError as error:
        raise ConfigurationError(f"QUIPU_TRUSTED_PROXIES={raw}: {error}") from error


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass"))
