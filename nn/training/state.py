"""State: what a model or a loss holds besides the numbers of its Values, whether it has changed, how to undo that.

A program computes what the function did when it was traced. Where the function looks at something that changes
(a mode, a count of its calls, what it left on itself the last time, a generator of random numbers), only the
graph is right. So this looks at all that a function can reach.

>>> model = {"scale": 1.0, "seen": []}
>>> state = State(model=model)
>>> state.change()
>>> model["seen"].append(3.0)
>>> state.change()
"model['seen'][0]"
>>> state.restore()
>>> model
{'scale': 1.0, 'seen': []}
"""

from __future__ import annotations

import builtins
import dis
import random
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from fractions import Fraction
from functools import partial
from io import IOBase
from itertools import chain, pairwise, zip_longest
from operator import is_
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple
from weakref import ProxyTypes, ref

from autodiff import Value
from nn.optim import Optimizer

__all__ = ["State"]

UNCHANGEABLE = (bool, int, float, complex, str, bytes, type(None), Fraction, range, CodeType)
STATELESS = {"autodiff", "nn", *sys.stdlib_module_names}  # packages whose functions and classes keep nothing
LINKED = (MethodType, BuiltinFunctionType, partial, property, staticmethod, classmethod, ref)
LINKS = ("__self__", "__func__", "func", "args", "keywords", "fget")  # by which these lead to others
PASSED_THROUGH = (tuple, frozenset, type, ModuleType, FunctionType, *LINKED)  # on the way to what changes
BUILT_IN = (list, dict, tuple, set, frozenset, deque, bytearray, array)  # without attributes

MISSING = object()


class Holder(NamedTuple):
    """What can change: how its places are called, what stands there now and did before, how to set it back."""

    called: str
    now: Callable[[], Any]  # a list or a dictionary
    was: Any
    set_back: Callable[[Any], object]


