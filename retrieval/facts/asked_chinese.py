"""How facts are asked for in Chinese: what a question says by its form. Pure."""

import re

from graph.text.normal import normal
from retrieval.facts.forms import Form, Joints
from retrieval.facts.model import FactKind, Measure
from retrieval.facts.phrases import content_words, is_kind

_YEAR = r"(?P<y>\d{4})年?(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?"
_BEFORE = re.compile(rf"(?:在|于)?{_YEAR}(?:之前|以前|前)")
_AFTER = re.compile(rf"(?:在|于)?{_YEAR}(?:之后|以后|后)")
_SINCE = re.compile(rf"(?:自|从|在)?{_YEAR}(?:以来|起|开始)")
_IN = re.compile(rf"(?:在|于)?{_YEAR}(?:期间|间)?(?=[^\d]|$)")
_MEASURE = "[个名位种家座所本部条项篇份颗只台辆次届支套张块人层间棵首幅枚类]"
_COUNT = re.compile(f"(?:一共|总共|共)?有?(?:多少|几){_MEASURE}?")
_NEWEST = re.compile("最新的?|最近的?|最后的?(?:一[个部本张首家])?")
_OLDEST = re.compile("最早的?|最老的?|第一[个部本张首家位]")
_MORE = re.compile("更多|更少|较多|较少|多一些|[^多几]多(?=[？?]?$)")
_WORTH = re.compile("更早|更晚|更大|更小|更高|更低|更长|更老|更年轻|较早|较晚|较大|较小|较高")
_SIDES = re.compile("哪一?[个家位座部本]|谁")
_POLITE = re.compile(
    "^(?:请问|请你?|麻烦你?|帮我|给我|我想知道)*(?:列出|列举|罗列|告诉我|说说)?(?:一下)?(?:所有|全部)?的?"
)
_ASKING = re.compile(
    f"都?(?:分别|一共|总共)*(?:有|是|包括|叫)?(?:哪些|哪几{_MEASURE}?|什么|多少{_MEASURE}?|几{_MEASURE})"
)
JOINTS = Joints(
    same=re.compile(r"\s*(?:和|与|及|以及|、|或|或者|还是|跟|同|，)\s*"),
    parts=re.compile("，?(?:并且|并|又|也|且|而且|同时|还)(?:曾经?)?|，"),
    own=re.compile("(?P<held>的[^中里有曾在谁哪也又同是，并]{1,8})(?=[中里有曾在谁哪也又同是，并])"),
)


def form_of(question: str) -> Form:
    """What a Chinese question says by its form."""
    text = re.sub(r"[\s?？!！。.呢吗呀啊]+$", "", _POLITE.sub("", normal(question).strip()))
    text, before, after = _window(text)
    kind: FactKind = "list"
    measure: Measure = "count"
    worth = ""
    if _SIDES.search(text) and (_MORE.search(text) or _WORTH.search(text)):
        if (found := _WORTH.search(text)) is not None:
            measure, worth = "value", "date" if found[0][-1] in "早晚老轻" else "number"
        kind = "compare"
        text = _SIDES.sub("", _WORTH.sub("", _MORE.sub("", text, count=1)), count=1)
    elif _COUNT.search(text):
        kind, text = "count", _COUNT.sub("有", text, count=1)
    elif _NEWEST.search(text):
        kind, text = "newest", _NEWEST.sub("", text, count=1)
    elif _OLDEST.search(text):
        kind, text = "oldest", _OLDEST.sub("", text, count=1)
    return Form(
        text=re.sub("既|同时(?=[是在])", "", text), kind=kind, joints=JOINTS, small=frozenset(), before=before,
        after=after, measure=measure, type=worth or _type_of(text),
    )  # fmt: skip


def _window(text: str) -> tuple[str, str, str]:
    """The text without the time it is limited to; the days that this lies before and after."""
    for pattern, side in ((_BEFORE, "before"), (_AFTER, "after"), (_SINCE, "since"), (_IN, "in")):
        if (found := pattern.search(text)) is None:
            continue
        day = "-".join(filter(None, (found["y"], *(f"{int(found[part]):02}" for part in "md" if found[part]))))
        rest = text[: found.start()] + text[found.end() :]
        year = int(found["y"])
        if side == "in":
            return rest, str(year + 1), str(year - 1)
        return rest, day if side == "before" else "", {"after": day, "since": str(year - 1)}.get(side, "")
    return text, "", ""


def _type_of(text: str) -> str:
    """The kind of thing asked for, where a common word names it."""
    if "谁" in text:
        return "who"
    if re.search("哪里|哪儿|什么地方|何处", text):
        return "where"
    if re.search("哪年|哪一年|什么时候|何时|哪天", text):
        return "date"
    return next((word for word in reversed(content_words(text)) if is_kind(word)), "")
