"""Bodies of questions, of answers, and of how a question was understood."""
