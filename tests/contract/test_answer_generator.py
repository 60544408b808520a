"""One suite for the AnswerGenerator port, over both generators: by rule, and by a model behind a real HTTP server."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import pytest
from misbehaving import honest
from model_server import ModelServer
from served_model import served_model
from small_world import SmallWorld

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Claim, Derivation, Draft
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.generation_cache import GenerationCache
from retrieval.answering.llm_generator import LlmGenerator
from retrieval.finding.evidence import gather_evidence
from retrieval.model import Evidence, Question
from retrieval.ports import AnswerGenerator
from retrieval.questions.read_question import read_question

QUESTION = Question(text="Who designed the Selm Tower?", workspace=DEFAULT_WORKSPACE)


def collect(generator: AnswerGenerator, evidence: tuple[Evidence, ...]) -> list[Claim | Draft]:
    """What a generator gives, with the claims of what it derives in their places."""

    async def read() -> list[Claim | Derivation | Draft]:
        return [part async for part in generator.generate(read_question(QUESTION), evidence)]

    return [one for part in anyio.run(read) for one in (part.claims if isinstance(part, Derivation) else (part,))]


class AnswerGeneratorContract:
    @contextmanager
    def generator(self) -> Iterator[AnswerGenerator]:
        raise NotImplementedError
        yield

    @pytest.fixture
    def evidence(self, world: SmallWorld) -> tuple[Evidence, ...]:
        world.put("selm", "The Selm Tower was designed by Edda Brink. It is made of larch.", title="Selm Tower")
        world.put("edda", "Edda Brink was born in Port Calder. She studied in Lakeholm.", title="Edda Brink")
        found = world.questions.search(QUESTION)
        return gather_evidence(found.hits, found.chunks)

    def test_claims_then_the_draft_once(self, evidence: tuple[Evidence, ...]) -> None:
        with self.generator() as generator:
            *claims, draft = collect(generator, evidence)
        assert isinstance(draft, Draft)
        assert not draft.abstained
        assert claims
        assert all(isinstance(claim, Claim) for claim in claims)
        assert any("Edda Brink" in claim.text for claim in claims if isinstance(claim, Claim))

    def test_every_source_is_among_the_evidence(self, evidence: tuple[Evidence, ...]) -> None:
        by_marker = {item.marker: item.placed.chunk.text for item in evidence}
        with self.generator() as generator:
            for part in collect(generator, evidence):
                if isinstance(part, Claim):
                    assert part.quotes
                    assert all(quote and quote in by_marker[marker] for marker, quote in part.quotes)

    def test_the_same_again_for_the_same(self, evidence: tuple[Evidence, ...]) -> None:
        def claims(generator: AnswerGenerator) -> list[Claim | Draft]:
            return [part for part in collect(generator, evidence) if isinstance(part, Claim)]

        with self.generator() as generator:
            assert claims(generator) == claims(generator)

    def test_no_evidence_costs_nothing_and_abstains(self) -> None:
        with self.generator() as generator:
            assert collect(generator, ()) == [Draft(abstained=True)]
            assert generator.identity

    def test_the_pipeline_shows_verified_citations(self, world: SmallWorld, evidence: tuple[Evidence, ...]) -> None:
        assert evidence
        with self.generator() as generator:
            answer = anyio.run(world.asking(generator).ask, QUESTION)
        assert not answer.abstained
        assert "Edda Brink" in answer.text
        for citation in answer.citations:
            text = world.store.text(DEFAULT_WORKSPACE, citation.document_id, answer.revision)
            assert text[citation.start : citation.end] == citation.quote


class TestExtractive(AnswerGeneratorContract):
    @contextmanager
    def generator(self) -> Iterator[AnswerGenerator]:
        yield ExtractiveGenerator()


class TestLanguageModel(AnswerGeneratorContract):
    @contextmanager
    def generator(self) -> Iterator[AnswerGenerator]:
        with ModelServer(honest) as server:
            yield LlmGenerator(served_model(server), GenerationCache())
