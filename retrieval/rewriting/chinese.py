"""How a Chinese question depends on what was said before it. Pure.

Chinese leaves out what was said: a question that begins with its verb or its interrogative has its subject there.
"""

import re
from collections.abc import Iterator

from graph.text.normal import normal
from retrieval.rewriting.dependence import ALONE, Dependence, Form, Reference

MOST_BARE = 14
"""A phrase of more characters is about something of its own."""
_MEASURE = "个位座所家本部条项种些款支场名幅颗台艘只栋首篇届次张件段片块枚则处口棵头"
_OPENING = re.compile(
    r"\A[\s，,。!！]*(?:(?:那么?(?=[，,])|所以|然后|还有|另外|此外|请问(?:一下)?|好的?|嗯|哦|对了|顺便问(?:一下|一句)?|谢谢(?:你|您)?|明白了?|知道了"
    r"|原来如此|抱歉|不好意思|你好|您好|我?想(?:知道|问(?:一下|问)?|了解)|而且|并且|但是?|再问一?[下个])[\s，,。！!：:、]*)+"
)
_CORRECTS = re.compile(
    r"\A\s*(?:(?:不|不对|错了|不是的?|抱歉|不好意思|对不起|哦)[\s，,。！!]*)*(?:我(?:的意思|要问的|问的|说的|指的|想问的)?(?:其实)?(?:是说|是指|指的是|说的是|问的是|是问"
    r"|想问的是|是想问|是)|应该是|更正[：:为]?)[，,：:\s]*(?P<rest>.+)\Z",
    re.DOTALL,
)
_DENIES = re.compile(r"\A\s*(?:不|不对|错了|不是)[，,。！!\s]+(?:是)?(?P<rest>.+)\Z", re.DOTALL)
_NOT_BUT = re.compile(r"\A\s*不是(?P<denied>[^，,]+)[，,]\s*(?:而?是)(?P<rest>.+)\Z", re.DOTALL)
_COUNTERPART = re.compile(
    r"\A\s*(?:那么?|那|还有|至于|所以|关于)*[，,\s]*(?P<rest>[^？?]+?)(?:呢|又如何|又怎么样|怎么样|又是怎样|如何|又怎样|也是吗|也一样吗)[？?。\s]*\Z"
)
_ALSO = re.compile(r"\A\s*(?:那么?|还有|以及|和|至于)[，,\s]*(?P<rest>[^，,？?]{1,14})[？?。\s]*\Z")
_ASKS = re.compile(
    r"什么|甚么|啥|谁|哪|为何|怎|如何|多少|几(?!何|乎|内亚)|何[时地处人年种事物在谓故]|是否|是不是|有没有|能否|可否|吗|呢|么[？?]|[？?]|多[大长高远久重深宽快]"
    r"|介绍|说明|解释|列出|告诉|说说|讲讲|总结|概括"
)
_ASKS_BARELY = re.compile(
    r"\A(?:那么?|又|都|是|在|从|到|于|由|被|究竟|到底)*(?:为什么|为何|为啥|什么时候|什么时间|何时|哪一?[年天月]|哪里|哪儿|什么地方|何处|谁|怎么样?|怎样|如何|多少"
    r"|几[个年次位]|哪个|哪些|哪一?[" + _MEASURE + r"]|多久|多大|什么原因|什么|为了什么)(?:呢|的|啊|是)*[？?。\s]*\Z"
)
_REFERS = re.compile(
    r"(?P<several>它们|他们|她们|他俩|她俩|牠們|祂們)|(?P<thing>[它牠])|(?P<person>(?<![其吉])他(?![国國人杀殺乡鄉日家妈媽])|她)"
    r"|(?P<owner>(?<![尤极極与與及莫何])其(?![中他它实實次餘余间間后後所一二三乐樂妙间間它外]))"
    r"|(?P<place>这里|這裡|這裏|这儿|那里(?!克)|那裡|那裏|那儿|当地|當地|该地|該地|此地)"
    r"|(?P<former>前者|后者|後者)|(?P<both>两者|兩者|二者|上述[\u4e00-\u9fff]{2})"
    r"|(?P<item>第[一二三四五六七八九十\d]{1,3}["
    + _MEASURE
    + r"](?=[是的在有为呢又叫由，,？?]|\Z)|最后一["
    + _MEASURE
    + r"](?=[是的在有为呢叫，,？?]|\Z))"
    r"|(?:(?:这|這|那)(?:一|几|幾|两|兩)?["
    + _MEASURE
    + r"個](?:的)?|(?P<said>(?<![应應本不活就总總可也你我理只都才])[该該](?!怎|如何|不该)"
    r"|(?<![因从從由如彼为為就至对對在于於特])此(?![外后後前时時次刻间間类類起之]))|(?P<point>这|這))"
    r"(?P<noun>[\u4e00-\u9fff]{0,6})"
)
_NOUN_ENDS = re.compile(
    r"[的是在有为為由被于於和与與及从從到对對把将將会會能可要也都又还還曾已什甚哪谁誰何怎如多几幾吗嗎呢么麼啊之以所成位创創建设設生死出发發属屬叫称稱得来來去又最第主共总總当當后後前上下里裡中内內外并並而且或，,。？?]"
)
_NUMBERS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))


