"""Runs and model versions in MLflow: the only module that imports it, and only when something is logged.

A run holds settings, figures, tags and the model's own files; never a row of the practice's data. Versions are
named by two aliases: ``challenger`` is always the newest, ``champion`` the one whose scores are used.
What does not belong here: training, choosing between models within a run.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import tempfile
import warnings
from contextlib import contextmanager
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models_ml.denials.frame import AMOUNTS, CODES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from mlflow import MlflowClient

    from models_ml.cashflow.forecast import CashForecast
    from models_ml.cashflow.model import CashModel
    from models_ml.denials.model import DenialModel
    from models_ml.denials.training import DenialResult

DENIALS, CASHFLOW = "denial_overturn", "cash_forecast"
CHALLENGER, CHAMPION = "challenger", "champion"
# a variable of the caller's wins; none of these may be missing when MLflow is first imported
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # it would copy the lock file of whatever project the process runs in into every model
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


class Tracking:
    """One MLflow store: ``tracking_uri`` (SQLite by default, any of MLflow's), artifacts under ``artifact_root``.

    Opens the store at first use. Raises ``mlflow.exceptions.MlflowException`` when the store cannot be used.
    """

    def __init__(self, tracking_uri: str, artifact_root: Path) -> None:
        self.tracking_uri = tracking_uri
        self.artifact_root = artifact_root
        self._opened: MlflowClient | None = None

    def log_denials(self, result: DenialResult, tags: Mapping[str, str]) -> int:
        """Log a training run and register its model as ``denial_overturn``; return the version number.

        It becomes champion when there is none, or when its kind of model ranks (AUC, walk-forward, newest
        window) at least as well as the champion's kind on the same window. Comparing the champion's own fitted
        trees would flatter them: they have seen most of that window's outcomes.
        """
        self._client()
        from mlflow.models import ModelSignature  # noqa: PLC0415  # the command line starts without MLflow
        from mlflow.types import ColSpec, Schema, TensorSpec  # noqa: PLC0415  # the command line starts without MLflow

        figures = {"labelled_count": float(result.labelled_count)}
        for scope, measured in (("all", result.metrics), ("newest", result.newest_metrics)):
            for name, metrics in measured.items():
                figures |= {f"{name}.{scope}.{k}": v for k, v in _numbers(dataclasses.asdict(metrics)).items()}
        # amounts cross as decimal text: a double would not be the amount
        columns: list[ColSpec | TensorSpec] = [ColSpec("string", name, required=False) for name in (*CODES, *AMOUNTS)]
        columns.append(ColSpec("double", "days_since_service"))
        requirements = ["pandas"] if result.model.boosted is None else ["pandas", "xgboost-cpu"]
        return self._log(
            DENIALS,
            _Run(
                model=result.model,
                kind=result.model_name,
                as_of=result.as_of,
                settings=result.config,
                figures=figures,
                tags={**tags, "data_hash": result.data_hash, "choice_reason": result.choice_reason},
                scores={name: -auc for name, m in result.newest_metrics.items() if (auc := m.auc) is not None},
                signature=ModelSignature(inputs=Schema(columns)),
                requirements=requirements,
                documents={"rates.json": result.model.rates.to_dict()},
            ),
        )

    def log_cashflow(self, result: CashForecast, tags: Mapping[str, str]) -> int:
        """Log a forecast run and register its model as ``cash_forecast``; return the version number.

        It becomes champion when there is none, or when its engine's back-test error (daily WAPE) is no higher than
        that of the champion's engine on the same origins.
        """
        self._client()
        from mlflow.models import ModelSignature  # noqa: PLC0415  # the command line starts without MLflow
        from mlflow.types import ColSpec, Schema  # noqa: PLC0415  # the command line starts without MLflow

        figures = {"history_days": float(result.history_days), "origin_count": float(result.origin_count)}
        for name, measured in result.metrics.items():
            figures |= {f"{name}.{key}": value for key, value in _numbers(measured).items()}
        is_prophet = result.model.engine.startswith("prophet")
        return self._log(
            CASHFLOW,
            _Run(
                model=result.model,
                kind=result.model.engine,
                as_of=result.as_of,
                settings=result.config,
                figures=figures,
                tags={**tags, "data_hash": result.data_hash, "choice_reason": result.method},
                scores={name: error for name, m in result.metrics.items() if (error := m["wape"]) is not None},
                signature=ModelSignature(inputs=Schema([ColSpec("datetime", "forecast_date")])),
                requirements=["pandas", "holidays", *(["prophet"] if is_prophet else [])],
                documents={},
            ),
        )

    def load(self, name: str, alias: str = CHAMPION) -> Any:  # noqa: ANN401  # MLflow's generic model
        """Return the registered model behind an alias; its ``predict`` takes a frame (see the model's folder).

        Raises ``mlflow.exceptions.MlflowException`` when there is none.
        """
        import mlflow.pyfunc  # noqa: PLC0415  # the command line starts without MLflow

        entity = self._client().get_model_version_by_alias(name, alias)
        return mlflow.pyfunc.load_model(self._client().get_model_version_download_uri(name, entity.version))

    def versions(self, name: str) -> dict[str, int]:
        """Return the version number behind every alias of a model; empty when the model is unknown."""
        found = self._client().search_registered_models(f"name = '{name}'")
        return {alias: int(number) for model in found for alias, number in model.aliases.items()}

    def close(self) -> None:
        """Let go of the store's connections; the next use opens it again."""
        if self._opened is None:
            return
        # MLflow has no public close, and an open SQLite connection keeps its file
        tracking = self._opened._tracking_client.store  # noqa: SLF001  # no public way
        registry = self._opened._get_registry_client().store  # type: ignore[no-untyped-call] # noqa: SLF001  # no public way
        for store in (tracking, registry):
            engine = getattr(store, "engine", None)
            if engine is not None:
                engine.dispose()
        self._opened = None

    def _client(self) -> MlflowClient:
        if self._opened is None:
            for name, value in _ENVIRONMENT.items():
                os.environ.setdefault(name, value)
            with _quiet():
                import mlflow.pyfunc  # noqa: PLC0415  # the command line starts without MLflow
            if self.tracking_uri.startswith("sqlite:///"):
                Path(self.tracking_uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
            with _quiet():
                self._opened = mlflow.MlflowClient(self.tracking_uri, self.tracking_uri)
        return self._opened

    def _log(self, name: str, run: _Run) -> int:
        with tempfile.TemporaryDirectory() as folder:
            return self._log_from(name, run, Path(folder))

    def _log_from(self, name: str, run: _Run, folder: Path) -> int:
        from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415  # the command line starts without MLflow

        client = self._client()
        experiment_id = self._experiment(name)
        tags = {**run.tags, "as_of": run.as_of.isoformat(), "model_kind": run.kind}
        entity = client.create_run(experiment_id, tags=tags, run_name=f"{name} {run.as_of.isoformat()}")
        run_id, at = entity.info.run_id, entity.info.start_time
        client.log_batch(
            run_id,
            metrics=[Metric(key, value, at, 0) for key, value in sorted(run.figures.items())],
            params=[Param(key, str(value)) for key, value in sorted(dataclasses.asdict(run.settings).items())],
            tags=[RunTag("mlflow.note.content", run.tags["choice_reason"])],
        )
        for file_name, content in run.documents.items():
            client.log_text(run_id, json.dumps(content, sort_keys=True, indent=1), file_name)
        logged = client.create_logged_model(experiment_id, name=name, source_run_id=run_id, model_type=run.kind)
        packed = self._pack(run, folder, run_id, logged.model_id)
        client.log_model_artifacts(logged.model_id, str(packed))
        client.finalize_logged_model(logged.model_id, "READY")
        number = self._register(name, run, (run_id, logged.model_id, logged.artifact_location), tags)
        client.set_terminated(run_id)
        return number

    def _experiment(self, name: str) -> str:
        client = self._client()
        known = client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        root = self.artifact_root.resolve() / name
        return str(client.create_experiment(name, artifact_location=root.as_uri()))

    @staticmethod
    def _pack(run: _Run, folder: Path, run_id: str, model_id: str) -> Path:
        """Write the model as MLflow's generic flavor: our own files and the module that reads them, no pickle."""
        import mlflow.pyfunc  # noqa: PLC0415  # the command line starts without MLflow
        from mlflow.models import Model  # noqa: PLC0415  # the command line starts without MLflow

        data, packed = folder / "data", folder / "model"
        data.mkdir()
        run.model.save(data)
        with _quiet():
            mlflow.pyfunc.save_model(
                str(packed),
                loader_module=type(run.model).__module__,
                data_path=str(data),
                mlflow_model=Model(run_id=run_id, model_id=model_id),
                signature=run.signature,
                # never inferred: inference loads the model in a second process and asks the package index
                pip_requirements=[f"{package}=={version(package)}" for package in run.requirements],
            )
        return packed

    def _register(self, name: str, run: _Run, source: tuple[str, str, str], tags: dict[str, str]) -> int:
        client = self._client()
        run_id, model_id, location = source
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        champion = self._champion(name)
        entity = client.create_model_version(name, location, run_id, tags=tags, model_id=model_id)
        client.set_registered_model_alias(name, CHALLENGER, entity.version)
        if champion is None or run.may_replace(champion):
            client.set_registered_model_alias(name, CHAMPION, entity.version)
        return int(entity.version)

    def _champion(self, name: str) -> dict[str, str] | None:
        """Return the champion version's tags, or ``None`` when there is no champion."""
        number = self.versions(name).get(CHAMPION)
        return None if number is None else dict(self._client().get_model_version(name, str(number)).tags)


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """What is logged of either model. ``scores``: per kind of model its figure on this window, lower is better."""

    model: DenialModel | CashModel
    kind: str
    as_of: dt.date
    settings: Any
    figures: dict[str, float]
    tags: dict[str, str]
    scores: dict[str, float]
    signature: Any
    requirements: Sequence[str]
    documents: dict[str, dict[str, Any]]

    def may_replace(self, champion: Mapping[str, str]) -> bool:
        """Tell whether this run's model is at least as good as the champion's kind on this run's window.

        A run of an earlier day than the champion's never replaces it. The same kind fitted to newer data does.
        """
        if self.as_of.isoformat() < champion["as_of"]:
            return False
        if self.kind == champion["model_kind"]:
            return True
        own, other = self.scores.get(self.kind), self.scores.get(champion["model_kind"])
        return other is None or (own is not None and own <= other)


def _numbers(content: Mapping[str, object]) -> dict[str, float]:
    """Return the figures MLflow can hold: numbers as floats (it has no decimals), without what is not defined."""
    return {
        key: float(value)
        for key, value in content.items()
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep out of the log what MLflow says of itself: table creation, its own type hints, advice on examples."""
    loggers = [logging.getLogger(name) for name in ("mlflow.store.db.utils", "mlflow.utils.environment", "alembic")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            # raised by MLflow's import about its own classes; ends when it fixes their hints
            warnings.filterwarnings("ignore", message=".*Any type hint is inferred as AnyType")
            # the signature is declared column by column; an example would add a prediction and no knowledge
            warnings.filterwarnings("ignore", message=".*An input example was not provided")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
