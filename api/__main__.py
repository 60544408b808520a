"""``python -m api`` and the ``quipu`` script: the command line."""

from api.cli.app import main

if __name__ == "__main__":
    main()
