"""What is loaded late: a service, and every command, starts without the SDK that only MCP clients need."""

import sys

import processes


def test_the_sdk_is_not_loaded_before_a_client_comes() -> None:
    code = (
        "import sys\n"
        "import api.cli.app, api.server\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'mcp', 'mcp_types'}))\n"
    )
    ran = processes.run([sys.executable, "-c", code])
    assert ran.stdout.strip() == "[]", ran.stderr
