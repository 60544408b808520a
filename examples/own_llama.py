"""Your own LLaMA 3 reads and answers, and the answer streams in while it is written.

ollama pull llama3.1:8b
QUIPU_LLM=ollama/llama3.1:8b quipu serve
"""

import asyncio
import os

from api.client import AsyncQuipu, TextDocument
from api.schemas.asking.answers import AnswerBody, TokenBody
from api.schemas.asking.understanding import StepBody

URL = os.environ.get("QUIPU_URL", "http://127.0.0.1:8000")
TEXTS = {
    "example-mill": "The mill on the Aune was built by Ada Stone in 1911. It ground rye for Brennick.",
    "example-quay": "The quay of Brennick was laid by Cleo Marsh. Ada Stone paid for it.",
}


async def main() -> None:
    """Bring texts, wait for the model to read them, see what it read, and listen to an answer."""
    async with AsyncQuipu(URL, key=os.environ.get("QUIPU_API_KEY")) as quipu:
        print("read by", (await quipu.get_settings())["QUIPU_LLM"])
        documents = [TextDocument(id=name, text=text) for name, text in TEXTS.items()]
        await quipu.upload_documents(documents, wait=60)
        # the rules have read them; what the model makes of them follows as a second revision, by a job of its own
        reading = [job.id for name in TEXTS for job in (await quipu.list_jobs(document_id=name)).jobs]
        await quipu.wait_for_jobs(reading)

        for entity in (await quipu.find_entities("ada stone")).entities:
            for fact in (await quipu.get_entity(entity.id)).relations:
                print(f"{fact.source.name} — {fact.predicate} → {fact.target.name}   ({fact.extractor})")

        async for event in quipu.stream_answer("Who built the mill on the Aune?"):
            match event:
                case StepBody():
                    print(f"… {event.name}")
                case TokenBody():
                    print(event.text, end="", flush=True)
                case AnswerBody():
                    print()
                    for citation in event.citations:
                        print(f"  [{citation.marker}] {citation.document_id}: “{citation.quote}”")


if __name__ == "__main__":
    asyncio.run(main())
