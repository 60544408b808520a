"""Which addresses updates may be sent to: those that every reader of them reads alike, on hosts that were named."""

import pytest

from api.outbound.webhooks import Webhooks
from graph.errors import InputError

COURIER = Webhooks("host, other:8443, [::1]:9000")


@pytest.mark.parametrize(
    "address",
    [
        "http://host/",
        "https://host",
        "http://HOST:80/x?y=z",
        "https://other:8443/",
        "http://[::1]:9000/a",
        "http://host/%0d%0a",
    ],
)
def test_taken(address: str) -> None:
    COURIER.check(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://host/\r\nX: y", "http://host/\nX", "http://ho\tst/", "http://host/\x00", "http://host/ a", "http://host/\ud800",
        "http://host/é", "http://hóst/", "http://user@host/", "http://user:pw@host/", "http://:pw@host/", "http://@host/",
        "http://host:0/", "http://host:99999/", "http://host:-1/", "http://host:²/", "http://host:8080/", "ftp://host/",
        "//host/", "host", "", "http://", "http:///x", "http://evil\\@host/", "http://host\\evil/", "http://[::1", "http://[zz]/",
        "http://evil/", "javascript:alert(1)", "http://host.evil/", "http://127.1/",
    ],
)  # fmt: skip
def test_refused(address: str) -> None:
    with pytest.raises(InputError):
        COURIER.check(address)
