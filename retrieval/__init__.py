"""Questions over what is known: search, evidence, answers."""
