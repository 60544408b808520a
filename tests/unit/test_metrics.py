"""Every metric against an independent library on random cases, or against a table worked by hand.

The libraries are imported where they are used: every worker collects this file, and they take it eight seconds.
"""

import random
import re
from collections import Counter

import numpy as np
import pytest

from evals import metrics
from graph.text.tokens import is_east_asian

CASES = 1000
WORDS = "the a an river bridge Bridge bridge's U.S. 1,842 over, under; (Aune) well-known of 42".split()


def test_retrieval_agrees_with_ir_measures() -> None:
    import ir_measures
    from ir_measures import RR, P, R, nDCG

    generator = random.Random(1)
    pool = [f"d{number}" for number in range(40)]
    qrels, runs, rankings, grades = [], [], {}, {}
    for case in range(CASES):
        query = f"q{case}"
        rankings[query] = generator.sample(pool, generator.randint(1, 30))
        grades[query] = {d: generator.randint(1, 3) for d in generator.sample(pool, generator.randint(1, 8))}
        runs += [ir_measures.ScoredDoc(query, d, -float(rank)) for rank, d in enumerate(rankings[query])]
        qrels += [ir_measures.Qrel(query, document, grade) for document, grade in grades[query].items()]
    ours = {
        R @ 5: lambda r, g: metrics.recall_at(r, g, 5),
        R @ 20: lambda r, g: metrics.recall_at(r, g, 20),
        P @ 5: lambda r, g: metrics.precision_at(r, g, 5),
        RR: metrics.reciprocal_rank,
        nDCG @ 10: lambda r, g: metrics.ndcg_at(r, g, 10),
    }
    found = list(ir_measures.iter_calc(list(ours), qrels, runs))
    assert len(found) == CASES * len(ours)
    for one in found:
        value = ours[one.measure](rankings[one.query_id], grades[one.query_id])
        assert value == pytest.approx(one.value, abs=1e-9), one
    for query, ranking in rankings.items():  # all@k is recall@k where that is whole
        assert metrics.all_at(ranking, grades[query], 5) == (metrics.recall_at(ranking, grades[query], 5) == 1.0)
        first = next(iter(grades[query]))
        assert metrics.found_at(ranking, first, 5) == metrics.recall_at(ranking, [first], 5)


def test_answers_agree_with_the_squad_script() -> None:
    from torchmetrics.functional.text import squad

    generator = random.Random(2)
    for _ in range(CASES):
        answer = " ".join(generator.choices(WORDS, k=generator.randint(0, 6)))
        gold = [" ".join(generator.choices(WORDS, k=generator.randint(1, 6))) for _ in range(generator.randint(1, 3))]
        theirs = squad(
            [{"prediction_text": answer, "id": "1"}],
            [{"answers": {"answer_start": [0] * len(gold), "text": gold}, "id": "1"}],
        )
        assert metrics.exact_match(answer, gold) == float(theirs["exact_match"]) / 100
        assert metrics.token_f1(answer, gold) == pytest.approx(float(theirs["f1"]) / 100, abs=1e-5), (answer, gold)


def mlqa_segments(text: str) -> list[str]:
    """The segmentation of MLQA's script for Chinese: characters, and what stands between them as words."""
    found, word = [], ""
    for character in text:
        if is_east_asian(character) or character in "，。" or character.isspace():
            if word:
                found.append(word)
            word = ""
            if is_east_asian(character):
                found.append(character)
        else:
            word += character
    return [*found, word] if word else found


def test_chinese_f1_goes_by_characters() -> None:
    generator = random.Random(3)
    alphabet = "中国移动通信2019年abc 。，"
    for _ in range(CASES):
        answer = "".join(generator.choices(alphabet, k=generator.randint(1, 12)))
        gold = "".join(generator.choices(alphabet, k=generator.randint(1, 12)))
        one, other = mlqa_segments(bare(answer)), mlqa_segments(bare(gold))
        shared = sum((Counter(one) & Counter(other)).values())
        expected = 2 * shared / (len(one) + len(other)) if shared else float(not one and not other)
        assert metrics.token_f1(answer, [gold]) == pytest.approx(expected), (answer, gold)
        recall = shared / len(other) if other else 0.0
        assert metrics.token_recall(answer, [gold]) == pytest.approx(recall)


def bare(text: str) -> str:
    return re.sub(r"\ba\b", " ", re.sub("[，。]", "", text))


@pytest.mark.parametrize(
    ("answer", "gold", "contained", "recalled"),
    [
        ("It was built in 1842 by Rask.", ["1842"], 1.0, 1.0),
        ("It was built in 18421.", ["1842"], 0.0, 0.0),
        ("About $1.18 trillion is held.", ["about $1.18 trillion", "one"], 1.0, 1.0),
        ("Tove was there.", ["Tove Rask"], 0.0, 0.5),
        ("2019年，中国移动成立。", ["中国移动"], 1.0, 1.0),
        ("中国联通", ["中国移动"], 0.0, 0.5),
        ("", ["x"], 0.0, 0.0),
        ("anything", [], 0.0, 0.0),
        ("anything", ["the"], 0.0, 0.0),
    ],
)
def test_containing_an_answer(answer: str, gold: list[str], contained: float, recalled: float) -> None:
    assert metrics.contains_answer(answer, gold) == contained
    assert metrics.token_recall(answer, gold) == recalled


