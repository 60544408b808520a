"""Countries by their names and those of their people, in English and Chinese, and the states some of them consist of.

A line: the name, other names and demonyms, then the Chinese name. What is no country of its own today (Soviet Union,
Yugoslavia) is a country here, because texts say that somebody was of it. Pure.
"""

import re
from collections.abc import Iterator

_LINES = """
Afghanistan,Afghan,阿富汗|Albania,Albanian,阿尔巴尼亚|Algeria,Algerian,阿尔及利亚|Andorra,Andorran,安道尔
Angola,Angolan,安哥拉|Argentina,Argentine,Argentinian,Argentinean,阿根廷|Armenia,Armenian,亚美尼亚
Australia,Australian,澳大利亚,澳洲|Austria,Austrian,奥地利|Azerbaijan,Azerbaijani,阿塞拜疆|Bahamas,Bahamian,巴哈马
Bahrain,Bahraini,巴林|Bangladesh,Bangladeshi,孟加拉国|Barbados,Barbadian,巴巴多斯
Belarus,Belarusian,Belarussian,白俄罗斯|Belgium,Belgian,比利时|Belize,Belizean,伯利兹|Benin,Beninese,贝宁
Bhutan,Bhutanese,不丹|Bolivia,Bolivian,玻利维亚|Bosnia and Herzegovina,Bosnia,Bosnian,波黑|Botswana,Botswanan,博茨瓦纳
Brazil,Brazilian,巴西|Brunei,Bruneian,文莱|Bulgaria,Bulgarian,保加利亚|Burkina Faso,Burkinabé,布基纳法索
Burundi,Burundian,布隆迪|Cambodia,Cambodian,柬埔寨|Cameroon,Cameroonian,喀麦隆|Canada,Canadian,加拿大
Cape Verde,Cape Verdean,佛得角|Chad,Chadian,乍得|Chile,Chilean,智利|Colombia,Colombian,哥伦比亚|Congo,Congolese,刚果
Costa Rica,Costa Rican,哥斯达黎加|Croatia,Croatian,克罗地亚|Cuba,Cuban,古巴|Cyprus,Cypriot,塞浦路斯
Czech Republic,Czech,Czechia,捷克|Czechoslovakia,Czechoslovak,捷克斯洛伐克|Denmark,Danish,Dane,丹麦
Djibouti,Djiboutian,吉布提|Dominican Republic,Dominican,多米尼加|Ecuador,Ecuadorian,Ecuadorean,厄瓜多尔
Egypt,Egyptian,埃及|El Salvador,Salvadoran,萨尔瓦多|Eritrea,Eritrean,厄立特里亚|Estonia,Estonian,爱沙尼亚
Ethiopia,Ethiopian,埃塞俄比亚|Fiji,Fijian,斐济|Finland,Finnish,Finn,芬兰|France,French,法国|Gabon,Gabonese,加蓬
Gambia,Gambian,冈比亚|Germany,German,德国|Ghana,Ghanaian,加纳|Greece,Greek,希腊|Greenland,Greenlandic,格陵兰
Grenada,Grenadian,格林纳达|Guatemala,Guatemalan,危地马拉|Guinea,Guinean,几内亚|Guyana,Guyanese,圭亚那
Haiti,Haitian,海地|Honduras,Honduran,洪都拉斯|Hong Kong,Hongkonger,香港|Hungary,Hungarian,匈牙利
Iceland,Icelandic,Icelander,冰岛|India,Indian,印度|Indonesia,Indonesian,印度尼西亚,印尼|Iran,Iranian,Persian,伊朗
Iraq,Iraqi,伊拉克|Ireland,Irish,爱尔兰|Israel,Israeli,以色列|Italy,Italian,意大利|Ivory Coast,Ivorian,科特迪瓦
Jamaica,Jamaican,牙买加|Japan,Japanese,日本|Jordan,Jordanian,约旦|Kazakhstan,Kazakhstani,Kazakh,哈萨克斯坦
Kenya,Kenyan,肯尼亚|Kosovo,Kosovan,Kosovar,科索沃|Kuwait,Kuwaiti,科威特|Kyrgyzstan,Kyrgyz,吉尔吉斯斯坦
Laos,Laotian,老挝|Latvia,Latvian,拉脱维亚|Lebanon,Lebanese,黎巴嫩|Lesotho,Basotho,莱索托|Liberia,Liberian,利比里亚
Libya,Libyan,利比亚|Liechtenstein,Liechtensteiner,列支敦士登|Lithuania,Lithuanian,立陶宛
Luxembourg,Luxembourgish,Luxembourger,卢森堡|Macau,Macanese,澳门|Madagascar,Malagasy,马达加斯加|Malawi,Malawian,马拉维
Malaysia,Malaysian,马来西亚|Maldives,Maldivian,马尔代夫|Mali,Malian,马里|Malta,Maltese,马耳他
Mauritania,Mauritanian,毛里塔尼亚|Mauritius,Mauritian,毛里求斯|Mexico,Mexican,墨西哥|Moldova,Moldovan,摩尔多瓦
Monaco,Monégasque,摩纳哥|Mongolia,Mongolian,蒙古|Montenegro,Montenegrin,黑山|Morocco,Moroccan,摩洛哥
Mozambique,Mozambican,莫桑比克|Myanmar,Burma,Burmese,缅甸|Namibia,Namibian,纳米比亚|Nepal,Nepalese,Nepali,尼泊尔
Netherlands,Dutch,Holland,荷兰|New Zealand,New Zealander,新西兰|Nicaragua,Nicaraguan,尼加拉瓜|Niger,Nigerien,尼日尔
Nigeria,Nigerian,尼日利亚|North Korea,North Korean,朝鲜,北韩|North Macedonia,Macedonia,Macedonian,马其顿
Norway,Norwegian,挪威|Oman,Omani,阿曼|Pakistan,Pakistani,巴基斯坦|Palestine,Palestinian,巴勒斯坦
Panama,Panamanian,巴拿马|Papua New Guinea,Papua New Guinean,巴布亚新几内亚|Paraguay,Paraguayan,巴拉圭
Peru,Peruvian,秘鲁|Philippines,Filipino,Filipina,Philippine,菲律宾|Poland,Polish,Pole,波兰|Portugal,Portuguese,葡萄牙
Puerto Rico,Puerto Rican,波多黎各|Qatar,Qatari,卡塔尔|Romania,Romanian,罗马尼亚|Russia,Russian,俄罗斯,俄国
Rwanda,Rwandan,卢旺达|Samoa,Samoan,萨摩亚|Saudi Arabia,Saudi,沙特阿拉伯,沙特|Senegal,Senegalese,塞内加尔
Serbia,Serbian,Serb,塞尔维亚|Sierra Leone,Sierra Leonean,塞拉利昂|Singapore,Singaporean,新加坡
Slovakia,Slovak,斯洛伐克|Slovenia,Slovene,Slovenian,斯洛文尼亚|Somalia,Somali,索马里|South Africa,South African,南非
South Korea,South Korean,Korean,韩国|South Sudan,South Sudanese,南苏丹|Soviet Union,Soviet,USSR,苏联
Spain,Spanish,Spaniard,西班牙|Sri Lanka,Sri Lankan,斯里兰卡|Sudan,Sudanese,苏丹|Suriname,Surinamese,苏里南
Sweden,Swedish,Swede,瑞典|Switzerland,Swiss,瑞士|Syria,Syrian,叙利亚|Taiwan,Taiwanese,台湾
Tajikistan,Tajik,Tajikistani,塔吉克斯坦|Tanzania,Tanzanian,坦桑尼亚|Thailand,Thai,泰国|Togo,Togolese,多哥
Tonga,Tongan,汤加|Trinidad and Tobago,Trinidadian,特立尼达|Tunisia,Tunisian,突尼斯|Turkey,Turkish,Turk,Türkiye,土耳其
Turkmenistan,Turkmen,土库曼斯坦|Uganda,Ugandan,乌干达|Ukraine,Ukrainian,乌克兰|United Arab Emirates,Emirati,阿联酋
United Kingdom,British,Great Britain,Britain,England,English,Scotland,Scottish,Wales,Welsh,UK,U.K.,英国,英格兰
United States,American,USA,U.S.,US,U.S.A.,United States of America,美国|Uruguay,Uruguayan,乌拉圭
Uzbekistan,Uzbek,Uzbekistani,乌兹别克斯坦|Venezuela,Venezuelan,委内瑞拉|Vietnam,Vietnamese,越南|Yemen,Yemeni,也门
Yugoslavia,Yugoslav,Yugoslavian,南斯拉夫|Zambia,Zambian,赞比亚|Zimbabwe,Zimbabwean,津巴布韦
China,Chinese,People's Republic of China,PRC,中国,中华人民共和国
"""
_STATES = {
    "United States": (
        "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Hawaii Idaho Illinois "
        "Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri "
        "Montana Nebraska Nevada New_Hampshire New_Jersey New_Mexico New_York North_Carolina North_Dakota Ohio "
        "Oklahoma Oregon Pennsylvania Rhode_Island South_Carolina South_Dakota Tennessee Texas Utah Vermont Virginia "
        "Washington West_Virginia Wisconsin Wyoming"
    ),
    "Canada": (
        "Alberta British_Columbia Manitoba New_Brunswick Newfoundland Nova_Scotia Ontario Prince_Edward_Island Quebec "
        "Saskatchewan Yukon Nunavut"
    ),
    "Australia": "New_South_Wales Queensland South_Australia Tasmania Western_Australia Northern_Territory",
    "China": (
        "Anhui Fujian Gansu Guangdong Guangxi Guizhou Hainan Hebei Heilongjiang Henan Hubei Hunan Jiangsu Jiangxi "
        "Jilin Liaoning Qinghai Shaanxi Shandong Shanxi Sichuan Yunnan Zhejiang Tibet Xinjiang Ningxia Beijing "
        "Shanghai Tianjin Chongqing"
    ),
}
_ENTRIES = [entry.split(",") for entry in _LINES.replace("\n", "|").split("|") if entry]
_COUNTRY = {name: entry[0] for entry in _ENTRIES for name in entry}
_STATE = {name.replace("_", " "): country for country, names in _STATES.items() for name in names.split()}
_LATIN = sorted((name for name in (*_COUNTRY, *_STATE) if name.isascii() or name[0].isascii()), key=len, reverse=True)
_HAN = sorted((name for name in _COUNTRY if not name[0].isascii()), key=len, reverse=True)
_NAMES = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _LATIN))})(?![\w])|{'|'.join(_HAN)}")


def countries_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Each country that a text names, with where; by its people and by its states as well."""
    for found in _NAMES.finditer(text):
        name = found[0]
        yield _COUNTRY.get(name) or _STATE[name], found.start(), found.end()


def states_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Each state of a country that consists of states that a text names, with where."""
    for found in _NAMES.finditer(text):
        if found[0] in _STATE:
            yield found[0], found.start(), found.end()
