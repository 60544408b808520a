"""Fields of a paragraph: of what a field is told to do and what came of it, only the latter is text."""

from ingest.loaders.word.names import Node, attribute, child, number, switched_on


class Fields:
    """Follows the fields that begin in a paragraph, within each other as they may be.

    What stands before the result of a field is an instruction. It is taken away only when the result begins, or the
    field ends: a field that does neither takes no text with it.
    """

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts
        self._open: list[tuple[int | None, str]] = []

    def character(self, node: Node) -> None:
        """A field begins, has its result, or ends."""
        what = attribute(node, "w:fldCharType")
        if what == "begin":
            self._open.append((len(self._parts), _chosen(child(node, "w:ffData"))))
        elif what == "separate" and self._open:
            start, chosen = self._open[-1]
            if start is not None:
                del self._parts[start:]
                self._open[-1] = None, chosen
        elif what == "end" and self._open:
            start, chosen = self._open.pop()
            if start is not None:
                del self._parts[start:]
            self._parts.append(chosen)


def _chosen(form: Node | None) -> str:
    """What a box of an old form shows: whether it is ticked, or what was chosen from its list."""
    box, choice = child(form, "w:checkBox"), child(form, "w:ddList")
    if box is not None:
        state = child(box, "w:checked")
        return "☒" if switched_on(child(box, "w:default") if state is None else state) else "☐"
    if choice is not None:
        entries = [each for each in choice if each.tag.endswith("}listEntry")]
        at = number(child(choice, "w:result"), default=number(child(choice, "w:default")))
        return (attribute(entries[at], "w:val") or "") if 0 <= at < len(entries) else ""
    return ""
