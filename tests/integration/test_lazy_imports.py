"""What is loaded late: a service, and every command, starts without what only MCP clients or agents need."""

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


def test_workflows_are_not_loaded_before_agents_are_asked() -> None:
    code = (
        "import sys\n"
        "import api.cli.app, api.server, api.bootstrap\n"
        "print('workflows' in sys.modules)\n"
        "import retrieval.agents.crew\n"
        "print('workflows' in sys.modules, 'llama_index.core' in sys.modules)\n"
    )
    ran = processes.run([sys.executable, "-c", code])
    assert ran.stdout.split() == ["False", "True", "False"], ran.stderr
