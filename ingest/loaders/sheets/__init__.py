"""Spreadsheets and delimited text: every row a record, each value after the name of its column."""
