"""The tables that ingestion keeps in the operational database."""
