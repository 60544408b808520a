"""The language of a text, as ISO 639-1: by its script, and by its commonest small words where many share a script.

It is there to filter by, not to translate by: a text whose language is not certain has none.
"""

import re
from collections import Counter

MOST = 20_000
"""Characters that are looked at."""
_LEAST_LETTERS = 8
_LEAST_SHARE = 0.5
"""Of the letters, those of the script that a text is said to be in."""
_KANA_SHARE = 0.1
_LETTERS_A_CHARACTER = 3
"""How many letters of other scripts say as much as one Chinese character."""
_LEAST_WORDS = 0.08
_LEAST_DIFFERENT = 2
_LEAD = 1.15
"""Share of small words that a language must have, how many of them, and how far before the next one it must be."""
_SCRIPTS = {
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "kana": "\u3041-\u30ff", "ko": "\u1100-\u11ff\uac00-\ud7af",
    "cyrillic": "\u0400-\u04ff", "arabic": "\u0600-\u06ff", "he": "\u0590-\u05ff", "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff", "ta": "\u0b80-\u0bff", "th": "\u0e00-\u0e7f", "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f", "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}  # fmt: skip
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_PERSIAN = re.compile("[پچژگ]")
_WORD = re.compile(r"[^\W\d_]+")
SMALL_WORDS = {
    "en": "the of and to in is was that for it with as his on be at by which had are but from or an were this has not",
    "de": "der die das und in den von zu mit ist des auf für im dem nicht ein eine als auch es wurde sich aus er wird",
    "fr": "le la les de des du et en un une est que qui dans pour par sur au pas plus avec il ce sont été aux ne",
    "es": "el la los las de del y en un una que es por con para se su al lo como más fue no sus está ha",
    "it": "il lo la gli le di del della e in un una che è per con si da al come non sono nel alla anche più",
    "pt": "o a os as de do da dos das e em um uma que é por com para se no na ao como não foi são mais",
    "nl": "de het een en van in is op te dat die voor met zijn aan niet door als ook werd bij naar er maar wordt",
    "sv": "och i att det som en på är av för med den till inte har de ett om var vid från sig han efter",
    "da": "og i at det en den til er som på de med af for ikke der var et har han fra ved blev om efter",
    "no": "og i at det en den til er som på de med av for ikke var et har han fra ved ble om etter eller",
    "fi": "ja on ei oli että se hän joka myös mutta kun ovat sen tai kuin jälkeen sekä vuonna olla ole",
    "pl": "i w z na się do nie że jest to o jak za po od przez dla był oraz są jego ale które przy",
    "cs": "a v se na je že o z s do i k jako za by po ve jsou byl pro od ale nebo při které",
    "ro": "și de a în la cu o un pe care este din nu că mai pentru sau fost lui au prin după sunt",
    "hu": "a az és hogy nem is egy volt meg de ez csak ha már mint vagy el még aki fel után szerint",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi sonra kadar en ise ya her ne tarafından olduğu",
    "vi": "và của là có trong được cho các một với không những người này đã từ để khi về vào ra",
    "id": "yang dan di dengan untuk dari pada ini dalam adalah itu tidak oleh sebagai ke akan juga atau karena mereka",
}
_LANGUAGES_OF = {name: frozenset(words.split()) for name, words in SMALL_WORDS.items()}


def language_of(text: str) -> str | None:
    """The language most of a text is in; None where that is not certain."""
    sample = text if len(text) <= MOST else text[: MOST // 2] + text[-MOST // 2 :]
    counts = {name: len(letters.findall(sample)) for name, letters in _LETTERS.items()}
    counts["han"] *= _LETTERS_A_CHARACTER
    east = counts["han"] + counts["kana"]
    total = sum(counts.values())
    if total < _LEAST_LETTERS and not east:
        return None
    if east >= _LEAST_SHARE * total:
        return "ja" if counts["kana"] >= _KANA_SHARE * east else "zh"
    script = max(counts, key=lambda name: counts[name])
    if counts[script] < _LEAST_SHARE * total:
        return None
    finer = {"latin": _by_small_words, "cyrillic": _in_cyrillic, "arabic": _in_arabic}.get(script)
    return script if finer is None else finer(sample)


def _in_cyrillic(text: str) -> str:
    return "uk" if _UKRAINIAN.search(text) else "ru"


def _in_arabic(text: str) -> str:
    return "fa" if _PERSIAN.search(text) else "ar"


def _by_small_words(text: str) -> str | None:
    words = Counter(_WORD.findall(text.lower()))
    shares = []
    for name, small in _LANGUAGES_OF.items():
        found = words.keys() & small
        if len(found) >= _LEAST_DIFFERENT:
            shares.append((sum(words[each] for each in found) / words.total(), name))
    (best, name), (second, _) = sorted([*shares, (0.0, ""), (0.0, "")], reverse=True)[:2]
    return name if best >= _LEAST_WORDS and best >= _LEAD * second else None
