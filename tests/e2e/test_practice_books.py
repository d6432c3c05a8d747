"""Any generated practice comes back through the whole pipeline to the cent: ``make verify-books``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.operations.verify_synthetic import compare_with_truth, keep_books
from orchestration.synthetic.entities import PRACTICE, LegalEntity, changing_over, involved
from orchestration.synthetic.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

# minutes each; `make test` compares a practice of two runs (test_books)
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("seed", "providers", "days", "entity"),
    [
        pytest.param(5, 4, 68, changing_over(involved(PRACTICE)), id="hl7, fhir and athena beside the desk"),
    ],
)
def test_marts_journal_and_ledger_are_the_truth_to_the_cent_for_any_seed(
    tmp_path: Path, tesseract: str, seed: int, providers: int, days: int, entity: LegalEntity
) -> None:
    assert tesseract
    generate(tmp_path, providers=providers, days=days, seed=seed, entity=entity)
    found = compare_with_truth(keep_books(tmp_path / "home", (tmp_path / "inbox").iterdir()), tmp_path / "truth")
    assert [each.what for each in found if not each.holds] == []
    assert len(found) > 20
