"""The format of log lines: JSON for machines, sentences at a terminal."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any


class JsonLines(logging.Formatter):
    """One JSON object a line, so that no request can forge another line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        # server.people.security_log passes objects.
        line |= getattr(record, "security", None) or {"message": record.getMessage()}
        if number := getattr(record, "request_id", None):
            line["request"] = number
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def config(terminal: bool | None = None) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything goes to standard error."""
    terminal = sys.stderr.isatty() if terminal is None else terminal
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonLines},
            "sentences": {"format": "%(asctime)s %(message)s", "datefmt": "%H:%M:%S"},
        },
        "handlers": {
            "error": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "sentences" if terminal else "json",
            }
        },
        "root": {"level": "INFO", "handlers": ["error"]},
    }
