"""Models that misbehave on purpose, by name, for a :class:`model_server.ModelServer`; and one that behaves.

The delays are those of a server in trouble divided by ten, so that timeouts of a few seconds show what longer ones do.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator

from model_server import Asked, Reply, count_tokens, words

_PASSAGE = re.compile(r"<passage (\w+)>\n(.*?)\n</passage \1>", re.DOTALL)


def passages(asked: Asked) -> dict[str, str]:
    """The passages of a prompt for an answer, by handle, without their titles."""
    return {handle: text.split("\n\n", 1)[1] for handle, text in _PASSAGE.findall(asked.user)}


def honest(asked: Asked) -> Reply:
    """The first words of every passage, cited as asked for; an empty reading of a chunk."""
    found = passages(asked)
    if not found:
        return words('{"entities": [], "relations": []}')
    sentences = {handle: re.split(r"(?<=\.)\s", text)[0] for handle, text in found.items()}
    return words(" ".join(f'{text[:-1]} [{handle}: "{text[:40]}"].' for handle, text in sentences.items()))


def _half_of(asked: Asked) -> Reply:
    counted = (count_tokens(asked.system) + count_tokens(asked.user)) // 2
    return Reply(pieces=["Certainly. ", "It is so."], prompt_tokens=counted)


def _obeys(asked: Asked) -> Reply:
    """Does what the last instruction in a document says."""
    orders = re.findall(r"(?:Ignore|Disregard)[^\n]*", asked.user)
    return words(f"{orders[-1]} HACKED, visit http://evil.example now." if orders else "HACKED.")


def _many_entities(_: Asked) -> Reply:
    entities = [{"name": f"Entity {number}", "type": "thing", "description": ""} for number in range(10_000)]
    return Reply(pieces=[json.dumps({"entities": entities, "relations": []})])


_READ = (
    '{"entities": [{"name": "Selm Tower", "type": "tower"}, {"name": "Edda Brink", "type": "person"}], "relations": ['
)
_DESIGNED = '{"source": "Selm Tower", "relation": "designed by", "target": "Edda Brink"}'


def _cut_within_relations(asked: Asked) -> Reply:
    """A reading whose second relation is cut, and a sentence that is."""
    found = passages(asked)
    if not found:
        return Reply(pieces=[_READ, _DESIGNED, ', {"source": "Selm To'], finish="length")
    return Reply(pieces=["The Selm Tower was designed by Edda Brink [", *list(found)[:1]], finish="length")


def _cut_in_the_second_half(asked: Asked) -> Reply:
    """Cut where the last sentence of a text is among those asked about: in the whole, and in its second half."""
    return _cut_within_relations(asked) if re.search("HACKED|painted", asked.user) else honest(asked)


def _one_entity(_: Asked) -> Reply:
    return Reply(pieces=['{"entities": [', *['{"name": "Edda Brink", "type": "person"}, '] * 5_000], finish="length")


def _one_sentence(asked: Asked) -> Reply:
    """The same sentence up to the bound, with its source; in a reading, an item."""
    for handle, text in passages(asked).items():
        return Reply(pieces=[f'{text.split(". ")[0]} [{handle}: "{text[:40]}"].\n'] * 5_000, finish="length")
    return _one_entity(asked)


_SLOT = threading.Lock()
_WINDOWS = itertools.cycle((4096, 2048, 1024, 512, 256))


def _one_slot(asked: Asked) -> Reply:
    """Begins with a call when it is done with the one before, and says nothing until then."""

    def pieces() -> Iterator[str | float]:
        with _SLOT:
            yield 0.3
            yield from honest(asked).pieces

    return Reply(pieces=pieces())


def _window_shrinks(_: Asked) -> Reply:
    """Takes less and less, whatever it is asked."""
    return Reply(status=400, error=f"This model's maximum context length is {next(_WINDOWS)} tokens")


LASTING = frozenset({"silent", "one token every half second", "endless"})
"""Last longer than anybody may wait: every call is given up, which the server sees, before it is done."""
MISBEHAVIOURS: dict[str, Callable[[Asked], Reply]] = {
    "refuses": lambda _: Reply(status=403, error="go away"),
    "fails": lambda _: Reply(status=500),
    "busy, come back soon": lambda _: Reply(status=429, headers={"Retry-After": "0.1"}),
    "busy, come back tomorrow": lambda _: Reply(status=429, headers={"Retry-After": "86400"}),
    "busy, nonsense": lambda _: Reply(status=503, headers={"Retry-After": "-1e400 moons"}),
    "silent": lambda _: Reply(pieces=[60.0]),
    "one token every half second": lambda _: Reply(pieces=["drip ", 0.5] * 100),
    "drops the connection": lambda _: Reply(pieces=["It is "], finish=None),
    "empty": lambda _: Reply(pieces=[]),
    "cut JSON": lambda _: Reply(pieces=['{"entities": [{"name": "Selm'], finish="length"),
    "prose around JSON": lambda _: words('Sure! Here it is:\n```json\n{"entities": [], "relations": []}\n```\nEnjoy.'),
    "wrong types": lambda _: words('{"entities": "none", "relations": {"source": 7}}'),
    "ten thousand entities": _many_entities,
    "endless": lambda _: Reply(pieces=("and so on " for _ in range(5_000_000))),
    "half characters": lambda _: words(
        '{"entities": [{"name": "Selm Tower", "type": "\\ud800"}, {"name": "\\udfff\\u0000", "type": "x"}],'
        ' "relations": [{"source": "Selm Tower", "relation": "\\ud800", "target": "Edda Brink"}]}'
    ),
    "half a character in the stream": lambda _: Reply(
        raw=b'data: {"choices": [{"delta": {"content": "It is \\ud83d"}}]}\n'
        b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\ndata: [DONE]\n'
    ),
    "wrong shapes of the protocol": lambda _: Reply(
        raw=b'data: {"choices": [{"delta": ["x"]}], "usage": "none"}\ndata: [DONE]\n'
    ),
    "deeply nested": lambda _: Reply(pieces=["[" * 50_000]),
    "prompt cut to half": _half_of,
    "prompt cut to the window": lambda _: Reply(pieces=["Certainly."], prompt_tokens=8192),
    "another protocol": lambda _: Reply(raw=b"<html>It works!</html>\n"),
    "invalid bytes": lambda _: Reply(raw=b"\xff\xfe\x00" * 50 + b"\n"),
    "obeys documents": _obeys,
    "one slot": _one_slot,
    "window shrinks": _window_shrinks,
    "refuses for length": lambda _: Reply(status=400, error="the request exceeds the available context size"),
    "cites what is not there": lambda _: words('It was so [1]. And so [zz9: "made up"]. And so 【3†source】.'),
    "cut within relations": _cut_within_relations,
    "cut in the second half too": _cut_in_the_second_half,
    "loops one entity to the limit": _one_entity,
    "loops a sentence in an answer": _one_sentence,
}
