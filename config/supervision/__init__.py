"""The embedded mode: one command that starts every part of Parley and looks after it."""


class CannotRun(Exception):
    """The base of every reason not to start or not to go on; str() is a sentence for people."""
