"""Questions of a plan, by the words of a Chinese question. Pure.

A chain of 的 is read from its beginning: X的导演的妻子是谁 asks for X的导演 first, and then for the wife of whoever
that is. So is a description that ends on a noun (创作《X》的人, 由甲执导的电影), and what is said of one
(X的导演出生于哪里).
"""

import re
from collections.abc import Sequence

import rjieba

from retrieval.reasoning.model import SubQuestion

MOST_SPLIT = 4
"""Links of one chain that are asked for by themselves."""
_OPENING = re.compile(r"\A(?:请问|請問|我想知道|想知道|你知道|告诉我|告訴我|那么|那麼|在|是)+[，,]?")
_QUOTED = re.compile(r"《[^》]{1,60}》|「[^」]{1,60}」|“[^”]{1,60}”|『[^』]{1,60}』")
_FIRST = 0xE000
"""Signs for what stands in quotation marks are taken from the private use area."""
_ASKS = re.compile(
    "谁|誰|什么|什麼|甚么|哪|何[时時地处處人年]|几|幾|多少|多[长長高大远遠久重深]|吗|嗎|是否|怎|为何|為何|如何"
)
_PERSON = re.compile(
    "(?:人|者|导演|導演|编剧|編劇|作者|作家|演员|演員|主演|歌手|父亲|父親|母亲|母親|妻子?|丈夫|配偶|儿子|兒子|女儿|女兒"
    "|哥哥|弟弟|姐姐|妹妹|老师|老師|导师|導師|学生|學生|创始人|創始人|总统|總統|主席|校长|校長|市长|市長|队长|隊長|教练"
    "|教練|设计师|設計師|作曲家?|国王|國王|皇帝|皇后|首相|总理|總理|馆长|館長|院长|院長|[台厂廠局社行所站县縣镇鎮省州][长長])\\Z"
)
_PLACE = re.compile("(?:地|地点|地點|城市|首都|首府|省份?|国家|國家|家乡|家鄉|故乡|故鄉|出生地|所在地)\\Z")
_MADE = re.compile("([\ue000-\ue0ff])((?:作者|导演|導演|主演|编剧|編劇|主角|创始人|創始人)(?!的?[是为為叫]?[谁誰]))")
"""Who made a work, said without 的 between them."""
_HEAD = re.compile(
    "(?<=[\u4e00-\u9fff\ue000-\ue0ff]{2})(?<!的)(?P<head>(?:[首现現前历歷末]任|第.[任位])?(?:[台厂廠局社校院馆館行所站市县縣镇鎮省州]长|[台厂廠局社校院馆館行所站市县縣镇鎮省州]長"
    "|董事长|总经理|总裁|创始人|總統|总统|主席|总理))(?=的|是谁|是誰)"
)
"""Who heads an organisation, said without 的 between them: 云岭天文台首任台长."""
_IS_PLACE = re.compile("(?:总部|總部|家乡|家鄉|故乡|故鄉|出生地)\\Z")
_WHERE = re.compile("(?:设?在|位于|設在|位於)(?:哪[^，。]{0,3}|什么地方|什麼地方|何处|何處)[？?]?")
"""A place that is asked for itself: 甲的总部在哪里 is one question."""
_ATTRIBUTE = frozenset(
    "总部 總部 妻子 丈夫 父亲 父親 母亲 母親 儿子 兒子 女儿 女兒 老师 老師 导师 導師 学生 學生"
    " 国籍 國籍 母校 家乡 家鄉 故乡 出生地"
    " 首都 人口 面积 面積".split()
)
_PRONOUN = re.compile("(?:[他她它牠我你您咱]|其|[这那這]|自己)们?的")
_NOTHING_LEFT = re.compile(
    "(?:[是为為叫有]|名叫)?(?:谁|誰|什么|什麼|何人|多少|几|幾|哪(?:一)?[位个個人]?|哪里|哪裡|哪儿|哪兒)?"
)
_DOES = frozenset("毕业 畢業 出生 去世 逝世 任职 任職 工作 成立 上映 学习 學習 生活 居住 位于 位於 来自 來自".split())
"""Words that say what somebody does, which the segmenter takes for nouns now and then."""
_ADJECTIVE = re.compile(r"\A(?:[最更很]|第[一二三四五六七八九十\d]|主要|著名|唯一|重要|官方|新|旧|舊|大|小)")
_NOUN_TAGS = ("n", "vn", "nr", "ns", "nt", "nz", "ng", "an", "l", "i", "s", "j", "x", "b")


