"""Language models: LlamaIndex ``LLM`` adapters of our own, and the guard that makes any of them a ``LanguageModel``."""