class State:
    """What some objects hold, and all that can be reached from them, as it is when this is made.

    It goes through attributes, containers, arrays and generators of random numbers, and through what the user's
    functions and methods find outside: closures, defaults, globals. The numbers of Values may change.

    Args:
        roots: The objects, by the names that places begin with.

    Attributes:
        iterators: What the iterators are called that were reached, of which nobody knows where they stand.
        optimizers: What the optimisers are called that were reached, which each step changes.
        nodes: What the results are called that were reached, which are not computed again when their leaves change.
        catching: Where the user's functions begin that catch exceptions, which the numbers of a program do not raise.
    """

    def __init__(self, **roots: object) -> None:
        self.iterators: list[str] = []
        self.optimizers: list[str] = []
        self.nodes: list[str] = []
        self.catching: list[str] = []
        self.holders: list[Holder] = []
        self.numbers: list[tuple[str, Value, tuple[Any, Any]]] = []  # of each leaf: its data and grad
        self.named: set[str] = set()  # the attributes that functions name
        self.modules: list[tuple[str, ModuleType]] = []
        self.seen: dict[object, object] = {}  # by id; kept alive, so that no other object takes the id
        self.found: list[tuple[str, object]] = list(roots.items())  # what is still to be looked at
        while self.found:
            self.look_at(*self.found.pop())
            if not self.found:
                for called, module in list(self.modules):
                    self.look_at_names(called + ".{}", vars(module), self.named)

    def change(self) -> str | None:
        """Return where something is no longer what it was, or None.

        >>> rng = random.Random(0)
        >>> state = State(rng=rng)
        >>> _ = rng.random()
        >>> state.change()
        'rng'
        """
        for called, read, was, _ in self.holders:
            now = read()
            if len(now) == len(was) and all(map(is_, contained(now), contained(was))):
                continue
            for one, other in zip_longest(pairs(now), pairs(was), fillvalue=(MISSING, MISSING)):
                if not is_same(one, other):
                    return called.format(next(key for key, _ in (one, other) if key is not MISSING))
        return None

    def restore(self) -> None:
        """Set all back to what it was.

        >>> calls = [0]
        >>> state = State(calls=calls)
        >>> calls[0] += 1
        >>> state.restore()
        >>> calls
        [0]
        """
        for _, _, was, set_back in self.holders:
            set_back(was)

    def change_of_numbers(self) -> str | None:
        """Return which Value holds another number or derivative than it did, or None.

        >>> w = Value(1.0)
        >>> state = State(weights=[w])
        >>> w.data = 2.0
        >>> state.change(), state.change_of_numbers()
        (None, 'weights[0]')
        >>> state.restore_numbers()
        >>> w.data
        1.0
        """
        moved = (called for called, value, was in self.numbers if not is_same((value.data, value.grad), was))
        return next(moved, None)

    def restore_numbers(self) -> None:
        """Set the numbers and derivatives of Values back to what they were."""
        for _, value, was in self.numbers:
            value.data, value.grad = was

    def touches(self, other: State) -> bool:
        """Return whether anything that can change is reached by both.

        >>> shared = [1.0]
        >>> State(loss=[shared]).touches(State(model=(shared,))), State(loss=[1.0]).touches(State(model=[1.0]))
        (True, False)
        """
        shared = self.seen.keys() & other.seen.keys()
        return any(not isinstance(self.seen[key], PASSED_THROUGH) for key in shared)

    # ------------------------------------------------------------ what can be reached

    def hold(self, called: str, now: Callable[[], Any], set_back: Callable[[Any], object]) -> None:
        """Note what stands in some places, and look there next."""
        was = dict(now()) if isinstance(now(), dict) else list(now())
        self.holders.append(Holder(called, now, was, set_back))
        if not all(issubclass(kind, UNCHANGEABLE) for kind in set(map(type, contained(was)))):
            self.found += [(called.format(key), item) for key, item in pairs(was)]

    def look_at(self, called: str, item: Any) -> None:
        """Note what an object holds, once."""
        if type(item) in ProxyTypes:
            with suppress(ReferenceError):  # there is nothing behind it any more
                self.found.append((called, item.__repr__.__self__))
            return
        if isinstance(item, UNCHANGEABLE) or id(item) in self.seen:
            return
        self.seen[id(item)] = item
        called = (called if len(called) < 100 else f"...{called[-80:]}").replace("{", "{{").replace("}", "}}")
        inside = called + "[{!r}]"
        if isinstance(item, dict | list | deque | bytearray | array):
            self.hold(inside, lambda: item, partial(refill, item))
        elif isinstance(item, set):
            self.hold(inside, lambda: dict.fromkeys(item), partial(refill, item))
        elif isinstance(item, tuple | frozenset):
            if not all(issubclass(kind, UNCHANGEABLE) for kind in set(map(type, item))):
                self.found += [(inside.format(i), each) for i, each in enumerate(item)]
        elif isinstance(item, Value):
            if item.op is None:
                self.numbers.append((called, item, (item.data, item.grad)))
            else:
                self.nodes.append(called)
        elif isinstance(item, ContextVar):
            self.hold(called, lambda: [item.get(None)], lambda was: item.set(*was))
        elif isinstance(item, ref):
            self.found.append((called, item()))
        elif hasattr(type(item), "types_matter"):  # a compiled function, whose programs are no state
            self.found.append((called, item.__wrapped__))
            return
        elif isinstance(item, Iterator) and not isinstance(item, IOBase):
            self.iterators.append(called)
        elif isinstance(item, Optimizer):
            self.optimizers.append(called)
        elif isinstance(item, random.Random):
            self.hold(called, lambda: [item.getstate()], lambda was: item.setstate(*was))
        elif hasattr(type(item), "bit_generator"):  # a generator of NumPy
            bits = item.bit_generator
            self.hold(called, lambda: [bits.state], lambda was: setattr(bits, "state", *was))
        elif hasattr(type(item), "set_state") and hasattr(type(item), "get_state"):  # NumPy's old one
            self.hold(called, lambda: [item.get_state()], lambda was: item.set_state(*was))
        elif hasattr(type(item), "tobytes") and hasattr(type(item), "flat"):  # an array of NumPy
            if item.dtype == object:
                self.hold(inside, lambda: item.ravel().tolist(), lambda was: setattr(item, "flat", was))
            elif item.flags.writeable:
                self.hold(called, lambda: [item.tobytes()], partial(set_bytes, item))
        elif hasattr(type(item), "tolist"):  # a tensor
            self.hold(called, lambda: [repr(item.tolist())], lambda was: None)
        elif isinstance(item, FunctionType):
            self.look_at_function(called, item)
        elif isinstance(item, type):
            self.look_at_class(item)
        elif isinstance(item, ModuleType):
            self.modules.append((called, item))
        if not isinstance(item, Value | type | ModuleType) and type(item) not in BUILT_IN:
            self.look_at_object(called, item)

    def look_at_object(self, called: str, item: Any) -> None:
        """Note the attributes of an object, and those of its class."""
        self.found.append((type(item).__name__, type(item)))
        if isinstance(item, LINKED):
            self.found += [(called, getattr(item, link, None)) for link in LINKS]
        slots = [name for cls in type(item).__mro__ for name in slots_of(cls)]
        if getattr(item, "__dict__", None) or slots or is_users(type(item)) or is_users(item):
            self.hold(called + ".{}", partial(attributes, item, slots), partial(set_attributes, item))

    def look_at_class(self, cls: type) -> None:
        """Note what a class of the user holds, such as a number that all its objects share, and its methods."""
        self.found += [(base.__name__, base) for base in cls.__bases__]
        if is_users(cls):
            self.hold(cls.__name__ + ".{}", cls.__dict__.copy, partial(set_attributes, cls))

    def look_at_function(self, called: str, function: FunctionType) -> None:
        """Note what a function of the user finds outside: its defaults, its closure and its globals."""
        if is_users(function):
            if catches(function.__code__):
                self.catching.append(f"{function.__qualname__} (line {function.__code__.co_firstlineno})")
            self.found += [(called, function.__defaults__), (called, function.__kwdefaults__)]
            cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
            self.seen |= {id(cell): cell for cell in cells.values()}
            self.hold("{}", partial(contents, cells), partial(set_contents, cells))
            names, dotted, imported = names_of_code(function.__code__)
            self.named |= dotted
            self.look_at_names("{}", function.__globals__, names)
            self.look_at_names("{}", sys.modules, imported)

    def look_at_names(self, called: str, namespace: dict[str, Any], names: set[str]) -> None:
        """Note what stands in a namespace under some names, once."""
        builtin = (names & vars(builtins).keys()) - namespace.keys()
        new = {name for name in names - builtin if (id(namespace), name) not in self.seen}
        self.seen |= {(id(namespace), name): namespace for name in new}
        if new:
            self.hold(
                called,
                lambda: {name: namespace[name] for name in new & namespace.keys()},
                partial(set_names, namespace, new),
            )


