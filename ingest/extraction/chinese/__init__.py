"""Sentences in Chinese: what each clause says of the subject that goes on through them."""
