"""Finding passages: seeds, prior, chains, search, evidence."""
