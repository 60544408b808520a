"""Words that say one relation otherwise, beside those of questions in general (``retrieval.questions.related_words``).

Words of the languages and of common vocabularies of relations, not of any documents. A line holds both languages, so
that a question in one finds predicates in the other.
"""

SAME_RELATION = """
citizen citizenship national nationality native 国籍 国家
live lives lived residence resides resident home
belongs belong subsidiary division unit branch 子公司 旗下 下属 隶属 隶属于 附属 属于 母公司
owned owner owns parent acquired bought holds possesses 收购 拥有 持有 所有 并购 控股
employer employed works worked work job hired 任职 任职于 担任 工作 工作于 就职 就职于 职务 雇主
employee staff works worked personnel
member members belongs joined join membership part 成员 加入 队员 组成
educated studied attended alma graduated student alumni school 毕业 毕业于 校友 学生 就读 母校 就读于 学习
birthplace born birth 出生 出生于 生于 出生地 诞生
death died dead 去世 逝世 卒于 死于 死亡
spouse married wife husband marriage 丈夫 妻子 配偶 结婚 嫁 娶
child children son daughter kids offspring
father mother parent
sibling brother sister
inception founded established formed formation created started 创立 创办 成立 建立 创建 创始人 创立者 创办人 创始 建校
dissolved disbanded closed abolished ended end
capital seat 首都 首府 省会
headquarters headquartered based office 总部 总部位于 总部所在地
located location situated lies place 位于 坐落 地处 所在地 所在 地点
contains includes comprises consists 包括 包含 下辖 辖 组成
cast starring stars starred actor actress role 主演 演员 出演 饰演 参演
performer performed sang recorded singer artist band musician 演唱 歌手 主唱 演唱者
author wrote written writer 作者 撰写 著作 写 著有 作品 创作
screenwriter screenplay wrote written
composer composed wrote music
director directed 导演 执导 拍摄
producer produced production made
developer developed 开发 研发 研制 开发商 推出 发布
publisher published 出版 出版社 发行
manufacturer made makes built produced builds 生产 制造 制造商 产品
creator created made
operator operated runs operates
award received won prize honoured 获奖 获得 奖项 荣获
language spoken speak speaks official
religion faith church denomination follows follow believes
party politician political
league plays competes competition
team club played plays
label released signed
publication released published issued came
war conflict fought battle served
military army navy served branch
character characters appears figure appear
series part episode
predecessor preceded previous replaces
successor succeeded next replaced
mouth flows empties
tributary basin river flows
continent lies located
participant participated took competed entered joined
head leader led leads governs
chairperson chair chairman chairs 董事长 总裁 首席执行官 领导人 负责人 校长
president state head leads
works notable work known famous wrote made created
genre kind type style
platform runs available
network aired broadcast channel
ethnic group ethnicity
influenced inspired
origin from comes country
twin sister
lyrics wrote words lyricist
kind instance type class
borders border neighbours adjacent
discovered discoverer found
designed designer architect
"""
INVERSE = """
child children son daughter kids offspring 儿子 女儿 子女 孩子 | parent father mother 父亲 母亲
subsidiary division branch unit belongs 子公司 下属 旗下 附属 | parent owner owned owns 母公司 拥有 持有 控股 所有
employer | employee staff
teacher taught teaches | student pupil studied
part component | contains includes comprises consists
located location situated lies | contains
predecessor preceded | successor succeeded
老师 | 学生
"""
"""Words that look at one relation from its two ends."""
