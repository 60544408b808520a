"""What steps say of themselves, in the language of the question. Pure."""

from dataclasses import dataclass

from graph.text.tokens import is_east_asian


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One thing said in English and in Chinese, with the same fields."""

    en: str
    zh: str

    def told(self, question: str, **values: object) -> str:
        """In the language of a question."""
        return (self.zh if is_east_asian(question) else self.en).format(**values)


PASSAGES = Wording(en="{count} passages", zh="{count} 段")
AT_REVISION = Wording(en="{count} passages at revision {revision}", zh="{count} 段，修订号 {revision}")
WRITTEN = Wording(en="{summary}, by {writer}", zh="{summary}，由 {writer} 生成")
ABSTAINED = Wording(en="abstained", zh="未作答")
CITED = Wording(en="{count} citations", zh="{count} 处引用")
DROPPED = Wording(en=", {count} sentences dropped", zh="，删去 {count} 句")

CHOSEN = Wording(en="{chosen} of {all} communities", zh="{all} 个社区中的 {chosen} 个")
COMMUNITIES = Wording(en="{count} communities", zh="{count} 个社区")
REPORTED = Wording(
    en="{sentences} sentences, {by_model} reports by a language model",
    zh="{sentences} 句，{by_model} 份报告由语言模型撰写",
)
REPORTS = Wording(en="{count} reports", zh="{count} 份报告")
POINTS = Wording(en="{points} points of {communities} communities", zh="{points} 个要点，来自 {communities} 个社区")

AT_ONCE = Wording(en="passages may answer it at once", zh="段落或可直接回答")
OF_CHANGES = Wording(en="it asks what changed in documents", zh="问的是文档的变化")
OF_A_DAY = Wording(en="it asks what held on a day", zh="问的是某一天的情况")
OF_ALL = Wording(en="it asks about the documents as a whole", zh="问的是全部文档")
OF_A_LIST = Wording(en="it asks for a list", zh="问的是一份列表")
HOW_MANY = Wording(en="it asks for how many there are", zh="问的是数量")
COMPARES = Wording(en="it compares", zh="要作比较")
IN_STEPS = Wording(
    en="it asks for one thing by way of another, in {count} steps", zh="要经由一事问另一事，共 {count} 步"
)
FOUND_NOTHING = Wording(en="{mode} found nothing", zh="{mode} 没有找到")

NOT_RELATIONS = Wording(en="not read as a question to relations", zh="没有读成关于关系的问题")
ROWS = Wording(en="{count} rows", zh="{count} 行")
NO_RELATION = Wording(en="no such relation", zh="没有这种关系")
BY_MODEL = Wording(en="by the language model", zh="由语言模型读出")

EARLIER = Wording(
    en="{changed} changed, {asked} asked again, at revision {revision}",
    zh="{changed} 个有变，{asked} 个重新提问，修订号 {revision}",
)
TURNS = Wording(en="{count} turns", zh="{count} 轮")

ASKED_BACK = Wording(en="asked back, by rule", zh="按规则反问")
STANDS_ALONE = Wording(en="stands alone, by rule", zh="问题自足（按规则）")
TAKEN_OVER = Wording(en="{text}; taken over: {names}; by rule", zh="{text}；承接：{names}（按规则）")
CARRIED = Wording(en="{name} (utterance {turn})", zh="{name}（第 {turn} 句）")
NOTHING = Wording(en="nothing", zh="无")
