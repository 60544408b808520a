"""The knowledge base for MCP clients that start a command and talk to it."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx

from api.cli.context import service


def mcp() -> None:
    """Offer search, ask, facts and documents to an MCP client, on standard input and output."""
    with service(brings=True) as (client, _):
        anyio.run(_serve, client.url, client.headers)


async def _serve(url: str, headers: Mapping[str, str]) -> None:
    from api.mcp.serving import over_stdio

    options: dict[str, Any] = {"timeout": httpx.Timeout(300.0, connect=5.0), "trust_env": False}
    async with httpx.AsyncClient(base_url=url, headers=headers, **options) as http:
        await over_stdio(http)
