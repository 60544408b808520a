"""What a Chinese question asks for, by its words, in either script. Pure."""

import re

from retrieval.questions.answer_kinds import AnswerType, Unit

_SIMPLIFIED = str.maketrans(
    "麼裡裏兒誰幾時個國縣島為嗎對還較與間種類樣數長歲錢處點號後這裹寫講說請問給訴煩幫義體總結綜歸納覽檔資識庫"
    "內關於紹釋義們會無億萬區鎮邊項條隊輛場屆層級產東書題頁",
    "么里里儿谁几时个国县岛为吗对还较与间种类样数长岁钱处点号后这里写讲说请问给诉烦帮义体总结综归纳览档资识库"
    "内关于绍释义们会无亿万区镇边项条队辆场届层级产东书题页",
)
"""Only the characters that questions are asked with; the text itself is matched elsewhere."""
_OPENING = re.compile(
    r"\A[\s，,。！!]*(?:(?:你好|您好|嗨|哈喽)[\s，,。！!]*)?"
    r"(?:请问(?:一下|下)?|麻烦(?:您|你)?(?:问一下|告诉我)?|我?想(?:知道|问|了解|请教|请问)(?:一下|下)?|"
    r"(?P<asking>(?:(?:你|您|谁|有谁)?(?:能不能|可不可以|能否|可否|能|可以)?(?:帮我|请)?(?:告诉我|跟我说(?:说)?"
    r"|知道)(?:一下)?))|"
    r"(?:你|您)?(?:能不能|可不可以|能否|可否|能|可以)(?=(?:帮我|给我|为我|替我)?(?:介绍|列出|列举|总结|概括"
    r"|说明|解释|讲))|"
    r"(?:帮我|给我|为我)|请(?!求|假|客|愿))*[\s，,：:]*"
)
_OVERVIEW = re.compile(
    r"\A(?:帮我|给我|请)*(?:概括|总结|概述|综述|归纳|总览)"
    r"|(?:这里|这儿|这些?(?:里面?)?(?:文档|资料|文件|知识库|内容)|知识库|资料库|文档库|(?:所有"
    r"|全部)(?:的)?(?:文档|资料|文件))"
    r"(?:里面?|中|里头|都|主要|一共|大概|的)*(?:有|讲|包含|收录|写|说|是关于|关于|涉及|内容)(?:了|着|是)?(?:些"
    r"|的|一些)?(?:什么|哪些)"
    r"|(?:文档|资料|文件|知识库)(?:的)?(?:主要)?内容(?:是|有)?(?:什么|哪些)|你(?:都)?(?:知道"
    r"|能回答)(?:些)?(?:什么|哪些)"
)
_MEASURE = "个位家座部本所种条只国队方者件项首款支艘间次部台片场篇架颗省市县州城"
_COMPARED = (
    "更|先|早|晚|较|比较|最|年长|年轻|年龄|大(?!学)|小(?!学|说)|高(?!速|等|中)|矮|长(?!江|城)|短|多|少"
    "|远|近|古老|新|旧|快|慢|重|轻|贵|便宜|强|弱|后|深|浅"
)
_JOINED = r"(?:和(?!平|谐|尚)|(?<!参)与|跟|(?<![以埃普])及|还是|、|或者?|或是|以及)"
_COMPARES = re.compile(
    rf"{_JOINED}[^？?]{{1,40}}?(?:谁|何者|哪一?[{_MEASURE}]?)(?:的[^，。？?]{{1,8}}?)?"
    rf"(?:[^，。？?的]{{1,4}}(?=[更较最]))?(?:会|是|要)?(?:[^，。？?的]{{0,4}}得)?(?:{_COMPARED}|出生|成立|建立|发生|上映|出版|去世)"
    rf"|(?:谁|何者|哪一?[{_MEASURE}]?[^，,：:？?]{{0,10}}?)(?:{_COMPARED})[^？?]*[，,：:][^？?]*{_JOINED}"
    rf"|(?:是|要|在|属于|算)?[^？?，,]{{1,30}}还是(?!.*(?:什么|怎|如何|多少))[^？?]{{1,30}}[？?]?\Z"
)
_TWO_SIDES = re.compile(
    rf"{_JOINED}[^？?]{{1,40}}(?:都|同一|相同|一样|同样|同为|同属|皆|均)|比[^？?]{{1,30}}(?:{_COMPARED})"
    rf"|(?:之前|以前|之后|以后|前|后)"
    r"(?:出生|成立|建立|发生|去世|上映|出版|开始|完成)"
)
_VERDICT = re.compile(
    r"(?:吗|(?<![什怎这那多])么|吧)[？?\s。]*\Z|是否|是不是|有没有|能不能|可不可以|会不会|对不对|要不要|能否"
    r"|可否|会否|有无|(.)不\1|(..)不\2|对吗|真的吗|对错"
)
_LIST = re.compile(
    r"哪些|哪几|列出|列举|列一下|罗列|枚举|清单|有谁|分别(?:是|为|有|叫)|各(?:是|有)(?:什么|谁)"
    r"|(?:有|包括|包含)(?:着|了)?(?:些)?什么(?!时|样|用|关系|区别|不同|意义|作用|影响|好处|意思|人|特|区|差|功)"
)
_DEFINES = re.compile(
    r"\A(?:什么(?:是|叫做?)|何谓|何为|啥是|解释|说明一?下?|介绍|讲讲|讲一讲|说说|聊聊|谈谈|定义)"
    r"|(?:是|代表)什么意思|(?:指|说)的?(?:是)?什么[？?\s]*\Z|的(?:定义|含义|意思)是?(?:什么)?[？?\s]*\Z"
)
_IS_WHAT = re.compile(
    r"\A[《「『“\"]?(?P<what>[^的，,。？?]{1,24}?)[》」』”\"]?(?:到底|究竟)?是(?P<asked>什么(?:东西)?|啥|谁"
    r"|何人|何物)[？?\s]*\Z"
)
_ROLE = re.compile(
    r"(?:者|人|长|父亲?|母亲?|王|帝|妻子?|夫|子|女|兄|弟|姐|妹|总统|总理|主席|作者|导演|原因|结果|名称|名字"
    r"|日期|时间|地点|目的|条件|内容|方法|用途|首都|作用|职业|代号)\Z"
)
_NO_NAME = re.compile("谁|什么|哪|几|这|那|该|以及|包括|不$|都$|[又也]被?称|别称|被|时$|年$|技术$")
_ONE_OF = re.compile("最|第|首|现任|目前|当时|前任|[一两二三]|公$|位$|员$|手$|教练|家$|方$|在|于")
_ASKED: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("any", re.compile("为什么|为何|怎么|怎样|如何|什么原因|何以")),
    ("time", re.compile(
        "(?:时间|日期|年份)(?:是|为)?[？?\\s]*\\Z|什么时[候间后]|何[时年月日]|哪一?[年天日月]|哪个(?:年代|世纪"
        "|朝代|月|季节|时期|年份|日期)|几[月号日点]|(?:公元|西元|民国|[於于在是])几年"
        "|什么(?:年代|时期|朝代|日期|年份|日子)|多会儿|(?:日期|年份)(?:是|为)(?:什么|多少|哪)"
    )),
    ("number", re.compile(
        "(?:距离|人数|数量|面积|人口|高度|长度|价格|比例|海拔)(?:约|大约)?(?:是|为|有)?[？?\\s]*\\Z|多少"
        "|几(?!何|内亚|乎|率|经|[月号日点]|丁)|(?<![众许很诸])多[长高大远久重深宽快厚](?!学|数|年)|什么(?:比例"
        "|数量|价格|价钱|百分比)|若干"
    )),
    ("person", re.compile("谁|哪一?[位名](?!置)|何人|什么人|哪一?个人|哪一?[位个]?(?:作者|作家|导演|演员|歌手"
    "|皇帝|国王|总统|将军|诗人|球员|科学家|教授)")),
    ("place", re.compile(
        r"哪里|哪儿|何[处地]|什么(?:地方|地点|城市|国家|省份?|位置|地区)|哪一?[个座]?(?:城市|国家?|省份?|县?市"
        r"|县|州|地方|地区|大?洲|镇|村|岛|港口)|哪边|(?<![一-鿿])在?哪[？?\s]*\Z|[在于]哪[？?\s]*\Z"
    )),
    ("kind", re.compile(f"哪一?[种类款型{_MEASURE}]|什么(?=[\u4e00-\u9fff])|何种|哪")),
)  # fmt: skip
_NOUN = re.compile(
    rf"(?:什么(?:样的?|类型的?|种类的?)?|哪一?[种类款型{_MEASURE}]"
    rf"|何种)(?P<noun>(?:(?![的是在有被与和会让了中把给于以得对作为使由取可])[\u4e00-\u9fff]){{1,6}})"
)
_UNITS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("money", re.compile("多少(?:钱|元|块|美元|人民币|费)|价格|费用|工资|收入|预算")),
    ("age", re.compile("几岁|多少岁|多大年[纪龄]|年龄")),
    ("distance", re.compile("多[长高远深宽]|多少(?:公里|千米|米|英里|厘米)|高度|长度|距离|海拔")),
    ("weight", re.compile("多重|多少(?:公斤|千克|吨|克|斤)|重量")),
    ("years", re.compile("(?:几|多少)年")),
    ("duration", re.compile("多久|多长时间|(?:几|多少)(?:天|小时|分钟|个月|周|秒)")),
    ("share", re.compile("比例|百分|占比|份额|几成")),
    ("count", re.compile("多少|几|人口|数量")),
)


