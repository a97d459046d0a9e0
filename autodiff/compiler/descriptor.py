"""Descriptor: what a compiled function has of a Python function: a name, objects that it is a method of, copies."""

from __future__ import annotations

import operator
import sys
from typing import Self

from autodiff.compiler.front.trace import function_name
from autodiff.compiler.lowering import Lowering

__all__ = ["Descriptor"]


class Descriptor:
    """A function with its programs. In a class, each object has its own, with its own parameters."""

    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._attribute = function_name(lowering.f)
        self._owner: object = None  # the object whose method it is,
        self._template: Descriptor | None = None  # and what stands in its class

    def __repr__(self) -> str:
        return f"<compiled {function_name(self._lowering.f)}: {self._lowering!r}>"

    def __reduce__(self) -> str | tuple[object, ...]:
        """A copied method is the one of the copied object, a decorated function itself; others start anew."""
        if self._owner is not None:
            return getattr, (self._owner, self._attribute)
        if self._is_global():
            return self._name()
        return type(self), (self._lowering.fresh(self._lowering.f),)

    def _is_global(self) -> bool:
        try:
            return operator.attrgetter(self._name())(sys.modules[self.__module__]) is self
        except (AttributeError, KeyError):
            return False

    def _name(self) -> str:
        return getattr(self._lowering.f, "__qualname__", self._attribute)

    def __set_name__(self, owner: type, name: str) -> None:
        self._attribute = name

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """The method of an object.

        Raises:
            TypeError: The object cannot keep it: it has slots, or is a class.
        """
        if instance is None:
            return self
        kept = getattr(instance, "__dict__", None)
        if not isinstance(kept, dict):
            raise TypeError(
                f"the compiled method {self._attribute} needs an object with a __dict__ to be kept in, and "
                f"{instance!r:.80} has none: compile a function instead, or the bound method"
            )
        key = f"_compiled_{self._name()}_{self._attribute}"  # bases may have methods of the same name
        method: Self | None = kept.get(key)
        if method is None or method._owner is not instance or method._template is not self:
            method = type(self)(self._lowering.fresh(self._lowering.f.__get__(instance)))
            method._attribute, method._owner, method._template = self._attribute, instance, self
            kept[key] = method  # which a copy of the object takes over, but does not use
        return method
