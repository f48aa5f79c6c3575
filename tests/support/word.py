"""DOCX files made of raw markup, with whatever an office program or an attacker may write into one."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from consult.documents.importing.formats import read
from consult.documents.importing.structure import Finding, ReadText
from tests.support.files import R, W, archive

NAMES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def run(text: str, looks: str = "") -> str:
    """A run of words."""
    return f'<w:r>{f"<w:rPr>{looks}</w:rPr>" if looks else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(content: str = "", *, style: str = "", more: str = "") -> str:
    """A paragraph: of markup, or of words where it begins with none."""
    inner = content if content.startswith("<") or not content else run(content)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{more}</w:pPr>{inner}</w:p>"


def numbered(content: str, number: int, level: int = 0, *, style: str = "") -> str:
    """A paragraph with a number of its own."""
    return p(content, style=style, more=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def cell(content: str, more: str = "") -> str:
    """A cell: of markup, or of words."""
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


def row(*cells: str, more: str = "") -> str:
    """A row of cells, of words or made by `cell`."""
    made = "".join(one if one.startswith("<w:tc>") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{more}</w:trPr>{made}</w:tr>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def drawing(key: str, described: str = "", *, attribute: str = "embed") -> str:
    """A run with a picture: `key` is of its relationship."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="n" descr="{described}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:{attribute}="{key}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def heading_styles(name: str = "heading") -> str:
    """The markup of heading styles of three levels, named so."""
    return "".join(
        f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="{name} {n}"/></w:style>' for n in (1, 2, 3)
    )


def field(instruction: str, result: str, *, looks: str = "") -> str:
    """A field with what it showed last, as markup of runs or as words."""
    inner = result if result.startswith("<") else run(result, looks)
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{inner}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def word(
    body: str,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    rels: tuple[tuple[str, str, str, bool], ...] = (),
    main: str = MAIN,
) -> bytes:
    """A DOCX.

    Args:
        body: the markup inside its body.
        parts: the inner markup of `styles`, `numbering`, `footnotes`, `endnotes`, `comments`, `settings`, or a name of
            a part with its content.
        rels: (key, kind, target, whether it is outside) of the body's further relationships.
        main: the content type of the body.
    """
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": _relations((("rId1", "officeDocument", "word/document.xml", False),)),
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
    }
    related = list(rels)
    for name, content in (parts or {}).items():
        if "/" in name:
            files[name] = content
            continue
        files[f"word/{name}.xml"] = f"<w:{name} {NAMES}>{content!s}</w:{name}>"
        related.append((f"rId_{name}", name, f"{name}.xml", False))
    files["word/_rels/document.xml.rels"] = _relations(tuple(related))
    return archive(files)


def _relations(rows: tuple[tuple[str, str, str, bool], ...]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{escape(target)}"{outside}/>'
        for key, kind, target, is_outside in rows
        for outside in [' TargetMode="External"' if is_outside else ""]
    )
    return f'<Relationships xmlns="{_RELS}">{lines}</Relationships>'


def reading(content: bytes) -> ReadText:
    """What a file becomes, read in this process."""
    return read(content, lambda _percent: None)


def lines_of(text: ReadText) -> list[str]:
    """Its blocks as lines: kind, number, words."""
    return [f"{b.kind.value}{b.level or ''} {b.number}| {b.text}" for b in text.blocks]


def found(text: ReadText) -> dict[str, Finding]:
    """Its findings by their codes."""
    return {finding.code.value: finding for finding in text.findings}
