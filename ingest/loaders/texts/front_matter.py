"""Front matter: what a Markdown file says of itself before its text begins, in YAML (``---``) or TOML (``+++``)."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice

import yaml

MOST = 64 * 1024
"""Characters of front matter; what is longer is text."""
MOST_FIELDS = 100
_FENCED = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n(?:(.*?)\n)??(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"([^\W\d_][\w .-]{0,60}?)[ \t]*:(?:[ \t]+(.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What it says, by field (those within others with dots), and where the text after it begins."""

    end: int = 0
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str | None:
        """The title it gives, if any."""
        given = self.fields.get("title")
        return given.strip() or None if isinstance(given, str) else None


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of a text; it has none where a line of dashes is no more than a line."""
    found = _FENCED.match(text, 0, MOST)
    if found is None:
        return FrontMatter()
    said = _toml(found.group(2) or "") if found.group(1) == "+++" else _yaml(found.group(2) or "")
    return (
        FrontMatter()
        if said is None
        else FrontMatter(end=found.end(), fields=dict(islice(_flat(said, ""), MOST_FIELDS)))
    )


def _toml(text: str) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _yaml(text: str) -> Mapping[str, object] | None:
    try:
        said = yaml.load(text, Loader=_Plain)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return _field_by_field(text)
    if said is None:
        return {}
    return {str(name): value for name, value in said.items()} if isinstance(said, dict) else None


def _field_by_field(text: str) -> Mapping[str, object] | None:
    """Fields of what is nearly YAML: ``title: Tea: a history``. None where a line belongs to no field."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if not line.strip() or line[0] in " \t#-":
            if name:
                fields[name].append(line)
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        name = found.group(1)
        fields[name] = [line]
    return {name: _alone(name, lines) for name, lines in fields.items()} or None


def _alone(name: str, lines: Sequence[str]) -> object:
    try:
        said = yaml.load("\n".join(lines), Loader=_Plain)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        said = None
    return said[name] if isinstance(said, dict) and name in said else lines[0].partition(":")[2].strip(" \t\"'")


def _flat(fields: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            if path.count(".") < 4:
                yield from _flat({str(key): each for key, each in value.items()}, f"{path}.")
        elif isinstance(value, list):
            yield path, tuple(_said(each) for each in value if not isinstance(each, (list, tuple, dict, set)))
        else:
            yield path, _said(value)


def _said(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else value


class _Plain(yaml.SafeLoader):
    """YAML 1.2's notion of plain values: ``no`` is a word, ``010`` is ten, ``12:30`` is a time of day."""


_TIME = r"(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?"
_Plain.yaml_implicit_resolvers = {}
for _name, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})$", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,2})?$", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
    ("merge", r"<<$", "<"),
    ("timestamp", rf"\d{{4}}-\d{{2}}-\d{{2}}$|\d{{4}}-\d{{1,2}}-\d{{1,2}}{_TIME}$", "0123456789"),
):
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))
