"""What a process that opens what people send may take, and how it tells how far it is: for that process alone.

It knows nothing of the application. `sandbox` starts such processes.
"""

from __future__ import annotations

import os
import resource
import sys


def limit_this_process(*, memory: int, seconds: int, out: int) -> None:
    """Let the system bound memory, time, and what is written; pages go before files.

    Args:
        memory: bytes of address space.
        seconds: of the processor's time.
        out: bytes of any one file that is written.
    """
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    limit_time(seconds)
    resource.setrlimit(resource.RLIMIT_FSIZE, (out, out))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def limit_time(seconds: int) -> None:
    """Let the system bound the processor's time of this process; a bound can be lowered, never raised."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))


def tell(percent: int) -> None:
    """Say how far the work is: one byte to the pipe that was handed over, if one was."""
    if len(sys.argv) > 1:
        os.write(int(sys.argv[1]), bytes([max(0, min(100, percent))]))
