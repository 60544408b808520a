"""What the style of a page says of an element, as far as it decides whether anybody sees it.

Read are ``style`` attributes and the rules of ``<style>`` whose selectors are made of tags, classes, ids and
attributes, within each other or not. Rules that ask for a medium or a size of the screen are not, nor is any file.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import tinycss2
from bs4 import Tag

_ASKED = frozenset(
    """display visibility opacity font-size position left top right bottom text-indent clip clip-path width height
    max-width max-height overflow transform color background background-color white-space""".split()
)
MOST_CSS, MOST_RULES, MOST_TRIALS, MOST_ABOVE = 400_000, 3_000, 400_000, 40
"""Characters of all sheets, rules, trials of a rule on an element, and ancestors: beyond them no rule counts."""
_MEDIA = re.compile(r"(?:^|,)\s*(?:only\s+)?(?:all|screen|not\s+print)\s*(?:,|$)|^\s*$", re.IGNORECASE)
_STEP = re.compile(r"\s*(>)\s*|\s+")
_COMPOUND = re.compile(r"(\*|[a-z][\w-]*)?((?:[.#][\w-]+|\[[\w-]+(?:=[\"']?[^\"'\]]*[\"']?)?\])*)", re.IGNORECASE)
_SIMPLE = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:=[\"']?([^\"'\]]*)[\"']?)?\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compound:
    """What an element has to be; ``child``: the next one must be its parent and not only above it."""

    tag: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str | None], ...] = ()
    child: bool = False

    def fits(self, tag: Tag) -> bool:
        """Whether an element is so."""
        return (
            (not self.tag or self.tag == tag.name)
            and (not self.id or tag.get("id") == self.id)
            and self.classes <= classes_of(tag)
            and all(_has(tag, name, value) for name, value in self.attributes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A selector, the innermost element first, and what it declares; rules with a higher ``rank`` win."""

    steps: tuple[_Compound, ...]
    rank: tuple[int, int, int, int]
    declared: Mapping[str, tuple[str, bool]]

    def fits(self, tag: Tag) -> bool:
        """Whether an element is meant."""
        if not self.steps[0].fits(tag):
            return False
        above = _above(tag)
        return all(self._found(step, above) for step in self.steps[1:])

    def _found(self, step: _Compound, above: Iterator[Tag]) -> bool:
        if step.child:
            parent = next(above, None)
            return parent is not None and step.fits(parent)
        return any(step.fits(each) for each in above)


@dataclass(slots=True)
class Styles:
    """The sheets of one page."""

    _rules: dict[str, list[_Rule]] = field(default_factory=lambda: defaultdict(list))
    _characters: int = 0
    _count: int = 0
    _trials: int = 0

    def add(self, sheet: str, media: str = "") -> None:
        """A ``<style>``, in order of the page."""
        self._characters += len(sheet)
        if _MEDIA.search(media) and self._characters <= MOST_CSS:
            self._take(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))

    @property
    def exhausted(self) -> bool:
        """Whether some rules did not count any more."""
        return self._characters > MOST_CSS or self._count >= MOST_RULES or self._trials > MOST_TRIALS

    def of(self, tag: Tag) -> dict[str, str]:
        """What is declared of an element, name to value, in lower case."""
        inline = declared_in(str(tag.get("style", ""))) if tag.attrs else {}
        tried = self._for(tag) if self._rules and self._trials <= MOST_TRIALS else ()
        fitting = [rule for rule in tried if self._tries(rule, tag)]
        found: dict[str, str] = {}
        fitting.sort(key=lambda rule: rule.rank)
        ordered = [rule.declared for rule in fitting] + [inline]
        for important in (False, True):
            for declared in ordered:
                found.update({name: value for name, (value, strong) in declared.items() if strong is important})
        return found

    def _tries(self, rule: _Rule, tag: Tag) -> bool:
        self._trials += 1
        return self._trials <= MOST_TRIALS and rule.fits(tag)

    def _for(self, tag: Tag) -> Iterator[_Rule]:
        for key in ("*", tag.name, f"#{tag.get('id', '')}", *(f".{name}" for name in classes_of(tag))):
            yield from self._rules.get(key, ())

    def _take(self, rules: list[Any]) -> None:
        for rule in rules:
            if self._count >= MOST_RULES:
                return
            if rule.type == "qualified-rule":
                self._take_rule(rule)
            elif rule.type == "at-rule" and rule.content and _applies(rule):
                self._take(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))

    def _take_rule(self, rule: Any) -> None:
        declared = {
            each.lower_name: (tinycss2.serialize(each.value).strip().lower(), each.important)
            for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            if each.type == "declaration" and each.lower_name in _ASKED
        }
        if not declared:
            return
        for selector in tinycss2.serialize(rule.prelude).split(","):
            self._count += 1
            if steps := _steps(selector.strip()):
                kept = _Rule(steps=steps, rank=(*_weight(steps), self._count), declared=declared)
                self._rules[_key(steps[0])].append(kept)


