"""Lists, counts, definitions, overviews and summaries: whole, cited, literal, and only of what may be read."""

import re

import anyio
import pytest
from small_world import SmallWorld

from graph.audience import NOBODY, UNRESTRICTED, Audience
from graph.filters import Condition, Filters
from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Answer
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Question

HARBOURS = ["Quill", "Marsh", "Torrey", "Sund", "Vane", "Ebb", "Orla", "Pike", "Gannet"]


def ask(world: SmallWorld, text: str, **more: object) -> Answer:
    question = Question(text=text, workspace=DEFAULT_WORKSPACE, **more)  # type: ignore[arg-type]
    answer = anyio.run(world.questions.ask, question)
    for citation in answer.citations:
        held = world.store.text(DEFAULT_WORKSPACE, citation.document_id, answer.revision)
        assert held[citation.start : citation.end] == citation.quote
    return answer


def markdown(*items: str, sign: str = "- ") -> str:
    return "".join(f"{sign}{item}\n" for item in items)


def harbours(world: SmallWorld) -> None:
    text = "# Harbours\n\nNordak Lines keeps ships in these harbours:\n\n" + markdown(*HARBOURS)
    world.put("h", text + "\nThe office is in Quill.\n", media_type="text/markdown", title="Harbours")
    world.put("w", "It rains in Quill. Nordak Lines was founded in 1911.", title="Weather")


@pytest.mark.parametrize("sign", ["- ", "* ", "1. ", "1) ", "• "])
def test_every_item_of_a_list_is_named(world: SmallWorld, sign: str) -> None:
    text = (
        "Nordak Lines keeps ships in these harbours:\n\n" + markdown(*HARBOURS, sign=sign) + "\nThe office is in Quill."
    )
    world.put("h", text, title="Harbours")
    answer = ask(world, "List all harbours where Nordak Lines keeps ships.")
    assert [line for line in answer.text.splitlines() if line.startswith("- ")] == [f"- {one} [1]" for one in HARBOURS]
    assert answer.notes == ("9 items, all of the list under “Harbours”",)


def test_a_list_in_chinese(world: SmallWorld) -> None:
    world.put(
        "手册",
        "# 手册\n\n## 假期\n\n员工有以下假期：\n\n1. 春假三天\n2. 婚假十天\n3. 病假\n",
        media_type="text/markdown",
    )
    answer = ask(world, "员工有哪些假期？")
    assert all(one in answer.text for one in ("春假三天", "婚假十天", "病假"))
    assert answer.notes == ("3 项，“假期”下的全部",)


def test_a_long_list_says_how_much_of_it_is_shown(world: SmallWorld) -> None:
    many = [f"Keeper number {number} of the Selm lights" for number in range(1, 121)]
    world.put("k", "The Selm lights have these keepers:\n\n" + markdown(*many), title="Keepers")
    answer = ask(world, "List all keepers of the Selm lights")
    assert answer.notes == (f"first {LIST_LIMITS.items} of 120 items of the list under “Keepers”",)
    assert f"number {LIST_LIMITS.items} of" in answer.text
    assert f"number {LIST_LIMITS.items + 1} of" not in answer.text


def test_rows_that_fit_come_under_the_names_of_their_columns(world: SmallWorld) -> None:
    table = "| Valve | Place | Maker |\n|---|---|---|\n| V1 | Hall North | Hessel |\n| V2 | Hall South | Brandt |\n"
    world.put("v", f"# Valves\n\n{table}| V3 | Hall North | Brandt |\n", media_type="text/markdown", title="Valves")
    answer = ask(world, "Which valves are in Hall North?")
    assert "Valve | Place | Maker" in answer.text
    assert re.findall(r"\| (V\d) \|", answer.text) == ["V1", "V3"]
    assert answer.notes == ("2 of the 3 rows of the table under “Valves”: those that fit the question",)


def test_a_number_is_quoted_where_it_is_stated_and_counted_where_it_is_not(world: SmallWorld) -> None:
    harbours(world)
    counted = ask(world, "How many harbours does Nordak Lines keep ships in?")
    assert counted.text.startswith("Counted: 9 items (no document states the number):\n")
    world.put("s", "Nordak Lines keeps ships in nine harbours.", title="Nordak Lines")
    stated = ask(world, "How many harbours does Nordak Lines keep ships in?")
    assert re.fullmatch(r"Nordak Lines keeps ships in nine harbours\. \[\d\]", stated.text)


