"""Questions that no single sentence answers: lists, counts, definitions, overviews and summaries. Pure.

How they are written is known in English and Chinese; polite openings and a missing question mark make no difference.
"""

import re
from dataclasses import dataclass
from typing import Literal

from graph.text.names import norm
from graph.text.tokens import is_east_asian

BroadKind = Literal["list", "count", "definition", "overview", "summary"]

_POLITE = re.compile(
    r"^(?:(?:please|hi|hello|hey|ok|so|and|well)\b[,!. ]*|请问|请你?|麻烦你?|帮我|帮忙|给我|我想(?:知道|了解|问)(?:一下)?|你?(?:能|能不能|可以|可不可以)(?=介绍|告诉|列|总结|概括|说|讲)(?:告诉我)?[，,]?"
    r"|(?:(?:can|could|would|will) you (?:please |kindly )?|i(?:'d| would) (?:like|love) to (?:know|have|see|get) |i want to know |do you know )"
    r"(?:tell me (?!about\b|more\b|something\b|what you\b|all about\b|everything\b))?|(?:please )?tell me (?=wh|how|which))",
    re.IGNORECASE,
)
_END = re.compile(r"[\s?？!！。.…]+$|[\s,，]*(?:please|thanks|thank you|谢谢|吗|呢|呀)[\s?？!！。.]*$", re.IGNORECASE)

