"""How long work is followed, and stopped."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress"]

Progress = Callable[[int, int], object]
"""A function of (done, total) that long work calls, some twenty times a second at most.

What it raises stops the work and comes out unchanged; where it answers `False`, the work ends as `Cancelled`.
Nothing is half done then: what was stored before stays, and a report leaves nothing behind. Ctrl-C stops long
work with or without such a function.
"""