def read_chinese(text: str) -> Dependence:
    """What a Chinese question lacks, but for its subject: that depends on the names in it, which it is not told."""
    text = text.rstrip()
    corrected = _corrected(text)
    if corrected is not None:
        return corrected
    opened = _OPENING.match(text)
    core = text[opened.end() if opened else 0 :]
    if not core.strip():
        return ALONE
    if _ASKS_BARELY.match(core):
        return Dependence(lack="asking", rest=core.strip(" ？?。"))
    about = _COUNTERPART.match(text) or (_ALSO.match(text) if not _ASKS.search(text.rstrip(" ？?")) else None)
    if about and about["rest"].strip() and not _ASKS.search(about["rest"]):
        rest = about["rest"].strip()
        return Dependence(lack="counterpart", rest=rest, references=tuple(_references(rest)))
    if not _ASKS.search(core.rstrip(" ？?。")) and len(core) <= MOST_BARE:
        rest = core.strip(" ？?。，,")
        return Dependence(lack="bare", rest=rest, references=tuple(_references(rest)))
    references = tuple(_references(text))
    return Dependence(lack="reference", references=references) if references else ALONE


def _corrected(text: str) -> Dependence | None:
    found = _NOT_BUT.match(text) or _CORRECTS.match(text) or _DENIES.match(text)
    if found is None:
        return None
    rest = found["rest"].strip(" ？?。，,")
    if not rest or len(rest) > 3 * MOST_BARE:
        return None
    if _ASKS.search(rest):
        inner = read_chinese(rest)
        return inner if inner.lack == "nothing" else None
    return Dependence(lack="correction", rest=rest, references=tuple(_references(rest)))


def _references(text: str) -> Iterator[Reference]:
    """Words that stand for something the question does not name itself. One after such a name stands for that."""
    plain = normal(text) if len(normal(text)) == len(text) else text
    for found in _REFERS.finditer(text):
        group = next((name for name, value in found.groupdict().items() if value is not None and name != "noun"), "")
        start, end = found.span()
        if group in {"several", "thing", "person", "owner", "place", "former", "both", "item"}:
            yield Reference(
                start=start, end=end, form=_form(group), possessive=group == "owner",
                number=_number(found.group()) if group in {"former", "item"} else 0,
            )  # fmt: skip
            continue
        noun = plain[found.start("noun") : found.end("noun")]
        ended = _NOUN_ENDS.search(noun)
        noun = noun[: ended.start()] if ended else noun
        if group == "point" and not noun:
            if re.match(r"是|种|樣|样|个|個", plain[end - len(found["noun"]) :]):
                yield Reference(start=start, end=found.start("noun"), form="thing")
            continue
        yield Reference(
            start=start, end=found.start("noun") + len(noun), form="noun" if noun else "thing", noun=noun, points=True
        )


def _form(group: str) -> Form:
    forms: dict[str, Form] = {"several": "several", "both": "several", "person": "person", "place": "place"}
    return forms.get(group, "thing")


def _number(text: str) -> int:
    if text.startswith(("最", "后", "後")):
        return -1
    if text.startswith("前"):
        return 1
    digits = re.search(r"[一二三四五六七八九十\d]+", text)
    if digits is None:
        return 0
    return int(digits[0]) if digits[0].isdigit() else _NUMBERS.get(digits[0], 0)
