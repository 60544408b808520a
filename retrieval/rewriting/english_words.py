"""Words by which an English question shows that it depends on what was said before it."""

import re

MOST_BARE_WORDS = 8
"""A phrase of more words is about something of its own."""
OPENING = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|oh|okay|ok|well|so|great|wow|yes|yeah|right|sure|sorry|please|anyway|by the way|"
    r"thanks?(?: you)?(?: (?:very|so) much| a lot)?|i see|i understand|got it|interesting|good to know|no worries|"
    r"my apologies|also|then|now|next|finally|and|but|or)\b[\s,.!:;…–-]*)+",
    re.IGNORECASE,
)
CORRECTS = re.compile(
    r"\A\W*(?:(?:no|nope|oops|sorry|wait|actually|not quite|i(?:['’]m| am) sorry|my apologies)\b[\s,.!:;…–-]*)*"
    r"(?:(?:what )?(?:i|we)(?:['’]m| am| was| have| had|['’]ve)?(?: just| actually| really)? (?:mean|meant"
    r"|asked|asking|"
    r"talking|referring|speaking|inquiring)\b(?: is| was)?(?: to ask)?(?: you)?(?: about| to| for| of)?"
    r"|correction(?: to)?|make that|(?:i|we) (?:want"
    r"|wanted) to ask(?: you)?(?: about)?)[\s,:;…–-]+(?P<rest>.+?)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
DENIES = re.compile(
    r"\A\W*(?:no|nope|oops|sorry|wait|actually|rather)\b[\s,.!:;…–-]+(?P<rest>.+?)\s*\Z", re.I | re.DOTALL
)
ABOUT = re.compile(
    r"\A\W*(?:(?:and|but|or|so|then|ok|okay|well|now|yes|no)\b[\s,]*)*(?:what|how) (?:about|of) (?P<rest>.+?)"
    r"\s*(?:\?\s*(?P<tail>\S.*))?\Z",
    re.IGNORECASE | re.DOTALL,
)
JOINED = re.compile(r"\A\W*(?:and|or|but|also|then)\b[\s,]*(?P<rest>.+)\Z", re.IGNORECASE | re.DOTALL)
MODIFIER = re.compile(
    r"\A(?:in|on|at|for|from|by|with|during|before|after|since|until|under|to|between|near|around|as|without)\b", re.I
)
INTERROGATIVE = (
    r"(?:why(?: not| so)?|when(?: exactly)?|where(?: exactly)?|who(?:m|se)?(?: exactly)?|how(?: come| so"
    r"| exactly| many|"
    r" much| long| far| old| often| big| tall| high| large)?|(?:which|what)(?: (?P<noun>\w+))?)"
)
ASKS_BARELY = re.compile(
    rf"\A(?:(?:in|on|at|by|for|from|with|since|until|to|of)\s+)?{INTERROGATIVE}\W*\Z", re.IGNORECASE
)
VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|being|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must|"
    r"(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]?t|cannot|wd)\b|['’](?:s|re|m"
    r"|ve|ll|d)\s"
    r"|\A(?:who|what|which|when|where|why|how|whose|whom)\b(?:\W+[\w'’-]+){2}|\b(?:I|we|you|they|he|she)\b"
    r"|\A(?:tell|give|show|list|name|explain|describe|summari[sz]e|find|compare|define|provide|recommend"
    r"|suggest|discuss|"
    r"say|let|help|look|write|identify|state|count|mention|translate|outline)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"\b(?:(?P<person>he|him|himself|she|herself)|(?P<owner>his|hers)|(?P<her>her)|(?P<thing>it|itself)|(?P<its>its)"
    r"|(?P<several>they|them|themselves)|(?P<their>theirs?)|(?P<place>there))\b(?!['’](?!s\b))",
    re.IGNORECASE,
)
POINTING = re.compile(
    r"\b(?P<word>this|that|these|those|said|such an?)\b(?: same| very| particular| last)?"
    r"(?P<noun>(?: (?!(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may"
    r"|might|must|and|or|"
    r"who|which|that|in|on|at|of|for|from|to|with|about|by|than|as|if|when|not|so|the|a|an|i|you|we|he|she|it|they|"
    r"really|still|also|used|called|made|done|mean|means|happen|happens|happened|work|works|cost|costs"
    r"|include|includes)\b)"
    r"[^\W\d_][\w'’-]*){0,3})",
    re.IGNORECASE,
)
THAT_REFERS = re.compile(
    r"(?:\A|[.?!,;]\s*|\b(?:in|on|at|of|for|from|to|with|about|by|than|like|after|before|during|since|under"
    r"|is|was|are|"
    r"were|does|did|do|has|can|could|will|would|and|why|how|when|where|do|doing|did|mean|use|uses))\s*\Z",
    re.IGNORECASE,
)
NOT_POINTING = re.compile(
    r"\A (?:year|month|week|morning|afternoon|evening|night|time|century|summer|winter|spring|autumn|season|weekend|"
    r"collection|corpus|documents?|files?|knowledge base|library of documents|context|case)\b",
    re.IGNORECASE,
)
DEFINITE = re.compile(
    r"\b(?:the|your)(?: same| other| said)? (?P<noun>(?:[a-z][\w-]* )?[a-z][\w-]*)(?=\s*(?:\W*\Z|[,;?]"
    r"|\b(?:is|are|was|were|be|do|does|did|has|"
    r"have|had|can|could|will|would|should|may|might|must|and|or|get|cost|offer|work|use|belong)\b))"
)
ITEM = re.compile(
    r"\bthe (?P<which>first|second|third|fourth|fifth|sixth|last|latter|former)(?: (?:one|option|item|point"
    r"|step)\b|(?=\W*\Z|[,;?]"
    r"|\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|in detail|please|instead|and|too)\b))",
    re.IGNORECASE,
)
NUMBERS = {
    "first": 1,
    "former": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "last": -1,
    "latter": -1,
}
ONE = re.compile(
    r"\b(?:which|another|an?|the other|this|that|each|every|any|create|have|need|get|buy|use|make|want|build|choose)"
    r"(?: (?:new|good|better|different|single))? (?P<one>ones?)\b(?! of\b)|\b(?:removing|creating|having"
    r"|getting|using) (?P<other>one)\b",
    re.IGNORECASE,
)
EMPTY_IT = re.compile(
    r"\b(?:is|was|does|did|would|will|can|could|has|should|may|might|isn['’]?t"
    r"|wasn['’]?t)\s+it(?=\s+(?:(?:also|still|really|even|ever|always|"
    r"usually|generally) )?(?:true|possible|impossible|necessary|important|ok|okay|legal|illegal|safe|hard"
    r"|easy|difficult|better|"
    r"best|worth|wise|common|normal|correct|right|wrong|make sense|matter|take|mean|bad|good|cheaper|allowed"
    r"|permitted|required|advisable|"
    r"ironic|permissible|considered|said|known|thought|that)\b)"
    r"|\b(?:how long|how much time|how many \w+|what) (?:does|did|will|would) it(?= (?:take|cost) to\b)"
    r"|\bit(?:['’]s| is| was| will be| would be)(?= (?:true|possible|necessary|important|better|best|worth"
    r"|said|known|clear|that) )"
    r"|\bwhat time is it\b|\b(?:make|makes|making|find|finds|made|found) it(?= \w+ to\b)|\bthat['’]?s it\b",
    re.IGNORECASE,
)
EMPTY_THERE = re.compile(
    r"\b(?:is|are|was|were|will|has|have|had|been|be|can|could|may|might|isn['’]?t|aren['’]?t|wasn['’]?t"
    r"|weren['’]?t)\s+there\b(?!\s*(?:\W*\Z|,))"
    r"|\bthere(?=['’]s|\s+(?:is|are|was|were|will|has|have|had|may|might|must|should|can|could|be|been|seem"
    r"|seems|exist|exists)\b)"
    r"|\b(?:hi|hello|hey),? there\b|\bout there\b",
    re.IGNORECASE,
)
BREAK = re.compile(
    r"[,;:.?!–]|\b(?:and|or|but|when|where|while|if|because|that|who|which|before|after|since|until|so|than)\b", re.I
)
INDEFINITE = re.compile(r"\b(?:an?|any|some|my|each|every|someone|somebody|people|anyone)\b(?: [a-z][\w-]*)?", re.I)
HER_OBJECT = re.compile(
    r"\A\s*(?:\W|\Z|(?:and|or|in|on|at|for|from|to|with|by|as|of|is|was|when|before|after|die|win|get)\b)", re.I
)
SENTENCE = re.compile(r"(?<=[.?!])\s+")
