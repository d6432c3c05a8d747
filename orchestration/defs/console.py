"""What a person sees while the pipeline runs: one line per step, on stderr."""

import logging
import sys
import time

import dagster as dg


class StepLines(logging.Handler):
    """Writes a line when a step ends, and warnings as they come; knows nothing but step names and times."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__()
        self._quiet = quiet
        self._started: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record when it is news to a person."""
        meta = getattr(record, "dagster_meta", {})
        event, step = meta.get("dagster_event"), meta.get("step_key") or ""
        kind = event.event_type_value if event else ""
        if kind == "STEP_START":
            self._started[step] = time.monotonic()
        elif kind in {"STEP_SUCCESS", "STEP_FAILURE"} and not self._quiet:
            seconds = time.monotonic() - self._started.pop(step, time.monotonic())
            mark = "✓" if kind == "STEP_SUCCESS" else "✗"
            sys.stderr.write(f"  {mark} {step:<42} {seconds:6.1f} s\n")
        elif event is None and record.levelno >= logging.WARNING:
            sys.stderr.write(f"  ! {meta.get('log_message') or record.getMessage()}\n")
        sys.stderr.flush()


@dg.logger(config_schema={"quiet": dg.Field(bool, default_value=False)})
def step_lines(init_context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger behind ``medbooks run``."""
    # not getLogger: every run has handlers of its own
    logger = logging.Logger("medbooks", level=logging.DEBUG)  # noqa: LOG001  # see above
    logger.addHandler(StepLines(quiet=init_context.logger_config["quiet"]))
    return logger


@dg.definitions
def console() -> dg.Definitions:
    """Return the logger and the executor: one process, because a spawned step costs seconds of imports."""
    return dg.Definitions(loggers={"medbooks": step_lines}, executor=dg.in_process_executor)
