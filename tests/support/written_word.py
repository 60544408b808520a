"""Documents of Word, written part by part as raw XML."""

import io
import zipfile
from collections.abc import Mapping

from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.word.reading import load
from ingest.model import LoadedDocument, Source

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLD = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"
SPACES = {
    "w": f"{OLD}/wordprocessingml/2006/main", "r": f"{OLD}/officeDocument/2006/relationships",
    "m": f"{OLD}/officeDocument/2006/math", "a": f"{OLD}/drawingml/2006/main",
    "wp": f"{OLD}/drawingml/2006/wordprocessingDrawing", "pic": f"{OLD}/drawingml/2006/picture",
    "c": f"{OLD}/drawingml/2006/chart", "dgm": f"{OLD}/drawingml/2006/diagram",
    "mc": f"{OLD}/markup-compatibility/2006", "v": "urn:schemas-microsoft-com:vml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}  # fmt: skip
TO_STRICT = {
    SPACES["w"]: f"{STRICT}/wordprocessingml/main", SPACES["r"]: f"{STRICT}/officeDocument/relationships",
    SPACES["m"]: f"{STRICT}/officeDocument/math", SPACES["a"]: f"{STRICT}/drawingml/main",
    SPACES["wp"]: f"{STRICT}/drawingml/wordprocessingDrawing", SPACES["pic"]: f"{STRICT}/drawingml/picture",
}  # fmt: skip
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def word(body: str, parts: Mapping[str, tuple[str, str | bytes]] | None = None) -> bytes:
    """A document of this body, and of parts beside it: kind of relation and content, by name, which is the id too."""
    relations, files = "", {}
    for name, (kind, content) in (parts or {}).items():
        relations += f'<Relationship Id="{name}" Type="{SPACES["r"]}/{kind}" Target="{name}"/>'
        files[f"word/{name}"] = rooted(content) if isinstance(content, str) and content.startswith("<w:") else content
    return packed(
        {
            "_rels/.rels": relation_part(
                f'<Relationship Id="1" Type="{SPACES["r"]}/officeDocument" Target="word/document.xml"/>'
                f'<Relationship Id="2" Type="{_RELATIONS}/metadata/core-properties" Target="docProps/core.xml"/>'
                if "../docProps/core.xml" in (parts or {})
                else f'<Relationship Id="1" Type="{SPACES["r"]}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/document.xml": rooted(f"<w:document><w:body>{body}</w:body></w:document>"),
            "word/_rels/document.xml.rels": relation_part(relations),
            **{name.replace("word/../", ""): content for name, content in files.items()},
        }
    )


def packed(files: Mapping[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def strict(data: bytes) -> bytes:
    """The same document in the strict edition of the standard."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    for old, new in TO_STRICT.items():
        files = {name: content.replace(old, new) for name, content in files.items()}
    return packed(files)


def relation_part(relations: str) -> str:
    return f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'


def rooted(xml: str) -> str:
    """With the namespaces declared at its root."""
    name, rest = xml[1:].split(">", 1)
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
    return f"<{name} {spaces}>{rest}"


def read(data: bytes) -> LoadedDocument:
    return load(Source(name="it.docx", media_type=DOCX, data=data), DEFAULT_LIMITS)


def run(text: str, properties: str = "") -> str:
    looks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    """A paragraph of one run of text, or of the XML given."""
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    written = "".join(each if each.startswith("<") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{written}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"
