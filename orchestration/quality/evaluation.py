"""The quality gates: rules declared in ``rules``, evaluated by Great Expectations.

The only importer of great_expectations, which takes seconds to import and is therefore imported when a gate has rows.
Nothing of a row leaves this module: results are pass or fail (``BOOLEAN_ONLY``), contexts live in memory, and what a
library says about an error is withheld. What does not belong here: pages on disk (``pages``).
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.privacy.phi import scrubbed
from orchestration.quality.pages import ASSETS, GatePages, GateResult, safe_name, write_data_docs
from orchestration.quality.rules import GATES, gate_rules
from orchestration.stores.seeds import chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal
    from pathlib import Path

    import pandas as pd
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
    from great_expectations.expectations.expectation import Expectation

    from orchestration.quality.rules import Gate, Rule

# pass or fail and nothing else: by default failing values go into HTML and JSON
_RESULT_FORMAT: Literal["BOOLEAN_ONLY"] = "BOOLEAN_ONLY"


@dataclass(frozen=True, slots=True)
class QualityResult:
    """What the three gates said about one batch; ``docs_index`` is the page finance opens."""

    gates: Mapping[Gate, GateResult]
    docs_index: Path

    @property
    def success(self) -> bool:
        """Whether no rule that keeps a batch from being posted failed; warnings may have."""
        return all(result.success for result in self.gates.values())


def validate(
    gates: Mapping[Gate, pd.DataFrame],
    *,
    docs_folder: Path,
    run_name: str,
    as_of: dt.datetime,
    at_stake_amounts: Mapping[Gate, Decimal] | None = None,
) -> QualityResult:
    """Check the rows of a batch at every gate and write the report, newest run first, into ``docs_folder``.

    ``gates`` maps ``remittances``, ``charges`` and ``journal_batch`` to rows with ``columns.COLUMNS``; a gate
    without rows passes with a note. ``at_stake_amounts`` are dollars per gate to show beside its name. Raises
    ``ConfigurationError`` for a gate too many or too few or a missing column, ``BooksError`` when a rule could not be
    evaluated: bad data never raises, and a rule that broke counts neither as passed nor as failed.
    """
    if sorted(gates) != sorted(GATES):
        message = f"the quality report needs exactly the gates {', '.join(GATES)}: one left out would look passed"
        raise ConfigurationError(message)
    rules = gate_rules(chart())
    arrived: dict[Gate, pd.DataFrame] = {gate: gates[gate] for gate in GATES if len(gates[gate])}
    failed_names: dict[Gate, frozenset[str]] = {}
    pages: dict[Gate, GatePages] = {}
    with scrubbed("checking the quality gates"), _quiet():
        for gate, validation in _validations(arrived, rules, safe_name(run_name), as_of):
            failed_names[gate] = _failed_names(validation)
            pages[gate] = _pages(gate, validation)
    results: dict[Gate, GateResult] = {
        gate: GateResult(
            gate,
            len(gates[gate]),
            rules[gate],
            tuple(rule for rule in rules[gate] if rule.name in failed_names.get(gate, ())),
            (at_stake_amounts or {}).get(gate),
        )
        for gate in GATES
    }
    return QualityResult(results, write_data_docs(docs_folder, results, pages, run_name=run_name, as_of=as_of))


@dataclass(frozen=True, slots=True)
class _Validation:
    """One gate's outcome and suite, as Great Expectations gives them."""

    context: AbstractDataContext
    result: ExpectationSuiteValidationResult


def _validations(
    arrived: Mapping[Gate, pd.DataFrame],
    rules: Mapping[Gate, tuple[Rule, ...]],
    run_name: str,
    as_of: dt.datetime,
) -> Iterator[tuple[Gate, _Validation]]:
    """Run one checkpoint per gate with rows: a checkpoint hands the same frame to all its validations."""
    if not arrived:
        return
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    from orchestration.quality.columns import checked_columns

    # in memory: nothing accumulates on disk, and there is no store to clean
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    source = context.data_sources.add_pandas("medbooks")
    for gate, rows in arrived.items():
        suite = gx.ExpectationSuite(name=gate, expectations=[_expectation(rule) for rule in rules[gate]])
        definition = gx.ValidationDefinition(
            name=gate,
            data=source.add_dataframe_asset(gate).add_batch_definition_whole_dataframe(run_name),
            suite=context.suites.add(suite),
        )
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name=gate,
                validation_definitions=[context.validation_definitions.add(definition)],
                result_format=_RESULT_FORMAT,
            )
        )
        done = checkpoint.run(
            batch_parameters={"dataframe": checked_columns(gate, rows, as_of.date())},
            run_id=RunIdentifier(run_name=run_name, run_time=as_of.astimezone(dt.UTC)),
        )
        (result,) = done.run_results.values()
        yield gate, _Validation(context, result)


def _expectation(rule: Rule) -> Expectation:
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    return ExpectationConfiguration(
        type=rule.expectation_type,
        kwargs=dict(rule.kwargs),
        description=rule.words,
        severity=FailureSeverity.CRITICAL if rule.is_blocking else FailureSeverity.WARNING,
        meta={"rule": rule.name, **rule.meta},
    ).to_domain_obj()


def _failed_names(validation: _Validation) -> frozenset[str]:
    """Return the names of the rules that failed; raises ``BooksError`` for one that could not be evaluated."""
    failed = set()
    for outcome in validation.result.results:
        configuration = outcome.expectation_config
        name = configuration.meta["rule"] if configuration else "without a name"
        if _broke(outcome.exception_info):
            message = f"the quality rule {name} could not be evaluated; its details are withheld: they may quote a row"
            raise BooksError(message, fix="medbooks doctor")
        if not outcome.success:
            failed.add(name)
    return frozenset(failed)


def _broke(exception_info: Mapping[str, Any]) -> bool:
    # one entry for the expectation, or one for each of its metrics
    return any(
        entry.get("raised_exception") for entry in (exception_info, *exception_info.values()) if isinstance(entry, dict)
    )


def _pages(gate: Gate, validation: _Validation) -> GatePages:
    """Return Great Expectations' own pages of a gate, on our page template, which loads nothing from anywhere."""
    from great_expectations.render.renderer.page_renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view.view import DefaultJinjaPageView
    from jinja2 import ChoiceLoader, FileSystemLoader

    view = DefaultJinjaPageView()
    # ours first: Great Expectations' page.j2 loads scripts, styles and a logo from public servers
    theirs = [view.env.loader] if view.env.loader else []
    view.env.loader = ChoiceLoader([FileSystemLoader(ASSETS), *theirs])
    # a fingerprint of the rows is computed from them, so it does not belong on a page either
    meta: dict[str, Any] = {**validation.result.meta, "batch_spec": {"data_asset_name": gate}}
    validation.result.meta = {name: meta[name] for name in meta if name not in {"batch_markers", "batch_parameters"}}
    # their renderers carry no types
    show: Any = view.render
    outcome: Any = ValidationResultsPageRenderer(run_info_at_end=True)
    declared: Any = ExpectationSuitePageRenderer()
    return GatePages(
        outcome=show(outcome.render(validation.result)),
        rules=show(declared.render(validation.context.suites.get(gate))),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Great Expectations' log to itself: at an error it quotes what it choked on."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
