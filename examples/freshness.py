"""Freshness in five minutes: a watch tells when its answer changes, and the past stays where it was."""

import os
from contextlib import closing

from api.client import Quipu, TextDocument

URL = os.environ.get("QUIPU_URL", "http://127.0.0.1:8000")
QUESTION = "Who is the warden of Selm Tower?"


def warden(name: str) -> TextDocument:
    """What the rota says."""
    return TextDocument(title="Rota", text=f"The warden of Selm Tower is {name}.")


def main() -> None:
    """Change a document four times, and see what that does to answers."""
    with Quipu(URL, key=os.environ.get("QUIPU_API_KEY")) as quipu:
        first = quipu.replace_document("example-rota", warden("Edda Brink"), wait=60).revision
        watch = quipu.add_watch(QUESTION)
        with closing(quipu.follow_watch(watch.id)) as updates:
            print("at first:", next(updates).after.answer)

            for name in ("Nils Orr", "Tove Rask"):
                quipu.replace_document("example-rota", warden(name), wait=60)
                print("asked:   ", quipu.ask(QUESTION).answer)
                update = next(updates)
                print("watched: ", update.after.answer, "— no longer said:", [one.quote for one in update.removed])

        print("back then:", quipu.ask(QUESTION, as_of=first).answer)
        for page in quipu.change_pages(first, kind="documents"):
            for pair in page.documents.altered if page.documents else []:
                print(f"since then: {pair.before.id} went from version {pair.before.version} to {pair.after.version}")

        quipu.delete_document("example-rota", purge=True)
        print("purged, and gone from the past as well:", quipu.ask(QUESTION, as_of=first).abstained)
        quipu.delete_watch(watch.id)


if __name__ == "__main__":
    main()
