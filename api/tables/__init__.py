"""The tables of keys and workspaces in the operational database."""
