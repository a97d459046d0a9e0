"""Guards: warnings on what is legal and rarely meant, and where a graph leaves the finite numbers."""

from autodiff.guards.backward import check_sweep
from autodiff.guards.categories import (
    GraphWarning,
    KinkWarning,
    LostStepWarning,
    NoGradWarning,
    NonFiniteWarning,
    RepeatedBackwardWarning,
    UnreachedWarning,
    warn,
)
from autodiff.guards.lines import users_frame
from autodiff.guards.nonfinite import unknown_limit
from autodiff.guards.unreached import unreached, warn_unreached

__all__ = [
    "GraphWarning",
    "KinkWarning",
    "LostStepWarning",
    "NoGradWarning",
    "NonFiniteWarning",
    "RepeatedBackwardWarning",
    "UnreachedWarning",
    "check_sweep",
    "unknown_limit",
    "unreached",
    "users_frame",
    "warn",
    "warn_unreached",
]
