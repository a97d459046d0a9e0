"""Compiled: a function with the programs that run it, on numbers and on batches of them."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

import numpy as np

from autodiff.calculus.trees import Tree
from autodiff.compiler.bound import BoundCall, check_kept_apart, pulled_back
from autodiff.compiler.call import Call
from autodiff.compiler.descriptor import Descriptor
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.parameters import Parameters
from autodiff.compiler.front.trace import function_name, running
from autodiff.compiler.gradients import GradientLowering
from autodiff.compiler.kink_program import KinkLowering
from autodiff.compiler.lowering import Lowering
from autodiff.compiler.nested import nested_jvp
from autodiff.compiler.program import Program
from autodiff.compiler.warned import check_slopes, warn_at_kinks
from autodiff.guards.categories import KinkWarning

if TYPE_CHECKING:
    from autodiff.compiler.culprit import NonFinite

__all__ = ["Compiled", "find_nonfinite"]


class Compiled(Descriptor):
    """A function that was handed to :func:`compile`.

    Its methods take the arguments of the function: trees of numbers, Values and arrays, and what is static.

    Attributes:
        parameters: The leaf Values that the function uses, as :class:`Parameters`.

    >>> from autodiff import Value, compile
    >>> w = Value(3.0, name="w")
    >>> f = compile(lambda x: w * x**2)
    >>> f(2.0), f.parameters.values
    (Value(data=12.0, grad=0.0, op='·'), [Value(data=3.0, grad=0.0, name='w')])
    """

    __name__: str  # and the docstring are those of the function

    def __init__(self, lowering: Lowering) -> None:
        functools.update_wrapper(self, lowering.f)
        super().__init__(lowering)
        self._lock = threading.RLock()

    @property
    def parameters(self) -> Parameters:
        return self._lowering.parameters

    @property
    def types_matter(self) -> bool:
        """Whether the function has asked for the types of numbers, so that each has a program of its own.

        >>> from autodiff import compile
        >>> f = compile(lambda x: x * 10 if isinstance(x, int) else x)
        >>> f.types_matter, f(2), f.types_matter, f(2.0)
        (False, 20.0, True, 2.0)
        """
        return self._lowering.types_matter

    def __call__(self, *args: Tree, **kwargs: Tree) -> Tree:
        """Compute the function.

        While another compiled function is traced, it becomes a part of that.

        Args:
            *args, **kwargs: The arguments of the function.

        Returns:
            What the function returns: a number, or a tree of numbers; a Value where it depends on a Value, be it
            an argument or a parameter. Of a batch they are arrays with one number for each sample, and matrices
            of Values only where an argument is a Value.

        Raises:
            TypeError: The arguments do not fit the function, or are no numbers.
            TraceError: The function needs a number that is not known while it is traced.
        """
        if running.tape is not None:
            return self._lowering.binding.inlined(running.tape, args, kwargs)
        with self._lock:
            return self._bound(args, kwargs)()

    def value_and_grad(self, *args: Tree, **kwargs: Tree) -> tuple[Tree, Tree]:
        """Compute the function and its derivatives by all its arguments.

        Args:
            *args, **kwargs: The arguments of the function.

        Returns:
            The value, and the gradient in the tree of the argument, or a tuple of such where there are
            several arguments. In a batch every sample has its own gradient, except by an argument that is
            shared: there they are summed. If an argument is a Value, they are Values.

        Raises:
            TypeError: The function gives more than one number; see ``vjp``.

        >>> import numpy as np
        >>> from autodiff import compile
        >>> compile(lambda x, y: x * y).value_and_grad(np.array([2.0, 5.0]), 3.0)
        (array([ 6., 15.]), (array([3., 3.]), 7.0))
        """
        with self._lock:
            return self._bound(args, kwargs).value_and_grad()

    def vjp(self, seeds: Tree, *args: Tree, **kwargs: Tree) -> tuple[Tree, Tree]:
        """Compute the function and the product of ``seeds`` with its Jacobian: the reverse sweep.

        Args:
            seeds: The adjoints of the results, in their tree.
            *args, **kwargs: The arguments of the function.

        Returns:
            The value, and the product in the trees of the arguments, as ``value_and_grad`` gives it.

        Raises:
            TypeError: ``seeds`` has another tree than the result, or does not hold numbers.
            ValueError: A seed has not the shape of its result.

        >>> from autodiff import compile
        >>> compile(lambda x, y: [x * y, x + y]).vjp([1.0, 10.0], 2.0, 3.0)
        ([6.0, 5.0], (13.0, 12.0))
        """
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            return pulled_back(call, call.seeds(seeds))

    def jvp(self, moves: Sequence[Tree], *args: Tree) -> tuple[Tree, Tree]:
        """Compute the function and how it moves when the arguments move: its Jacobian times ``moves``.

        Args:
            moves: One tree for each of ``args`` that is not static, in its form. Defaults do not move.
            *args: The arguments of the function.

        Returns:
            The value, and how it moves, in the same tree.

        Raises:
            TypeError: ``moves`` has not the form of the arguments.
            ValueError: A move has another shape than its argument.

        >>> from autodiff import compile
        >>> compile(lambda x, y: [x * y, x + y]).jvp([1.0, 0.0], 2.0, 3.0)
        ([6.0, 5.0], [3.0, 1.0])
        """
        with self._lock:
            call = Call(self._lowering, args, {})
            moved = call.moved(moves, args)
            check_kept_apart(call)
            if call.differentiable():
                return nested_jvp(call, moved)
            outputs, moving = call.lowered.engine.tangents(call.numbers(), call.rows(), call.filled(moved))
            check_slopes(call, moving, outputs, call.filled(moved))
            return call.shaped(outputs), call.shaped(moving)

    def jacobian(self, *args: Tree, **kwargs: Tree) -> Tree:
        """Compute the derivatives of everything that the function returns, by all its arguments.

        Args:
            *args, **kwargs: The arguments of the function, numbers and arrays of such.

        Returns:
            The tree of the result with a gradient in place of each leaf, as ``value_and_grad`` gives it. A leaf
            of shape S and an argument of shape A give an array of shape S + A, after the axes of the batch. In a
            batch every sample has its own Jacobian, also by an argument that is shared.

        Raises:
            TypeError: A Value is among the arguments: :func:`autodiff.jacobian` takes such.

        >>> import numpy as np
        >>> from autodiff import compile
        >>> compile(lambda x: [x[0] * x[1], x[0] + 5 * x[1]]).jacobian(np.array([2.0, 3.0]))
        [array([3., 2.]), array([1., 5.])]
        """
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            check_kept_apart(call)
            if call.differentiable():
                raise TypeError(
                    f"the Jacobian and Hessian of the compiled {function_name(self._lowering.f)} are numbers: pass "
                    "the .data of Values, or call autodiff.jacobian or hessian of the function for a graph of them"
                )
            outputs, by_inputs = call.slopes_of_outputs()
            check_slopes(call, by_inputs, outputs)
            return call.jacobian(by_inputs)

    def hessian(self, *args: Tree, **kwargs: Tree) -> Tree:
        """Compute the second derivatives of the function: the Jacobian of its gradient, by all its arguments.

        The reverse sweep is a program of its own, with the function in it; this differentiates that program.

        Args:
            *args, **kwargs: The arguments of the function, numbers and arrays of such.

        Returns:
            The tree of the gradient, with a gradient in place of each leaf; see ``jacobian``.

        Raises:
            TypeError: The function gives more than one number, or a Value is among the arguments.

        Warns:
            KinkWarning: They pass through a kink, and are those of the slope that is used there; said once a function.
            NonFiniteWarning: One is nan though the arguments are finite; once a function, as of all derivatives.

        >>> import numpy as np
        >>> from autodiff import compile
        >>> compile(lambda x: x[0] ** 2 * x[1]).hessian(np.array([2.0, 3.0]))
        array([[6., 4.],
               [4., 0.]])
        """
        with self._lock:
            found = self._gradient.jacobian(*args, **kwargs)
            self._check_kinks(args, kwargs)
            return found

    def hessian_vector_product(self, vectors: Sequence[Tree], *args: Tree) -> Tree:
        """Multiply the second derivatives of the function with a vector, without computing them all.

        Args:
            vectors: One tree for each of ``args`` that is not static, in its form.
            *args: The arguments of the function.

        Returns:
            The product, in the tree of the gradient.

        Raises:
            TypeError: The function gives more than one number, or ``vectors`` has not the form of the arguments.
            ValueError: A vector has another shape than its argument.

        Warns:
            KinkWarning, NonFiniteWarning: As for ``hessian``.

        >>> import numpy as np
        >>> from autodiff import compile
        >>> compile(lambda x: x[0] ** 2 * x[1]).hessian_vector_product([np.array([1.0, 10.0])], np.array([2.0, 3.0]))
        array([46.,  4.])
        """
        with self._lock:
            found = self._gradient.jvp(vectors, *args)[1]
            self._check_kinks(args, {})
            return found

    @functools.cached_property
    def _gradient(self) -> Compiled:
        return Compiled(self._lowering.derived(GradientLowering))

    @functools.cached_property
    def _at_kink(self) -> Compiled:
        return Compiled(self._lowering.derived(KinkLowering))

    def _check_kinks(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> None:
        """Warn where second derivatives pass through a kink."""
        if not self._gradient._lowering.may_meet_kinks or KinkWarning in self._lowering.told:
            return
        call = Call(self._at_kink._lowering, args, kwargs)
        at_kink = call.lowered.engine.forward(call.numbers(), call.rows())
        if at_kink.any():
            warn_at_kinks(Call(self._lowering, args, kwargs), np.broadcast_to(at_kink, (1, call.samples)))

    @overload
    def backward(self, *args: Tree, reduce: Literal["mean", "sum"] = ..., **kwargs: Tree) -> float: ...

    @overload
    def backward(self, *args: Tree, reduce: None, **kwargs: Tree) -> tuple[FloatArray, FloatArray]: ...

    def backward(
        self, *args: Tree, reduce: Literal["mean", "sum"] | None = "mean", **kwargs: Tree
    ) -> float | tuple[FloatArray, FloatArray]:
        """Add the derivatives of the loss to the ``grad`` of the parameters, and of Values in the arguments.

        Args:
            *args, **kwargs: The arguments of the function, arrays for a batch.
            reduce: What the loss of a batch is: the "mean" or the "sum" over its samples; None for the losses of
                the samples as they are, which adds to no ``grad``.

        Returns:
            The loss. With None the losses of all samples, and their derivatives by ``parameters.values``, in the
            last axis: a gradient for each sample, as is clipped, weighed, or looked at.

        Raises:
            TypeError: The function gives more than one number, or a Value in the arguments was computed from
                others.
            ValueError: ``reduce`` is something else.

        >>> import numpy as np
        >>> from autodiff import Value, compile
        >>> w = Value(3.0, name="w")
        >>> loss = compile(lambda x, y: (w * x - y) ** 2)
        >>> loss.backward(np.array([1.0, 2.0]), np.array([2.0, 2.0])), w.grad
        (8.5, 9.0)
        >>> loss.backward(np.array([1.0, 2.0]), np.array([2.0, 2.0]), reduce=None)
        (array([ 1., 16.]), array([[ 2.],
               [16.]]))
        """
        with self._lock:
            return self._bound(args, kwargs).backward(reduce=reduce)

    def bound(self, *args: Tree, **kwargs: Tree) -> BoundCall:
        """Tie arguments to the function, for calls without the time that it takes to look at them.

        Args:
            *args, **kwargs: The arguments of the function. What is written into their arrays later, in place, counts.

        Returns:
            What has the methods ``value_and_grad`` and ``backward`` and is called itself, all without arguments;
            a ValueError tells there that a list among the arguments holds other numbers by now.

        Raises:
            TypeError: The arguments do not fit the function, or there are Values among them.

        >>> import numpy as np
        >>> from autodiff import compile
        >>> x = np.array([1.0, 2.0])
        >>> f = compile(lambda x: x**2).bound(x)
        >>> x[0] = 3.0
        >>> f(), f.value_and_grad()
        (array([9., 4.]), (array([9., 4.]), array([6., 4.])))
        """
        with self._lock:
            return self._bound(args, kwargs).tied()

    def _bound(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> BoundCall:
        return BoundCall(Call(self._lowering, args, kwargs), self._lock)

    def traced(self, *args: Tree, **kwargs: Tree) -> Compiled:
        """Trace the function for such arguments without running it: then its parameters are known.

        Args:
            *args, **kwargs: Arguments of the function, of which only the forms and shapes count.

        Returns:
            The compiled function itself.

        Raises:
            TypeError, TraceError: As for a call.

        >>> from autodiff import Value, compile
        >>> w = Value(3.0, name="w")
        >>> len(compile(lambda x: w * x).traced(0.0).parameters)
        1
        """
        with self._lock:
            Call(self._lowering, args, kwargs)
        return self

    def program(self, *args: Tree, **kwargs: Tree) -> Program:
        """The program for such arguments.

        Args:
            *args, **kwargs: Arguments of the function, of which only the forms and shapes count.

        Returns:
            A program that can be printed, drawn, saved and handed to JAX.

        Raises:
            TypeError, TraceError: As for a call.

        >>> from autodiff import compile
        >>> print(compile(lambda x, y: x * y + x).program(0.0, 0.0))
        2 operations, 0 parameters, 2 inputs, 1 output; depth 2, 2 flops, 112 bytes
        level 1:  h[0] = x·y
        level 2:  h[1] = h[0] + x
        return h[1]
        """
        with self._lock:
            return Program.of(Call(self._lowering, args, kwargs).lowered.program)


def find_nonfinite(compiled: Compiled, *args: Tree, **kwargs: Tree) -> NonFinite | None:
    """Run a compiled function step by step, and find the first number that is nan or infinite.

    Args:
        compiled: What ``compile`` returned; it is traced anew; every ``grad`` stays.
        *args: Its arguments, as for a call.
        **kwargs: Likewise.

    Returns:
        What was computed there, from which numbers, in which sample and in which line: the first among the
        values, else among the derivatives that the reverse sweep multiplies with; None if all that the
        result depends on is finite. An infinite constant that does no harm, as in ``maximum(x, -inf)``, is
        no culprit.

    Raises:
        TypeError: ``compiled`` is no compiled function, or the arguments do not fit it.

    >>> import numpy as np
    >>> from autodiff import compile
    >>> entropy = compile(lambda p: -p * p.log())
    >>> found = find_nonfinite(entropy, np.array([0.5, 0.25, 0.0]))
    >>> found.operation, found.operands, found.number, found.sample
    ('log', (0.0,), -inf, (2,))
    """
    if not isinstance(compiled, Compiled):
        raise TypeError(f"find_nonfinite needs a compiled function, not {compiled!r:.80}")
    from autodiff.compiler.culprit import culprit_of  # takes a while to load

    with compiled._lock:
        return culprit_of(Call(compiled._lowering, args, kwargs))
