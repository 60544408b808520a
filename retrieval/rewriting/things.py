"""Names that show by themselves that they are no person's. Pure."""

import re

import rjieba

from graph.text.tokens import is_east_asian

_THINGS = frozenset(
    """
    telescope observatory tower bridge building castle palace church cathedral temple university college school museum
    library institute academy laboratory hospital hotel theatre theater station airport port harbour harbor lighthouse
    mill factory works company corporation group bank party league club team society association foundation council
    prize award medal cup trophy manuscript book novel film album song opera painting river lake mountain mount valley
    island sea ocean county province district street road railway canal dam car engine ship comet planet project program
    programme act treaty war battle festival court department council committee office agency authority clinic
    """.split()
)
_THINGS_HAN = re.compile(r"(?:[台厂廠奖獎校院馆館山河湖岛島市县縣镇鎮村桥橋塔寺局社站镜鏡路书書报報]|大学|大學|公司)\Z")


def is_thing(name: str, said: str = "") -> bool:
    """Whether a name shows that it is no person's, by its last word, its title marks or the article before it."""
    if is_east_asian(name):
        return f"《{name}》" in said or (_THINGS_HAN.search(name) is not None and not is_surnamed(name))
    words = name.lower().split()
    return bool(words) and (f"the {name}".lower() in said.lower() or words[-1] in _THINGS)


def ends_as_thing(name: str) -> bool:
    """Whether the last word of an English name says what kind of thing it is."""
    return name.lower().split()[-1:] != [] and name.lower().split()[-1] in _THINGS


def is_surnamed(name: str) -> bool:
    """Whether a Chinese name begins with what the segmenter takes for a person's."""
    words = list(rjieba.tag(name))
    return len(name) <= 4 and bool(words) and words[0][1] in {"nr", "nrt", "nrfg"}
