"""What Chinese words can be in a clause: the small closed classes, in simplified and traditional characters."""

PERSONAL = frozenset(["他", "她"])
NEUTER = frozenset(["它", "其"])
THIS = ("该", "本", "这座", "这家", "这部", "这所", "此", "該", "這座", "這家", "這部", "這所")
FROM_THEN = frozenset("代起至")
AGENTS = frozenset(["由", "被"])
IS = frozenset(["是", "为", "為"])
IS_IN_OFFICE = frozenset(
    """
    担任 擔任 任 出任 兼任 当选 當選 就任 升任 成为 成為 作为 擔任過 历任 歷任
    """.split()
)
DENIED = frozenset(
    """
    不 没 沒 没有 沒有 未 并非 並非 非 不是 无 無 可能 也许 也許 如果 假如 若 希望 打算 计划 計劃 想 要 曾想
    据说 據說 似乎 难以 拒绝 拒絕 未能 企图 企圖 试图 試圖
    """.split()
)
LIGHT = frozenset(
    """
    了 过 過 着 著 曾 已 又 也 并 並 还 還 则 則 都 曾经 曾經 正式 首次 最后 最後 主要 现 現 便 即 就 后 後
    再 亦 同时 同時 随后 隨後 之后 之後 先后 先後 一度 目前 当时 當時 于是 其后
    """.split()
)
AND = frozenset(["、", "和", "与", "與", "及", "以及", "暨"])
NOT_PLACED = frozenset(
    """
    截至 关于 關於 由于 由於 对于 對於 至于 至於 等于 等於 低于 高于 高於 低於 大于 小于 終於 终于 在于 善于
    鉴于 位在 现在 正在 存在 所在 自从 起至 直至 乃至 甚至
    """.split()
)
ONE_CHARACTER = frozenset("任 获 獲 娶 嫁 著 辖 轄 含 生 卒 建 葬".split())
"""Verbs of one character that say enough."""
NEAR = frozenset(
    """
    附近 期间 期間 一带 一帶 时 時 前 后 後 以东 以西 以南 以北 以東 之间 之間
    """.split()
)
PLACED_ALONE = frozenset(["于", "於", "在", "自"])
YET = frozenset(
    """
    但 但是 而 因此 所以 不过 不過 然而 此后 此後 因而 其中
    """.split()
)
RANKS = frozenset("副 前 代 首任 现任 現任 第一 名誉 名譽 副总".split())
OFFICE_ENDS = ("任", "成为", "成為", "当选", "當選")
STYLES = ("风格", "風格", "式", "型", "时期", "時期", "时代", "時代", "年代", "为主", "领域")
RANGES = frozenset(["至", "到", "-", "－", "—", "–"])
PERSONAL_VERBS = ("出生", "生于", "生於", "毕业", "畢業")
PLACED = ("于", "於", "自", "在", "至")
"""What joins a verb to its place or day: 位于, 来自, 设在."""
NOUNS = frozenset(
    {"n", "vn", "nz", "l", "j", "an", "ng", "b", "a", "f", "nt", "ns", "nr", "nrt", "nrfg", "m", "q", "i"}
)
NO_STATEMENT = frozenset(
    """
    说 說 称 稱 表示 认为 認為 指出 觉得 覺得 相信 宣布 知道 发现 發現 决定 決定 开始 開始 使 令 让 讓 请 請
    可 能 可以 会 會 应 應 需 须 必须 像 如 例如 比如 有 到 去 来 來 前往 前去 进入 進入 看 看到 选择 選擇
    经过 經過 通过 通過 根据 根據 称为 叫 叫做
    """.split()
)
