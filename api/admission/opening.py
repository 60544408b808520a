"""Who may come in, put together from what is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from api.admission.access import Access, networks
from api.admission.in_hand import InHand
from api.admission.keys import Keys
from api.admission.ports import KeyRegister, WorkspaceRegister
from api.admission.workspaces import Workspaces
from api.settings import Settings, is_loopback
from graph.ports.spending import Cost

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who may come in, and who is inside."""

    access: Access
    keys: Keys
    workspaces: Workspaces
    in_hand: InHand


def open_admission(
    settings: Settings, key_register: KeyRegister, workspace_register: WorkspaceRegister,
    ordered: Callable[[], Mapping[str, Cost]],
) -> Admission:  # fmt: skip
    """Keys and workspaces. Where others can reach the service and there is no key, the first one is made. ``ordered``
    tells what jobs have cost, by the key that they were ordered with.

    Raises:
        ConfigurationError: QUIPU_TRUSTED_PROXIES names no networks.
    """
    api_key = settings.api_key.get_secret_value() if settings.api_key else None
    keys, workspaces = Keys(key_register, ordered=ordered, alone=not api_key), Workspaces(workspace_register)
    access = Access(keys, workspaces, api_key=api_key, proxies=networks(settings.trusted_proxies))
    if not (access.needs_key or is_loopback(settings.host)):
        _log.info("the first administrator's key lies in a file", path=str(keys.create_first(settings.data_dir)))
    return Admission(access=access, keys=keys, workspaces=workspaces, in_hand=InHand())
