"""The quick start: bring a document, ask, change it, ask again, take it away. Needs a service: ``quipu serve``."""

import os

from api.client import Quipu, TextDocument

URL = os.environ.get("QUIPU_URL", "http://127.0.0.1:8000")
QUESTION = "Who built Amber Bridge?"


def main() -> None:
    """Each answer is as fresh as the document."""
    with Quipu(URL, key=os.environ.get("QUIPU_API_KEY")) as quipu:
        bridge = TextDocument(
            title="Amber Bridge", text="Amber Bridge was built by Tove Rask. It crosses the river Aune."
        )  # fmt: skip
        # with `wait` the answer comes once every question can read the document
        quipu.replace_document("example-bridge", bridge, wait=60)
        answer = quipu.ask(QUESTION)
        print(answer.answer)
        for citation in answer.citations:
            print(f"  [{citation.marker}] {citation.document_id}, version {citation.version}: “{citation.quote}”")

        bridge.text = "Amber Bridge was built by Nils Orr. It crosses the river Aune."
        # without `wait`, a question can name what it has to contain
        token = quipu.replace_document("example-bridge", bridge).token
        print(quipu.ask(QUESTION, after=token or "now").answer)

        receipt = quipu.delete_document("example-bridge", purge=True)
        print(f"purged at revision {receipt.revision}; abstained: {quipu.ask(QUESTION).abstained}")


if __name__ == "__main__":
    main()
