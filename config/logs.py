"""What is written down about requests that are refused: a line, because anybody may send them."""

from __future__ import annotations

import logging


class Briefly(logging.Filter):
    """A warning without the traceback, which tells only how Django refuses. Always passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True