@pytest.mark.parametrize(
    ("cited", "gold", "precision", "recall"),
    [
        (["a"], ["a"], 1.0, 1.0),
        (["a", "b"], ["a"], 0.5, 1.0),
        (["a"], ["a", "b"], 1.0, 0.5),
        (["a", "a", "c"], ["a", "b"], 0.5, 0.5),
        (["x", "y"], ["a", "b"], 0.0, 0.0),
    ],
)
def test_citations_by_hand(cited: list[str], gold: list[str], precision: float, recall: float) -> None:
    assert metrics.citation_precision(cited, gold) == precision
    assert metrics.citation_recall(cited, gold) == recall


def test_all_gold_in_front_by_hand() -> None:
    assert metrics.all_at(["a", "b", "c"], ["b", "a"], 2) == 1.0
    assert metrics.all_at(["a", "b", "c"], ["c", "a"], 2) == 0.0


def test_without_gold_answers_nothing_is_shared() -> None:
    assert metrics.token_f1("a mill", []) == metrics.token_recall("a mill", []) == 0.0


@pytest.mark.parametrize(
    ("answer", "gold", "contained"),
    [
        ("他生于1943年。 [1]", "1943", 1.0),
        ("水位为7.07，15天后更低。", "水位为7.07", 1.0),
        ("水位为7.07，15天后更低。", "07", 0.0),
        ("共1，234人", "1234", 1.0),
        ("由（Tove Rask）、《Orrin》作者所写", "Tove Rask", 1.0),
        ("他生于1943年。", "1943年", 1.0),
        ("共有３００人。", "300", 1.0),
        ("它由NASA制造。", "nasa", 1.0),
        ("高度为12.5米。", "12", 0.0),
        ("高度为12.5米。", "12.5", 1.0),
        ("The hall is old. [5]", "5", 0.0),
        ("The hall is old [12][5].", "12", 0.0),
        ("It opened in 2012.", "12", 0.0),
        ("It opened in 2012.", "20", 0.0),
        ("It weighs 1.5 kg.", "15", 0.0),
        ("It weighs 15 kg.", "1.5", 0.0),
        ("1,234,567 people live there.", "1234567", 1.0),
        ("Version 1.2.3 came out.", "1.2", 0.0),
        ("Aune Rask's mill burned.", "Aune Rask", 1.0),
        ("She led it 1990–1995.", "1995", 1.0),
        ("Cafe\u0301 Luz", "Café Luz", 1.0),
        ("so\u00adft", "soft", 1.0),
        ("Nothing.", "!", 0.0),
    ],
)
def test_containing_on_the_borders_of_words_and_numbers(answer: str, gold: str, contained: float) -> None:
    assert metrics.contains_answer(answer, [gold]) == contained


def test_markers_do_not_disturb() -> None:
    assert (
        metrics.exact_match("Tove Rask [1]", ["Tove Rask"])
        == metrics.token_f1("Tove Rask [12][3]", ["Tove Rask"])
        == 1.0
    )


@pytest.mark.parametrize(
    ("short", "gold", "right"),
    [
        ("Yes.", ["yes"], 1.0),
        ("No.", ["yes"], 0.0),
        ("是。", ["yes"], 1.0),
        ("不是", ["否"], 1.0),
        ("Tove Rask", ["yes"], 0.0),
        (None, ["no"], 0.0),
        ("yes", ["Tove Rask"], 0.0),
        ("yes", ["yes", "no"], 0.0),
    ],
)
def test_verdicts_by_hand(short: str | None, gold: list[str], right: float) -> None:
    assert metrics.verdict_right(short, gold) == right


def test_spaces_in_chinese_do_not_matter() -> None:
    assert metrics.contains_answer("在 云 塔 上", ["云 塔"]) == metrics.contains_answer("在云塔上", ["云 塔"]) == 1.0


def test_shares_by_hand() -> None:
    assert metrics.literal_validity(3, 4) == 0.75
    assert metrics.wrong_refusal(abstained=True) == metrics.right_refusal(abstained=True) == 1.0
    assert metrics.wrong_refusal(abstained=False) == metrics.right_refusal(abstained=False) == 0.0
    assert metrics.supported_share(["entailment", "neutral", "contradiction", "entailment"]) == 0.5
    assert metrics.supported_share(["entailment", "entailment", "neutral", "entailment"]) == 0.75


def test_agreement_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    generator = random.Random(4)
    labels = ["entailment", "neutral", "contradiction"]
    for _ in range(CASES):
        n = generator.randint(2, 40)
        one, other = generator.choices(labels, k=n), generator.choices(labels, k=n)
        if len({*one, *other}) > 1:
            assert metrics.kappa(one, other) == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)
        assert metrics.raw_agreement(one, other) == np.mean(np.array(one) == np.array(other))
    assert metrics.kappa(["neutral"] * 3, ["neutral"] * 3) == 1.0


def test_percentile_agrees_with_numpy() -> None:
    generator = random.Random(5)
    for _ in range(CASES):
        values = [generator.random() for _ in range(generator.randint(1, 50))]
        share = generator.random()
        assert metrics.percentile(values, share) == pytest.approx(float(np.percentile(values, 100 * share)))
