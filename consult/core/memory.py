"""What this process holds in memory, kept from other processes of the same user."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4  # prctl(2)


def close_memory() -> None:
    """Let no other process of this user read the memory and the environment of this one: the secret key is in both.

    Holds on Linux, for this process and those it forks, until one of them starts another program. Root reads on.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
