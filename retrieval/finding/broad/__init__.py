"""Passages for questions that no single sentence answers: what the kind of question needs, beside what was found."""
