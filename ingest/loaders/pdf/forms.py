"""What was filled in on a page and written onto it: form fields and annotations, by pypdf."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject

from ingest.loaders.drafting import one_line
from ingest.loaders.layout.places import Box

CHECKED, UNCHECKED = "[x]", "[ ]"
_HIDDEN = 0b100010
"""Flags of an annotation that nobody sees: hidden, no view."""
_PUSH, _PASSWORD = 1 << 16, 1 << 13
_MOST = 5_000
_UNTOLD = frozenset({"/Popup", "/Link", "/Movie", "/Screen", "/PrinterMark", "/TrapNet", "/Watermark"})
_DEEPEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A field: its name, what is in it, and where, as the file has it."""

    name: str
    value: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A note that was written to a page, and by whom."""

    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """Of one page: what is filled in or written over it at a place, remarks, and how many of both nobody sees."""

    filled: tuple[Filled, ...] = ()
    remarks: tuple[Remark, ...] = ()
    attached: int = 0
    hidden: int = 0


def additions_of(page: PageObject) -> Additions:
    """What stands on a page beside its text. Raises what pypdf raises of a broken file."""
    filled: list[Filled] = []
    remarks: list[Remark] = []
    hidden = attached = 0
    for found in _annotations(page):
        kind = found.get("/Subtype")
        attached += kind == "/FileAttachment"
        if kind in _UNTOLD:
            continue
        if _flags(found.get("/F")) & _HIDDEN:
            hidden += 1
        elif kind == "/Widget":
            field = _field(found)
            filled += [field] if field else []
        elif kind == "/FreeText":
            filled.append(Filled(name="", value=_text(found.get("/Contents")), box=_rectangle(found)))
        elif text := one_line(_text(found.get("/Contents"))):
            remarks.append(Remark(author=one_line(_text(found.get("/T"))), text=text))
    return Additions(
        filled=tuple(one for one in filled if one.value.strip()), remarks=tuple(remarks), attached=attached,
        hidden=hidden,
    )  # fmt: skip


def _annotations(page: PageObject) -> Iterator[DictionaryObject]:
    found = page.get("/Annots")
    listed = found.get_object() if found is not None else None
    for each in list(listed)[:_MOST] if isinstance(listed, ArrayObject) else []:
        one = each.get_object()
        if isinstance(one, DictionaryObject):
            yield one


def _field(widget: DictionaryObject) -> Filled | None:
    whole = _inherited(widget)
    flags = _flags(whole.get("/Ff"))
    kind, value = whole.get("/FT"), whole.get("/V")
    if kind == "/Btn":
        text = "" if flags & _PUSH else _mark(widget, whole)
    elif kind == "/Ch":
        text = _chosen(value, whole.get("/Opt"))
    elif kind == "/Tx":
        text = "" if flags & _PASSWORD else _text(value)
    else:
        text = ""
    return Filled(name=_name(whole), value=text, box=_rectangle(widget)) if text.strip() else None


def _inherited(widget: DictionaryObject) -> Mapping[str, object]:
    """What holds of a field: its own entries, and those of the fields above it."""
    held: dict[str, object] = {}
    at: object = widget
    for _ in range(_DEEPEST):
        if not isinstance(at, DictionaryObject):
            break
        for key in ("/T", "/TU", "/V", "/FT", "/Ff", "/Opt"):
            if key in at and key not in held:
                held[key] = at[key]
        above = at.get("/Parent")
        at = above.get_object() if above is not None else None
    return held


def _name(whole: Mapping[str, object]) -> str:
    return one_line(_text(whole.get("/TU")) or _text(whole.get("/T")))


def _flags(value: object) -> int:
    whole = value.get_object() if hasattr(value, "get_object") else value
    return int(whole) if isinstance(whole, int) else 0


def _mark(widget: DictionaryObject, whole: Mapping[str, object]) -> str:
    state = widget.get("/AS") or whole.get("/V") or "/Off"
    return UNCHECKED if str(state) in {"/Off", "Off"} else CHECKED


def _chosen(value: object, options: object) -> str:
    """What is chosen, as it is shown."""
    shown: dict[str, str] = {}
    for option in options if isinstance(options, ArrayObject) else []:
        pair = option.get_object()
        if isinstance(pair, ArrayObject) and len(pair) > 1:
            shown[_text(pair[0])] = _text(pair[1])
    chosen = [_text(one) for one in value] if isinstance(value, ArrayObject) else [_text(value)]
    return ", ".join(shown.get(one, one) for one in chosen if one)


def _text(value: object) -> str:
    if value is None:
        return ""
    whole = value.get_object() if hasattr(value, "get_object") else value
    data = getattr(whole, "get_data", None)
    if data is not None:
        return bytes(data()).decode("utf-8", "replace")
    return str(whole) if isinstance(whole, str) else ""


def _rectangle(found: DictionaryObject) -> Box:
    sides = [float(side) for side in found.get("/Rect", [])]
    if len(sides) != 4:
        return (0.0, 0.0, 0.0, 0.0)
    return (min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]))
