"""Answers in several steps: a plan, and for each of its questions a search, a reading and a judgement."""
