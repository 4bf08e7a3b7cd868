"""The one error that a user's input can cause, and the one end that a user can ask a run for."""


class InputError(ValueError):
    """Unusable input: one line that names the requirement and the value given.

    Every command turns it into that line on stderr and exit status 2.
    """

    def __init__(self, message: str) -> None:
        """One line, whatever the message quotes from a file or from another library."""
        super().__init__(printable(message))


class Interrupted(Exception):
    """The run was asked to stop and has saved what it had."""


def printable(text: str) -> str:
    """``text`` without control characters and line breaks.

    Examples:
        >>> printable("two" + chr(10) + "lines")
        'two lines'
    """
    return "".join(c if c.isprintable() else " " for c in text)


def require_integer(name: str, value: object, at_least: int, at_most: int | None = None) -> int:
    """``value`` as an int inside ``[at_least, at_most]``.

    Raises:
        InputError: naming the requirement and the value.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} must be an integer; got {value!r:.60}")
    if value < at_least:
        raise InputError(f"{name} must be at least {at_least}; got {value}")
    if at_most is not None and value > at_most:
        raise InputError(f"{name} must be at most {at_most}; got {value}")
    return value