def catches(code: CodeType) -> bool:
    """Whether code catches exceptions, by `except` or `suppress`; what only cleans up passes them on.

    >>> def inverse(x):
    ...     try:
    ...         return 1 / x
    ...     except ZeroDivisionError:
    ...         return 0.0
    >>> catches(inverse.__code__), catches(catches.__code__)
    (True, False)
    """
    steps = [step.opname for step in dis.get_instructions(code)]
    bare = ("PUSH_EXC_INFO", "POP_TOP") in pairwise(steps)
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return bare or "CHECK_EXC_MATCH" in steps or "suppress" in code.co_names or any(map(catches, inner))


def contained(held: Any) -> Iterable[Any]:
    """What a list or a dictionary holds, and the keys of a dictionary."""
    return chain(held, held.values()) if isinstance(held, dict) else held


def pairs(held: Any) -> Iterable[tuple[Any, Any]]:
    """What a list or a dictionary holds, each with its key or index."""
    return held.items() if isinstance(held, dict) else enumerate(held)


def refill(item: Any, was: Any) -> None:
    """Give a container what it held before."""
    if isinstance(item, array):
        item[:] = array(item.typecode, was)
        return
    item.clear()
    (item.update if isinstance(item, set | dict) else item.extend)(was)


def attributes(item: Any, slots: Iterable[str]) -> dict[str, Any]:
    """What an object holds in its slots and in its dictionary of attributes."""
    found = dict(getattr(item, "__dict__", {}))
    found |= {name: getattr(item, name) for name in slots if hasattr(item, name)}
    found.pop("_parameter_names", None)  # which a Module remembers for its messages
    return found


