"""Who may come in: keys, roles, workspaces, and the requests that are in hand in each."""
