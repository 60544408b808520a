"""The language of a text: told where it is certain, and not guessed elsewhere."""

import pytest

from graph.text.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The mill was built by two brothers and it has stood at the river for a century.", "en"),
        ("Die Mühle wurde von zwei Brüdern gebaut und steht seit einem Jahrhundert an dem Fluss.", "de"),
        ("Le moulin a été construit par deux frères et il est au bord de la rivière.", "fr"),
        ("El molino fue construido por dos hermanos y está en la orilla del río.", "es"),
        ("Il mulino fu costruito da due fratelli ed è sulla riva del fiume con un giardino.", "it"),
        ("Değirmen iki kardeş tarafından yapıldı ve nehir kıyısında bir bahçe ile çok güzel.", "tr"),
        ("磨坊由兄弟二人建于河边。", "zh"),
        ("磨坊由兄弟二人以 Python 3.11 和 FastAPI framework 建于河边，至今仍在运转。", "zh"),
        ("水車小屋は二人の兄弟が川のほとりに建てたものです。", "ja"),
        ("물레방아는 두 형제가 강가에 지었다.", "ko"),
        ("Мельница была построена двумя братьями у реки.", "ru"),
        ("Млин побудували двоє братів біля річки, і він стоїть досі.", "uk"),
        ("बंदरगाह बनाया गया था और आज यह एक संग्रहालय है", "hi"),
        ("int main() { return x + y; }", None),
        ("", None),
        ("12 + 30 = 42", None),
        ("Oslo Bergen Tromsø Bodø Narvik Hammerfest Kirkenes", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_a_long_text_is_looked_at_from_both_ends() -> None:
    assert language_of("磨坊建于河边。" * 20_000) == "zh"
