"""What LlamaIndex users plug in: a retriever and a property graph store."""
