"""How lines are logged: for machines as JSON, for somebody at a terminal as sentences."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any


class JsonLines(logging.Formatter):
    """One object a line, so nothing that a stranger sends can forge another line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        # The lines of server.people.security_log are objects already.
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
