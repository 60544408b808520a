"""Recognising text on a picture by rapidocr, whose models (Chinese and English) lie in its package.

It is loaded where there is no network any more and no file can be written: it would fetch what it misses, and newer
builds of onnxruntime tell their maker how they are used.
"""

import importlib.util
from functools import cache
from typing import Protocol, cast

from PIL import Image

from ingest.loaders.recognition.reading_order import Corners, FoundLine, straightened

IDENTITY = "rapidocr/1"
"""Changes whenever the same picture would be read otherwise."""
_BATCH = 2
"""Lines that are read at once: they are made as long as the longest of them, which costs memory."""


class _Output(Protocol):
    boxes: object
    txts: tuple[str, ...] | None
    scores: tuple[float, ...] | None


class _Engine(Protocol):
    def __call__(self, picture: object, *, text_score: float) -> _Output: ...


def is_installed() -> bool:
    """Whether the extra ``ocr`` is there; nothing is imported for it."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def warm_up() -> None:
    """Load the models and let each work once; later no file can be opened, and every cell shares them."""
    from PIL import ImageDraw

    picture = Image.new("RGB", (320, 64), "white")
    ImageDraw.Draw(picture).text((8, 8), "Quipu 2026", fill="black", font_size=40)
    found_lines(picture)


def found_lines(picture: Image.Image) -> list[FoundLine]:
    """What stands on a picture, in no order."""
    import numpy as np

    found = _engine()(np.asarray(picture.convert("RGB"))[:, :, ::-1], text_score=0.0)
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    corners = cast(list[Corners], np.asarray(found.boxes, dtype=float).tolist())
    return straightened(zip(corners, found.txts, map(float, found.scores), strict=True))


@cache
def _engine() -> _Engine:
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    settings = {
        "Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Rec.rec_batch_num": _BATCH,
    }  # fmt: skip
    return cast(_Engine, RapidOCR(params=settings))