def slots_of(cls: type) -> list[str]:
    """The names that a class declares in place of a dictionary of attributes."""
    declared = cls.__dict__.get("__slots__", ())
    names = [declared] if isinstance(declared, str) else [*declared]
    owner = cls.__name__.lstrip("_")
    return [f"_{owner}{name}" if name[:2] == "__" != name[-2:] else name for name in names]


def set_bytes(item: Any, was: list[bytes]) -> None:
    """Give an array of NumPy the numbers that it had before."""
    item[...] = type(item)(item.shape, item.dtype, *was)


def set_attributes(item: Any, was: dict[str, Any]) -> None:
    """Give an object, or a class, the attributes that it had before, and no others."""
    now = dict(vars(item)) if hasattr(item, "__dict__") else {}
    owner = type if isinstance(item, type) else object  # whose methods also change what is frozen
    for name in now.keys() - was.keys() - {"_parameter_names"}:
        owner.__delattr__(item, name)
    for name, before in was.items():
        if now.get(name, MISSING) is not before:
            owner.__setattr__(item, name, before)


def set_names(namespace: dict[str, Any], names: set[str], was: dict[str, Any]) -> None:
    """Let names in a namespace stand for what they stood for before; what has been imported stays."""
    for name in names - was.keys():
        if not isinstance(namespace.get(name), ModuleType):
            namespace.pop(name, None)
    namespace.update(was)


def contents(cells: dict[str, CellType]) -> dict[str, object]:
    """What the variables of a closure hold, but for those that are not set yet."""
    found = {}
    for name, cell in cells.items():
        with suppress(ValueError):
            found[name] = cell.cell_contents
    return found


def set_contents(cells: dict[str, CellType], was: dict[str, object]) -> None:
    for name, before in was.items():
        cells[name].cell_contents = before


def names_of_code(code: CodeType) -> tuple[set[str], set[str], set[str]]:
    """The names of globals, of attributes and of imported modules in a function, also in functions inside of it."""
    names, dotted, imported = set[str](), set[str](), set[str]()
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            imported.add(step.argval)
        elif step.opname.endswith(("_GLOBAL", "_NAME")):
            names.add(step.argval)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR", "IMPORT_FROM"):
            dotted.add(step.argval)
    if names & {"getattr", "setattr"}:
        dotted |= {constant for constant in code.co_consts if isinstance(constant, str)}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            for mine, more in zip((names, dotted, imported), names_of_code(inner), strict=True):
                mine |= more
    return names, dotted, imported


def is_users(item: Any) -> bool:
    """Whether a function or class is not one of Python, of this library, or of another that is installed."""
    package = (getattr(item, "__module__", None) or "").partition(".")[0]
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    return package not in STATELESS and "site-packages" not in file and "dist-packages" not in file


def is_same(one: Any, other: Any) -> bool:
    """Whether two things are the same one, or plain and alike to the bit."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        if set(map(type, one + other)) == {int}:  # the fast way, for generators of random numbers
            return bool(one == other)
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return is_same(tuple(one.items()), tuple(other.items()))
    if isinstance(one, str | bytes):
        return bool(one == other)
    if hasattr(one, "tobytes"):
        return bool(one.tobytes() == other.tobytes())
    return isinstance(one, UNCHANGEABLE) and repr(one) == repr(other)
