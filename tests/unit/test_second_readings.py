"""What a language model added to a document, and how far it is, in words."""

import pytest

from api.cli.documents.reading import by_model, duration
from api.schemas.readings import ModelReadingBody


def second(state: str, **more: object) -> ModelReadingBody:
    given = {"chunks_done": 0, "chunks_total": 0, "chunks_failed": 0, "added": 0, "calls": 0, "tokens": 0, **more}
    return ModelReadingBody(job_id="j", state=state, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (None, ""),
        (second("queued"), "queued"),
        (second("running"), "running"),
        (second("running", chunks_done=2, chunks_total=9), "running: 2 of 9 passages"),
        (
            second("running", chunks_done=2, chunks_total=9, remaining_seconds=400.0),
            "running: 2 of 9 passages, about 7 min left",
        ),
        (second("waiting", chunks_done=2, chunks_total=9), "waiting: 2 of 9 passages"),
        (second("failed", chunks_total=9), "failed"),
        (second("done", chunks_done=9, chunks_total=9, added=9), "added to 9 of 9 passages"),
        (second("done", chunks_total=9, added=7, nothing_added={"empty answer": 2}), "added to 7 of 9 passages"),
        (
            second("done", chunks_total=9, nothing_added={"empty answer": 8, "copy of the prompt's form": 1}),
            "added nothing (8 × empty answer, 1 × copy of the prompt's form)",
        ),
    ],
)
def test_in_short(reading: ModelReadingBody | None, words: str) -> None:
    assert by_model(reading) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (119.0, "119 s"), (120.0, "2 min"), (7100.0, "118 min"), (9000.0, "2.5 h")]
)
def test_times_as_people_tell_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
