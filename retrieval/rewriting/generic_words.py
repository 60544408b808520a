"""English words that say how something is asked or done, and not what it is about."""

import re

WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*")
"""A word with what joins its parts."""

GENERIC = frozenset(
    """
    ask asks asked asking tell tells told say says said know knows known knew mean means meant think thinks thought
    want wants wanted need needs needed like likes liked look looks looking find finds found see sees seen seem seems
    give gives given gave get gets got getting go goes going gone went make makes made making take takes taken took
    use uses used using work works worked working do doing done come comes came happen happens happened help helps
    provide provides provided offer offers offered show shows explain explains describe describes discuss list name
    names summarize summarise compare recommend suggest understand clarify confirm check believe heard hear feel guess
    wonder wondering try trying start started begin began end ended become became keep keeps put let call called
    change changes changed include includes included contain contains involve involves affect affects receive add
    adds buy pay apply create creates created set sets setup allow allows follow follows talk talking speak refer
    referring mention mentions mentioned search play plays played live lives lived
    thing things way ways kind kinds type types sort sorts form forms part parts lot lots bit information info detail
    details example examples question questions answer answers idea ideas reason reasons fact facts case cases point
    points step steps step-by-step difference differences purpose main key important different various certain
    specific general overall good better best bad worse worst big bigger small large new old current currently recent
    recently latest today now yet still already always never often sometimes usually really actually exactly probably
    maybe possible possibly able available sure right wrong true false correct yes ok okay please thanks thank sorry
    hello hi hey well oh wow great interesting amazing many much long far old tall more most less least enough
    one two three first second third last next previous following another else same similar other others
    somebody someone something anything everything nothing anyone anybody people person everybody everyone
    i'd i'm it's that's what's where's who's how's don't doesn't didn't isn't aren't can't won't
    time times day days year years number amount total year's
    pls plz wd u ur
    """.split()
)
