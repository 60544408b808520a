"""What belongs to a slide and python-pptx does not give: comments, diagrams, alternative content."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree
from pptx.opc.package import Part
from pptx.slide import Slide

from ingest.loaders.drafting import one_line
from ingest.loaders.office.containers import drawn_text, local, parsed

_SHAPES = frozenset({"sp", "grpSp", "graphicFrame", "cxnSp", "pic", "contentPart"})
_NO_TEXT = frozenset({"pres", "parTrans", "sibTrans"})
_MOST_DEPTH = 50


def flattened(slide: etree._Element) -> None:
    """Put in place of each alternative content what a present reader shows of it."""
    for alternative in list(slide.iter("{*}AlternateContent")):
        above = alternative.getparent()
        options = [
            [each for each in option if local(each) in _SHAPES]
            for name in ("Choice", "Fallback") for option in alternative.iterfind(f"{{*}}{name}")
        ]  # fmt: skip
        shown = next((each for each in options if each), None)
        if above is None or shown is None:
            continue
        for shape in shown:
            alternative.addprevious(shape)
        above.remove(alternative)


def comments(slide: Slide) -> Iterator[str]:
    """Comments on a slide, of both kinds, each with its author where that is told."""
    for relation in slide.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/comments"):
            authors = _authors(slide)
            for comment in parsed(relation.target_part.blob).iter("{*}cm", "{*}reply"):
                text = _own_text(comment)
                if text:
                    author = authors.get(comment.get("authorId", ""), "")
                    yield f"Comment ({author}): {text}" if author else f"Comment: {text}"


def diagram(slide: Slide, frame: etree._Element) -> list[tuple[int, str]]:
    """The points of a diagram (SmartArt) with their depth, in order. Empty where the frame holds none."""
    for reference in frame.iter("{*}relIds"):
        data = next((value for name, value in reference.attrib.items() if str(name).endswith("}dm")), "")
        return _points(parsed(slide.part.related_part(str(data)).blob))
    return []


def _own_text(comment: etree._Element) -> str:
    """Of a comment alone: its answers come after it."""
    for child in comment:
        if local(child) == "text":
            return one_line(child.text or "")
        if local(child) == "txBody":
            return one_line(" ".join(drawn_text(child)))
    return ""


def _authors(slide: Slide) -> dict[str, str]:
    presentation: Part = slide.part.package.main_document_part
    for relation in presentation.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/commentAuthors", "/authors")):
            people = parsed(relation.target_part.blob)
            return {str(each.get("id")): one_line(each.get("name") or "") for each in people}
    return {}


def _points(model: etree._Element) -> list[tuple[int, str]]:
    texts = {
        str(point.get("modelId")): one_line(" ".join(drawn_text(point)))
        for point in model.iter("{*}pt") if point.get("type") not in _NO_TEXT
    }  # fmt: skip
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in model.iter("{*}cxn"):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd", "0")
            below[str(link.get("srcId"))].append((int(order) if order.isdigit() else 0, str(link.get("destId"))))
    roots = [str(point.get("modelId")) for point in model.iter("{*}pt") if point.get("type") == "doc"]
    found: list[tuple[int, str]] = []
    told: set[str] = set()
    waiting = [(0, root) for root in reversed(roots)]
    while waiting:
        depth, point = waiting.pop()
        if point in told or depth > _MOST_DEPTH:
            continue
        told.add(point)
        if texts.get(point):
            found.append((max(depth - 1, 0), texts[point]))
        waiting += [(depth + 1, child) for _, child in sorted(below[point], reverse=True)]
    return found + [(0, text) for point, text in texts.items() if text and point not in told]
