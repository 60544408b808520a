"""What an English question asks for, by its words. Pure.

Its interrogative decides, not any word that could be one: "who" and "which" after a noun only begin a clause, and
"when" does so at the start of a sentence as well.
"""

import re

from retrieval.questions.answer_kinds import AnswerType, Unit
from retrieval.questions.english_nouns import kind_of

_COMPARED = (
    r"(?:older|oldest|younger|youngest|elder|eldest|larger|largest|bigger|biggest|smaller|smallest|taller|tallest|"
    r"higher|highest|longer|longest|shorter|shortest|earlier|earliest|later|latest|newer|newest|sooner|closer|farther|"
    r"further|first|last|more|most|less|least|fewer|fewest|better|best|faster|fastest|heavier|lighter|cheaper|deeper|"
    r"wider|richer|greater|greatest|recently)"
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|"
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|wo|would|should)n['’]?t)"
)
_POLITE = re.compile(
    r"\A[\s\W]*(?:(?:hi|hello|hey|so|and|ok|okay|well|please|thanks|excuse me)\b[\s,!.]*)*"
    r"(?:(?:can|could|would|will) (?:you|someone|anyone|somebody|anybody)(?: please| kindly| possibly"
    r"| perhaps)*\s*,?\s*)?"
    r"(?:please,? )?"
    r"(?:(?:tell|show|remind|inform|let) (?:me|us)(?: know)?,?(?! about\b) "
    r"|(?:find|figure) out |look up |say (?=wh|how|if)|answer(?: me)?:? "
    r"|(?:do|does) (?:you|anyone|anybody|somebody) (?:happen to )?(?:know|remember) (?!about\b)"
    r"|i(?:['’]d| would)?(?: really)? (?:like|want|need|wish|love)(?: to)? (?:know|find out|ask|learn"
    r"|hear)(?: more)?,?(?! about\b) "
    r"|(?:i(?:['’]m| am| was)? ?(?:just )?wonder(?:ing)?|wondering|any idea|my question is),?:? )?",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(
    r"\b(?:summari[sz]e|sum up|(?:give|write|make) (?:me |us )?an? (?:\w+ )?(?:summary|overview)|overview of)\b"
    r"|\Awhat(?:['’]s| is| do| does| can)?\b[^?]{0,30}\b(?:in here|in (?:this|these|the|my|our) (?:\w+ )?"
    r"(?:documents?|files?|collection|knowledge base|base|corpus|library|folder|data))\b"
    r"|\Awhat (?:do|does|are|is) (?:this|these|those|the|my|our|all)(?: \w+)? (?:documents?|files?|texts?|collection|"
    r"knowledge base|corpus|library|folder)?\s*(?:about|say|cover|contain|deal with)\b"
    r"|\Awhat (?:can (?:i|you|we)|do you) (?:ask|know|find|tell|answer"
    r"|learn)\b(?! about [a-z]*[A-Z])(?=[^,]{0,25}\W*\Z)"
    r"|\b(?:main|key|central) (?:topics|themes|subjects|points) (?:here|of (?:this|these|the|my|our) \w+)\W*\Z",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\A(?:list|enumerate)\b|\b(?:name|give(?: me| us)?|show(?: me| us)?|list|find) (?:all|every|each|the list)\b"
    r"|\A(?:what|which)(?: [\w'’-]+){0,4} (?:people|[\w'’-]*[a-rtv-z]e?s) (?:are|were|exist)(?: there)?\b"
    r"|\A(?:what|which) (?:[\w'’-]+ ){0,3}[a-z]{2,}[^s\Wu'’]s (?:do|did|have|had|can|could|will|may|should|must)\b"
    r"|\A(?:what|who) (?:are|were) (?:all |each |some of )?(?:the |its |their |his |her )"
    r"|\Awhat all\b|\bwho (?:all|else)\b|\bare there any\b.*\bwhich\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    rf"\b{_COMPARED}\b.*\bor\b|\bor\b.*\b{_COMPARED}\b|,\s[^,?]+\bor\b[^,?]+\W*\Z|\Abetween\b.*\band\b.*,",
    re.IGNORECASE,
)
_ASKS_CHOICE = re.compile(rf"(?:\A|[,.]\s)(?:which|what|who|whose|{_AUXILIARY})\b|\bwh(?:o|ich|at)\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\b(?:before or after|whether or not|more or less|one or more|or not|and/or|or so)\b", re.I)
_TWO_SIDES = re.compile(
    r"\bboth\b|\bthe same\b|\b(?:share|in common)\b"
    rf"|\b(?:{_COMPARED}|earlier|later|other|different) (?:\w+ ){{0,3}}?than\b|\bas \w+ as\b"
    r"|\b(?:die|born|born|happen|found|release|open|occur|take place|begin|began"
    r"|start|publish|form|buil|built|creat|establish|complet|premier|send|ask"
    r"|end)\w*\b.*\b(?:before|after)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    rf"\A(?:(?:if|whether)\b|{_AUXILIARY}\b)|\b(?:true or false|is (?:it|that) true)\b", re.IGNORECASE
)
_OPEN = re.compile(r"\bwhat\b|\b(?:in|on|at|by|of|to|from|for|with) (?:which|whom|whose)\b|\bhow (?:many|much)\b", re.I)
_ASKED = re.compile(
    r"(?P<how>\bhow (?P<measure>many|much|long|far|old|tall|large|big|high|deep|wide|heavy|fast|often|small|short)\b)"
    r"|\b(?P<which>what|which)\b(?=(?P<noun>(?:['’]s| is| was)? ?(?:[\w'’.,&-]+ ?){0,8}))"
    r"|\b(?P<who>who|whom|whose)\b|\b(?P<when>when)\b|\b(?P<where>where)\b",
    re.IGNORECASE,
)
_BEFORE_INTERROGATIVE = re.compile(
    r"(?:\A|[.;:!?]\s*|\b(?:in|on|at|by|of|to|from|for|with|and|under|during|is|was|are|were|as|than|about|into"
    r"|near)\s)\Z",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s(?:the|a|an|he|she|it|they|is|was|were|are|has|had|have|his|her|its|their|this|that|also|would|can|did|will)\b",
    re.I,
)
_INVERTED = re.compile(rf"\s+{_AUXILIARY}\b", re.IGNORECASE)
_TIME_OR_AREA: dict[tuple[str, bool], AnswerType] = {
    ("time", False): "time",
    ("area", True): "number",
    ("area", False): "place",
}
"""What "what time" and "in which area" ask for, and "what is the area of"."""
_SENTENCES = re.compile(r"(?<=[\w)\"]{2}[.;!]) +(?=[A-Z])")
_IMPERATIVE = re.compile(r"\A(?:name|give(?: me)?|state|identify|find) (?:the |a |an )?(?P<noun>[\w'’ -]{1,60})", re.I)
_IS_THE = re.compile(
    r"\A(?:['’]s| is| was| are| were) (?:the )?(?:(?:full|real|official|exact|current) )?"
    r"(?:(?:name|title|identity) (?:of|for) (?:the |an? )?)?(?P<noun>.*)", re.IGNORECASE
)  # fmt: skip
_NOUN_ENDS = re.compile(
    r"\b(?:of|in|on|at|for|by|to|from|with|that|who|which|whose|where|when|is|was|are|were|did|do|does|has|have|had|"
    r"can|could|will|would|and|or|the|an?|came|comes)\b|[,;:?]", re.IGNORECASE
)  # fmt: skip
_KIND_OF = re.compile(
    r"\A ?(?:\w+ )?(?:kinds?|types?|sorts?|category|genre|species|colou?rs?|breed|form) ", re.IGNORECASE
)
_SORT_OF = re.compile(r"\A(?:\w+ )?(?:kinds?|types?|sorts?) of ", re.IGNORECASE)
_DATE_OF = re.compile(r"\b(?:date|day|year|time|place|country|city) of (?:the )?(?:birth|death|\w+ing|\w+ion)\b", re.I)
_DEFINE = re.compile(
    r"\A(?:tell (?:me|us)(?: more| something)? about|define|explain|describe|what does .+ (?:mean|stand for)(?=\W*\Z)"
    r"|what (?:is|was) (?:the )?(?:meaning|definition) of|(?:do you|i(?:['’]d| would) like to"
    r"|i want to) know (?:more )?about"
    r"|what (?:do|does|can) (?:you|they) (?:know|say|tell me) about)\b",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(r"\Awhat(?:['’]s| is| are| was| were) (?P<rest>[^,]{2,60}?)\W*\Z", re.IGNORECASE)
_WHO_IS = re.compile(
    r"\A[Ww]ho(?:['’]s| is| was) (?P<rest>[^\W\d_a-z][\w'’.-]*(?:,? (?:[A-Z][\w'’.-]*|of|the|de|von|van|al|bin"
    r"|da|du))*)\W*\Z"
)
_RELATION = re.compile(
    r"\b(?:of|in|for|by|from|with|at|on|between|used|called|located|born|after|before|your|my|our|his|her|its"
    r"|their|this)\b|['’]s\b",
    re.I,
)
_UNITS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("money", re.compile(r"\bhow much (?:money|does|did|do|is|was|are|will)\b|\b(?:price|cost|fee|salary|budget"
    r"|revenue|debt|fine)\b", re.I)),
    ("age", re.compile(r"\bhow old\b|\bwhat age\b|\bthe age of\b", re.IGNORECASE)),
    ("distance", re.compile(r"\bhow (?:far|tall|high|deep|wide)\b|\b(?:height|length|width|depth|distance"
    r"|elevation)\b", re.IGNORECASE)),
    ("weight", re.compile(r"\bhow heavy\b|\bweight\b|\bhow much does .* weigh\b", re.IGNORECASE)),
    ("years", re.compile(r"\bhow many years\b", re.IGNORECASE)),
    ("duration", re.compile(r"\bhow long\b|\bduration\b|\bhow many (?:days|hours|minutes|weeks|months"
    r"|seconds)\b", re.IGNORECASE)),
    ("share", re.compile(r"\bpercent|\bproportion\b|\bwhat share\b", re.IGNORECASE)),
    ("count", re.compile(r"\bhow many\b|\bnumber of\b|\bpopulation\b", re.IGNORECASE)),
)  # fmt: skip


def without_opening(question: str) -> str:
    """A question without its polite opening: "could you tell me who …" is "who …"."""
    return _POLITE.sub("", question, count=1).strip()


def english_kind(question: str) -> AnswerType:
    """What is asked for; ``any`` where the words do not tell."""
    core = without_opening(question)
    last = _last(core)
    if _OVERVIEW.search(core) and not _DEFINE.match(core):
        return "overview"
    if _is_comparison(core, last):
        return "comparison"
    if _VERDICT.search(last) and not _OPEN.search(last):
        return "yes_no"
    if _LIST.search(core):
        return "list"
    if _defines(core):
        return "definition"
    return _asked(core)


def english_noun(question: str) -> str:
    """What the asked thing is called in the question: "city" for "In which city …", empty where it is not."""
    core = without_opening(question)
    for found in _ASKED.finditer(core):
        if found["which"] and _asks(core, found):
            return " ".join(_noun(found["noun"]))
    named = _IMPERATIVE.match(core)
    return " ".join(_noun(" is " + named["noun"])) if named else ""


def english_unit(question: str) -> Unit | None:
    """What the number counts that is asked for."""
    return next((unit for unit, words in _UNITS if words.search(question)), None)


def asks_yes_or_no(question: str) -> bool:
    """Whether a question that compares two sides is answered by yes or no, and not by one of them."""
    last = _last(without_opening(question))
    return bool(_VERDICT.search(last)) and not _chooses(last)


def _last(core: str) -> str:
    """The sentence that asks, where others lead to it."""
    return core if _VERDICT.match(core) else _SENTENCES.split(core)[-1]


def _is_comparison(core: str, last: str) -> bool:
    if _chooses(core):
        return True
    return bool(_VERDICT.search(last)) and not _OPEN.search(last) and _TWO_SIDES.search(last) is not None


def _chooses(text: str) -> bool:
    """Whether one of two is asked for: "which is older, A or B?", "was A or B born first?"."""
    if _ALTERNATIVE.search(text) or not _ASKS_CHOICE.search(text):
        return False
    if re.match(_AUXILIARY + r"\b", text, re.IGNORECASE):
        return (
            re.search(rf"\bor\b.*\b{_COMPARED}\b|\b{_COMPARED}\b(?!.*\bthan\b).*\bor\b", text, re.IGNORECASE)
            is not None
        )
    return _CHOICE.search(text) is not None


def _defines(core: str) -> bool:
    if _DEFINE.match(core) or _WHO_IS.match(core):
        return True
    what = _WHAT_IS.match(core)
    if what is None or _RELATION.search(what["rest"]):
        return False
    rest = what["rest"].split()
    if rest[0].lower() in {"a", "an"}:
        return len(rest) <= 6
    if rest[0].lower() == "the":
        return len(rest) <= 6 and all(word[0].isupper() for word in rest[1:])
    return len(rest) <= 4 and not re.search(r"ed\Z|ing\Z|\Athere\Z|\A(?:it|this|that|these|those)\Z", rest[-1])


def _asked(core: str) -> AnswerType:
    """By the first interrogative that asks."""
    for found in _ASKED.finditer(core):
        if not _asks(core, found):
            continue
        if found["how"]:
            return "any" if found["measure"].lower() == "often" else "number"
        if found["which"]:
            return _by_noun(found["noun"])
        return "person" if found["who"] else "time" if found["when"] else "place"
    named = _IMPERATIVE.match(core)
    return _by_noun(" is " + named["noun"]) if named else "any"


def _asks(core: str, found: re.Match[str]) -> bool:
    """Whether an interrogative asks, and does not begin a clause."""
    before, after = core[: found.start()], core[found.end() :]
    word = found[0].split()[0].lower()
    if found["how"] or word == "what":
        return not before or not (found[0][0].isupper() or re.match(" an? ", after))
    if word == "which":
        return _which_asks(before, found["noun"], after)
    if not after.strip(" ?."):
        return True
    if word == "when":
        return not before and (_INVERTED.match(after) is not None or "," not in after)
    if word == "where":
        return not before
    return not before or (_BEFORE_INTERROGATIVE.search(before) is not None and word != "whose")


def _which_asks(before: str, phrase: str, after: str) -> bool:
    """A "which" within the question asks where a noun follows that is known, or with which the question ends."""
    if not before:
        return True
    noun = _noun(phrase)
    if _CLAUSE.match(phrase) or not noun:
        return False
    return kind_of(noun[-1]) != "any" or len(noun) == len(after.strip(" ?.").split())


def _by_noun(phrase: str) -> AnswerType:
    """By the noun after what or which: "what city", "what is the date of", "which American actress"."""
    if _KIND_OF.match(phrase):
        return "kind"
    if dated := _DATE_OF.search(phrase):
        return "place" if kind_of(dated[0].split()[0]) == "place" else "time"
    noun = _noun(phrase)
    of_it = _IS_THE.match(phrase) is not None
    kind = kind_of(noun[-1]) if noun else "any"
    if kind != "any" or not noun:
        return kind
    head = noun[-1].lower()
    if head in {"time", "area"}:
        return _TIME_OR_AREA.get((head, of_it), "any")
    return "any" if of_it else "kind"


def _noun(phrase: str) -> list[str]:
    """The words of the noun: up to a preposition or a verb; that of "what is the name of the …" stands after it."""
    named = _IS_THE.match(phrase)
    text = (named["noun"] if named else phrase).strip()
    text = _SORT_OF.sub("", text)
    text = re.sub(r"\A(?:of )?(?:the |these |those |an? )(?:two |three )?", "", text, flags=re.IGNORECASE)
    ended = _NOUN_ENDS.search(text)
    return (text[: ended.start()] if ended else text).split()
