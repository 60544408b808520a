"""How lists, counts, definitions, overviews and summaries are asked for in English. Pure.

``it`` is, in each form, what is asked about. Forms are tried in order, each on the whole question.
"""

THINGS = r"(?:documents?|docs?|files?|texts?|sources?|pages?|papers?|materials?|articles?|notes?|uploads?)"
_PLACE = (
    r"(?:knowledge ?base|base|collection|workspace|library|database|corpus|archive|index|system|graph|folder|contents?"
    r"|data(?: ?set)?)"
)
_MY = r"(?:the|this|these|those|my|your|our)"
_ALL = (
    rf"(?:all |all of |everything |whatever )?(?:{_MY} )?(?:whole |entire |uploaded |loaded |available )?"
    rf"(?:{THINGS}|{_PLACE}|everything|all|it|this|these|them|it all|what(?:'s| is| there is| you have| you know))?"
    rf"(?: (?:in |from |of )?(?:here|there|{_MY} {_PLACE}|you have|you know|loaded))?"
)
_SUM_UP = r"(?:summari[sz]e|sum up|outline|tl;?dr:?)"
_A_SUMMARY = (
    r"(?:give me |show me |write |make )?(?:an? |the )?(?:short |brief |quick |one-line )?"
    r"(?:overview|summary|outline|synopsis|abstract)"
)
_BE = r"(?:are|were|is|was)"
_AUXILIARY = rf"(?:{_BE}|do|did|does|have|has|had|can|could|will|would|must|may|should|might)"
_PLURAL = r"(?:[\w'-]*[^\W\d_](?<![sui'])s|people|men|women|children|staff|persons|series|species|criteria)"
_ANY = r"[\w'-]+ "

