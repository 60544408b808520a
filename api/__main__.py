"""``python -m api`` and the ``quipu`` script: the command line."""

import sys

SERVING = ("serve", "demo")
"""Commands that listen on the address of the settings."""


def main() -> None:
    """Run a command. One that cannot listen on its address says so before libraries are loaded, which takes long."""
    if sys.argv[1:2] and sys.argv[1] in SERVING and "--help" not in sys.argv:
        _check_address(told=sys.argv[1] == "demo")
    from api.cli.app import main as run

    run()


def _check_address(*, told: bool) -> None:
    """End the process, in a line, where nobody can listen; else, if that is to be told, say what begins."""
    from api.listening.address import check_address
    from api.settings import load_settings
    from graph.errors import QuipuError

    try:
        settings = load_settings()
        check_address(settings.host, settings.port)
    except QuipuError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    if told:
        folder = settings.data_dir.absolute()
        sys.stdout.write(f"Starting Quipu at {settings.own_url}, its data in {folder}: the libraries are loaded …\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
