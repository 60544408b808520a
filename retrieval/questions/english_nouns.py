"""English nouns that say what kind of answer is asked for: "which singer", "what is the capital of"."""

from retrieval.questions.answer_kinds import AnswerType

_PERSONS = frozenset(
    """
    person man woman boy girl actor actress singer songwriter author writer poet novelist playwright director
    producer president king queen prince princess emperor empress pope politician senator governor mayor
    minister chancellor premier player footballer golfer swimmer boxer athlete musician composer rapper
    guitarist drummer pianist vocalist artist painter sculptor architect scientist physicist chemist
    mathematician philosopher engineer inventor explorer general admiral soldier saint bishop coach manager
    captain founder co-founder creator designer owner chairman ceo director-general father mother parent spouse
    husband wife son daughter child brother sister sibling uncle aunt grandfather grandmother grandson
    granddaughter mother-in-law father-in-law successor predecessor host presenter journalist historian judge
    lawyer doctor professor teacher student employee leader head comedian model dancer filmmaker screenwriter
    lyricist editor publisher translator astronaut pilot driver winner
    """.split()
)
_TIMES = frozenset("year date day month century decade era season weekday birthday birthdate deadline".split())
_PLACES = frozenset(
    """
    city country town state county place region village province district continent island location capital
    borough municipality suburb neighborhood neighbourhood territory hometown birthplace venue address parish
    commune nation
    """.split()
)
_NUMBERS = frozenset(
    """
    population number amount percentage percent proportion share price cost fee height length width depth weight
    distance size total score temperature speed age elevation capacity salary budget revenue rate limit duration
    """.split()
)
_LISTS = frozenset("names members examples items steps reasons".split())
_NOUNS: tuple[tuple[AnswerType, frozenset[str]], ...] = (
    ("person", _PERSONS), ("time", _TIMES), ("place", _PLACES), ("number", _NUMBERS), ("list", _LISTS),
)  # fmt: skip


def kind_of(noun: str) -> AnswerType:
    """What kind of answer a noun stands for, in the singular or the plural; ``any`` for most."""
    head = noun.lower().strip(".,")
    return next((kind for kind, nouns in _NOUNS if head in nouns or head.removesuffix("s") in nouns), "any")
