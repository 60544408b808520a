"""Whom a quoted sentence speaks of, said before it where its pronoun would seem to mean somebody else. Pure.

"The rector is Petra Lind. She was born in Brennick" tells something of Petra Lind that the second passage says of
another. The title of that passage then stands before its sentence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.text.held_names import holds_name, norm_text
from graph.text.inert import inert_line
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answer import Claim
from retrieval.model import Evidence

_PRONOUN = re.compile(
    r"\W*(?:(?:s?he|it|they|his|hers?|its|theirs?)\b|[他她它牠祂]|该|該|其(?![他它余餘中实實次]))", re.I
)


def told_of_whom(claims: Sequence[Claim], evidence: Sequence[Evidence]) -> Iterator[Claim]:
    """Claims that quote themselves, each that begins with a pronoun after its passage's title, unless that is plain."""
    titles = {item.marker: item.placed.document.title for item in evidence}
    before: Claim | None = None
    for claim in claims:
        title = titles[claim.quotes[0][0]]
        plain = claim.lead or not norm(title) or _PRONOUN.match(claim.text) is None or _leads_on(before, claim, title)
        yield claim if plain else replace(claim, lead=_before(title, claim.text))
        before = claim


def _leads_on(before: Claim | None, claim: Claim, title: str) -> bool:
    """Whether what was said before is of the same passage, or names what this one is titled after."""
    if before is None:
        return False
    return before.quotes[0][0] == claim.quotes[0][0] or holds_name(norm_text(before.text), norm(title))


def _before(title: str, text: str) -> str:
    return f"{inert_line(title)}：" if is_east_asian(text) else f" {inert_line(title)}: "
