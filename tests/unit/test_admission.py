"""Who comes in: by which key, into which workspace, with what role, and for whom they may read."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from in_memory_admission import InMemoryKeys, InMemoryWorkspaces

from api.access import OWNER, Caller, Role
from api.admission.access import Access, Asked, networks
from api.admission.keys import FIRST_KEY, Keys
from api.admission.model import NewKey
from api.admission.workspaces import Workspaces
from graph.audience import UNRESTRICTED
from graph.errors import (
    ConfigurationError,
    ConflictError,
    DependencyError,
    Forbidden,
    InputError,
    NotFoundError,
    Unauthorized,
)
from graph.ports.spending import Cost

BOUND = replace(OWNER, workspace="hr", operator=False)
"""An administrator of one workspace."""


class House:
    def __init__(self, *, api_key: str | None = None, proxies: str = "") -> None:
        self.register = InMemoryKeys()
        self.keys = Keys(self.register, alone=api_key is None)
        self.workspaces = Workspaces(InMemoryWorkspaces())
        self.access = Access(self.keys, self.workspaces, api_key=api_key, proxies=networks(proxies))
        for name in ("hr", "lab"):
            self.workspaces.create(OWNER, name)

    def make(self, role: Role, workspace: str | None = None, **more: object) -> str:
        if not self.keys.ever:
            self.keys.create(OWNER, NewKey(role="admin"))
        return self.keys.create(OWNER, NewKey(role=role, workspace=workspace, **more))[1]  # type: ignore[arg-type]

    def caller(self, key: str = "", workspace: str = "", **more: str) -> Caller:
        return self.access.caller(Asked(authorization=f"Bearer {key}" if key else "", workspace=workspace, **more))


class TestAccess:
    def test_before_the_first_key_everybody_is_the_owner(self) -> None:
        house = House()
        assert not house.access.needs_key
        assert house.caller() == OWNER
        assert house.caller("anything") == OWNER
        assert house.caller(workspace="hr") == replace(OWNER, workspace="hr", operator=False)

    def test_from_the_first_key_on_one_is_needed(self) -> None:
        house = House()
        key = house.make("admin")
        assert house.access.needs_key
        for given in ("", "wrong", "qk_", "qk_a_b", key[:-1], key + "x", key.replace("qk_", "qk-"), "qk_é_\udc80"):
            with pytest.raises(Unauthorized):
                house.caller(given)
        found = house.caller(key)
        assert (found.workspace, found.role, found.operator, found.audience) == ("default", "admin", True, UNRESTRICTED)
        assert found.key_id == key.split("_")[1]

    @pytest.mark.parametrize("scheme", ["Basic", "bearer", "BEARER", ""])
    def test_schemes(self, scheme: str) -> None:
        house = House()
        key = house.make("ask")
        asked = Asked(authorization=f"{scheme} {key}".strip())
        if scheme.lower() == "bearer":
            assert house.access.caller(asked).role == "ask"
        else:
            with pytest.raises(Unauthorized):
                house.access.caller(asked)

    def test_a_bound_key_opens_one_workspace(self) -> None:
        house = House()
        key = house.make("admin", "hr")
        assert house.caller(key).workspace == house.caller(key, "hr").workspace == "hr"
        assert not house.caller(key).operator
        for other in ("lab", "default", "nowhere", "HR", "../hr", ""):
            if other:
                with pytest.raises(NotFoundError):
                    house.caller(key, other)

    def test_an_unbound_key_chooses(self) -> None:
        house = House()
        key = house.make("ask", principals=("user:a",))
        assert [house.caller(key, name).workspace for name in ("", "hr", "lab")] == ["default", "hr", "lab"]
        assert house.caller(key).audience.principals == {"user:a"}
        assert not house.caller(key).operator
        with pytest.raises(NotFoundError):
            house.caller(key, "nowhere")

    def test_revoked_and_expired_at_once(self) -> None:
        house = House()
        key = house.make("ask")
        house.caller(key)
        house.keys.revoke(OWNER, key.split("_")[1])
        with pytest.raises(Unauthorized):
            house.caller(key)
        house.register.add(
            replace(house.register.all()[0], id="old", revoked_at=None, expires_at=datetime.now(UTC))
        )  # fmt: skip
        with pytest.raises(Unauthorized):
            house.caller("qk_old_" + key.split("_", 2)[2])

    def test_the_api_key_and_our_own(self) -> None:
        house = House(api_key="s3cret")
        assert house.access.needs_key
        for key in ("s3cret", house.access.own_key):
            assert house.caller(key) == OWNER
        with pytest.raises(Unauthorized):
            house.caller("")

    def test_a_made_key_stays_what_it_is_also_as_api_key(self) -> None:
        made = House()
        key = made.make("ask", "hr")
        access = Access(made.keys, made.workspaces, api_key=key)
        assert access.caller(Asked(authorization=f"Bearer {key}")).role == "ask"

    def test_a_workspace_that_is_being_deleted_is_not_there(self) -> None:
        house = House()
        key = house.make("admin", "hr")
        told: list[str] = []
        house.workspaces.on_deleting(told.append)
        house.workspaces.delete(OWNER, "hr")
        assert told == ["hr"]
        assert house.workspaces.to_delete() == ["hr"]
        with pytest.raises(NotFoundError):
            house.caller(key)
        with pytest.raises(ConflictError):
            house.workspaces.create(OWNER, "hr")
        house.workspaces.gone("hr")
        house.workspaces.create(OWNER, "hr")

    def test_principals_by_a_trusted_proxy_alone(self) -> None:
        house = House(proxies="10.0.0.7, 192.168.0.0/16, ::1")
        ask, admin = house.make("ask", principals=("user:a",)), house.make("admin", "hr")
        for peer in ("10.0.0.7", "192.168.3.4", "::1", "::ffff:10.0.0.7"):
            found = house.caller(ask, peer=peer, principals=" user:b , group:x,,")
            assert found.audience.principals == {"user:a", "user:b", "group:x"}
            assert house.caller(admin, peer=peer, principals="user:b").audience == UNRESTRICTED
        for peer in ("10.0.0.8", "", "testclient", "10.0.0.7.evil"):
            assert house.caller(ask, peer=peer, principals="user:b").audience.principals == {"user:a"}
        with pytest.raises(ConfigurationError):
            networks("10.0.0.0/99")


class TestKeys:
    def test_the_secret_is_kept_nowhere(self) -> None:
        house = House()
        key = house.make("ask")
        secret = key.split("_", 2)[2]
        assert len(secret) >= 43, "256 bits in base64"
        assert secret not in repr(house.register.all())
        assert secret not in repr(house.keys.page(OWNER))

    def test_the_first_key_leaves_somebody_who_can_make_others(self) -> None:
        house = House()
        for new in (NewKey(role="ask"), NewKey(role="admin", workspace="hr")):
            with pytest.raises(ConflictError):
                house.keys.create(OWNER, new)
        assert not house.access.needs_key
        with_api_key = House(api_key="s")
        with_api_key.keys.create(OWNER, NewKey(role="ask"))

    def test_the_first_key_in_a_file(self, tmp_path: Path) -> None:
        house = House()
        (tmp_path / FIRST_KEY).write_text("of a start that was cut off")
        path = house.keys.create_first(tmp_path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert house.caller(path.read_text().strip()).operator

    def test_a_bound_administrator_deals_with_its_own(self) -> None:
        house = House()
        everywhere, other, mine = house.make("ask"), house.make("ask", "lab"), house.make("ask", "hr")
        with pytest.raises(Forbidden):
            house.keys.create(BOUND, NewKey(role="ask"))
        with pytest.raises(NotFoundError):
            house.keys.create(BOUND, NewKey(role="ask", workspace="lab"))
        made, _ = house.keys.create(BOUND, NewKey(role="admin", workspace="hr"))
        seen = {key.id for key in house.keys.page(BOUND)}
        assert seen == {made.id, mine.split("_")[1]}
        for foreign in (everywhere, other):
            for call in (house.keys.get, house.keys.revoke):
                with pytest.raises(NotFoundError):
                    call(BOUND, foreign.split("_")[1])
        assert house.caller(other).role == "ask"

    def test_what_could_not_be_kept_is_kept_by_another_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        house = House()
        key = house.make("ask")

        def fail(*_: object) -> None:
            raise DependencyError("the disk is full")

        with monkeypatch.context() as broken:
            broken.setattr(house.register, "revoke", fail)
            with pytest.raises(DependencyError):
                house.keys.revoke(OWNER, key.split("_")[1])
        with pytest.raises(Unauthorized):
            house.caller(key)
        house.keys.revoke(OWNER, key.split("_")[1])
        assert [one.id for one in house.register.all() if one.revoked_at] == [key.split("_")[1]]

    def test_pages(self) -> None:
        house = House()
        for _ in range(5):
            house.make("ask")
        ids = [key.id for key in house.keys.page(OWNER)]
        assert ids == sorted(ids)
        assert [key.id for key in house.keys.page(OWNER, after=ids[1], limit=2)] == ids[2:4]

    def test_a_key_pays_for_its_requests_and_for_the_jobs_that_it_ordered(self) -> None:
        ordered = {"gone": Cost(calls=9)}
        keys = Keys(InMemoryKeys(), ordered=lambda: ordered, alone=False)
        key, _ = keys.create(OWNER, NewKey(role="write"))
        keys.spend(key.id, Cost(calls=1, prompt_tokens=10))
        ordered[key.id] = Cost(calls=3, prompt_tokens=50)
        found = keys.get(OWNER, key.id)
        assert (found.calls, found.tokens) == (4, 60)
        keys.write_uses()
        assert keys.page(OWNER) == [found], "what is written is not added once more"

    def test_last_use_is_noted_at_once_and_written_later(self) -> None:
        house = House()
        key = house.make("ask")
        house.caller(key)
        key_id = key.split("_")[1]
        assert house.keys.get(OWNER, key_id).last_used_at is not None
        assert all(one.last_used_at is None for one in house.register.all())
        house.keys.write_uses()
        assert [one.id for one in house.register.all() if one.last_used_at] == [key_id]
        assert house.keys.get(OWNER, key_id).last_used_at is not None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"principals": ("",)}, {"principals": ("a,b",)}, {"principals": ("a\nb",)}, {"principals": (" a",)},
            {"principals": ("x" * 257,)}, {"principals": ("\ud800",)}, {"principals": ("p",) * 201},
            {"label": "x" * 201}, {"label": "a\nb"}, {"label": "\ud800"},
        ],
    )  # fmt: skip
    def test_what_cannot_be(self, wrong: dict[str, object]) -> None:
        with pytest.raises(InputError):
            House().make("ask", **wrong)

    def test_when_a_key_ends(self) -> None:
        house = House()
        with pytest.raises(ConflictError):
            house.make("ask", expires_at=datetime.now(UTC) - timedelta(seconds=1))
        west = timezone(-timedelta(hours=9))
        for end in (datetime.now(UTC) + timedelta(days=1), datetime.max.replace(tzinfo=west)):
            assert house.caller(house.make("ask", expires_at=end)).role == "ask"


class TestWorkspaces:
    @pytest.mark.parametrize("name", ["a", "0", "a-b", "x" * 63])
    def test_names(self, name: str) -> None:
        house = House()
        assert house.workspaces.create(OWNER, name).name == name
        assert house.caller(workspace=name).workspace == name

    @pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a/b", "..", "x" * 64, "é", "a\n", "²"])
    def test_no_names(self, name: str) -> None:
        with pytest.raises(InputError):
            House().workspaces.create(OWNER, name)

    def test_who_may(self) -> None:
        house = House()
        for caller in (BOUND, replace(OWNER, role="write", operator=False)):
            with pytest.raises(Forbidden):
                house.workspaces.create(caller, "new")
            with pytest.raises(Forbidden):
                house.workspaces.delete(caller, "hr")
        assert [one.name for one in house.workspaces.page(BOUND)] == ["hr"]
        with pytest.raises(NotFoundError):
            house.workspaces.get(BOUND, "lab")
        with pytest.raises(ConflictError):
            house.workspaces.delete(OWNER, "default")
        with pytest.raises(NotFoundError):
            house.workspaces.delete(OWNER, "nowhere")


@pytest.mark.parametrize("role", ["ask", "write", "admin"])
def test_roles_are_ordered(role: Role) -> None:
    caller = Caller(workspace="w", role=role, audience=UNRESTRICTED)
    enough = {"ask": 1, "write": 2, "admin": 3}[role]
    assert [caller.may(least) for least in ("ask", "write", "admin", "operator")] == [
        number < enough for number in range(4)
    ]
    with pytest.raises(Forbidden, match=re.escape("'operator'")) as refused:
        caller.check("operator")
    assert refused.value.role == "operator"
