"""Words that turn what a sentence says, though most of them are no terms: "not", "may", 不, 必须. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

_NEGATIONS = frozenset(
    """
    not no never none nobody nothing nowhere neither nor cannot
    prohibited prohibits prohibit forbidden forbids forbid banned bans disallowed
    """.split()
)
_MODALS = frozenset("may might must shall should can could will would only all every any without unless except".split())
_WORD = re.compile(r"(?!no\.\s?\d)[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?", re.IGNORECASE)
"""A word, but not "No." before a number."""
_SHORT_NEGATION = re.compile(r"n['’]t$")
# 不 within these says nothing of the kind
_NO_NEGATION = re.compile(
    "不同|不仅|不但|不只|不过|不断|不久|不论|不管|不少|不锈|不动产|不等|不丹|差不多|了不起|无论|无线|无锡|无穷|无数|无比|"
    "非洲|非常|非政府|非营利|除非|未来|未必|没收|没落|沉没|淹没|莫斯科|特别|区别|分别|级别|类别|性别|别墅|个别|告别|别称|别名"
)
_HAN_NEGATION = re.compile(
    "不再|并非|没有|禁止|严禁|不得|不能|不可|不会|不是|未能|未曾|从未|尚未|切勿|请勿|[不没无未非勿]"
)
_HAN_MODAL = re.compile("必须|应当|应该|可以|可能|只能|仅限|只有|[须应仅]")


def negations(text: str) -> int:
    """How many words and signs of a text negate; what forbids is one."""
    words = sum(1 for word in _WORD.findall(text) if is_negation(word))
    return words if text.isascii() else words + len(_HAN_NEGATION.findall(_NO_NEGATION.sub("", text)))


def modals(text: str) -> frozenset[str]:
    """Words of a text that say how far it holds: what may be, must be, is only so."""
    words = {word.lower() for word in _WORD.findall(text)} & _MODALS
    return frozenset(words | set(_HAN_MODAL.findall(text)) if not text.isascii() else words)


def is_negation(word: str) -> bool:
    """Whether a word negates: "not", "isn't", "forbidden", 不得."""
    folded = word.lower()
    if folded in _NEGATIONS or _SHORT_NEGATION.search(folded):
        return True
    return _HAN_NEGATION.fullmatch(word) is not None


_FORBIDS = frozenset("prohibited prohibits prohibit forbidden forbids forbid banned bans disallowed".split())
_AFFIRMS = re.compile(
    r"(?:\bnot|n['’]t)\s+(?:only|just|merely|least|(?:\w+\s+){0,2}until)\b|\bno\s+(?:less|fewer|more|later|earlier)\s+than\b|\bno\s+(?-i:[A-Z])"
    r"|\bnot\s+exceed|不得不|没有不|無不|无不|不(?:得|能|可|应|應)?(?:超过|超過|少于|少於|多于|多於|低于|低於|高于|高於|晚于|晚於|早于|早於)",
    re.IGNORECASE,
)
"""What negates by its form alone: "not only", "not until", and the "no" of Japanese names."""
_HEARSAY = re.compile(
    r"\b(?:reported|alleged|supposed|purported)ly\b|\brumou?r|\blegend\b"
    r"|\b(?:is|are|was|were)\s+(?:said|believed|thought|alleged|reported|claimed|supposed)\s+to\b"
    r"|\b(?:said|says|claim(?:ed|s)|allege[ds]|suggest(?:ed|s)|believe[ds]|argue[ds])\s+that\b"
    r"|据说|據說|据传|據傳|据称|據稱|据报道|據報道|据悉|據悉|传闻|傳聞|相传|相傳|谣传|謠傳|疑似|声称|聲稱|有人说|有人說",
    re.IGNORECASE,
)
_INTENT = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|expect(?:s|ed)?|propose[ds]?|schedul(?:es|ed)"
    r"|aim(?:s|ed)?|fail(?:s|ed)?|refuse[ds]?|decline[ds]?|unable)\s+to\b"
    r"|\b(?:is|are|was|were|been)\s+(?:planned|proposed|expected|scheduled)\b"
    r"|(?<!年)(?:计划|計劃|計畫)(?![的中，。；、]|$)|打算|拟[于在建议购購]|擬[於在建議購]|预计|預計"
    r"|有望|企图|企圖|试图|試圖|拒绝|拒絕"
)
_POSSIBLE = re.compile(
    r"\b(?:will|might|may)\s+[a-z]|\b(?:hope[ds]?|want(?:s|ed)?)\s+to\b|希望|准备|準備|可能|也许|也許|或许|或許|[将將](?:会|會|要|于|於|在|建|成为|成為)"
)
_CLAUSE = re.compile(r"[,;:()|\n，；：（）]|\s[–—-]\s|\b(?=(?:but|and|whereas|although|though|while|who|which)\b)")
_CONTRAST = re.compile(r"\s*(?:but|yet|instead|rather|但|而|却|卻|反而|不过|不過|然而)", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:not|rather|who|which|whose|where|instead)\b|\s*(?:而不是|不是|并非)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()_]*\)|（[^（）_]*）")
_CONDITION = re.compile(r"\s*(?:if|unless|whether|in case)\b|\s*(?:如果|假如|若|除非|无论|無論|是否)", re.IGNORECASE)


def is_asserted(sentence: str, places: Sequence[tuple[int, int]] = ()) -> bool:
    """Whether a sentence states as a fact what it says of the things at ``places``, half-open ranges of it.

    It does not where it denies that, plans it, holds it for possible, or tells it as hearsay. What is told as hearsay
    colours the whole sentence; the others count in the clauses from the first of the things to the last, or in all.
    Words within the things themselves, or in brackets, say nothing. It is judged by words alone: what is denied without
    one is not seen.
    """
    for start, end in places:
        sentence = sentence[:start] + "_" * (end - start) + sentence[end:]
    sentence = _BRACKETS.sub(lambda match: " " * len(match[0]), sentence)
    clauses = _clauses(sentence)
    held = [n for n, (start, end) in enumerate(clauses) if any(start <= place[0] < end for place in places)]
    first, last = (held[0], held[-1]) if held else (0, len(clauses) - 1)
    told = [sentence[start:end] for start, end in clauses]
    turned = max((n for n in range(first + 1, last + 1) if held and _CONTRAST.match(told[n])), default=first)
    region = [told[n] for n in range(turned, last + 1) if n in held or not held or not _ASIDE.match(told[n])]
    # "A did not buy B, but C": what is denied there is said of B, though not of A
    region += [sentence[start:at] for start, end in clauses[:turned] for at, _ in places if start <= at < end]
    return not _HEARSAY.search(sentence) and not any(_unreal(each) or _POSSIBLE.search(each) for each in region)


def stated_and_not(sentence: str) -> tuple[str, str]:
    """The clauses of a sentence that state facts, and those that deny, plan or tell hearsay; conditions are neither.

    What comes before a clause that denies, up to a contrast ("but"), may be its subject, and stands on both sides. What
    will or may be counts as stated.
    """
    if _HEARSAY.search(sentence):
        return "", sentence
    stated: list[str] = []
    denied: list[str] = []
    before: list[str] = []
    for start, end in _clauses(sentence):
        clause = sentence[start:end]
        if _CONDITION.match(clause):
            continue
        if _CONTRAST.match(clause):
            before = []
        if _unreal(clause):
            denied += [*before, clause]
            before = []
        else:
            stated.append(clause)
            before.append(clause)
    return " ".join(stated), " ".join(denied)


def _clauses(sentence: str) -> list[tuple[int, int]]:
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    return [(start, end) for start, end in pairwise(cuts) if sentence[start:end].strip()]


def _unreal(clause: str) -> bool:
    """Whether a clause denies or plans; what it forbids, it states."""
    rest = _AFFIRMS.sub(" ", clause)
    denied = negations(rest) - sum(1 for word in _WORD.findall(rest) if word.lower() in _FORBIDS)
    return denied > 0 or _INTENT.search(clause) is not None
