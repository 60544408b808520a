"""Commands that measure how good and how fresh answers are."""
