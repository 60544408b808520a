"""The Embedder port: one suite over both embedders that packages carry."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import graph.embedders.e5_embedder as e5
from graph.embedders.choosing import build_embedder
from graph.errors import ConfigurationError
from graph.ports.models import Embedder

PASSAGES = (
    "The Selm Tower was designed by Edda Brink and stands above the harbour of Orm.",
    "Bread rises because yeast turns sugar into carbon dioxide.",
    "x",
    "The ferry to Orm leaves at noon and comes back at dusk. " * 12,
)
CHINESE = (
    "塞尔姆塔由艾达·布林克设计，矗立在港口之上。",
    "面包发酵是因为酵母把糖变成二氧化碳。",
    "渡轮中午开往奥尔姆岛。",
)
ODD = ("", " ", "a\0b", "ﷺ" * 30, "\u200b\u202e", "é " * 200, "😀" * 20)
"""One character of them is eighteen in normal form; a library that counts on four is written past its end by it."""


@pytest.fixture(scope="class")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return build_embedder(request.cls.name)


class EmbedderContract:
    """Subclass with the ``name`` of an embedder."""

    name: str

    def test_vectors_have_the_length_that_is_told(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(PASSAGES)
        assert vectors.shape == (len(PASSAGES), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        question = embedder.embed_question("Who designed the Selm Tower?")
        assert question.shape == (embedder.dimension,)
        assert question.dtype == np.float32
        assert np.linalg.norm(question) == pytest.approx(1, abs=1e-5)
        assert embedder.embed_passages([]).shape == (0, embedder.dimension)

    def test_a_vector_depends_on_its_text_alone(self, embedder: Embedder) -> None:
        together = embedder.embed_passages(PASSAGES)
        for order in ((3, 0), (2,), (1, 3, 2, 0)):
            again = embedder.embed_passages([PASSAGES[place] for place in order])
            assert np.array_equal(again, together[list(order)])

    def test_threads_do_not_meet(self, embedder: Embedder) -> None:
        texts = [f"Passage {number}. {PASSAGES[number % 3]}" for number in range(24)]
        alone = [embedder.embed_passages([text])[0] for text in texts]
        asked = embedder.embed_question(texts[0])
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: embedder.embed_passages([text])[0], texts))
            questions = list(pool.map(embedder.embed_question, texts[:1] * 8))
        assert np.array_equal(np.stack(found), np.stack(alone))
        assert all(np.array_equal(question, asked) for question in questions)

    def test_the_same_identity_gives_the_same_vectors(self, embedder: Embedder) -> None:
        other = build_embedder(self.name)
        assert other.identity == embedder.identity
        assert other.identity.startswith(f"{self.name}@")
        assert np.array_equal(other.embed_passages(PASSAGES[:2]), embedder.embed_passages(PASSAGES[:2]))

    def test_any_text_has_a_vector(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(ODD)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm([embedder.embed_question(text) for text in ODD], axis=1) == pytest.approx(1, abs=1e-5)

    def test_what_answers_is_nearest(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(PASSAGES)
        assert embedder.reads(PASSAGES[0])
        assert np.argmax(vectors @ embedder.embed_question("Which architect planned the Selm Tower?")) == 0
        assert np.argmax(vectors @ embedder.embed_question("What makes dough grow?")) == 1


class TestMiniLm(EmbedderContract):
    name = "minilm"

    def test_it_says_that_it_reads_no_chinese(self, embedder: Embedder) -> None:
        assert not any(embedder.reads(text) for text in CHINESE)


class TestE5(EmbedderContract):
    name = "e5"

    def test_it_reads_chinese_and_across_languages(self, embedder: Embedder) -> None:
        assert all(embedder.reads(text) for text in CHINESE)
        chinese, english = embedder.embed_passages(CHINESE), embedder.embed_passages(PASSAGES)
        for question, place in (("谁设计了塞尔姆塔？", 0), ("面团为什么会膨胀？", 1)):
            asked = embedder.embed_question(question)
            assert np.argmax(chinese @ asked) == place
            assert np.argmax(english @ asked) == place
        asked = embedder.embed_question("When does the ferry leave?")
        assert np.argmax(np.concatenate([english[:2], chinese]) @ asked) == 4  # before those in its own language

    def test_texts_that_have_nothing_in_common_lie_apart(self, embedder: Embedder) -> None:
        """The model as it comes gives any two texts .7 and more."""
        (tower, bread), (chinese_tower, chinese_bread, _) = (
            embedder.embed_passages(t) for t in (PASSAGES[:2], CHINESE)
        )
        assert max(tower @ bread, chinese_tower @ chinese_bread, tower @ chinese_bread) < 0.5
        assert min(tower @ chinese_tower, bread @ chinese_bread) > 0.5

    def test_where_the_package_is_missing_it_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ConfigurationError, match=r"quipu-graphrag\[e5\].*x86-64"):
            build_embedder("e5")

    def test_a_processor_that_cannot_run_it_is_told_before(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "cpuinfo").write_text("flags : fpu sse2 avx\n")
        monkeypatch.setattr(e5, "_PROCESSOR", tmp_path / "cpuinfo")
        with pytest.raises(ConfigurationError, match="AVX2"):
            build_embedder("e5")
