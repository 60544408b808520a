"""The PDF that the parser process tries: one page with a bit of everything, written as the file is."""

_CONTENT = (
    b"BT /F1 12 Tf 20 150 Td (Sample of a ruled table) Tj ET 20 20 200 100 re S 120 20 m 120 120 l S 20 70 m 220 70 l S"
)
_OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>/Outlines 8 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[6 0 R 7 0 R]"
    b"/Resources<</Font<</F1 5 0 R>>>>>>",
    b"<</Length %d>>stream\n%s\nendstream" % (len(_CONTENT), _CONTENT),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(value)/Rect[30 80 110 100]>>",
    b"<</Type/Annot/Subtype/Text/Contents(note)/T(author)/Rect[230 80 250 100]>>",
    b"<</Type/Outlines/First 9 0 R/Last 9 0 R/Count 1>>",
    b"<</Title(Sample)/Parent 8 0 R/Dest[3 0 R/Fit]>>",
    b"<</Title(Sample)/CreationDate(D:20260101000000Z)>>",
)


def small_file() -> bytes:
    """Its bytes."""
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(_OBJECTS, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(_OBJECTS) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R/Info 10 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