_THINGS = r"(?:documents?|docs?|files?|texts?|sources?|pages?|papers?|materials?|articles?|notes?|uploads?)"
_PLACE = r"(?:knowledge ?base|base|collection|workspace|library|database|corpus|archive|index|system|graph|folder|data(?: ?set)?|content|contents)"
_EVERYTHING = (
    rf"(?:(?:all |everything|it all|all of (?:it|them|this|these)|these|those|this|the|my|our|your|all (?:the|these|my|our)|what (?:is|there is|you have)"
    rf"(?: in)?)\s*)*(?:(?:of )?(?:the |these |this |my |our )?(?:whole |entire |uploaded |loaded |available )?(?:{_THINGS}|{_PLACE}|everything|all|it|here|in here))?"
    rf"(?: (?:in |from |of )?(?:here|the {_PLACE}|this {_PLACE}|there|you have|you know|loaded))*"
)
_OVERVIEW = re.compile(
    rf"what(?:'s| is| are)(?: (?:all|stored|loaded|contained|found))? (?:in|inside) (?:here|there|it|(?:the|this|these|my|your|our) (?:{_PLACE}|{_THINGS}))"
    rf"|what(?:'s| is| are) (?:all )?(?:this|these|it|it all|all this|(?:the|this|these|those|my|our|your) (?:{_THINGS}|{_PLACE}))(?: all)? about"
    rf"|(?:what|which)(?: kinds? of| sorts? of| types? of)? {_THINGS} (?:are (?:there|in here|here|loaded|available|stored)|do you (?:have|know|hold)|have you got|are (?:in|inside) .{{0,40}}|have been (?:loaded|uploaded).{{0,20}})"
    r"|what(?: all)? do you (?:know|have|contain|cover)(?: here| in here)?|what can (?:i|we) (?:ask|find|learn|search)(?: you)?(?: about)?(?: here| in here)?|what can you (?:tell me|answer|help (?:me )?with)"
    rf"|(?:what|which) (?:topics?|subjects?|themes?) (?:are|is|do|does) .{{0,60}}"
    rf"|(?:list|show|name|enumerate)(?: me)?(?: all| every)?(?: of)?(?: the| these| your| my| our)? {_THINGS}(?: (?:in |that )?.{{0,30}})?"
    rf"|how many {_THINGS} (?:are|do|have|is) .{{0,40}}|how many {_THINGS}"
    rf"|(?:give me |show me )?(?:an |a |the )?(?:short |brief |quick )?(?:overview|summary|outline)(?: of {_EVERYTHING})?"
    rf"|(?:summari[sz]e|sum up|outline) {_EVERYTHING}|(?:summari[sz]e|overview|summary)"
    r"|(?:请)?(?:这里|这儿|这边|里面|库里|库中|(?:这个|该|本|你的)?(?:知识库|资料库|数据库|文档库|系统)|你)(?:里面?|中|内)?(?:一共|总共|都|现在)*(?:有|包含|收录|存)(?:了|着)?(?:些|的)*(?:是)?(?:什么|哪些|啥|多少|几)(?:类|种|份|篇|个)*(?:的)?(?:资料|文档|文件|内容|东西|信息|材料|知识|数据)?"
    r"|(?:一共|总共|都)?有(?:些)?(?:什么|哪些|啥|多少|几)(?:份|篇|个)?(?:资料|文档|文件|材料)"
    r"|(?:列出|列举|罗列)(?:一下)?(?:所有|全部)?的?(?:这些|这里的?)?(?:资料|文档|文件|材料)"
    r"|(?:这里|这些|所有|全部|上传)?的?(?:资料|文档|文件|材料|内容|东西|知识库)(?:里面?|中)?(?:主要|大概|大致|都|是|全)*(?:讲|说|写|关于|介绍|涉及|包含|包括)(?:了|的|到)*(?:些|是)*(?:什么|哪些|啥)(?:的?(?:内容|主题|东西|方面))?(?:的)?"
    r"|你(?:都)?(?:知道|了解|能回答)(?:些)?(?:什么|哪些)(?:问题|内容)?|我(?:能|可以)(?:在这里)?问(?:你)?(?:些)?什么(?:问题)?"
    r"|(?:总结|概括|概述|归纳|简述|介绍)(?:一下|下)?(?:这里|这些|所有|全部|这个|本|该|整个|库里|上传)?的?(?:所有|全部)?的?(?:资料|文档|文件|材料|内容|知识库|东西)(?:库)?(?:里面?|中)?的?(?:主要)?(?:内容|大意|情况|要点|主题)?"
    r"|(?:给我|做|来)?(?:一个|一份)?(?:概览|概述|总览|概要|总结|概括|摘要)(?:一下|下)?",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"(?:summari[sz]e|sum up|outline|tl;?dr:?)(?: for me)? (?P<a>.+)"
    r"|(?:give me |show me |write |make )?(?:an |a |the )?(?:short |brief |quick |one-line )?(?:summary|overview|outline|synopsis|abstract) (?:of|on|about|for) (?P<b>.+)"
    rf"|what does (?P<c>(?:the |this )?{_THINGS} .+) (?:say|contain|cover|describe)"
    rf"|what(?:'s| is) (?P<d>(?:the |this )?{_THINGS} .+) about"
    r"|(?:总结|概括|概述|归纳|简述)(?:一下|下)?(?P<e>.+)"
    r"|(?P<f>.+?)(?:这份|这篇|这个)?(?:文档|文件|文章|资料)(?:主要)?(?:讲|说|写|介绍)(?:了|的是)?(?:些)?(?:什么|哪些内容)"
    r"|(?P<g>.+?)的(?:摘要|概要|概述|总结|主要内容|内容提要)(?:是什么)?",
    re.IGNORECASE,
)
_NAMED_DOCUMENT = re.compile(
    rf"^(?:the |this |that )?(?:{_THINGS} )?(?:about |on |called |named |titled |entitled |for |of )?(?:the (?=[A-Z]))?(?P<en>.+?)(?: {_THINGS})?$",
    re.IGNORECASE,
)
_NAMED_CHINESE = re.compile(
    r"^(?:关于)?(?P<zh>.+?)(?:的)?(?:[这那](?:份|篇|个)|[这那该])?(?:的)?(?:文档|文件|文章|资料)?(?:的)?(?:主要)?(?:内容)?$"
)
_PLURAL = r"(?:[\w'’-]*[^\W\d_](?<![sui'’])s|people|men|women|children|staff|persons|series|species|criteria)"
_AUXILIARY = r"(?:are|were|is|was|do|did|does|have|has|had|can|could|will|would|must|may|should|might)"
_LIST = re.compile(
    r"(?:list|enumerate|name|itemi[sz]e|show(?: me)?|give(?: me)?|tell me|what are|what were)(?: up| out)?(?: all| every| each)(?: of)?(?: the| its| their)? (?P<a>.+)"
    r"|(?:list|enumerate|itemi[sz]e|name)(?: the| some| any| me)? (?P<b>.+)"
    r"|(?:give|show|make|write)(?: me| us)? (?:a |the )?(?:full |complete )?list (?:of|with)(?: all)?(?: the)? (?P<c>.+)"
    rf"|(?:what|which)(?: all| other| different)? (?P<d>(?:(?!{_AUXILIARY}\b)[\w'’-]+ ){{0,2}}{_PLURAL})(?: (?:of|in|at|on|for|from|by) .{{1,60}}?)? {_AUXILIARY}\b.*"
    rf"|which(?: all| other| different)? (?P<j>{_PLURAL}) (?!the\b|an?\b)\w+.*"
    rf"|what (?:are|were)(?: all)?(?: the| some| its| their| of the)? (?P<e>(?:[\w'’-]+ ){{0,3}}{_PLURAL})\b.*"
    rf"|who (?:all |else )?(?:are|were)(?: all)?(?: the)? (?P<f>(?:[\w'’-]+ ){{0,2}}{_PLURAL})\b.*"
    r"|(?P<g>who (?:all |else )?(?:works?|worked|lives?|lived|belongs?) .+)"
    r"|(?P<h>who (?:has|have|had) (?!the\b|a\b|an\b|more\b|most\b|been the\b)(?:ever |already |so far )?\w+.*)"
    r"|(?P<i>what (?:has|have|had) (?!happened|been the\b).+)",
    re.IGNORECASE,
)
_LIST_CHINESE = re.compile(
    r"哪些|哪几|有(?:些)?什么(?!时候|用)|有谁|都是谁|是哪些|列出|列举|罗列|枚举|列一下|所有.*(?:名单|列表|清单)"
)
_CLASS_CHINESE = re.compile(
    r"(?:哪些|哪几(?:个|名|位|种|家|座|所|本|部|条|项|类)?|有(?:些)?什么|列出|列举|罗列)(?:所有|全部|一下)?的?(?P<c>[\u3400-\u9fff]{1,12})"
)
_COUNT = re.compile(
    r"\bhow many (?P<a>(?:(?!are\b|is\b|does\b|do\b|did\b|has\b|have\b|were\b|was\b|of\b|in\b)[\w'’-]+ ?){1,4})"
    r"|\b(?:what is |what's )?the (?:total )?number of (?P<b>[\w'’-]+(?: [\w'’-]+)?)"
    r"|(?:多少|几)(?:个|名|位|种|家|座|所|本|部|条|项|篇|份|颗|只|台|辆|次|届|支|套|张|块|人|层|间|棵|头|幅|枚)(?P<c>[\u3400-\u9fff]{0,6})",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?:what|who)(?:'s|’s| exactly is| is| are| was| were)(?: exactly| actually)? (?P<a>.+?)(?: exactly)?(?:, exactly)?"
    r"|(?:tell|teach) me (?:more |something |a bit |a little |all |everything |everything you know )?about (?P<b>.+)"
    r"|(?:describe|explain|define|introduce)(?: to me| briefly)? (?P<c>.+)"
    r"|what (?:do|can) (?:you|we|i|they|the documents)(?: all)? (?:know|say|have|tell me|tell us|find|learn)(?: out)? (?:about|on) (?P<d>.+)"
    r"|(?:some |more |give me (?:some |more |all )?|show me )?(?:information|info|facts|details|background) (?:about|on|for) (?P<e>.+)"
    r"|what does (?P<f>.+?) (?:mean|do|stand for|make|produce|refer to)|(?:the )?(?:meaning|definition) of (?P<g>.+)|about (?P<h>.+)"
    r"|(?:什么是|何谓|何为|谁是|啥是|什么叫)(?P<i>.+)"
    r"|(?P<j>.+?)(?:到底|究竟|又|指的|具体)?(?:是|叫)(?:什么|谁|啥|何物|何人|哪位)(?:人|东西|意思|人物|机构|地方|组织)?"
    r"|(?P<k>.+?)(?:是|主要是|主要)?(?:做|干)(?:些)?(?:什么|啥)(?:的|工作的?|生意的?)?"
    r"|(?:介绍|说说|讲讲|谈谈|描述|解释|说明|讲一讲|说一说|科普)(?:一下|下)?(?:你(?:所)?知道的)?(?:关于)?(?P<l>.+?)(?:的(?:情况|信息|资料|基本情况|内容|事情|故事))?"
    r"|(?:关于|有关)(?P<m>.+?)(?:的(?:情况|信息|资料|内容))?(?:，|,)?(?:你)?(?:都)?(?:知道|了解|有)(?:些)?(?:什么|哪些|哪些信息|什么信息|什么资料)"
    r"|(?P<n>.+?)(?:是)?(?:指|指的是|意味着|是指)(?:什么|啥)|(?P<o>.+?)的(?:介绍|简介|定义|资料|信息)",
    re.IGNORECASE,
)
_WORDS_OF_LISTS = re.compile(
    r"\b(?:list(?:s|ed|ing)?|enumerate|name[sd]?|show|give|tell|all|every|each|which|what|who|how many|number of|are there|is there|there|mentioned|"
    rf"things?|items?|everything|people|persons?|anything|have|has|had|exist|{_THINGS}|full|complete|known|of them|together|altogether|in total)\b"
    r"|哪些|哪几[个名位种家座所本部条项类]?|列出|列举|罗列|枚举|所有的?|全部的?|一下|有过|提到了?|提及|分别|资料|文档|文件|材料|这些|这里|里面|东西|名单|清单"
    r"|多少[个名位种家座所本部条项篇份]?|几[个名位种家座所本部条项篇份]|一共|总共|都有|有什么|什么|(?<=[^\W])过(?=的|$|哪|什)|的人|人员|人和|机构|还有|有$|^有|里$",
    re.IGNORECASE,
)
"""What shows in a question that several things are asked for, and not which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadQuestion:
    """What is asked for more than one sentence.

    ``subject`` is the thing to define, the document to summarise, or the kind of things to list or count, as the
    question writes it; ``core`` the question without the words that only say that several things are asked for.
    """

    kind: BroadKind
    subject: str = ""
    core: str = ""


def read_broad(question: str) -> BroadQuestion | None:
    """How a question asks for more than a sentence; None if it does not."""
    text = _bare(question)
    if not text or len(text) > 400:
        return None
    if _OVERVIEW.fullmatch(text):
        return BroadQuestion(kind="overview")
    if found := _SUMMARY.fullmatch(text):
        return _summary(_held(found))
    if found := _LIST.fullmatch(text):
        return BroadQuestion(kind="list", subject=_class(_held(found)), core=_core(text))
    if _LIST_CHINESE.search(text):
        of_kind = _CLASS_CHINESE.search(text)
        return BroadQuestion(kind="list", subject=_class(of_kind["c"]) if of_kind else "", core=_core(text))
    if found := _COUNT.search(text):
        return BroadQuestion(kind="count", subject=_held(found).strip(), core=_core(text))
    if found := _DEFINITION.fullmatch(text):
        return BroadQuestion(kind="definition", subject=_named(_held(found)))
    return None


def _bare(question: str) -> str:
    """Without polite words before it and marks after it."""
    text = " ".join(question.replace("’", "'").split())
    while (shorter := _POLITE.sub("", _END.sub("", text), count=1).strip()) != text:
        text = shorter
    return text


def _held(found: "re.Match[str]") -> str:
    return next((group for group in found.groups() if group is not None), "")


def _summary(named: str) -> BroadQuestion:
    """A summary of one document; of a thing that no document is called after, it is a definition and more."""
    if re.fullmatch(_EVERYTHING, named, re.IGNORECASE):
        return BroadQuestion(kind="overview")
    found = (_NAMED_CHINESE if is_east_asian(named) else _NAMED_DOCUMENT).match(named)
    return BroadQuestion(kind="summary", subject=_named(_held(found) if found else named))


def _named(written: str) -> str:
    """A name without quotation marks round it."""
    return written.strip(" \"'“”‘’《》「」『』«»,，:：")


def _class(written: str) -> str:
    """The kind of things asked for: what stands before any condition, in Chinese after it."""
    if is_east_asian(written):
        return written.rsplit("的", 1)[-1]
    words = re.split(
        r"\b(?:of|in|at|on|for|from|by|with|that|which|who|whose|where|when|to|and|or|are|were)\b", written
    )
    return words[0].strip() if norm(words[0]) else written


def _core(text: str) -> str:
    while (core := " ".join(_WORDS_OF_LISTS.sub("" if is_east_asian(text) else " ", text).split())) != text:
        text = core
    return core
