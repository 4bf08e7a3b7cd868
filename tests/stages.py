"""Processes stopped at a chosen stage: every moment of a race or of a kill, on a machine of any speed.

A stage is one touch of a folder (opening, listing, making, renaming, removing something in it, or taking a lock), as
Python's audit events tell it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.test_working_faults import ended, in_child

TOUCHES = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "shutil.rmtree", "fcntl.flock")


class Staged:
    """A forked process that waits before its ``stage``-th touch of ``folder``; ``stopped``: whether it came there."""

    def __init__(self, action: Callable[[], object], folder: Path, stage: int) -> None:
        ready, tell = os.pipe()
        wait, self._go = os.pipe()

        def work() -> object:
            os.close(ready)
            os.close(self._go)
            left = stage

            def look(event: str, arguments: tuple[Any, ...]) -> None:
                nonlocal left
                if event in TOUCHES and (event == "fcntl.flock" or str(arguments[0]).startswith(str(folder))):
                    left -= 1
                    if left == 0:
                        os.write(tell, b"!")
                        os.read(wait, 1)

            sys.addaudithook(look)
            return action()

        self._child = in_child(work)
        os.close(tell)
        os.close(wait)
        self.stopped = os.read(ready, 1) == b"!"
        os.close(ready)

    def finish(self) -> int:
        """Let it go on; its exit status."""
        os.close(self._go)
        return ended(self._child)

    def kill(self) -> int:
        """Kill it where it stands; its exit status."""
        os.kill(self._child, signal.SIGKILL)
        return self.finish()
