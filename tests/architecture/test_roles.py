"""Every operation says what it needs of its caller, and nothing says it of an operation that is not there."""

from fastapi.routing import APIRoute

from api.rest.app import ROUTERS
from api.rest.roles import LEAST, LEAST_WITH, OPEN, least_of


def operations() -> set[tuple[str, str]]:
    routes = [route for router in ROUTERS for route in router.routes]
    assert all(isinstance(route, APIRoute) for route in routes)
    return {
        (route.path_format, method) for route in routes if isinstance(route, APIRoute) for method in route.methods
    }  # fmt: skip


def test_each_operation_has_a_least_role_and_only_once() -> None:
    declared = {(path, method) for path, methods in LEAST.items() for method in methods}
    assert {one for one in operations() if one[0] not in OPEN} == declared
    assert {path for path, _ in operations()} >= OPEN


def test_switches_belong_to_operations() -> None:
    assert {(path, method) for path, method, _ in LEAST_WITH} <= operations()


def test_what_was_forgotten_is_for_operators() -> None:
    assert least_of("/v1/forgotten", "GET") == "operator"
