"""Whom "she", "its" and "the company" mean: the document's subject, the subject before, or the last name of that kind.

Nothing is taken for anyone where kinds speak against it: "she" is no university, "it" no person, "the river" no town.
What kind of thing a name is, the passage says ("Tavish Works is a maker of …"), or the name (Halden Observatory).
"""

import re

from ingest.extraction.stating.kinds import ENGLISH_FAMILIES, FAMILIES, PERSONS_END, THINGS_END, WORKS
from ingest.extraction.stating.stated import End, Reference
from ingest.extraction.stating.words import is_noun

_PERSONAL = re.compile(
    r"(?:ist|ian|er|or|eer|ess|man|woman|ant|king|queen|king|hero|artist|poet|athlete|monk|nun|priest)$"
)
_LIFE = re.compile(r"\s?\((?:born|b\.|[^()]{0,80}\b\d{3,4}\)?\s?[–—-]\s?[^()]{0,30}\d{3,4}\))", re.IGNORECASE)
MASCULINE, NEUTER = frozenset(["he", "him", "his", "she", "her"]), frozenset(["it", "its"])


class Referents:
    """Who is spoken of while a passage is read from its beginning.

    Args:
        text: the passage.
        title: the end that stands for its document's title, or None where no name in the passage is that title.
    """

    def __init__(self, text: str, title: End | None) -> None:
        self._text = text
        self._title = title
        self._titled = title is not None
        self._subject: End | None = None
        self._nearest: End | None = None
        self._kinds: dict[str, End] = {}
        self._kind_of: dict[str, str] = {}
        self._persons: set[str] = set()

    def meant(self, word: str) -> tuple[End, Reference] | None:
        """Whom a pronoun means, where that is plain."""
        personal = word in MASCULINE
        if not personal and word not in NEUTER:
            return None
        candidates = self._candidates()
        for end, reference in candidates:
            if self._is_person(end) is personal:
                return end, reference
        untold = [one for one in candidates if self._is_person(one[0]) is None]
        return next((one for one in untold if not personal or one[1] == "title" or " " in self._key(one[0])), None)

    def of_kind(self, noun: str) -> tuple[End, Reference] | None:
        """Whom "the company" means: the last name of that kind, or the document's subject where it can be one."""
        if noun in self._kinds:
            return self._kinds[noun], "kind"
        family = next((words for words in ENGLISH_FAMILIES if noun in words), None)
        if family is None:
            return None
        for end, reference in self._candidates():
            kind = self._kind(end)
            untold = not kind and self._titled and reference == "title"
            if self._is_person(end) is not True and (kind in family or untold):
                return end, reference
        return None

    def last(self) -> tuple[End, Reference] | None:
        """Whom a Chinese sentence without a subject goes on with: the document's subject."""
        return (self._title, "title") if self._title is not None and self._titled else None

    def meant_in_chinese(self, *, personal: bool, own: bool) -> tuple[End, Reference] | None:
        """Whom 他, 她, 它 and 其 mean; 其 is of persons and things alike (``own``)."""
        candidates = self._candidates()
        if own:
            return next(iter(candidates), None)
        for one in candidates:
            if self._is_chinese_person(one[0]) is personal:
                return one
        return next((one for one in candidates if self._is_chinese_person(one[0]) is None), None)

    def of_chinese_kind(self, noun: str) -> tuple[End, Reference] | None:
        """Whom 该公司, 该市 and 影片 mean."""
        if (
            self._title is not None
            and len(noun) < len(self._key(self._title))
            and self._key(self._title).endswith(noun)
        ):
            return self._title, "title"
        nearest: list[tuple[End, Reference]] = [(self._nearest, "kind")] if self._nearest else []
        for end, reference in [*nearest, *self._candidates()]:
            key, kind = self._key(end), self._kind_of.get(self._key(end), "")
            if (len(key) > len(noun) and key.endswith(noun)) or (kind and kind.endswith(noun)):
                return end, reference
            family = next((words for words in FAMILIES if noun in words), None)
            if family is None:
                continue
            told = kind and any(kind.endswith(word) for word in family)
            marked = self._text[max(0, end.start - 1) : end.start] == "《"
            untold = not kind and ((reference == "title" and self._titled) or marked) and marked == (family is WORKS)
            if told or (untold and self._is_chinese_person(end) is None):
                return end, reference
        return None

    def _is_chinese_person(self, end: End) -> bool | None:
        key = self._key(end)
        if key in self._persons:
            return True
        kind = self._kind_of.get(key, "")
        if kind:
            return kind[-1] in PERSONS_END
        marked = self._text[max(0, end.start - 1) : end.start] == "《"
        return False if marked or key[-1] in THINGS_END or (len(key) > 4 and "·" not in key) else None

    def _candidates(self) -> list[tuple[End, Reference]]:
        found: list[tuple[End, Reference]] = []
        if self._subject is not None:
            same = self._title is not None and self._key(self._subject) == self._key(self._title)
            found.append((self._subject, "title" if same else "subject"))
        if self._title is not None:
            found.append((self._title, "title"))
        return found

    def speaks_of(self, end: End | None, *, first: bool = False) -> None:
        """A sentence has had this subject, or one of which it is not plain who it was."""
        self._subject = end
        if end is None:
            return
        if self._title is None and first:
            self._title = end
        if _LIFE.match(self._text, end.end):
            self._persons.add(self._key(end))

    def named(self, end: End) -> None:
        """A clause ends with this name, and the next may be about it."""
        self._nearest = end

    def is_a(self, end: End, noun: str) -> None:
        """The passage says what kind of thing a name is."""
        self._kinds[noun] = end
        self._kind_of.setdefault(self._key(end), noun)

    def is_person(self, end: End) -> None:
        """The passage says of a name what is said of persons only."""
        self._persons.add(self._key(end))

    def _key(self, end: End) -> str:
        return self._text[end.start : end.end].lower()

    def _kind(self, end: End) -> str:
        key = self._key(end)
        own = key.rsplit(" ", 1)[-1] if " " in key else ""
        return self._kind_of.get(key, "") or (own if any(own in words for words in ENGLISH_FAMILIES) else "")

    def _is_person(self, end: End) -> bool | None:
        """Whether a name is a person's; None where nothing tells."""
        key = self._key(end)
        if key in self._persons:
            return True
        kind = self._kind_of.get(key, "")
        if kind:
            return bool(_PERSONAL.search(kind)) and not any(kind in words for words in ENGLISH_FAMILIES)
        last = key.rsplit(" ", 1)[-1]
        if " of " in key or key.startswith("the ") or any(map(str.isdigit, key)):
            return False
        if any(last in words for words in ENGLISH_FAMILIES):
            return False
        return False if is_noun(last) else None