def chinese_plan(question: str) -> tuple[SubQuestion, ...]:
    """Questions that lead to the answer; none where there is nothing to split."""
    signs, masked = _masked(question.strip().rstrip("？?。 "))
    opening = _OPENING.match(masked)
    start = opening.end() if opening else 0
    lead, chain = _lead(_HEAD.sub(r"的\g<head>", _MADE.sub(r"\1的\2", masked[start:])))
    asked: list[str] = []
    described: list[str] = []
    while len(asked) < MOST_SPLIT and (link := _link(chain)) is not None:
        whole, rest = link
        if not _goes_on(rest) or _PRONOUN.match(whole) or rest[:1].isdigit():
            break
        if _IS_PLACE.search(whole) and _WHERE.fullmatch(rest):
            break
        described.append(whole)
        asked.append(f"{whole}{_asking(whole)}")
        linked = "的" if rest.startswith(tuple(_ATTRIBUTE)) else ""
        chain = f"#{len(asked)}{linked}{rest}"
    if not asked:
        return ()
    texts = [*asked, f"{lead}{chain}？"]
    return tuple(
        SubQuestion(number=number, text=_unmasked(one, signs), instead=_instead(one, described, signs))
        for number, one in enumerate(texts, start=1)
    )


def _masked(question: str) -> tuple[dict[str, str], str]:
    """A question with a sign for whatever stands in quotation marks, so that no 的 in there parts it."""
    signs: dict[str, str] = {}

    def sign(found: "re.Match[str]") -> str:
        key = chr(_FIRST + len(signs))
        signs[key] = found[0]
        return key

    return signs, _QUOTED.sub(sign, question)


def _unmasked(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(one, one) for one in text)


def _lead(text: str) -> tuple[str, str]:
    """What asks before the chain begins (谁是…, 哪位演员是…), and the chain."""
    found = re.match(r"(?:谁|誰|什么|什麼|哪一?[^的是]{0,6}?)(?:是|在|于|於)", text)
    return (text[: found.end()], text[found.end() :]) if found else ("", text)


def _link(chain: str) -> tuple[str, str] | None:
    """The first description of a chain, up to the noun that it ends on, and what follows it."""
    place = chain.find("的")
    while 0 < place < len(chain) - 1:
        before, after = chain[:place], chain[place + 1 :]
        noun = _noun(after)
        if _ASKS.search(before):
            return None
        if noun:
            return f"{before}的{noun}", after[len(noun) :]
        place = chain.find("的", place + 1)
    return None


def _noun(text: str) -> str:
    """The noun that a text begins with, adjectives before it among it; empty where it begins with none."""
    taken = ""
    for word, tag in rjieba.tag(text[:16]):
        if _ASKS.search(word) or word in {"的", "是", "在", "于", "於", "为", "為", "和", "与", "與"}:
            break
        if word in _DOES or (taken and word in _ATTRIBUTE and _PERSON.search(taken)):
            break
        nominal = tag.startswith(_NOUN_TAGS) or _PERSON.search(word) or _PLACE.search(word)
        if not nominal and not (not taken and _ADJECTIVE.match(word)) and tag not in {"m", "a"}:
            break
        taken += word
    return "" if not taken or _ADJECTIVE.fullmatch(taken) else taken


def _goes_on(rest: str) -> bool:
    """Whether something is left to ask once a description has its answer."""
    return _NOTHING_LEFT.fullmatch(re.sub(r"[？?。，,\s]", "", rest)) is None


def _asking(description: str) -> str:
    """How a description is asked for."""
    if _PERSON.search(description):
        return "是谁？"
    return "是哪里？" if _PLACE.search(description) else "是什么？"


def _instead(text: str, described: Sequence[str], signs: dict[str, str]) -> dict[int, str]:
    """What the question itself calls what has no answer, for each placeholder of a text."""

    def words(number: int) -> str:
        return re.sub(r"#(\d{1,2})", lambda found: words(int(found[1])), described[number - 1])

    return {int(one): _unmasked(words(int(one)), signs) for one in re.findall(r"#(\d{1,2})", text)}
