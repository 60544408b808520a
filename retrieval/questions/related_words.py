"""Words for one relation that have no stem in common: who asks where somebody was born reads a birthplace. Pure.

Groups of words of the language, not of any documents: what people are to each other, what befalls people, things and
companies. A word that stands in for another counts less than the word itself (``retrieval.answering.weights``).
"""

from collections.abc import Collection
from functools import cache

from graph.text.tokens import is_east_asian, stems

_ENGLISH = """
born birth birthplace native
died death dead deceased killed murdered assassinated executed
buried burial grave cemetery tomb
founded founder established formed created started began inception origin launched opened built
wife husband spouse married wed marriage partner widow divorced
mother father son daughter parent child children family
brother sister sibling
directed director filmmaker
performed performer sang singer artist band vocals musician
song single album
label released records signed
composed composer wrote written music lyrics
books volumes
author writer wrote written novelist poet book novel
owner owned acquired bought purchased parent subsidiary belongs
educated education attended graduated studied studies alma school university college degree
team club played plays player signed joined
enrolled enrollment enrolment students
published publisher publication
population inhabitants people residents census live lives living
language spoken speak speaks
headquarters headquartered based office
located location situated lies
led leader head chief chair chairman chairwoman president
starred starring stars cast actor actress role played
award prize won winner
manufacturer manufactured made maker produced producer
job occupation profession worked works career
religion faith church
ended dissolved closed disbanded cancelled abolished
replaced succeeded successor
flows river tributary
aired broadcast network television premiered
country nation nationality citizenship
developed developer designed designer
height tall high
area size large
cost price paid
named name called
draw draws drew drawn drawing
keep keeps kept keeper
give gives gave given gift
take takes took taken
buy buys bought buyer
sell sells sold seller sale
teach teaches taught teacher
build builds built builder building
think thinks thought
bring brings brought
speak speaks spoke
choose chooses chose chosen choice
win wins won
lose loses lost
lead leads led
hold holds held holder
grow grows grew grown
run runs ran
begin begins began begun
break breaks broke broken
drive drives drove driven driver
eat eats ate eaten
fly flies flew flown flight
freeze froze frozen
know knows knew known
pay pays paid
ride rides rode
rise rises rose risen
see sees saw seen
send sends sent
sing sings sang sung
sink sinks sank sunk
spend spends spent
stand stands stood
steal stole stolen
swim swam swum
tell tells told
throw threw thrown
wear wears wore worn
weigh weighs weighed weight
choose chose chosen
find finds found
fight fought
catch caught
seek sought
shoot shot
shine shone
strike struck
swear swore sworn
leave leaves left
mean means meant
meet meets met
"""
_CHINESE = """
出生 生于 诞生 诞于 生在
去世 逝世 卒于 死于 病逝 身亡 遇害 牺牲 死亡
安葬 葬于 墓地
创立 创办 成立 建立 创建 设立 始建 建成 建于 开办
妻子 丈夫 配偶 娶 嫁 夫人 结婚
父亲 母亲 儿子 女儿 之子 之女 长子 次子 父母
导演 执导
演唱 主唱 歌手
作曲 谱曲 作词
作者 著有 撰写 所著 写作
毕业 就读 母校 求学 学历
位于 坐落 地处
总部 总公司
人口 居民
面积 占地
主演 饰演 出演 演员
获得 荣获 得奖 夺得
首都 首府
国籍 国家
开发 研发 研制
设计 设计师
担任 出任 任职
"""


class RelatedWords:
    """For each term of a question, the words that say the same relation otherwise."""

    def __init__(self, question: str, terms: Collection[str]) -> None:
        """``terms``: those of the question, as ``QuestionTerms`` has them."""
        groups = _english_groups()
        self._stems = {
            term: frozenset[str]().union(*(group for group in groups if term in group)) - {term}
            for term in terms
            if not is_east_asian(term) and any(term in group for group in groups)
        }
        self._words: dict[str, frozenset[str]] = {}
        for group in _chinese_groups():
            for word in (word for word in group if word in question):
                for term in (term for term in terms if is_east_asian(term) and (term in word or word in term)):
                    self._words[term] = self._words.get(term, frozenset()) | (group - {word})

    def held(self, text: str) -> frozenset[str]:
        """The terms of the question for which a text has another word."""
        found = frozenset(stems(text)) if self._stems else frozenset[str]()
        latin = {term for term, others in self._stems.items() if others & found}
        return frozenset(latin | {term for term, others in self._words.items() if any(word in text for word in others)})


def related_groups() -> tuple[frozenset[str], ...]:
    """Stems and words of Han that say one relation otherwise, by relation."""
    return _english_groups() + _chinese_groups()


@cache
def _english_groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(stems(line)) for line in _ENGLISH.strip().splitlines())


@cache
def _chinese_groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in _CHINESE.strip().splitlines())
