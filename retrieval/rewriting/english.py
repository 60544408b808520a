"""How an English question depends on what was said before it. Pure.

It is read by its words: which of them stand for something that the question does not name itself, and whether it asks
at all or only names what else to ask about.
"""

import re
from collections.abc import Iterator

from graph.model import Span
from graph.text.names import FoundName, find_names
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold
from retrieval.questions.english_nouns import kind_of
from retrieval.rewriting.dependence import ALONE, Dependence, Form, Reference
from retrieval.rewriting.generic_words import GENERIC

MOST_BARE_WORDS = 8
"""A phrase of more words is about something of its own."""
_OPENING = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|oh|okay|ok|well|so|great|wow|yes|yeah|right|sure|sorry|please|anyway|by the way|"
    r"thanks?(?: you)?(?: (?:very|so) much| a lot)?|i see|i understand|got it|interesting|good to know|no worries|"
    r"my apologies|also|then|now|next|finally|and|but|or)\b[\s,.!:;…–-]*)+",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\A\W*(?:(?:no|nope|oops|sorry|wait|actually|not quite|i(?:['’]m| am) sorry|my apologies)\b[\s,.!:;…–-]*)*"
    r"(?:(?:what )?(?:i|we)(?:['’]m| am| was| have| had|['’]ve)?(?: just| actually| really)? (?:mean|meant|asked|asking|"
    r"talking|referring|speaking|inquiring)\b(?: is| was)?(?: to ask)?(?: you)?(?: about| to| for| of)?"
    r"|correction(?: to)?|make that|(?:i|we) (?:want|wanted) to ask(?: you)?(?: about)?)[\s,:;…–-]+(?P<rest>.+?)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_DENIES = re.compile(
    r"\A\W*(?:no|nope|oops|sorry|wait|actually|rather)\b[\s,.!:;…–-]+(?P<rest>.+?)\s*\Z", re.I | re.DOTALL
)
_ABOUT = re.compile(
    r"\A\W*(?:(?:and|but|or|so|then|ok|okay|well|now|yes|no)\b[\s,]*)*(?:what|how) (?:about|of) (?P<rest>.+?)"
    r"\s*(?:\?\s*(?P<tail>\S.*))?\Z",
    re.IGNORECASE | re.DOTALL,
)
_JOINED = re.compile(r"\A\W*(?:and|or|but|also|then)\b[\s,]*(?P<rest>.+)\Z", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(
    r"\A(?:in|on|at|for|from|by|with|during|before|after|since|until|under|to|between|near|around|as|without)\b", re.I
)
_INTERROGATIVE = (
    r"(?:why(?: not| so)?|when(?: exactly)?|where(?: exactly)?|who(?:m|se)?(?: exactly)?|how(?: come| so| exactly| many|"
    r" much| long| far| old| often| big| tall| high| large)?|(?:which|what)(?: (?P<noun>\w+))?)"
)
_ASKS_BARELY = re.compile(
    rf"\A(?:(?:in|on|at|by|for|from|with|since|until|to|of)\s+)?{_INTERROGATIVE}\W*\Z", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|being|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|"
    r"(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]?t|cannot|wd)\b|['’](?:s|re|m|ve|ll|d)\s"
    r"|\A(?:who|what|which|when|where|why|how|whose|whom)\b(?:\W+[\w'’-]+){2}|\b(?:I|we|you|they|he|she)\b"
    r"|\A(?:tell|give|show|list|name|explain|describe|summari[sz]e|find|compare|define|provide|recommend|suggest|discuss|"
    r"say|let|help|look|write|identify|state|count|mention|translate|outline)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:(?P<person>he|him|himself|she|herself)|(?P<owner>his|hers)|(?P<her>her)|(?P<thing>it|itself)|(?P<its>its)"
    r"|(?P<several>they|them|themselves)|(?P<their>theirs?)|(?P<place>there))\b(?!['’](?!s\b))",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?P<word>this|that|these|those|said|such an?)\b(?: same| very| particular| last)?"
    r"(?P<noun>(?: (?!(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must|and|or|"
    r"who|which|that|in|on|at|of|for|from|to|with|about|by|than|as|if|when|not|so|the|a|an|i|you|we|he|she|it|they|"
    r"really|still|also|used|called|made|done|mean|means|happen|happens|happened|work|works|cost|costs|include|includes)\b)"
    r"[^\W\d_][\w'’-]*){0,3})",
    re.IGNORECASE,
)
_THAT_REFERS = re.compile(
    r"(?:\A|[.?!,;]\s*|\b(?:in|on|at|of|for|from|to|with|about|by|than|like|after|before|during|since|under|is|was|are|"
    r"were|does|did|do|has|can|could|will|would|and|why|how|when|where|do|doing|did|mean|use|uses))\s*\Z",
    re.IGNORECASE,
)
_NOT_POINTING = re.compile(
    r"\A (?:year|month|week|morning|afternoon|evening|night|time|century|summer|winter|spring|autumn|season|weekend|"
    r"collection|corpus|documents?|files?|knowledge base|library of documents|context|case)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b(?:the|your)(?: same| other| said)? (?P<noun>(?:[a-z][\w-]* )?[a-z][\w-]*)(?=\s*(?:\W*\Z|[,;?]|\b(?:is|are|was|were|be|do|does|did|has|"
    r"have|had|can|could|will|would|should|may|might|must|and|or|get|cost|offer|work|use|belong)\b))"
)
_ITEM = re.compile(
    r"\bthe (?P<which>first|second|third|fourth|fifth|sixth|last|latter|former)(?: (?:one|option|item|point|step))?(?=\W*\Z|[,;?]"
    r"|\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|in detail|please|instead|and|too)\b)",
    re.IGNORECASE,
)
_NUMBERS = {
    "first": 1,
    "former": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "last": -1,
    "latter": -1,
}
_ONE = re.compile(
    r"\b(?:which|another|an?|the other|this|that|each|every|any|create|have|need|get|buy|use|make|want|build|choose)"
    r"(?: (?:new|good|better|different|single))? (?P<one>ones?)\b(?! of\b)|\b(?:removing|creating|having|getting|using) (?P<other>one)\b",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|does|did|would|will|can|could|has|should|may|might|isn['’]?t|wasn['’]?t)\s+it(?=\s+(?:(?:also|still|really|even|ever|always|"
    r"usually|generally) )?(?:true|possible|impossible|necessary|important|ok|okay|legal|illegal|safe|hard|easy|difficult|better|"
    r"best|worth|wise|common|normal|correct|right|wrong|make sense|matter|take|mean|bad|good|cheaper|allowed|permitted|required|advisable|"
    r"ironic|permissible|considered|said|known|thought|that)\b)"
    r"|\b(?:how long|how much time|how many \w+|what) (?:does|did|will|would) it(?= (?:take|cost) to\b)"
    r"|\bit(?:['’]s| is| was| will be| would be)(?= (?:true|possible|necessary|important|better|best|worth|said|known|clear|that) )"
    r"|\bwhat time is it\b|\b(?:make|makes|making|find|finds|made|found) it(?= \w+ to\b)|\bthat['’]?s it\b",
    re.IGNORECASE,
)
_EMPTY_THERE = re.compile(
    r"\b(?:is|are|was|were|will|has|have|had|been|be|can|could|may|might|isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t)\s+there\b(?!\s*(?:\W*\Z|,))"
    r"|\bthere(?=['’]s|\s+(?:is|are|was|were|will|has|have|had|may|might|must|should|can|could|be|been|seem|seems|exist|exists)\b)"
    r"|\b(?:hi|hello|hey),? there\b|\bout there\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[,;:.?!–]|\b(?:and|or|but|when|where|while|if|because|that|who|which|before|after|since|until|so|than)\b", re.I
)
_INDEFINITE = re.compile(r"\b(?:an?|any|some|my|each|every|someone|somebody|people|anyone)\b(?: [a-z][\w-]*)?", re.I)
_HER_OBJECT = re.compile(
    r"\A\s*(?:\W|\Z|(?:and|or|in|on|at|for|from|to|with|by|as|of|is|was|when|before|after|die|win|get)\b)", re.I
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_PERSON_ONLY = frozenset({"person"})


def read_english(text: str) -> Dependence:
    """What an English question lacks."""
    corrected = _corrected(text)
    if corrected is not None:
        return corrected
    about = _ABOUT.match(text)
    if about and not about["tail"]:
        rest = _trimmed(about["rest"])
        return Dependence(lack="counterpart", rest=rest, references=_references(rest)) if rest else ALONE
    opened = _OPENING.match(text)
    core = text[opened.end() if opened else 0 :].strip()
    if not core:
        return ALONE
    barely = _ASKS_BARELY.match(core)
    if barely and _is_noun(barely["noun"]):
        return Dependence(lack="asking", rest=_trimmed(core))
    if not _VERB.search(core) and len(core.split()) <= MOST_BARE_WORDS:
        counterpart = _JOINED.match(text) is not None or _MODIFIER.match(core) is not None
        return Dependence(
            lack="counterpart" if counterpart else "bare", rest=_trimmed(core), references=_references(_trimmed(core))
        )
    references = _references(text)
    if references:
        return Dependence(lack="reference", references=references)
    return ALONE if _names_something(text) else Dependence(lack="subject")


def _corrected(text: str) -> Dependence | None:
    """What a correction means instead; a whole question among the words is one by itself."""
    found = _CORRECTS.match(text)
    denied = None if found else _DENIES.match(text)
    if denied and (_VERB.search(denied["rest"]) or len(denied["rest"].split()) > MOST_BARE_WORDS):
        denied = None
    found = found or denied
    if found is None:
        return None
    rest = _trimmed(found["rest"])
    if _VERB.search(rest) and len(rest.split()) > 2:
        inner = read_english(rest)
        return inner if inner.lack in {"nothing", "subject"} else None
    return Dependence(lack="correction", rest=rest, references=_references(rest)) if rest else None


def _trimmed(rest: str) -> str:
    return rest.strip(" \t\n?.!,;:…")


def _is_noun(word: str | None) -> bool:
    return not word or kind_of(word) != "any" or word.lower() in {"one", "ones", "kind", "type", "else", "company"}


def _references(text: str) -> tuple[Reference, ...]:
    """Words of a question that stand for something it does not name, in order; none overlaps another."""
    empty = [found.span() for rule in (_EMPTY_IT, _EMPTY_THERE) for found in rule.finditer(text)]
    kept: list[Reference] = []
    for one in sorted(_candidates(text), key=lambda each: (each.start, -each.end)):
        inside = any(start <= one.start and one.end <= end for start, end in empty)
        if not inside and (not kept or one.start >= kept[-1].end) and not _bound(text, one):
            kept.append(one)
    return tuple(kept)


def _candidates(text: str) -> Iterator[Reference]:
    yield from _pronouns(text)
    for found in _ITEM.finditer(text):
        yield Reference(start=found.start(), end=found.end(), form="noun", number=_NUMBERS[found["which"].lower()])
    for found in _POINTING.finditer(text):
        if _points(text, found):
            several = found["word"].lower() in {"these", "those"}
            noun = _noun_of(found["noun"])
            end = found.end("noun") - len(found["noun"]) + len(noun)
            yield Reference(
                start=found.start(),
                end=end,
                form="noun" if noun else "several" if several else "thing",
                noun=noun.strip().lower(),
                points=True,
            )
    for found in _ONE.finditer(text):
        group = "one" if found["one"] else "other"
        yield Reference(start=found.start(group), end=found.end(group), form="thing")
    if not _names_something(text):
        for found in _DEFINITE.finditer(text):
            if found["noun"].lower() not in STOP_WORDS:
                yield Reference(start=found.start(), end=found.end(), form="noun", noun=found["noun"].lower())


def _pronouns(text: str) -> Iterator[Reference]:
    for found in _PRONOUN.finditer(text):
        group = found.lastgroup or ""
        possessive = group in {"owner", "its", "their"}
        if group == "her":
            possessive = _HER_OBJECT.match(text, found.end()) is None
        form: Form = "person"
        if group in {"thing", "its"}:
            form = "thing"
        elif group in {"several", "their"}:
            form = "several"
        elif group == "place":
            form = "place"
        yield Reference(start=found.start(), end=found.end(), form=form, possessive=possessive)


def _points(text: str, found: re.Match[str]) -> bool:
    """Whether "this", "that" and the like point at something: "that" may only join clauses."""
    word, after = found["word"].lower(), text[found.end("word") :]
    if _NOT_POINTING.match(after) or re.match(r" (?:who|which|that)\b", after):
        return False
    if word in {"said", "such a", "such an"}:
        return bool(found["noun"]) and word != "said"
    return word != "that" or _THAT_REFERS.search(text[: found.start()]) is not None


def _noun_of(words: str) -> str:
    """The words of a noun, up to one that can only follow it."""
    kept = ""
    for word in re.findall(r" [^ ]+", words):
        if fold(word.strip()) in GENERIC or word.endswith(("ly", "able", "ed")):
            break
        kept += word
    return kept


def _bound(text: str, one: Reference) -> bool:
    """Whether the question itself names, before such a word, what it stands for."""
    before = text[: one.start]
    sentences = _SENTENCE.split(before)
    if len(sentences) > 1 and any(_content(sentence) for sentence in sentences[:-1]):
        return True
    if one.number or one.form == "noun":
        return False
    last = max((name.end for name in _names(before)), default=-1)
    if last >= 0 and (one.possessive or _BREAK.search(before, last)):
        return True
    indefinite = _INDEFINITE.search(before)
    return indefinite is not None and _BREAK.search(before, indefinite.end()) is not None


def _content(sentence: str) -> bool:
    """Whether a sentence says something that a later word may stand for."""
    opened = _OPENING.match(sentence)
    rest = sentence[opened.end() if opened else 0 :]
    if _references(rest):
        return False
    return len([word for word in re.findall(r"[\w'’-]+", rest) if word.lower() not in STOP_WORDS]) >= 2


def _names(text: str) -> list[FoundName]:
    """Names of a text, without a word that only begins it."""
    found = find_names(text, [Span(start=0, end=len(text))])
    return [
        name
        for name in found
        if name.kind != "year" and not (name.kind == "word" and not text[: name.start].strip(" \"'"))
    ]


def _names_something(text: str) -> bool:
    return bool(_names(text))