def chinese_kind(question: str) -> AnswerType:
    """What is asked for; ``any`` where the words do not tell."""
    core, known = _core(question)
    verdict = _VERDICT.search(core) is not None and not known
    if _OVERVIEW.search(core):
        return "overview"
    if _COMPARES.search(core) or (verdict and _TWO_SIDES.search(core)):
        return "comparison"
    if _DEFINES.search(core) or _is_definition(core):
        return "definition"
    if _LIST.search(core):
        return "list"
    asked = [
        (found.start(), order, kind) for order, (kind, words) in enumerate(_ASKED) if (found := words.search(core))
    ]
    if asked:
        return min(asked)[2]
    return "yes_no" if verdict else "any"


def chinese_noun(question: str) -> str:
    """What the asked thing is called in the question: 乐器 for 什么乐器, empty where it is not."""
    found = _NOUN.search(_core(question)[0])
    return found["noun"] if found else ""


def chinese_unit(question: str) -> Unit | None:
    """What the number counts that is asked for."""
    text = question.translate(_SIMPLIFIED)
    return next((unit for unit, words in _UNITS if words.search(text)), None)


def chinese_yes_or_no(question: str) -> bool:
    """Whether a question that compares two sides is answered by yes or no, and not by one of them."""
    core, _ = _core(question)
    return _VERDICT.search(core) is not None and _COMPARES.search(core) is None


def _core(question: str) -> tuple[str, bool]:
    """The question in simplified characters without its polite opening, and whether its 吗 belongs to that."""
    text = question.translate(_SIMPLIFIED).strip()
    opening = _OPENING.match(text)
    if opening is None:
        return text, False
    core = text[opening.end() :]
    asking = bool(opening["asking"]) and any(words.search(core) for _, words in _ASKED)
    return (re.sub(r"吗[？?\s]*\Z", "", core) if asking else core), asking


def _is_definition(core: str) -> bool:
    """X是什么, X是谁: the thing itself is asked for, and not something of it."""
    found = _IS_WHAT.match(core)
    if found is None or _ROLE.search(found["what"]) or _NO_NAME.search(found["what"]):
        return False
    return found["asked"] not in {"谁", "何人"} or _ONE_OF.search(found["what"]) is None