def test_statements_of_several_documents_are_listed(world: SmallWorld) -> None:
    world.put("a", "Edda Brink founded Selm Glass in 1902.", title="Selm Glass")
    world.put("b", "In 1911 Edda Brink founded Orla Mills.", title="Orla Mills")
    world.put("c", "Edda Brink was born in Quill.", title="Edda Brink")
    answer = ask(world, "Which companies did Edda Brink found?")
    assert {citation.document_id for citation in answer.citations} == {"a", "b"}
    assert answer.notes == ("2 statements, what 2 documents state; none says that these are all",)


def test_the_defining_sentence_comes_first(world: SmallWorld) -> None:
    world.put("n", "# Notes\n\nA guest drew the Selm Tower in 1950.\n", media_type="text/markdown", title="Notes")
    world.put("t", "# Selm Tower\n\nIt rains. The Selm Tower is a lighthouse in Quill.\n", media_type="text/markdown")
    world.put("r", "Light | Height\nSelm Tower | 41 m\nOrla Light | 12 m\n", title="Heights")
    answer = ask(world, "What is the Selm Tower?")
    assert answer.text.startswith("The Selm Tower is a lighthouse in Quill. [")
    assert "- Notes: A guest drew the Selm Tower in 1950. [" in answer.text
    assert "# Selm Tower" not in answer.text


def test_what_nobody_defines_is_refused_with_the_word_that_no_document_knows(world: SmallWorld) -> None:
    harbours(world)
    answer = ask(world, "What is Zorvane?")
    assert answer.abstained
    assert answer.refusal is not None
    assert answer.refusal.unknown_terms == ("Zorvane",)
    assert "No document mentions “Zorvane”." in answer.text


def test_an_overview_counts_what_may_be_read_and_nothing_else(world: SmallWorld) -> None:
    harbours(world)
    world.put("x", "The Plan is a secret.", title="Plan")
    world.store.set_readers(DEFAULT_WORKSPACE, "x", 1, frozenset({"group:board"}))
    everything = ask(world, "What is in here?", audience=UNRESTRICTED)
    assert everything.text.startswith("3 documents, the newest “Plan”")
    board = ask(world, "What is in here?", audience=Audience(principals=frozenset({"group:board"})))
    assert "The Plan is a secret." in board.text
    anybody = ask(world, "What is in here?", audience=NOBODY)
    assert anybody.text.startswith("2 documents, the newest “Weather”")
    assert "Plan" not in anybody.text


def test_an_overview_is_of_its_revision_and_its_filters(world: SmallWorld) -> None:
    world.put("a", "Orla is a harbour.", title="Orla", metadata={"kind": "harbour"})
    then = world.store.revision(DEFAULT_WORKSPACE)
    world.put("b", "Pike is a lake.", title="Pike", metadata={"kind": "lake"})
    assert ask(world, "What is in here?", as_of=then).text.startswith("1 document, the newest “Orla”")
    lakes = Filters(conditions=(Condition(field="kind", operator="eq", value="lake"),))
    assert ask(world, "What is in here?", filters=lakes).text.startswith("1 document, the newest “Pike”")


def test_an_empty_base_has_no_overview(world: SmallWorld) -> None:
    assert ask(world, "What is in here?").abstained


def test_a_summary_has_something_of_each_section(world: SmallWorld) -> None:
    sections = "".join(f"## Part {n}\n\nPart {n} begins. Part {n} ends.\n\n" for n in range(1, 6))
    world.put("g", f"# Guide\n\n{sections}", media_type="text/markdown", title="Guide")
    answer = ask(world, "Summarise the Guide")
    assert [f"Part {n} begins." in answer.text for n in range(1, 6)] == [True] * 5
    assert answer.notes == ("8 of the 10 sentences of “Guide”, as it has them",)


def test_a_purged_document_is_in_no_list(world: SmallWorld) -> None:
    harbours(world)
    world.remove("h")
    answer = ask(world, "List all harbours where Nordak Lines keeps ships.")
    assert "Gannet" not in answer.text
    assert all(citation.document_id != "h" for citation in answer.citations)
