"""What the command line decides for all workloads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How long to measure.

    Attributes:
        rounds: Runs of each contestant.
        quick: Leave out the largest sizes and the slowest peers.
    """

    rounds: int = 9
    quick: bool = False
