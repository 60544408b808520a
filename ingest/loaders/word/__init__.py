"""Documents of Word: DOCX, DOCM and their templates."""
