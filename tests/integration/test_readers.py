"""Who may read what: a secret leaves no trace in anything that is shown to somebody who may not read it."""

from pathlib import Path

import pytest
from twins import twins


@pytest.mark.parametrize("seed", range(3))
def test_twins_are_shown_the_same(tmp_path: Path, seed: int) -> None:
    with twins(tmp_path, seed) as pair:
        for step in range(40):
            pair.step()
            if step % 8 == 7:
                assert pair.differences() == []
        assert pair.differences(rebuilt=True) == []
