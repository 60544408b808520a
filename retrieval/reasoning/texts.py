"""What the mode ``reason`` says of its own work, in the language of the question. Pure. No statement of a document."""

from collections.abc import Mapping

BY_RULE = "reasoned by rule: no language model is set"
VOTES_BY_RULE = "votes change nothing here: rules always read the same"
CERTAIN = "the question as a whole is not answered; what was found to parts of it is shown"
NOTHING_TO_SPLIT = "one question: nothing to split"
PASSAGES = "{count} passages"
FIRST_OF = "{count} passages, first of {titles}"
NOTHING_HOLDS = "nothing that holds"
READINGS = ", {votes} of {readings} readings"
ANSWERED = "{answered} of {asked} questions have an answer"
LEFT_OPEN = "questions of the plan have no answer"
NOT_FOUND = "nothing was found for: {question}"
MISSES = "a language model misses: {doubt}"
NOT_ABOUT = "a step was read in a sentence that does not name what it asks about"
USED_UP = "the budget of {bound} (effort {effort}) was used up"
_CHINESE: Mapping[str, str] = {
    BY_RULE: "按规则推理：未设置语言模型", VOTES_BY_RULE: "投票在此不起作用：规则每次读法相同",
    CERTAIN: "整个问题没有得到回答，只给出查到的部分", NOTHING_TO_SPLIT: "只有一个问题，无需拆分",
    PASSAGES: "{count} 段", FIRST_OF: "{count} 段，首先是 {titles}",
    NOTHING_HOLDS: "没有可靠的答案", READINGS: "，{readings} 次阅读中 {votes} 次如此",
    ANSWERED: "{asked} 个问题中 {answered} 个有答案", LEFT_OPEN: "计划中有问题没有答案",
    NOT_FOUND: "没有查到：{question}",
    MISSES: "语言模型认为缺少：{doubt}", NOT_ABOUT: "有一步的依据没有提到所问的对象",
    USED_UP: "预算用尽：{bound}（力度 {effort}）", "by rule": "按规则", "by the language model": "由语言模型",
    "enough": "足够", "stop": "停止", "more": "继续",
    "calls": "模型调用次数", "tokens": "令牌数", "seconds": "时间", "steps": "步骤数",
}  # fmt: skip


def tell(form: str, *, zh: bool, **values: object) -> str:
    """A text in Chinese or in English, with its values filled in."""
    return (_CHINESE[form] if zh else form).format(**values)


def by(model: bool, *, zh: bool) -> str:
    """Who did a step."""
    return tell("by the language model" if model else "by rule", zh=zh)
