"""The workload chain: v = v * w + b over and over: binary nodes of two Values each, up to millions."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


def build(value: Callable[[float], Any], nodes: int) -> Any:
    """Return the output of a chain of this many nodes.

    With w = 1 no adjoint underflows: an engine must carry a number through every node.

    >>> from tuples import Value
    >>> build(Value, 4).data
    1.5
    """
    w, b = value(1.0), value(0.25)
    v = value(1.0)
    for _ in range(nodes // 2):
        v = v * w + b
    return v


@dataclass(frozen=True)
class Times:
    """Seconds for one chain, the collector running as usual."""

    build: float
    backward: float
    free: float

    @property
    def total(self) -> float:
        return self.build + self.backward + self.free


def times(value: Callable[[float], Any], nodes: int) -> Times:
    gc.collect()
    marks = [time.perf_counter()]
    output = build(value, nodes)
    marks.append(time.perf_counter())
    output.backward()
    marks.append(time.perf_counter())
    del output
    marks.append(time.perf_counter())
    return Times(*(end - start for start, end in pairwise(marks)))


@dataclass(frozen=True)
class Memory:
    """Bytes a node as tracemalloc counts them: what Python asks for, without the allocator's overhead."""

    built: float
    swept: float  # held after backward()
    peak: float  # while backward() ran


def memory(value: Callable[[float], Any], nodes: int) -> Memory:
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        output = build(value, nodes)
        built = tracemalloc.get_traced_memory()[0]
        output.backward()
        swept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Memory((built - before) / nodes, (swept - before) / nodes, (peak - before) / nodes)


def left_without_collector(value: Callable[[float], Any], nodes: int) -> int:
    """Build, sweep and drop a chain with the collector off; return how many of its nodes are still there."""
    kind = type(value(0.0))
    gc.collect()
    gc.disable()
    try:
        before = alive(kind)
        output = build(value, nodes)
        output.backward()
        assert alive(kind) - before >= nodes
        del output
        return alive(kind) - before
    finally:
        gc.enable()


def alive(kind: type) -> int:
    """Count the objects of a class that the collector knows."""
    return sum(type(each) is kind for each in gc.get_objects())
