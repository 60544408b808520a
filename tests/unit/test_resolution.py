"""Which names are one thing, as texts state it, and which are not."""

from dataclasses import replace

import pytest

from graph.identity import entity_id
from graph.text.names import norm
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.sentences import split_sentences
from ingest.extraction.stated_aliases import is_abbreviation
from ingest.model import ChunkText, Extraction
from ingest.resolving.resolution import qualifier, resolve


def read(text: str, title: str = "") -> Extraction:
    sentences = tuple(split_sentences(text))
    chunk = ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=sentences)
    return LightExtractor().read(title, chunk)


def stated(text: str) -> list[tuple[str, str]]:
    found = read(text)
    return [(found.names[alias.first].name, found.names[alias.second].name) for alias in found.aliases]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("International Business Machines (IBM) was there.", [("International Business Machines", "IBM")]),
        ("In May IBM (International Business Machines) rose.", [("IBM", "International Business Machines")]),
        ("Samuel Clemens, better known as Mark Twain, wrote.", [("Samuel Clemens", "Mark Twain")]),
        ("It met Sydney Roosters (formerly known as Eastern Suburbs).", [("Sydney Roosters", "Eastern Suburbs")]),
        ("Then Bubye River (a.k.a. Bubi River) floods.", [("Bubye River", "Bubi River")]),
        ("世界贸易组织（WTO）位于日内瓦。", [("世界贸易组织", "WTO")]),
        ("中国联合网络通信集团有限公司，简称中国联通，成立于2009年。", [("中国联合网络通信集团有限公司", "中国联通")]),
        ("鲁迅（原名周树人）是作家。", [("鲁迅", "周树人")]),
        ("参观上海交通大学的师生。上海交通大学（英语：Shanghai Jiao Tong University）很大。",
         [("上海交通大学", "Shanghai Jiao Tong University")]),
        ("Paris (France) is old, Anna Bell (US) ran, and Ben Orr (1990) sang.", []),
        ("He worked in Scandinavia, called Norden Lodge by some.", []),
        ("Ada Bell (Member of Parliament) spoke to Amber Bridge (Norway).", []),
        ("他喜欢老罗素（Dale Russell）的书。", []),
    ],
)  # fmt: skip
def test_what_a_text_states(text: str, pairs: list[tuple[str, str]]) -> None:
    assert stated(text) == pairs


@pytest.mark.parametrize(
    ("short", "long", "same"),
    [
        ("IBM", "International Business Machines", True),
        ("NASA", "National Aeronautics and Space Administration", True),
        ("WWF", "World Wide Fund for Nature", True), ("UK", "Ukraine", False), ("ABC", "Alphabet", False),
        ("XYZ", "International Business Machines", False), ("IBM", "IBM", False), ("M", "Main Street", False),
    ],
)  # fmt: skip
def test_abbreviations(short: str, long: str, same: bool) -> None:
    assert is_abbreviation(short, long) is same


def test_an_alias_is_recorded_with_its_place_whatever_the_order() -> None:
    text = "International Business Machines (IBM) was there."
    _, _, (alias,) = resolve("w", "", "c", read(text))
    assert [alias.first_id, alias.second_id] == sorted(
        [entity_id("w", "ibm"), entity_id("w", "international business machines")]
    )
    assert text[alias.start : alias.end] == "International Business Machines (IBM"
    assert (alias.chunk_id, alias.reason) == ("c", "stated")


def test_a_title_that_tells_homonyms_apart() -> None:
    text = "Mercury is small. Apollo is not."
    ids = {}
    for title in ("Mercury (planet)", "Mercury (mythology)", "Mercury"):
        mentions, _, _ = resolve("w", title, "c", read(text, title))
        ids[title] = {mention.entity_id for mention in mentions if mention.key == "mercury"}
        assert {m.entity_id for m in mentions if m.key == "apollo"} == {entity_id("w", "apollo")}
    assert len(set().union(*ids.values())) == 3
    assert all(len(found) == 1 for found in ids.values()), "in the title and in the text it is the same"


def test_what_is_no_qualifier() -> None:
    assert qualifier("Amber Bridge") == {}
    assert qualifier("International Business Machines (IBM)") == {}
    assert qualifier("(Untitled)") == {}
    assert qualifier("墨丘利（神话）") == {norm("墨丘利"): "神话"}


def test_a_surname_is_the_one_person_of_that_name_in_its_passage() -> None:
    def ids(text: str, people: tuple[str, ...], kind: str = "person") -> dict[str, str]:
        extraction = read(text)
        names = tuple(
            replace(name, type=kind if name.name in people else name.type) for name in extraction.names
        )  # fmt: skip
        mentions, _, _ = resolve("w", "", "c", replace(extraction, names=names))
        return {mention.name: mention.entity_id for mention in mentions}

    found = ids("In 1931 Tove Rask came. Then Rask left.", ("Tove Rask",))
    assert found["Rask"] == found["Tove Rask"] == entity_id("w", "tove rask")
    two = ids("In 1931 Tove Rask met Nils Rask. Then Rask left.", ("Tove Rask", "Nils Rask"))
    assert two["Rask"] == entity_id("w", "rask"), "it may be either"
    place = ids("They saw New York. Then York came.", ("New York",), kind="city")
    assert place["York"] == entity_id("w", "york")
