"""Words that say one relation otherwise, beside those of questions in general (``retrieval.questions.related_words``).

Words of the language and of common vocabularies of relations, not of any documents.
"""

ENGLISH = """
citizen citizenship national nationality native
live lives lived residence resides resident home
belongs belong subsidiary division unit branch
owned owner owns parent acquired bought holds possesses
employer employed works worked work job hired
employee staff works worked personnel
member members belongs joined join membership part
educated studied attended alma graduated student alumni school
birthplace born birth
death died dead
spouse married wife husband marriage
child children son daughter kids offspring
father mother parent
sibling brother sister
inception founded established formed formation created started
dissolved disbanded closed abolished ended end
capital seat
headquarters headquartered based office
located location situated lies place
contains includes comprises consists
cast starring stars starred actor actress role
performer performed sang recorded singer artist band musician
author wrote written writer
screenwriter screenplay wrote written
composer composed wrote music
director directed
producer produced production made
developer developed
publisher published
manufacturer made makes built produced builds
creator created made
operator operated runs operates
award received won prize honoured
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
chairperson chair chairman chairs
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
CHINESE = """
创立 创办 成立 建立 创建 创始人 创立者 创办人 创始 建校
子公司 旗下 下属 隶属 隶属于 附属 属于 母公司
位于 坐落 地处 所在地 所在 地点
总部 总部位于 总部所在地
出生 出生于 生于 出生地 诞生
去世 逝世 卒于 死于 死亡
毕业 毕业于 校友 学生 就读 母校 就读于 学习
任职 任职于 担任 工作 工作于 就职 就职于 职务 雇主
作者 撰写 著作 写 著有 作品 创作
导演 执导 拍摄
主演 演员 出演 饰演 参演
演唱 歌手 主唱 演唱者
丈夫 妻子 配偶 结婚 嫁 娶
成员 加入 队员 组成
收购 拥有 持有 所有 并购 控股
开发 研发 研制 开发商 推出 发布
出版 出版社 发行
获奖 获得 奖项 荣获
首都 首府 省会
国籍 国家
董事长 总裁 首席执行官 领导人 负责人 校长
生产 制造 制造商 产品
包括 包含 下辖 辖 组成
"""
INVERSE = """
child children son daughter kids offspring | parent father mother
subsidiary division branch unit belongs | parent owner owned owns
employer | employee staff
teacher taught teaches | student pupil studied
part component | contains includes comprises consists
located location situated lies | contains
predecessor preceded | successor succeeded
father mother parent | child children son daughter
子公司 下属 旗下 附属 | 母公司 拥有 持有 控股 所有
父亲 母亲 | 儿子 女儿 子女 孩子
老师 | 学生
"""
"""Words that look at one relation from its two ends."""
