"""Values of cells as text. Dates are written in the way of ISO 8601, whatever the format of their cell."""

from datetime import date, datetime, time, timedelta

from ingest.loaders.office.number_formats import GENERAL, counts_days, shown_number

Value = int | float | str | bool | time | date | datetime | timedelta


def shown(value: Value, code: str = GENERAL) -> str:
    """A value as calamine gives it; ``code`` is the number format of its cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return shown_number(value, GENERAL if counts_days(code) else code)
    return _moment(value)


def _moment(value: time | date | datetime | timedelta) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    if isinstance(value, datetime):
        whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0) if value.microsecond else value
        return whole.isoformat(" ").removesuffix(":00").removesuffix(" 00:00")
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat().removesuffix(":00") if value.second else f"{value:%H:%M}"
    return value.isoformat()
