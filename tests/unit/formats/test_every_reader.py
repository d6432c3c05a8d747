"""Every format a practice writes, spoiled: nothing raises, tells a value, or loses a cent (long: make fuzz-readers)."""

from __future__ import annotations

import pytest
from fuzz.readers import FEEDS, ReaderFuzz, good_files


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return good_files(tmp_path_factory.mktemp("practice"))


@pytest.mark.parametrize("feed", FEEDS)
def test_spoiled_files_of_a_feed_lose_no_cent_and_tell_no_value(good, feed, tmp_path):
    assert ReaderFuzz(tmp_path).fuzz(good[feed], 60, seed=1) >= 45
