"""Sentences in English: who does what to whom, where and when."""
