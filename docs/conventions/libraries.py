"""Other libraries by the names of ours, and the derivatives that they answer.

A class has the functions of one library under the names that the cases use, and ``derivatives(f, point)``. A name
that is not there means that the library has no such function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autodiff
from autodiff import Value

__all__ = ["LIBRARIES", "Ours"]

Number = Any  # of the library at hand
Function = Callable[..., Number]


class Ours:
    """This library."""

    def __getattr__(self, name: str) -> Any:
        return getattr(autodiff, name)

    def constant(self, x: float) -> float:
        return x

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        xs = [Value(x) for x in point]
        return autodiff.gradient(f(*xs), xs)


class Torch:
    def __init__(self) -> None:
        import torch

        self.torch = torch
        self.leaky_relu, self.elu = torch.nn.functional.leaky_relu, torch.nn.functional.elu
        self.softplus, self.selu = torch.nn.functional.softplus, torch.nn.functional.selu
        self.relu6, self.hardtanh = torch.nn.functional.relu6, torch.nn.functional.hardtanh
        self.hardsigmoid, self.hardswish = torch.nn.functional.hardsigmoid, torch.nn.functional.hardswish
        self.softshrink, self.hardshrink = torch.nn.functional.softshrink, torch.nn.functional.hardshrink
        self.floordiv, self.mod, self.rint = torch.floor_divide, torch.remainder, torch.round

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, name)

    def constant(self, x: float) -> Number:
        return self.torch.tensor(float(x), dtype=self.torch.float64)

    def max(self, xs: Sequence[Number]) -> Number:
        return self.torch.stack(xs).max()

    def min(self, xs: Sequence[Number]) -> Number:
        return self.torch.stack(xs).min()

    def norm(self, xs: Sequence[Number]) -> Number:
        return self.torch.stack(xs).norm()

    def prod(self, xs: Sequence[Number]) -> Number:
        return self.torch.stack(xs).prod()

    def logsumexp(self, xs: Sequence[Number]) -> Number:
        return self.torch.logsumexp(self.torch.stack(xs), 0)

    def kthvalue(self, xs: Sequence[Number], k: int) -> Number:
        return self.torch.kthvalue(self.torch.stack(xs), k).values

    def std(self, xs: Sequence[Number]) -> Number:
        return self.torch.std(self.torch.stack(xs), correction=0)

    def remainder(self, x: Number, y: Number) -> Number:
        raise NotImplementedError  # the one of IEEE 754; torch's is Python's %

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        xs = [self.constant(x).requires_grad_() for x in point]
        return [float(dx) for dx in self.torch.autograd.grad(f(*xs), xs)]


class ArrayLibrary:
    """What libraries have in common that name their functions as NumPy does."""

    atan2 = property(lambda self: self.numpy.arctan2)
    asin = property(lambda self: self.numpy.arcsin)
    acos = property(lambda self: self.numpy.arccos)
    acosh = property(lambda self: self.numpy.arccosh)
    floordiv = property(lambda self: self.numpy.floor_divide)
    mod = property(lambda self: self.numpy.remainder)

    def __init__(self, numpy: Any) -> None:
        self.numpy = numpy

    def __getattr__(self, name: str) -> Any:
        return getattr(self.numpy, name)

    def constant(self, x: float) -> float:
        return float(x)

    def max(self, xs: Sequence[Number]) -> Number:
        return self.numpy.max(self.numpy.stack(xs))

    def min(self, xs: Sequence[Number]) -> Number:
        return self.numpy.min(self.numpy.stack(xs))

    def norm(self, xs: Sequence[Number]) -> Number:
        return self.numpy.linalg.norm(self.numpy.stack(xs))

    def prod(self, xs: Sequence[Number]) -> Number:
        return self.numpy.prod(self.numpy.stack(xs))

    def std(self, xs: Sequence[Number]) -> Number:
        return self.numpy.std(self.numpy.stack(xs))

    def kthvalue(self, xs: Sequence[Number], k: int) -> Number:
        return self.numpy.sort(self.numpy.stack(xs))[k - 1]

    def remainder(self, x: Number, y: Number) -> Number:
        raise NotImplementedError  # the one of IEEE 754; NumPy's is Python's %


class Jax(ArrayLibrary):
    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        super().__init__(jax.numpy)
        self.jax = jax
        self.relu, self.leaky_relu, self.elu = jax.nn.relu, jax.nn.leaky_relu, jax.nn.elu
        self.sigmoid, self.softplus, self.selu = jax.nn.sigmoid, jax.nn.softplus, jax.nn.selu
        self.relu6, self.hardtanh = jax.nn.relu6, jax.nn.hard_tanh
        self.hardsigmoid, self.hardswish = jax.nn.hard_sigmoid, jax.nn.hard_swish
        self.squareplus = jax.nn.squareplus

    def logsumexp(self, xs: Sequence[Number]) -> Number:
        return self.jax.nn.logsumexp(self.numpy.stack(xs))

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        return [float(dx) for dx in self.jax.grad(f, argnums=tuple(range(len(point))))(*map(float, point))]


class Autograd(ArrayLibrary):
    def __init__(self) -> None:
        import autograd
        import autograd.numpy
        import autograd.scipy.special

        super().__init__(autograd.numpy)
        self.grad, self.special = autograd.grad, autograd.scipy.special

    def logsumexp(self, xs: Sequence[Number]) -> Number:
        return self.special.logsumexp(self.numpy.stack(xs))

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        xs = [self.numpy.array(float(x)) for x in point]
        return [float(self.grad(f, i)(*xs)) for i in range(len(xs))]


class Casadi:
    def __init__(self) -> None:
        import casadi

        self.casadi = casadi
        self.maximum, self.minimum = casadi.fmax, casadi.fmin
        self.abs, self.where = casadi.fabs, casadi.if_else

    def __getattr__(self, name: str) -> Any:
        return getattr(self.casadi, name)

    def constant(self, x: float) -> float:
        return float(x)

    def max(self, xs: Sequence[Number]) -> Number:
        return self.casadi.mmax(self.casadi.vertcat(*xs))

    def min(self, xs: Sequence[Number]) -> Number:
        return self.casadi.mmin(self.casadi.vertcat(*xs))

    def norm(self, xs: Sequence[Number]) -> Number:
        return self.casadi.norm_2(self.casadi.vertcat(*xs))

    def logsumexp(self, xs: Sequence[Number]) -> Number:
        return self.casadi.logsumexp(self.casadi.vertcat(*xs))

    def mod(self, x: Number, y: Number) -> Number:
        raise NotImplementedError  # Python's; casadi's is fmod

    def prod(self, xs: Sequence[Number]) -> Number:
        return math.prod(xs)

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        xs = self.casadi.SX.sym("x", len(point))
        slopes = self.casadi.gradient(f(*self.casadi.vertsplit(xs)), xs)
        return [float(dx) for dx in self.casadi.Function("slopes", [xs], [slopes])(point).full().ravel()]


class Sympy:
    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.abs, self.maximum, self.minimum = sympy.Abs, sympy.Max, sympy.Min
        self.ceil, self.mod, self.heaviside = sympy.ceiling, sympy.Mod, sympy.Heaviside

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sympy, name)

    def constant(self, x: float) -> Number:
        return self.sympy.sympify(x)

    def where(self, condition: Number, x: Number, y: Number) -> Number:
        return self.sympy.Piecewise((x, condition), (y, True))

    def max(self, xs: Sequence[Number]) -> Number:
        return self.sympy.Max(*xs)

    def min(self, xs: Sequence[Number]) -> Number:
        return self.sympy.Min(*xs)

    def norm(self, xs: Sequence[Number]) -> Number:
        return self.sympy.sqrt(sum(x**2 for x in xs))

    def hypot(self, x: Number, y: Number) -> Number:
        return self.norm([x, y])

    def cbrt(self, x: Number) -> Number:
        return self.sympy.real_root(x, 3)

    def floordiv(self, x: Number, y: Number) -> Number:
        return self.sympy.floor(x / y)

    def prod(self, xs: Sequence[Number]) -> Number:
        return math.prod(xs)

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[Any]:
        xs = self.sympy.symbols(f"x:{len(point)}", real=True)
        at = dict(zip(xs, map(self.sympy.nsimplify, point), strict=True))
        return [f(*xs).diff(x).subs(at) for x in xs]


class Mygrad(ArrayLibrary):
    def __init__(self) -> None:
        import mygrad
        import mygrad.nnet

        super().__init__(mygrad)
        self.relu, self.leaky_relu, self.elu = mygrad.nnet.relu, mygrad.nnet.leaky_relu, mygrad.nnet.elu
        self.sigmoid, self.selu, self.hardtanh = mygrad.nnet.sigmoid, mygrad.nnet.selu, mygrad.nnet.hard_tanh

    def derivatives(self, f: Function, point: Sequence[float]) -> Sequence[float]:
        xs = [self.numpy.tensor(float(x)) for x in point]
        f(*xs).sum().backward()
        return [float(x.grad) for x in xs]


LIBRARIES: dict[str, Callable[[], Any]] = {
    "torch": Torch,
    "jax": Jax,
    "autograd": Autograd,
    "casadi": Casadi,
    "sympy": Sympy,
    "mygrad": Mygrad,
}  # by the names of their packages
