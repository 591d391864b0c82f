"""Structured logs on standard error: one line an event, for people or as JSON."""

import logging
import sys

import structlog


def set_up(level: str, form: str) -> None:
    """Configure logging for this process, once.

    Args:
        level: Name of the least level that is shown.
        form: `console` for people, `json` for programs.
    """
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=28,
            exception_formatter=structlog.dev.plain_traceback,  # the others would show local variables: secrets
        )
    )
    plain = [structlog.processors.format_exc_info] if form == "json" else []
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *plain,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
