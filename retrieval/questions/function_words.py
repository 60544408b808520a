"""Words of a Chinese question that say how it asks and hold it together, not what it is about. Pure.

Everything here is in simplified characters: it is looked for in the normal form of a question (``graph.text.normal``).
"""

import re

_WHAT = "时候|时间|时期|地方|样|事情|事|人|年份|年代|叫做|东西"
_WHICH = "年份?|月|日|天|位|个|些|家|所|座|种|里|儿|边|类|部分?|名|本|首|场|次|届|支|条|项|国|省|市"
_HOW_MANY = "个|次|年|月|日|天|名|位|本|岁|人|种|条|座|所|家|部"
ASKING = re.compile(
    rf"(?:是|在|于|从|由|为|被)?(?:什么|甚么|啥)(?:{_WHAT})?|哪一?(?:{_WHICH})|(?:是|由|被)?谁|为何|怎(?:么样|么|样)|如何"
    rf"|百分之多少|多(?:少|大|长|高|远|久|重|深|宽|快|厚|早|晚)|几(?:{_HOW_MANY})|何(?:时|地|处|人|年|种|事|物|在|谓|者|故|以)"
    "|是否|是不是|有没有|能否|可否|请问|是指|指的是|[吗呢吧啊呀么嘛]"
)
"""How a question asks; taken out before words are parted, so that 哪一年生下 asks for no 一年生."""
FUNCTION_WORDS = frozenset(
    """
    的 了 在 是 和 与 及 以及 或 或者 被 把 将 给 对 对于 关于 由 从 自 向 往 到 于 以 为 为了 因 因为 由于 所以
    如果 要是 假如 虽然 但 但是 而 而且 并 并且 且 则 却 也 都 就 才 还 又 再 更 最 很 非常 不 没 没有 有 着 过
    地 得 之 其 其中 此 这 那 这个 那个 这些 那些 这里 那里 他 她 它 我 你 您 我们 你们 他们 她们 它们 人们 自己
    大家 某 各 每 一个 一种 一些 一下 一位 一 个 种 些 位 中 里 上 下 内 外 前 后 时 时候 当 当时 等 可以 能
    能够 会 要 需要 应该 可能 必须 进行 使 让 令 使得 叫 叫做 称 称为 根据 按照 通过 经过 有关 以下 下列 哪 几
    多 何 谁 所 者 来 去 属于 包括 之间 之前 之后 曾 曾经 已 已经 开始 目前 现在 主要 大约 大概 约 左右 说 成为
    作为 具有 同时 请 问 一共 总共 共 分别 又称
    """.split()
)
"""Words without a subject of their own, as the segmenter parts them."""
