"""Words that turn what a sentence says, though most of them are no terms: "not", "may", 不, 必须. Pure."""

import re

_NEGATIONS = frozenset(
    """
    not no never none nobody nothing nowhere neither nor cannot
    prohibited prohibits prohibit forbidden forbids forbid banned bans disallowed
    """.split()
)
_MODALS = frozenset("may might must shall should can could will would only all every any without unless except".split())
_WORD = re.compile(r"(?!no\.\s?\d)[A-Za-z]+(?:['’][A-Za-z]+)?", re.IGNORECASE)
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
