"""Which questions are about a whole collection, and which of them about nothing in it but all. Pure."""

import re
from dataclasses import replace

from graph.text.tokens import stems
from retrieval.questions.read_question import ReadQuestion, read_question

_OF_ALL = re.compile(
    r"\b(?:main|major|key|central|common|shared|recurring|overall|general|typical|frequent|dominant|prevailing|different)"
    r" (?:themes?|topics|subjects|trends?|patterns?|views?|viewpoints?|opinions?|concerns?|ideas|arguments?|lessons?"
    r"|messages?|questions|attitudes?|threads?)\b"
    r"|\bacross (?:all|the|these|our)(?: the)? (?:documents?|texts?|files|reports|collection|corpus|sources|base)\b"
    r"|\b(?:all|the whole|the entire)(?: of)?(?: the)? (?:documents|texts|collection|corpus|knowledge ?base)\b"
    r"|(?:总体|整体|主要|共同|普遍|常见|核心|反复出现)(?:上|来看)?的?(?:主题|话题|趋势|观点|看法|担忧|规律|意见|思想|议题)"
    r"|(?:所有|全部|整个)(?:文档|文件|资料|语料|知识库|报告)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:discuss(?:ed)?|covered|cover|dealt|deal|mentioned|mention|talk(?:ed)?|spoken|speak|about|found|documents?"
    r"|texts?|collection|corpus|knowledge ?base|files|reports|sources"
    r"|described?|named?|appear(?:s|ed)?|occur(?:s|red)?)\b"
    r"|讨论|涉及|谈到|谈论|提到|描述|出现|记载|讲|说|包含|介绍|文档|文件|资料|语料|知识库",
    re.IGNORECASE,
)
"""Words of such questions that say nothing of what they are about."""


def asks_of_all(question: str) -> bool:
    """Whether a question asks for what runs through documents, or names all of them."""
    return _OF_ALL.search(question) is not None


def words_of_telling(question: str) -> frozenset[str]:
    """Stems of the words of a question that say nothing of what it is about: "discuss", 谈到."""
    return frozenset(stems(" ".join(_ABOUT.findall(question))))


def is_of_everything(read: ReadQuestion) -> bool:
    """Whether no term of a question says which part of the collection it is about."""
    if (read.broad is not None and read.broad.kind == "overview") or not read.terms.all:
        return True
    if not asks_of_all(read.text):
        return False
    return not says_about_what(read, _OF_ALL.sub(" ", read.text))


def before_telling(subject: str) -> str:
    """What stands in the name of a kind before such words: 机构 of 机构出现在文档中."""
    return _ABOUT.split(subject)[0].strip()


def says_about_what(read: ReadQuestion, rest: str) -> bool:
    """Whether ``rest`` of a question has a term that says what it is about."""
    rest = _ABOUT.sub(" ", rest)
    return bool(rest.strip(" ?？。.")) and bool(
        read_question(replace(read.question, text=rest, mode="keyword")).terms.all
    )