POLITE = (
    r"(?:please|hi|hello|hey|ok|so|and|well)\b[,!. ]*",
    r"(?:can|could|would|will) you (?:please |kindly )?",
    r"(?:i(?:'d| would) (?:like|love) to (?:know|have|see|get)|i want to know|do you know) (?:of )?",
    r"tell me (?=wh|how )(?!what you|whatever)",
)
OVERVIEW = (
    r"what(?:'s| is| are)(?: (?:all|stored|loaded|contained|found))? (?:in|inside)"
    rf" (?:here|there|it|{_MY} (?:{_PLACE}|{THINGS}))",
    rf"what(?:'s| is| are) (?:all )?(?:this|these|it|it all|all this|{_MY} (?:{THINGS}|{_PLACE}))(?: all)? about",
    rf"(?:what|which)(?: (?:kind|sort|type)s? of)? {THINGS} (?:are (?:there|here|in here|loaded|available|stored)"
    rf"|are (?:in|inside) .{{1,40}}|do you (?:have|know|hold)|have you got|have been (?:up)?loaded.{{0,20}})",
    r"what(?: all)? do you (?:know|have|contain|cover)(?: in)?(?: here)?",
    r"what can (?:i|we) (?:ask|find|learn|search)(?: you)?(?: about)?(?: in)?(?: here)?",
    r"what can you (?:tell me|answer|help (?:me )?with)",
    r"(?:what|which) (?:topics?|subjects?|themes?) (?:are|is|do|does) .{1,60}",
    rf"(?:list|show|name|enumerate)(?: me)?(?: all| every)?(?: of)?(?: {_MY})? {THINGS}(?: (?:in|that|you) .{{1,30}})?",
    rf"how many {THINGS}(?: (?:are|do|have|is) .{{1,40}})?",
    rf"{_A_SUMMARY}(?: of {_ALL})?",
    rf"{_SUM_UP}(?: {_ALL})?",
)
SUMMARY = (
    rf"{_SUM_UP}(?: for me)? (?P<it>.+)",
    rf"{_A_SUMMARY} (?:of|on|about|for) (?P<it>.+)",
    rf"what does (?P<it>(?:the |this )?{THINGS} .+) (?:say|contain|cover|describe)",
    rf"what(?:'s| is) (?P<it>(?:the |this )?{THINGS} .+) about",
)
EVERYTHING = _ALL
NAMED_DOCUMENT = (
    rf"(?:the |this |that )?(?:{THINGS} )?(?:about |on |called |named |titled |entitled |for |of )?(?:the )?(?P<it>.+?)"
    rf"(?: {THINGS})?"
)
LIST = (
    r"(?:list|enumerate|name|itemi[sz]e|show(?: me)?|give(?: me)?|tell me|what are|what were)(?: up| out)?"
    r"(?: all| every| each)(?: of)?(?: the| its| their)? (?P<it>.+)",
    r"(?:list|enumerate|itemi[sz]e|name)(?: the| some| any| me)? (?P<it>.+)",
    r"(?:give|show|make|write)(?: me| us)? (?:a |the )?(?:full |complete )?list (?:of|with)(?: all)?(?: the)?"
    r" (?P<it>.+)",
    rf"(?:what|which)(?: all| other| different)? (?P<it>(?:(?!{_AUXILIARY}\b){_ANY}){{0,2}}{_PLURAL})"
    rf"(?: (?:of|in|at|on|for|from|by) .{{1,60}}?)? {_AUXILIARY}\b.*",
    rf"which(?: all| other| different)? (?P<it>{_PLURAL}) (?!the\b|an?\b)\w+.*",
    rf"what (?:are|were)(?: all)?(?: the| some| its| their)? (?P<it>(?:{_ANY}){{0,3}}{_PLURAL})\b.*",
    rf"who (?:all |else )?(?:are|were)(?: all)?(?: the)? (?P<it>(?:{_ANY}){{0,2}}{_PLURAL})\b.*",
    r"who (?:all |else )?(?:works?|worked|lives?|lived|belongs?) .+",
    r"who (?:has|have|had) (?!the\b|an?\b|more\b|most\b|been the\b)(?:ever |already |so far )?\w+.*",
    r"what (?:has|have|had) (?!happened|been the\b).+",
)
COUNT = (
    rf".*\bhow many (?P<it>(?:(?!{_AUXILIARY}\b|of\b|in\b|people live\b)[\w'-]+ ?){{1,4}}).*",
    r".*\bnumber of (?P<it>[\w'-]+(?: [\w'-]+)?).*",
)
DEFINITION = (
    r"(?:what|who)(?:'s| exactly is| is| are| was| were)(?: exactly| actually)? (?P<it>.+?)(?:,? exactly)?",
    r"(?:tell|teach) me (?:more |something |a bit |a little |all |everything |everything you know )?about (?P<it>.+)",
    r"(?:describe|explain|define|introduce)(?: to me| briefly)? (?P<it>.+)",
    r"what (?:do|can) (?:you|we|i|they|the documents)(?: all)? (?:know|say|have|tell me|tell us|find|learn)(?: out)?"
    r" (?:about|on) (?P<it>.+)",
    r"(?:give me |show me )?(?:some |more |all )?(?:information|info|facts|details|background) (?:about|on|for)"
    r" (?P<it>.+)",
    r"what does (?P<it>.+?) (?:mean|do|stand for|make|produce|refer to)",
    r"(?:the )?(?:meaning|definition) of (?P<it>.+)",
    r"about (?P<it>.+)",
)
SAYS_LIST = (
    r"\b(?:list(?:s|ed|ing)?|enumerate|name[sd]?|show|give|tell|all|every|each|which|what|who|how many|number of|there"
    r"|mention(?:s|ed)?|things?|items?|everything|people|persons?|anything|have|has|had|exist|full|complete|known"
    rf"|of them|together|altogether|in total|{THINGS})\b"
)
"""What shows in a question that several things are asked for, and not which."""
AFTER_KIND = r"\b(?:of|in|at|on|for|from|by|with|that|which|who|whose|where|when|to|and|or|are|were)\b"
"""Where a condition on the things begins, after what they are called."""
