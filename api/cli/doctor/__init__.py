"""``quipu doctor``: whether what the service needs is here."""
