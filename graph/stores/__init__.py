"""Stores: where knowledge and operational state are kept."""
