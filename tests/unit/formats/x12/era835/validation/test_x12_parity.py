"""Our verdict against pyx12's: on every sample, on remittances made from the guide, on thousands spoiled by chance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support.x12_mutations import CLEAN, Segments, cut, dice, made_from_guide, mutated, write

from orchestration.formats.x12.era835.validation.comparison import compare
from orchestration.formats.x12.era835.validation.elements import Checker, exact_problems
from orchestration.formats.x12.era835.validation.grammar import grammar
from orchestration.formats.x12.era835.validation.second_opinion import ask_pyx12
from orchestration.formats.x12.era835.validation.verdict import validate
from orchestration.formats.x12.era835.validation.walker import Walker
from orchestration.formats.x12.syntax.delimiters import Delimiters
from orchestration.formats.x12.syntax.segments import tokenize

if TYPE_CHECKING:
    from pathlib import Path

VERSION, OLD_VERSION = "005010X221A1", "004010X091A1"
RICHNESS = (0.1, 0.3, 0.6, 0.9)

# what is known to differ on the samples, by the number of its defect in docs/pyx12-defects.md
DIFFERING = {
    "17_control_char_delims.835": ("07",),
    "20_bom_leading_blank_trailing_junk.835": ("01",),
    "21_two_isa_different_delims.835": ("10",),
    "31_plb_multi_npi_refs_with_component.835": ("04",),
    "35_latin1_name.835": ("02",),
    "badx12__error_validation.edi": ("05",),
    "inteligenz__Example1.txt": ("01", "05"),
    "inteligenz__Example1_GripElements.txt": ("01",),
}
# 278 requests in the samples of pyx12: not ours to judge
OTHER_KINDS = {"pyx12__mult_isa.835", "pyx12__multiple_trn.835"}


def _samples(shared: Path) -> list[Path]:
    folder = shared / "samples" / "era835"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")


@pytest.mark.shared
def test_we_and_pyx12_agree_on_every_sample_or_differ_by_a_listed_defect(shared):
    seen = {}
    for path in _samples(shared):
        content = path.read_bytes()
        seen[path.name] = compare(content, validate(content), ask_pyx12(content))
    assert len(seen) == 62
    assert {name for name, c in seen.items() if c.kind == "not_compared"} == OTHER_KINDS
    assert {name: c.defects for name, c in seen.items() if c.kind == "known_defect"} == DIFFERING
    assert not [name for name, c in seen.items() if c.kind == "disagreement"]


@pytest.mark.parametrize("version", [VERSION, OLD_VERSION])
def test_remittances_made_from_the_guide_are_accepted_by_us_and_by_pyx12(version):
    for seed in range(30):
        rng = dice(seed)
        content = write(made_from_guide(rng, version, rng.choice(RICHNESS)))
        verdict = validate(content)
        assert verdict.is_accepted, (seed, verdict.counts)
        assert ask_pyx12(content).outcome == "accepted", seed


def test_what_the_expression_vouches_for_has_no_problem():
    rules = grammar(VERSION)
    delimiters = Delimiters("*", ":", "~")
    vouched = Counter()
    for seed in range(60):
        rng = dice(seed)
        content, _ = mutated(rng, made_from_guide(rng, VERSION, rng.choice(RICHNESS)))
        checker = Checker(rules, delimiters)
        for interchange in tokenize(content).interchanges:
            for segment in interchange.segments:
                for rule in rules.segments:
                    if segment.startswith(rule.segment_id + "*"):
                        exact = exact_problems(rule, segment.split("*")[1:], ":")
                        # trailing separators are the walk's business; the exact check alone does not see them
                        if not segment.endswith("*"):
                            assert bool(checker.problems(rule, segment)) == bool(exact), (seed, rule.key)
                        vouched[bool(exact)] += 1
    assert min(vouched.values()) > 100


def test_the_fast_walk_and_the_slow_one_say_the_same(monkeypatch):
    spoiled = []
    for seed in range(2_000, 2_060):
        rng = dice(seed)
        spoiled.append(mutated(rng, made_from_guide(rng, VERSION, rng.choice(RICHNESS)))[0])
    fast = [validate(content) for content in spoiled]
    monkeypatch.setattr(Walker, "_advance", lambda _self, _segment: False)
    assert [validate(content) for content in spoiled] == fast
    assert 5 < sum(verdict.is_accepted for verdict in fast) < 55


def _compared(seeds: range, bases: list[Segments], version: str = VERSION) -> Counter[str]:
    """Spoil a base per seed, by turns a given one and one made from the guide; return what came of comparing."""
    kinds: Counter[str] = Counter()
    for seed in seeds:
        rng = dice(seed)
        base = rng.choice(bases) if bases and rng.random() < 0.5 else None
        base = base or made_from_guide(rng, version, rng.choice(RICHNESS))
        content, done = mutated(rng, base)
        verdict, opinion = validate(content), ask_pyx12(content)
        comparison = compare(content, verdict, opinion)
        kinds[comparison.kind] += 1
        kinds["accepted"] += verdict.is_accepted and opinion.outcome == "accepted"
        assert comparison.kind != "disagreement", (seed, done, opinion.outcome, verdict.counts)
    return kinds


@pytest.mark.long
def test_we_and_pyx12_agree_on_spoiled_remittances():
    kinds = _compared(range(250), [cut(CLEAN.strip().replace("\n", "~").encode() + b"~")])
    old = _compared(range(100), [], OLD_VERSION)
    assert old["agree"] > 80
    # the comparison says little when nothing is accepted, or when everything is explained away
    assert kinds["accepted"] > 40
    assert kinds["agree"] > 200


@pytest.mark.slow
@pytest.mark.shared
def test_we_and_pyx12_agree_on_three_thousand_spoiled_remittances(shared):
    bases = []
    for path in _samples(shared):
        content = path.read_bytes()
        if len(content) < 5000 and content[3:4] + content[105:106] == b"*~" and validate(content).is_accepted:
            bases.append(cut(content))
    kinds = _compared(range(1_000_000, 1_003_000), bases)
    assert kinds["agree"] > 2_500
