"""The guide as data: its tables are whole, and its steps lead where the guide leads."""

from __future__ import annotations

import re

import pytest

from orchestration.formats.x12.era835.validation.grammar import ElementRule, Grammar, LoopRule, grammar

VERSION = "005010X221A1"


def _rules(version: str = VERSION) -> Grammar:
    rules = grammar(version)
    assert rules is not None
    return rules


def _node(rules: Grammar, key: str) -> int:
    return next(n.node for n in rules.nodes if key == (n.name if isinstance(n, LoopRule) else n.key))


def _ways(rules: Grammar, key: str, segment_id: str) -> list[tuple[str, str | None, set[str]]]:
    names = [n.name if isinstance(n, LoopRule) else n.key for n in rules.nodes]
    return [
        (names[step.target], None if step.enters is None else names[step.enters], {names[n] for n in step.needs})
        for step in rules.steps[_node(rules, key)].get(segment_id, ())
    ]


def test_nodes_are_numbered_so_that_a_loop_is_one_slice():
    rules = _rules()
    assert [n.node for n in rules.nodes] == list(range(len(rules.nodes)))
    for loop in rules.loops:
        inside = {n.node for n in rules.nodes if _is_inside(rules, n, loop.name)}
        assert inside == set(range(loop.node + 1, loop.last + 1))


def _is_inside(rules: Grammar, node, name: str) -> bool:
    around = {loop.name: loop.parent for loop in rules.loops}
    home = node.parent if isinstance(node, LoopRule) else node.loop
    while home is not None:
        if home == name:
            return True
        home = around[home]
    return False


def test_every_loop_of_the_guide_is_there_with_its_repeat():
    loops = {loop.name: (loop.parent, loop.usage, loop.maximum) for loop in _rules().loops}
    assert loops == {
        "interchange": (None, "R", None),
        "group": ("interchange", "R", None),
        "transaction": ("group", "R", None),
        "header": ("transaction", "R", 1),
        "1000A": ("header", "R", 1),
        "1000B": ("header", "R", 1),
        "detail": ("transaction", "S", None),
        "2000": ("detail", "S", None),
        "2100": ("2000", "R", None),
        "2110": ("2100", "S", 999),
        "summary": ("transaction", "S", None),
    }


def test_positions_of_elements_run_from_one_without_a_gap():
    for segment in _rules().segments:
        for elements in (segment.elements, *(e.parts for e in segment.elements if e.parts)):
            assert [e.position for e in elements] == list(range(1, len(elements) + 1)), segment.key


def test_lengths_types_and_notes_can_be_applied():
    rules = _rules()
    for segment in rules.segments:
        leaves = [leaf for e in segment.elements for leaf in (e.parts or (e,))]
        assert all(_is_sound(leaf) for leaf in leaves), segment.key
        assert all(1 <= p <= len(segment.elements) for note in segment.notes for p in note.positions), segment.key
        assert all(note.rule in "PRECL" and len(note.positions) >= 2 for note in segment.notes), segment.key


def _is_sound(leaf: ElementRule) -> bool:
    if leaf.usage == "N" or leaf.is_composite:
        return leaf.kind == "" and leaf.codes is None
    fits = all(leaf.minimum <= len(code) <= leaf.maximum for code in leaf.codes or ())
    return leaf.kind != "" and 1 <= leaf.minimum <= leaf.maximum and fits


def test_segments_of_one_id_in_one_place_never_share_a_qualifier():
    rules = _rules()
    for segment in rules.segments:
        twins = [
            s for s in rules.segments if (s.loop, s.segment_id) == (segment.loop, segment.segment_id) and s != segment
        ]
        for twin in twins:
            assert segment.qualifier, segment.key
            assert twin.qualifier, twin.key
            assert not segment.qualifier.values & twin.qualifier.values, segment.key


@pytest.mark.parametrize(
    ("start", "segment_id", "ways"),
    [
        ("transaction/ST", "BPR", [("header/BPR", "header", set())]),
        ("header/TRN", "N1", [("1000A/N1", "1000A", set()), ("1000B/N1", "1000B", {"1000A"})]),
        ("1000B/N1", "N1", [("1000B/N1", "1000B", set())]),
        ("1000A/PER*CX", "N1", [("1000A/N1", "1000A", {"1000A/PER*BL"}), ("1000B/N1", "1000B", {"1000A/PER*BL"})]),
        ("1000B/N1", "LX", [("2000/LX", "2000", set())]),
        ("2000/LX", "CLP", [("2100/CLP", "2100", set())]),
        ("2000/LX", "SE", [("transaction/SE", None, {"2100"})]),
        ("2100/CLP", "CLP", [("2100/CLP", "2100", set())]),
        ("2100/CLP", "SVC", [("2110/SVC", "2110", {"2100/NM1*QC"})]),
        ("2110/SVC", "SVC", [("2110/SVC", "2110", set())]),
        ("2110/LQ", "CLP", [("2100/CLP", "2100", set())]),
        ("2110/LQ", "DTM", []),
        ("2110/LQ", "PLB", [("summary/PLB", "summary", set())]),
        ("summary/PLB", "PLB", [("summary/PLB", "summary", set())]),
        ("transaction/SE", "ST", [("transaction/ST", "transaction", set())]),
        ("transaction/SE", "IEA", [("interchange/IEA", None, {"group/GE"})]),
        ("interchange/ISA", "TA1", [("interchange/TA1", None, set())]),
        ("interchange/ISA", "IEA", [("interchange/IEA", None, {"group"})]),
    ],
)
def test_a_step_leads_where_the_guide_leads_and_knows_what_it_passes(start, segment_id, ways):
    assert _ways(_rules(), start, segment_id) == ways


def test_interchange_and_group_headers_are_reached_from_anywhere():
    rules = _rules()
    assert {name: rules.segment(step.target).key for name, step in rules.headers.items()} == {
        "ISA": "interchange/ISA",
        "GS": "group/GS",
    }
    assert not any({"ISA", "GS"} & set(ways) for ways in rules.steps.values())


def test_codes_and_parts_are_where_the_guide_has_them():
    rules = _rules()
    status = rules.segment(_node(rules, "2100/CLP")).elements[1]
    assert status.codes == frozenset(["1", "2", "3", "4", "19", "20", "21", "22", "23", "25"])
    modifier = rules.segment(_node(rules, "2110/SVC")).elements[0].parts[2]
    assert (modifier.usage, modifier.kind, modifier.minimum, modifier.maximum) == ("S", "AN", 2, 2)
    assert {"CT", "QC"} < rules.segment(_node(rules, "1000A/N4")).elements[1].codes


def test_labels_are_short_words_of_our_own():
    for node in _rules().nodes:
        assert re.fullmatch(r"[a-z, ]{4,50}", node.label), node


def test_an_unknown_version_has_no_grammar():
    assert grammar("005010X222A1") is None
