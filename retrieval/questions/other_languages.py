"""Question words and function words of languages other than English and Chinese. Pure.

They are left out where a question is in their language: one such word may mean something in another.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from graph.text.languages import SMALL_WORDS, language_of
from graph.text.normal import normal
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold, words

_ASKING = {
    "de": (
        "wer wen wem wessen was wo woher wohin wann wie warum weshalb wieso welche welcher welches welchen "
        "welchem viel viele gibt hat haben war waren sind wurde wird"
    ),
    "fr": (
        "qui que quoi quel quelle quels quelles où quand comment pourquoi combien quelqu est sont était a "
        "ont y"
    ),
    "es": (
        "quién quiénes qué cuál cuáles dónde cuándo cómo por cuánto cuántos cuánta cuántas fue son era está "
        "están hay"
    ),
    "it": "chi che cosa quale quali dove dov quando come perché quanto quanti quanta quante è era sono fu",
    "pt": "quem que qual quais onde quando como por quanto quantos quanta quantas foi são era está fica",
    "nl": "wie wat waar wanneer hoe waarom welke welk hoeveel is zijn was werd",
    "sv": "vem vilka vad var när hur varför vilken vilket många är",
    "da": "hvem hvad hvor hvornår hvordan hvorfor hvilken mange er",
    "no": "hvem hva hvor når hvordan hvorfor hvilken mange er",
    "fi": "kuka mikä mitä missä milloin miten miksi kuinka monta on",
    "pl": "kto co gdzie kiedy jak dlaczego który która które ile jest są był była",
    "cs": "kdo co kde kdy jak proč který která kolik je jsou byl",
    "ro": "cine ce unde când cum de câți câte care este sunt a fost",
    "hu": "ki mi hol mikor hogyan miért melyik hány mennyi van volt",
    "tr": "kim kimin kime ne nerede nereye nereden zaman nasıl neden niçin hangi kaç mı mi mu mü kimdir nedir",
    "vi": "ai gì nào đâu khi bao giờ nhiêu tại sao thế như mấy ở là",
    "id": "siapa apa mana dimana kapan bagaimana mengapa berapa di",
    "hi": (
        "कौन क्या कहाँ कहां कब कैसे क्यों कितना कितने कितनी किस किसने किसका किसकी किसके किसे कौनसा है हैं "
        "था थे थी में का की के को ने से पर और हो"
    ),
    "bn": "কে কি কী কোথায় কখন কেন কিভাবে কীভাবে কত কোন কার আছে হয় ছিল এর",
    "ta": "யார் என்ன எங்கே எங்கு எப்போது எப்படி ஏன் எத்தனை எது உள்ளது",
    "ar": "من ما ماذا أين متى كيف لماذا كم أي هل هو هي في على إلى عن التي الذي كان كانت هذا هذه",
    "fa": "چه کی کجا کجاست چگونه چرا چند کدام کیست چیست آیا در از به را که این است بود و",
    "he": "מי מה איפה היכן מתי איך למה מדוע כמה איזה האם של את הוא היא על",
    "ru": (
        "кто кого кому чей что где куда откуда когда как почему зачем сколько какой какая какое какие ли в "
        "на и с у о это был была было были"
    ),
    "uk": "хто що де куди коли як чому скільки який яка яке які чи в у на і з це був була було",
    "el": (
        "ποιος ποια ποιο τι πού που πότε πώς γιατί πόσο πόσα πόσοι είναι ήταν ο η το οι τα του της στο στη "
        "σε και"
    ),
    "ko": (
        "누가 누구 누구인가 누구인가요 누구입니까 언제 언제인가요 어디 어디에 어디서 어디인가요 무엇 "
        "무엇인가요 무엇입니까 어떻게 왜 몇 어느 어떤 있습니까 있나요 인가요 입니까"
    ),
    "th": "",
    "ka": "ვინ რა სად როდის როგორ რატომ რამდენი არის იყო",
    "hy": "ով ինչ որտեղ երբ ինչպես ինչու քանի է էր",
}  # fmt: skip
_HIRAGANA = re.compile("[\u3041-\u309f]+")
_PARTICLES = frozenset("은는이가을를의에도로와과")
_THAI_ASKING = re.compile(
    "(?:อยู่)?ที่ไหน|ใคร(?:คือ|เป็น)?|อะไร|เมื่อ(?:ไหร่|ใด|ไร)|อย่างไร|ทำไม|เท่า(?:ไหร่|ไร|ใด)|กี่|ไหน|หรือไม่|คือ"
)
_JAPANESE_ASKING = re.compile("誰|何(?:時|処|故|人|年|月|日|歳|個|本|回)?")


def without_asking(plain: str) -> str:
    """A question in Thai or Japanese, which part no words, without what asks in it and holds it together."""
    plain = _THAI_ASKING.sub(" ", plain)
    bare = _JAPANESE_ASKING.sub(" ", _HIRAGANA.sub(" ", plain)) if _HIRAGANA.search(plain) else plain
    return bare if bare.strip(" ?？。") else plain


def is_korean(run: str) -> bool:
    """Whether a run of East Asian characters is a word of Korean, which parts words by spaces."""
    return "\uac00" <= run[0] <= "\ud7a3"


def korean_content(word: str) -> Iterator[str]:
    """A word without its particle; nothing for a question word."""
    if fold(word) not in _words_of("ko"):
        yield word[:-1] if len(word) > 2 and word[-1] in _PARTICLES else word


def small_words_of(question: str) -> frozenset[str]:
    """Folded words that say nothing of what a question is about, in the language it is in; none for English."""
    language = language_of(question) or _by_question_word(fold(word) for word in words(normal(question)))
    return _words_of(language) if language else frozenset()


def _by_question_word(asked: Iterable[str]) -> str | None:
    """The language whose question word begins a question; None where several have it."""
    first = next(iter(asked), "")
    if first in STOP_WORDS:
        return None
    found = [language for language in _ASKING if first in _first_words(language)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=64)
def _words_of(language: str) -> frozenset[str]:
    small = SMALL_WORDS.get(language, "") if language != "en" else ""
    return _folded(f"{_ASKING.get(language, '')} {small}")


@lru_cache(maxsize=64)
def _first_words(language: str) -> frozenset[str]:
    return _folded(_ASKING[language])


def _folded(written: str) -> frozenset[str]:
    return frozenset(fold(normal(word)) for word in written.split())
