"""The tables that questions keep in the operational database."""
