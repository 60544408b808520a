"""What English words can be: the forms of verbs by a lexicon, and the small closed classes. Pure.

The lexicon is that of ``lemminflect`` (from the SPECIALIST lexicon of the NLM): which parts of speech a word has, and
of which lemma it is a form. Only words that it lists are looked up; nothing is guessed by a model.
"""

from functools import lru_cache

import lemminflect

BE = frozenset(["is", "are", "was", "were", "be", "been", "being"])
HAVE = frozenset(["has", "have", "had", "having"])
DETERMINERS = frozenset(["the", "a", "an", "this", "these", "that", "those", "one", "some", "both"])
HIS = frozenset(["his", "her", "its"])
PREPOSITIONS = frozenset(
    """
    of in on at by for from to with as into near under over since until through between within during against towards
    toward across along behind beside inside outside around onto off upon before after about among
    """.split()
)
MODALS = frozenset(["may", "might", "can", "could", "would", "should", "must", "shall", "will", "did", "do", "does"])
NEGATIONS = frozenset("not never no neither nor hardly cannot n't reportedly allegedly supposedly".split())
CONJUNCTIONS = frozenset(
    ["and", "or", "but", "while", "whereas", "when", "where", "although", "though", "because", "if"]
)
CLAUSE_WORDS = frozenset(["and", "but", "while", "whereas", "when", "although", "though", "because", "where"])
ADVERBS = frozenset(
    """
    also later then first originally now still once again already ever soon previously formerly currently together
    often sometimes usually today best well long again initially eventually subsequently mainly primarily jointly
    """.split()
)
PRONOUNS = frozenset("he she it they we i you him them us me who whom which that there what himself herself".split())
_NO_VERBS = BE | HAVE | MODALS | DETERMINERS | HIS | PREPOSITIONS | CONJUNCTIONS | ADVERBS | PRONOUNS | NEGATIONS
_PAST_OF = {
    participle: past
    for participle, past in (
        pair.split(":")
        for pair in """
        written:wrote given:gave taken:took begun:began known:knew grown:grew drawn:drew flown:flew shown:showed
        chosen:chose spoken:spoke broken:broke driven:drove ridden:rode risen:rose sung:sang swum:swam worn:wore
        torn:tore stolen:stole frozen:froze eaten:ate fallen:fell seen:saw done:did become:became come:came run:ran
        overcome:overcame overrun:overran undertaken:undertook overtaken:overtook forgiven:forgave hidden:hid
        bitten:bit thrown:threw overthrown:overthrew withdrawn:withdrew rewritten:rewrote underwritten:underwrote
        sunk:sank rung:rang drunk:drank sprung:sprang woven:wove sworn:swore mistaken:mistook forsaken:forsook
        sewn:sewed sown:sowed mown:mowed overseen:oversaw foreseen:foresaw undergone:underwent gone:went borne:bore
        """.split()
    )
}
_IRREGULAR_PAST = frozenset(_PAST_OF.values())
_PARTICIPLES = frozenset(_PAST_OF) | {"born"}


@lru_cache(maxsize=8_192)
def parts_of_speech(word: str) -> frozenset[str]:
    """Which parts of speech a word in small letters can be (NOUN, VERB, ADJ, ADV, …); none where it is not listed."""
    return frozenset(lemminflect.getAllLemmas(word))


@lru_cache(maxsize=8_192)
def verb_lemma(word: str) -> str:
    """The lemma of what can be a form of a verb, or an empty string."""
    if word in _NO_VERBS or len(word) < 3:
        return ""
    found = lemminflect.getAllLemmas(word, upos="VERB").get("VERB", ())
    return found[-1] if found else ""


def is_noun(word: str) -> bool:
    """Whether a word in small letters is listed as a noun."""
    return "NOUN" in parts_of_speech(word)


def is_past(word: str) -> bool:
    """Whether a form of a verb can be its past or its past participle."""
    lemma = verb_lemma(word)
    if not lemma or word.endswith("ing"):
        return False
    return word in _PARTICIPLES or (word not in {lemma, lemma + "s", lemma + "es"} and not word.endswith("ies"))


def is_participle(word: str) -> bool:
    """Whether a form of a verb can be its past participle: written, founded, built."""
    return (is_past(word) and word not in _IRREGULAR_PAST) or word in {"run", "become", "come", "put", "set", "cut"}


def is_finite(word: str) -> bool:
    """Whether a word can be the verb of a clause by itself: founded, wrote, stands; a bare form is none."""
    return (is_past(word) and word not in _PARTICIPLES) or is_present(word)


def is_present(word: str) -> bool:
    """Whether a word can be a verb of the present that goes with one subject: stands, employs."""
    lemma = verb_lemma(word)
    return bool(lemma) and word != lemma and word.endswith("s") and not word.endswith("ss")


def told(word: str) -> str:
    """The form of a verb in a predicate: the simple past for all past, perfect and passive forms, else as it is."""
    return _PAST_OF.get(word, word)


def is_adverb(word: str) -> bool:
    """Whether a word can stand between a subject and its verb and says nothing of the two."""
    return word in ADVERBS or (word.endswith("ly") and "ADV" in parts_of_speech(word))
