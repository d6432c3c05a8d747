"""One small practice for all tests of this package."""

import pytest
from practice_files import DAYS, START, read_practice

from orchestration.synthetic.generate import generate


@pytest.fixture(scope="session")
def practice(tmp_path_factory):
    out = tmp_path_factory.mktemp("practice")
    generate(out, providers=2, start=START, days=DAYS, seed=11)
    return read_practice(out)
