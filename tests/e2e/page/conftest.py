from collections.abc import Iterator

import pytest
from browser import Window, window


@pytest.fixture(scope="module")
def chromium() -> Iterator[Window]:
    with window() as opened:
        yield opened
