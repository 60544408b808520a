"""Who a sentence says made a thing, or is related to somebody: "directed by …", "son of …", 由…执导. Pure."""

import re
from collections.abc import Iterator, Sequence

from retrieval.answering.short.paths import Relation
from retrieval.answering.stated.countries import countries_in
from retrieval.answering.stated.statements import NAME, Stated, Value

_HAN = r"[\u4e00-\u9fff·‧•A-Za-z ]{2,16}?"
_FEW = r"(?:[\w-]+ ){0,4}?"
_TITLE = r"(?:(?:Sir|Dr\.|King|Queen|Prince|Princess|Lord|Lady|Count|Emperor|Captain|General) )?"
_PATTERNS: dict[Relation, str] = {
    "director": rf"\b(?:directed(?: and \w+| by and starring|, \w+,?)*(?: and \w+)?|[Dd]irector|film|movie"
    rf"|comedy|drama|western|short|made(?: in \d{{4}})?)"
    rf" (?:by |is |was )?(?:[\w-]*/? ?director )?(?P<name>{NAME})|导演(?:是|为"
    rf"|：)?(?P<han>{_HAN})(?=[，。、的执和])|由(?P<han2>{_HAN})(?:执导|导演|導演|執導)|(?P<han3>{_HAN})(?:执导|執導)",
    "composer": rf"\b(?:composed|music(?: was| is)?(?: composed)?|scored?|song"
    rf"|written)(?: and \w+)? by {_FEW}(?P<name>{NAME})|由(?P<han>{_HAN})(?:作曲|谱曲|譜曲)",
    "performer": rf"\b(?:sung|performed|recorded|released|song|single|album"
    rf"|track)(?: and \w+)? by {_FEW}(?P<name>{NAME})|由(?P<han>{_HAN})(?:演唱|主唱)",
    "author": rf"\b(?:written|authored|novel|book|novella|play|poem"
    rf"|author)(?: and \w+)? by {_FEW}(?P<name>{NAME})|作者(?:是|为|：)?(?P<han>{_HAN})(?=[，。、])"
    rf"|由(?P<han2>{_HAN})(?:撰写|创作|所著|所写|創作)|[》』」]是(?P<han3>{_HAN})(?:所[写著寫])?的(?:[\u4e00-\u9fff]{{0,3}}"
    r"(?:小说|小說|散文|散文集|诗集|詩集|诗作|随笔集?|自传|自傳|回忆录|回憶錄|童话|剧本|劇本|文集|作品|著作|专著|代表作))(?=[，。、；]|\Z)",
    "founder": rf"\b(?:founded|established|started|created|formed)(?: (?:in"
    rf"|on) [\w ,]{{4,20}}?)? by {_FEW}(?P<name>{NAME})|由(?P<han>{_HAN})(?:创立|创办|创建|建立|成立|創立|創辦|創建)",
    "producer": rf"\bproduced(?: and \w+)? by (?P<name>{NAME})|由(?P<han>{_HAN})(?:制作|製作|监制)",
    "designer": rf"\b(?:designed|architect)(?: and \w+)? (?:by )?{_FEW}(?P<name>{NAME})"
    rf"|由(?P<han>{_HAN})(?:设计|設計)|(?P<han2>{_HAN})设计(?:了|的)",
    "builder": rf"\b(?:built|constructed|erected)(?: (?:in|on) [\w ,]{{4,20}}?)? by {_FEW}(?P<name>{NAME})"
    rf"|由(?P<han>{_HAN})(?:建造|修建|兴建|興建)",
    "inventor": rf"\binvented(?: (?:in|on) [\w ,]{{4,20}}?)? by {_FEW}(?P<name>{NAME})|由(?P<han>{_HAN})(?:发明|發明)",
    "father": rf"\b(?:son|daughter|child) of (?:(?:the|an?) )?{_FEW}{_TITLE}(?P<name>{NAME})|\bfather(?: was"
    rf"| is|,)? {_FEW}(?P<name2>{NAME})|父亲(?:是|为)?(?P<han>{_HAN})(?=[，。、])",
    "mother": rf"\b(?:son|daughter|child) of [^.;]{{3,80}}? and (?:his wife "
    rf"|his \w+ wife )?{_FEW}(?P<name>{NAME})|\bmother(?: was| is|,)? {_FEW}(?P<name2>{NAME})|母亲(?:是"
    rf"|为)?(?P<han>{_HAN})(?=[，。、])",
    "spouse": rf"\bmarried (?:to )?(?:(?!and)[a-z-]+ ){{0,3}}?{_TITLE}(?P<name>{NAME})|\b(?:wife|husband|widow"
    rf"|spouse) (?:of |is |was )?(?:(?:the|an?) )?(?:[a-z-]+ ){{0,4}}?{_TITLE}(?P<name2>{NAME})|(?:妻子?"
    rf"|丈夫)(?:是|为|：)?(?P<han>{_HAN})(?=[，。、])",
}
_NO_HAN_NAME = re.compile(r"\A[在于於从從对對把被向与與和将將曾也都不没沒已则則及以因是为為]|[的了着著]")
"""How a Han name does not begin, and what none holds: 作者在哈尔登的生活 names no author."""
_AFTER_COUNTRY = re.compile(rf"[ /-](?:[a-z][\w-]*[ /])*(?P<name>{NAME})")
_RELATED = {relation: re.compile(pattern) for relation, pattern in _PATTERNS.items()}


def relatives_of(relation: Relation, statements: Sequence[Stated]) -> Iterator[Value]:
    """Names that sentences give for a relation, in order."""
    for stated in statements:
        for found in _RELATED[relation].finditer(stated.text):
            part = next((name for name, text in found.groupdict().items() if text), None)
            if part and not (part.startswith("han") and _NO_HAN_NAME.search(found[part])):
                start, end = _name(stated.text, *found.span(part))
                yield Value(stated=stated, start=start, end=end)


def _name(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the country before it ("American director Ann Lee") and the full stop after it."""
    country = next(countries_in(text[start:end]), None)
    if country and country[1] == 0:
        after = _AFTER_COUNTRY.match(text, start + country[2])
        start, end = after.span("name") if after else (start, end)
    return start, end - (len(text[start:end]) - len(text[start:end].rstrip(".,")))
