"""What a reply repeats of the mails before it: told apart from what it says itself."""

import re

_QUOTED = re.compile(r"[ \t]*>")
_WROTE = re.compile(
    r"(?:On\b.{4,250}\bwrote|Am\b.{4,250}\bschrieb.{0,100}|Le\b.{4,250}\ba écrit|El\b.{4,250}\bescribió"
    r"|于?.{0,20}在.{0,250}写道|.{0,20}\d{4}年.{0,250}写道|.{0,40}\d{4}[-/.].{0,200}写道)\s*[:：]\s*\Z",
    re.DOTALL,
)
_BEGINS_WROTE = re.compile(r"[ \t]*(?:On|Am|Le|El)\b|.*(?:在|\d{4}年|\d{4}[-/.])")
_ORIGINAL = re.compile(
    r"[ \t]*(?:-{3,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|原始邮件|邮件原件)[ \t]*-{3,}"
    r"|-{5,}[ \t]*原始邮件[ \t]*-{5,})",
    re.IGNORECASE,
)
_OLD_FROM = re.compile(r"[ \t]*\*?(?:From|Von|De|发件人|寄件者|寄件人)\*?[ \t]*[:：]", re.IGNORECASE)
_OLD_MORE = re.compile(
    r"[ \t]*\*?(?:Sent|Date|To|Subject|Gesendet|An|Betreff|Envoyé|À|Objet|发送时间|日期|时间|收件人|主题|寄件日期"
    r"|收件者)\*?[ \t]*[:：]",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[ \t]*(?:-{3,}[ \t]*)?(?:Forwarded message|Begin forwarded message|转发的?邮件)", re.IGNORECASE
)
_SIGNATURE = re.compile(r"--[ \t]*\Z")
_MARKS = re.compile(r"\A[ \t]*(?:>[ \t]?)+")
LINES_OF_WROTE = 3
LINES_OF_HEADERS = 6


def fold(text: str, *, reply: bool) -> tuple[str, str]:
    """What a mail says, and what it repeats of another one below that.

    That is the block of lines that begin with ``>``, with nothing but a signature after it; what is answered line by
    line stays where it is, for the answers say nothing without it. In a ``reply`` it is also all that follows an
    "Original Message", the headers of one, or a line that says who wrote it. Where nothing else is said, nothing is
    folded.
    """
    lines = text.split("\n")
    start = _original(lines) if reply else len(lines)
    if start < len(lines):
        own, quoted = lines[:start], lines[start:]
    else:
        own, quoted = _without_marked_end(lines)
        if not quoted and reply:
            own, quoted = _without_unmarked_end(lines)
    said = "\n".join(own)
    if not quoted or not said.strip():
        return text, ""
    return said, "\n".join(_MARKS.sub("", line) for line in quoted).strip("\n")


def _without_marked_end(lines: list[str]) -> tuple[list[str], list[str]]:
    marked = [place for place, line in enumerate(lines) if _QUOTED.match(line)]
    if not marked:
        return lines, []
    end = marked[-1] + 1
    rest = [place for place in range(end, len(lines)) if lines[place].strip()]
    if rest and not _SIGNATURE.match(lines[rest[0]]):
        return lines, []
    start = marked[-1]
    while start and (_QUOTED.match(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    start -= _attribution(lines[:start])
    return [*lines[:start], *lines[end:]], lines[start:end]


def _without_unmarked_end(lines: list[str]) -> tuple[list[str], list[str]]:
    """As a page shows a quotation: below a line that says who wrote it."""
    for place, line in enumerate(lines):
        if any(letter.isdigit() for letter in line) and _WROTE.match(line.strip()):
            return lines[:place], lines[place:]
    return lines, []


def _attribution(lines: list[str]) -> int:
    """How many lines at the end, blank ones included, say who wrote what follows."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for begin in range(end - 1, max(-1, end - 1 - LINES_OF_WROTE), -1):
        if not lines[begin].strip():
            break
        if _BEGINS_WROTE.match(lines[begin]) and _WROTE.match("\n".join(lines[begin:end]).strip()):
            return len(lines) - begin
    return 0


def _original(lines: list[str]) -> int:
    """Where the mail that is answered begins, under its headers; the number of lines where it does not."""
    for place, line in enumerate(lines):
        if _FORWARDED.match(line):
            break
        headers = _OLD_FROM.match(line) and sum(
            1 for more in lines[place + 1 : place + LINES_OF_HEADERS] if _OLD_MORE.match(more)
        )
        if _ORIGINAL.match(line) or (headers and headers >= 2):
            return place
    return len(lines)
