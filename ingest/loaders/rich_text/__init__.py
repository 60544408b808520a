"""Rich Text Format, as Word, WordPad, TextEdit and LibreOffice write it."""
