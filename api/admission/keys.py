"""Keys: made, listed, revoked, and recognised when they are sent."""

import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from api.access import Caller
from api.admission.model import Key, NewKey, digest_of, new_secret, parts_of, token_of
from api.admission.ports import KeyRegister
from graph.errors import ConflictError, DependencyError, Forbidden, InputError, NotFoundError
from graph.ports.spending import Cost

FIRST_KEY = "first-admin.key"
"""File in the data folder that holds the first key, for whoever owns the folder."""
MAX_LABEL = 200
MAX_PRINCIPALS = 200
_PRINCIPAL = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff,]{1,256}")


class Keys:
    """The use case of keys. One process owns the data folder, so what is in memory is what is kept.

    An administrator who is bound to a workspace deals with the keys of that workspace alone.

    Args:
        ordered: what jobs have cost that were ordered with keys, by their ids. It is kept with the jobs.
        alone: nothing but keys opens the service, so that the first one must be good for making others.
    """

    def __init__(
        self, register: KeyRegister, *, ordered: Callable[[], Mapping[str, Cost]] = dict, alone: bool = True
    ) -> None:  # fmt: skip
        self._register = register
        self._ordered = ordered
        self._alone = alone
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._keys = {key.id: key for key in register.all()}
        self._ever = register.ever()
        self._uses: dict[str, datetime] = {}
        self._costs = {key.id: Cost(calls=key.calls, prompt_tokens=key.tokens) for key in self._keys.values()}
        self._owed: set[str] = set()
        self._on_spent: Callable[[], object] = lambda: None
        self._on_revoked: list[Callable[[str], object]] = []

    @property
    def ever(self) -> bool:
        """Whether there has ever been a key: from then on requests need one."""
        return self._ever

    def create(self, caller: Caller, new: NewKey) -> tuple[Key, str]:
        """Make a key; the second value is the key as it is sent, and is kept nowhere.

        Raises:
            ConflictError: it is the first key, and would leave nobody who can make another.
            Forbidden: the caller is bound to a workspace, and asks for a key to every one.
            NotFoundError: the caller may not make keys for that workspace.
            InputError: something about it cannot be.
        """
        if not caller.operator and new.workspace is None:
            raise Forbidden("only an operator makes keys that are good for every workspace", role="operator")
        if not caller.operator and new.workspace != caller.workspace:
            raise NotFoundError(f"no workspace {new.workspace!r}")
        if self._alone and not self._ever and not (new.role == "admin" and new.workspace is None):
            raise ConflictError("the first key is one of an admin for every workspace: from then on only keys open")
        return self._make(new, *new_secret())

    def create_first(self, folder: Path) -> Path:
        """Make the first administrator's key and write it to a file of mode 0600; returns the path of that file.

        The file is written before the key counts: whoever finds a key kept finds its file as well.
        """
        key_id, secret = new_secret()
        path = folder / FIRST_KEY
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(token_of(key_id, secret) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._make(NewKey(role="admin", label="first administrator"), key_id, secret)
        return path

    def page(self, caller: Caller, *, after: str = "", limit: int = 100) -> Sequence[Key]:
        """Keys in order of their ids, those after the id ``after``, at most ``limit``."""
        found = sorted((key for key in list(self._keys.values()) if _sees(caller, key)), key=lambda key: key.id)
        ordered = self._ordered()
        return [self._with_use(key, ordered) for key in found if key.id > after][:limit]

    def get(self, caller: Caller, key_id: str) -> Key:
        """One key. Raises NotFoundError."""
        key = self._keys.get(key_id)
        if key is None or not _sees(caller, key):
            raise NotFoundError(f"no key {key_id!r}")
        return self._with_use(key, self._ordered())

    def revoke(self, caller: Caller, key_id: str) -> Key:
        """Let a key count no more, from the next request on. Raises NotFoundError."""
        self.get(caller, key_id)
        with self._lock:
            key = self._keys[key_id]
            at = key.revoked_at or datetime.now(UTC)
            self._keys[key_id] = replace(key, revoked_at=at)  # first: a disk that is full keeps nothing open
            self._register.revoke(key_id, at)
        for call in self._on_revoked:
            call(key_id)
        return self.get(caller, key_id)

    def on_revoked(self, call: Callable[[str], object]) -> None:
        """Have the id of a key told once it counts no more."""
        self._on_revoked.append(call)

    def holder(self, token: str) -> Key | None:
        """The key that is sent, if it counts now. Asks memory alone, and notes its use there."""
        parts = parts_of(token)
        key = self._keys.get(parts[0]) if parts else None
        now = datetime.now(UTC)
        if parts is None or key is None or not key.fits(parts[1]) or not key.counts(now):
            return None
        self._uses[key.id] = now
        return key

    def counts(self, key_id: str) -> bool:
        """Whether the key of this id opens anything now."""
        key = self._keys.get(key_id)
        return key is not None and key.counts(datetime.now(UTC))

    def knows(self, token: str) -> bool:
        """Whether this has the form and the id of a key that is kept, whether or not it counts."""
        parts = parts_of(token)
        return parts is not None and parts[0] in self._keys

    def on_spent(self, call: Callable[[], object]) -> None:
        """Call back, quickly and from any thread, when there is a cost to be written by :meth:`write_uses`."""
        self._on_spent = call

    def spend(self, key_id: str, cost: Cost) -> None:
        """Add what a model has cost for a request that came with this key. In memory: it waits for no disk."""
        with self._counting:
            self._costs[key_id] = self._costs.get(key_id, Cost()) + cost
            self._owed.add(key_id)
        self._on_spent()

    def write_uses(self) -> None:
        """Keep when keys were last used, and what they have cost. Raises DependencyError."""
        noted, self._uses = self._uses, {}
        uses = dict(noted)  # a request may just be adding to the other one
        with self._counting:
            costs = {key_id: self._costs[key_id] for key_id in self._owed}
            self._owed.clear()
        if not uses and not costs:
            return
        with self._lock:
            for key_id, at in uses.items():
                if key_id in self._keys:
                    self._keys[key_id] = replace(self._keys[key_id], last_used_at=at)
        try:
            self._register.note_uses(uses, costs)
        except DependencyError:
            with self._counting:
                self._owed |= costs.keys()
            raise

    def forget(self, workspace: str) -> None:
        """Drop the keys of a workspace that is deleted."""
        with self._lock:
            self._register.forget(workspace)
            self._keys = {key.id: key for key in self._keys.values() if key.workspace != workspace}

    def _make(self, new: NewKey, key_id: str, secret: str) -> tuple[Key, str]:
        now = datetime.now(UTC)
        _check(new, now)
        key = Key(
            id=key_id, digest=digest_of(secret), role=new.role, workspace=new.workspace, principals=new.principals,
            label=new.label, created_at=now, expires_at=_in_utc(new.expires_at),
        )  # fmt: skip
        with self._lock:
            self._register.add(key)
            self._keys[key.id] = key
            self._ever = True
        return key, token_of(key_id, secret)

    def _with_use(self, key: Key, ordered: Mapping[str, Cost]) -> Key:
        cost = self._costs.get(key.id, Cost()) + ordered.get(key.id, Cost())
        used = self._uses.get(key.id, key.last_used_at)
        return replace(key, last_used_at=used, calls=cost.calls, tokens=cost.tokens)


@dataclass(frozen=True, slots=True)
class KeyPays:
    """The payer of a request that came with a key."""

    keys: Keys
    key_id: str

    def __call__(self, cost: Cost) -> None:
        """Pay."""
        self.keys.spend(self.key_id, cost)


def check_principals(principals: Sequence[str]) -> None:
    """Raise InputError unless these can name readers."""
    if len(principals) > MAX_PRINCIPALS:
        raise InputError(f"{len(principals)} principals; {MAX_PRINCIPALS} is the limit")
    for principal in principals:
        if not _PRINCIPAL.fullmatch(principal) or principal != principal.strip():
            raise InputError("a principal has 1 to 256 characters, without commas and control characters")


def _check(new: NewKey, now: datetime) -> None:
    check_principals(new.principals)
    if len(new.label) > MAX_LABEL or not new.label.isprintable():
        raise InputError(f"a label has at most {MAX_LABEL} characters, all of them printable")
    if new.expires_at is not None and new.expires_at <= now:
        raise ConflictError("expires_at lies in the past")


def _in_utc(moment: datetime | None) -> datetime | None:
    try:
        return moment and moment.astimezone(UTC)
    except OverflowError:  # an hour of the year 9999 that is another year in UTC
        return datetime.max.replace(tzinfo=UTC)


def _sees(caller: Caller, key: Key) -> bool:
    return caller.operator or (key.workspace is not None and key.workspace == caller.workspace)
