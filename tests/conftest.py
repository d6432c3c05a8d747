"""What every test may ask for: the samples beside the checkout.

What does not belong here: what one package's tests alone need (their own conftest.py).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder that holds ``samples/``: ``MEDBOOKS_SHARED``, else ``shared`` beside the checkout."""
    folder = Path(os.environ.get("MEDBOOKS_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "samples").is_dir():
        pytest.skip("the sample files are not beside the checkout (MEDBOOKS_SHARED names their folder)")
    return folder
