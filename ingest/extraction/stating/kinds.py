"""Words for kinds of things, in families whose members can mean the same thing: company, firm; 公司, 集团."""

WORKS = frozenset(
    """
    片 影片 电影 電影 书 書 剧 劇 电视剧 電視劇 专辑 專輯 歌 歌曲 单曲 單曲 曲 作 作品 小说 小說 节目 節目
    游戏 遊戲 动画 動畫
    """.split()
)
ORGANISATIONS = frozenset(
    """
    公司 集团 集團 企业 企業 机构 機構 组织 組織 厂 廠 校 学校 學校 大学 大學 学院 學院 队 隊 球队 球隊 党
    黨 社 团 團 乐队 樂隊 银行 銀行
    """.split()
)
PLACES = frozenset(
    """
    市 县 縣 省 镇 鎮 村 区 區 州 岛 島 国 國 地 城市 地区 地區 站 车站 車站 湖 河 江 山 寺 塔 桥 橋 院 館
    馆
    """.split()
)
FAMILIES = (WORKS, ORGANISATIONS, PLACES)
PERSONS_END = "家员員者人师師手星王帝后妃子将將士生长長官演员歌手"
THINGS_END = "国國市县縣省区區镇鎮村州岛島校院厂廠社团團会會寺山河湖江路街站号號船军軍队隊党黨赛賽奖獎馆館"
ENGLISH_FAMILIES = tuple(
    frozenset(words.split())
    for words in (
        "company firm group corporation organization organisation agency business manufacturer maker brand publisher "
        "institution association party bank airline foundation society club team band school college university",
        "city town village country state county province island district region municipality borough suburb "
        "commune settlement capital community parish township area",
        "film movie book novel album song single series show game play poem magazine newspaper manuscript journal "
        "opera episode comedy drama documentary thriller story musical soundtrack",
        "building bridge church museum station castle house tower cathedral temple hotel theatre stadium",
        "river lake mountain bay sea stream valley peak glacier creek cape",
        "prize award medal title honour",
    )
)