def classes_of(tag: Tag) -> frozenset[str]:
    """The classes of an element."""
    named = tag.get("class")
    return frozenset(named if isinstance(named, list) else str(named).split()) if named else frozenset()


@lru_cache(maxsize=4096)
def declared_in(style: str) -> dict[str, tuple[str, bool]]:
    """The declarations of a ``style`` attribute."""
    found: dict[str, tuple[str, bool]] = {}
    for each in style[:10_000].split(";"):
        name, _, value = each.partition(":")
        value, mark, word = value.strip().lower().partition("!")
        if name.strip().lower() in _ASKED and value:
            found[name.strip().lower()] = (value.strip(), bool(mark) and word.strip() == "important")
    return found


def _applies(rule: Any) -> bool:
    if rule.lower_at_keyword == "media":
        return _MEDIA.search(tinycss2.serialize(rule.prelude)) is not None
    return bool(rule.lower_at_keyword == "layer")


def _steps(selector: str) -> tuple[_Compound, ...]:
    """A selector from right to left; nothing where it is none of the simple kinds."""
    steps: list[_Compound] = []
    place = 0
    while place < len(selector):
        compound = _COMPOUND.match(selector, place)
        if compound is None or compound.end() == place:
            return ()
        steps.append(_compound(compound))
        step = _STEP.match(selector, compound.end())
        if step is None and compound.end() < len(selector):
            return ()
        if step is not None and step.group(1):
            steps[-1] = replace(steps[-1], child=True)
        place = step.end() if step else len(selector)
    return tuple(reversed(steps))


def _compound(found: re.Match[str]) -> _Compound:
    name = (found.group(1) or "").lower()
    ids: list[str] = []
    classes: list[str] = []
    attributes: list[tuple[str, str | None]] = []
    for each in _SIMPLE.finditer(found.group(2)):
        mark, word, attribute, value = each.groups()
        if attribute:
            attributes.append((attribute.lower(), value))
        else:
            (ids if mark == "#" else classes).append(word)
    return _Compound(
        tag="" if name == "*" else name, id=ids[0] if ids else "", classes=frozenset(classes),
        attributes=tuple(attributes),
    )  # fmt: skip


def _weight(steps: tuple[_Compound, ...]) -> tuple[int, int, int]:
    return (
        sum(bool(step.id) for step in steps),
        sum(len(step.classes) + len(step.attributes) for step in steps),
        sum(bool(step.tag) for step in steps),
    )


def _key(step: _Compound) -> str:
    """Under what a rule is looked up."""
    if step.id:
        return f"#{step.id}"
    return f".{min(step.classes)}" if step.classes else step.tag or "*"


def _above(tag: Tag) -> Iterator[Tag]:
    parent = tag.parent
    for _ in range(MOST_ABOVE):
        if parent is None:
            return
        yield parent
        parent = parent.parent


def _has(tag: Tag, name: str, value: str | None) -> bool:
    held = tag.get(name)
    return held is not None and (value is None or value == (" ".join(held) if isinstance(held, list) else held))
