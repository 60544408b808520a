"""Conversations that the service keeps: their turns, and which of them no longer hold."""
