"""How likely a text is to be one that people wrote, in any of some forty languages: for guessing encodings.

Of each language only the order of its letters by how often they are written is held; of Chinese, Japanese and Korean
the characters that are written most. The right decoding of a few words is told from the wrong ones by that.
"""

import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

_ENGLISH = "etaoinshrdlcumwfgypbvkjxqz"
_LATIN = (
    _ENGLISH,
    "enisratdhulcgmobwfkzpüväßjöyxq",  # German
    "esaitnrulodcmpévqfbghjàxèyêzçkwùâôûîœëïüæ",  # French
    "eaosrnidlctumpbgvyqhfzjóíáñéúxükw",  # Spanish
    "aeosrindmutclpvgqhbfzãçjáéíóêxâúõôàkwyü",  # Portuguese
    "eaionlrtscdpumvghfbqzòàùèìékjwxyî",  # Italian
    "enatirodslghvkmubpwjczfxyqëéèïüö",  # Dutch
    "eantrsildomkgväfhupåöbcyjxwzéq",  # Swedish
    "erntaidslogkmfvubhpåøyæjczwxéq",  # Danish, Norwegian
    "aitneslokuämvrjhypdögbfcwåqxz",  # Finnish
    "anriestuðlgmfkhvoáíþdöjéybpúóýæx",  # Icelandic
    "iaeoznswcrykdtpmłujlbgęąhżśóćfńźvxq",  # Polish
    "oeantvislrdkupímcházyjběšřžéýčgůúfťxňóďw",  # Czech
    "aoeinsrvtlkcmdupíázhyjbščéžúýťgľôňxäóďfŕĺ",  # Slovak
    "eatlnskogrzmiádéyvbhjőfpöóücúűíwxq",  # Hungarian
    "eiartnulcsodpmăfvgţşțșbîzhâjxkqwy",  # Romanian
    "aioenrstjuvkdlmpgzbčcšžhćfđ",  # Croatian, Slovene
    "aeinrlıkdtsmyuobüşvgzhcpçğöfjâîûwxq",  # Turkish
    "iasotrenukmlpdvjgėbyšžųąūįčęzcfh",  # Lithuanian
    "aisetrnulmkodpvāījzēgbcšķņfļčžūģhx",  # Latvian
    "aeistlunkdormvpgäjhõüböfšžcxyzwq",  # Estonian
    "nthigcaomu\u0301\u0300srlvp\u0323ôêâăđơưb\u0309y\u0303kqdexáéíóúàèìòùýãõ",  # Vietnamese
)
_OTHER = (
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",  # Russian
    "оанивітерсклудмпяьзгбчйхжшюцєїщґф’",  # Ukrainian
    "аиоентрсвлкдпмузбгъячщцйжхюшфь",  # Bulgarian
    "анірсяеокдтлуыпвзмцбчжюўгхшйьэёф’",  # Belarusian
    "аиоенртсјукдвмлпгзбњчћшцжхљђфџ",  # Serbian
    "αοιετσνηυρπκμλςόίάέγδήύώωθχφβξζψϊΐϋΰ",  # Greek
    "יוהלאבתרמשנםכדפקעחגטזסצןךףץ",  # Hebrew
    "اليمنترهوبدفسعكقحجةصشذطخأىإئءآضغثزظؤـ\u064b\u0651\u064e\u064f\u0650\u0652",  # Arabic
    "ایرنهمدوستبشکزگقخفلعپجحآچطصضغثذظئژ\u200c",  # Persian
    "นารกอเง่มยลี้วดัทิสตะปุบคหื็แจำพช์ขใไูโึผธศซภณญฟฐฉษฆฎฏฬฮ๊๋ๆ",  # Thai
)
_MOST_WRITTEN = {
    "gb2312": "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解"
    "水名真论处走义各入几口认条平系气题活",
    "big5": "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡"
    "用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實"
    "日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政"
    "美相見被利什二等產或新己制身名水",
    "cp932": "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回"
    "新場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法"
    "不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女"
    "初北午指権心界支第産結百点教報書",
    "euc_kr": "이다는에의가을를고하지도한기로사나서자어리시은그들있것대아인수해일보정전스오라부상주여만구장동조제과"
    "니성우국세원선화면공적당게거미문비으내경신마무방관계모소개학요생용강남법민연위단명안발산실불물중회업"
    "습",
}
_FIRST_LEVEL = {"gb2312": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp932": (0x88, 0x98), "euc_kr": (0xB0, 0xC8)}
"""Lead bytes of the characters that each country's standard holds to be the usual ones."""
_USUAL_SIGNS = frozenset("“”‘’„‚…–—«»€°¿¡№")
_LESS_USUAL_SIGNS = frozenset("£§©®™•·ºª½¼¾±²³×´‹›†\u00ad")
_WIDE_SIGNS = frozenset("，。、：；？！（）《》“”「」『』・ー　〜～／％〔〕【】")
_MOST_SIGN, _LESS_SIGN, _SIGN, _BLANK, _CAPITAL = -5.5, -8.0, -10.5, -6.0, -0.7
_MIXED = -0.12
"""For each English letter in a text of another script."""
_FOREIGN, _OTHER_SCRIPT, _NONE = -10.5, -12.0, -16.0
_ODD_PAIR = -4.0
_WIDE_BESIDE = re.compile("[A-Za-z](?=[\u2e80-\U0003ffff])|[\u2e80-\U0003ffff](?=[a-z])")
_SIGN_WITHIN = re.compile(r"[^\W\d_][¼½¾±²³¹´¸¨¬¦¤×÷¶§©®¢£¥¿¡«»№](?=[^\W\d_])|[^\W\d_]°")
_ENDING = frozenset("ךםןףץς")
"""Letters that only end words."""


def plausibility(text: str) -> float:
    """The logarithm of how likely a text is, in the language it suits best. Compare decodings of the same bytes."""
    counts = Counter(text)
    wide = any(character >= "\u2e80" for character in counts)
    best = max(sum(count * model(character) for character, count in counts.items()) for model in _models(wide))
    return best + _ODD_PAIR * _odd_pairs(text)


def per_strange_character(text: str) -> float:
    """The same of its characters beyond ASCII alone, on average; 0 where there are none."""
    strange = "".join(character for character in text if character > "\x7f")
    return plausibility(strange) / len(strange) if strange else 0.0


def _odd_pairs(text: str) -> int:
    """Neighbours that no writer puts side by side: a capital within a word, a sign or another script in its middle."""
    pairs = Counter(pairwise(text))
    odd = sum(count for pair, count in pairs.items() if (pair[0] > "\x7f" or pair[1] > "\x7f") and _odd(*pair))
    return odd + len(_WIDE_BESIDE.findall(text)) + len(_SIGN_WITHIN.findall(text))


@lru_cache(maxsize=65536)
def _odd(first: str, second: str) -> bool:
    if not (_is_letter(first) and _is_letter(second)):
        return False
    if (first.islower() and second.isupper()) or first in _ENDING:
        return True
    one, other = _script(first), _script(second)
    return one != other and not {"CJK", "COMBINING"} & {one, other}


def _is_letter(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character) == "Mn"


@lru_cache(maxsize=65536)
def _script(character: str) -> str:
    if character >= "\u2e80":
        return "CJK"
    return unicodedata.name(character, "").split(" ")[0]


class _Alphabet:
    """A language by its letters."""

    def __init__(self, letters: str) -> None:
        self._latin = "a" in letters
        self._known = _by_rank(letters)
        if not self._latin:  # such texts hold English words, too
            self._known.update((letter, value + _MIXED) for letter, value in _by_rank(_ENGLISH).items())

    def __call__(self, character: str) -> float:
        if character < "\x80" and not character.isalpha():
            return 0.0
        known = self._known.get(character)
        if known is not None:
            return known
        small = self._known.get(character.lower()[:1])
        if small is not None:
            return small if character < "\x80" else small + _CAPITAL
        return _stranger(character, self._latin)


def _by_rank(letters: str) -> dict[str, float]:
    weights = {letter: math.exp(-rank / 8) for rank, letter in enumerate(letters)}
    whole = sum(weights.values())
    return {letter: math.log(weight / whole) for letter, weight in weights.items()}


class _Characters:
    """A language of many characters, by the standard that lists them."""

    def __init__(self, standard: str) -> None:
        self._standard = standard
        self._most = frozenset(_MOST_WRITTEN[standard])
        self._english = _Alphabet(_ENGLISH)
        self._known: dict[str, float] = {}

    def __call__(self, character: str) -> float:
        if character < "\x80":
            return self._english(character) + _MIXED * character.isalpha()
        if character not in self._known:
            self._known[character] = self._judged(character)
        return self._known[character]

    def _judged(self, character: str) -> float:
        if character in self._most:
            return -5.0
        if character in _WIDE_SIGNS:
            return -4.5
        if "\u3041" <= character <= "\u30fe":
            return -4.0 if self._standard == "cp932" else _OTHER_SCRIPT
        if character < "\u2e80":
            return _stranger(character, False) - 1
        return self._by_level(character)

    def _by_level(self, character: str) -> float:
        if self._standard == "euc_kr" and not "\uac00" <= character <= "\ud7a3":
            return _OTHER_SCRIPT
        try:
            lead = character.encode(self._standard)[0]
        except UnicodeEncodeError:
            return _NONE if unicodedata.category(character) in {"Cn", "Co"} else -13.0
        first, last = _FIRST_LEVEL[self._standard]
        return -8.0 if first <= lead <= last else -11.0


@lru_cache(maxsize=65536)
def _stranger(character: str, latin: bool) -> float:
    """A character that is no letter of the language."""
    if character in _USUAL_SIGNS:
        return _MOST_SIGN
    if character in _LESS_USUAL_SIGNS:
        return _LESS_SIGN
    if character == "\u00a0":
        return _BLANK
    if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}:
        return _NONE
    if character.isalpha():
        return _FOREIGN if latin and _script(character) == "LATIN" else _OTHER_SCRIPT
    return _SIGN


@lru_cache(maxsize=2)
def _models(wide: bool) -> tuple[_Alphabet | _Characters, ...]:
    if wide:
        return tuple(_Characters(standard) for standard in _MOST_WRITTEN)
    return tuple(_Alphabet(letters) for letters in (*_LATIN, *_OTHER))
