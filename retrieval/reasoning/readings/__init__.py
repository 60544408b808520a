"""Readings by rule: what passages answer to one question of a plan."""
