"""LayerwiseSGD: step the last layer first, and carry the backward pass on through its new weights.

Plain backpropagation finds every gradient at the old weights, then moves all weights at once. Here layer k
is found after the layers above it have moved: where the backward pass multiplies by a weight of theirs, it
takes the new one. All else stays as the forward pass left it, so there is no second forward pass.

>>> from autodiff import gradient
>>> w1, w2 = Value(1.0, name="w1"), Value(2.0, name="w2")
>>> loss = (w2 * (w1 * 3.0) - 5) ** 2 / 2           # ŷ = 6, dloss/dŷ = 1
>>> gradient(loss, [w1, w2])                        # 1 · w2 · 3 and 1 · w1 · 3
[6.0, 3.0]
>>> LayerwiseSGD([[w1], [w2]], lr=0.5).minimize(loss)
>>> w1.grad, w2.grad                                # 1 · 0.5 · 3, as w2 had become 2 - 0.5 · 3 = 0.5
(1.5, 3.0)
>>> w1.data, w2.data
(0.25, 0.5)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence

from autodiff import Value, apply, topological_order
from nn.module import Module
from nn.optim import Optimizer
from nn.values import Number

__all__ = ["LayerwiseSGD", "layerwise_gradients"]


class LayerwiseSGD(Optimizer):
    """Gradient descent from the last layer to the first, each gradient passing through the new weights above.

    Use it as `SGD`, but with `minimize(loss)` in the place of `loss.backward()` and `step()`. After it the
    parameters' `grad` holds what each was moved by, as `layerwise_gradients` finds it. With one layer, it is
    plain SGD to the last bit.

    Args:
        layers: In forward order; each a Module or a list of its parameters, such as `model.layers` of an MLP
            and `model.modules` of a Sequential. Modules without parameters are passed over.
        lr: The learning rate; a Fraction keeps a model of Fractions exact.

    Attributes:
        layers: The parameters by layer.

    Raises:
        TypeError: `layers` is not a list, or one of them neither a Module nor a list of leaf Values.
        ValueError: `lr` out of range, no parameters at all, the same one twice.

    >>> from nn import MLP, half_mse
    >>> model = MLP(1, [3, 1], activation="tanh", seed=0)
    >>> optimizer = LayerwiseSGD(model.layers, lr=0.1)
    >>> losses = []
    >>> for _ in range(50):
    ...     loss = half_mse([model([x]) for x in (0.0, 0.5, 1.0)], [0.0, 0.5, 1.0])
    ...     optimizer.minimize(loss)
    ...     losses.append(loss.data)
    >>> losses[-1] < losses[0] / 5
    True
    """

    def __init__(self, layers: Iterable[Module | Iterable[Value]], lr: Number) -> None:
        self.layers = parameters_by_layer(layers)
        super().__init__([parameter for layer in self.layers for parameter in layer], lr)

    def minimize(self, loss: Value) -> None:
        """Move every layer by one step, from the last to the first; on any error nothing has changed.

        Raises:
            TypeError, ValueError: See `layerwise_gradients`; also an operation that is not defined at the
                new weights, such as the log of one that became negative.

        >>> w1, w2 = Value(1.0), Value(2.0)
        >>> LayerwiseSGD([[w1], [w2]], lr=0.5).minimize(w2 * w1)
        >>> w1.data, w2.data
        (0.25, 1.5)
        """
        gradients = layerwise_gradients(loss, self.layers, self.lr)
        for parameter, moved_by in gradients.items():
            parameter.grad = moved_by
            parameter.data = parameter.data - self.lr * moved_by
        self.steps += 1

    def step(self) -> None:
        """Refuse: the steps are part of the backward pass, which needs the loss.

        Raises:
            TypeError: Always.

        >>> LayerwiseSGD([[Value(1.0)]], lr=0.5).step()
        Traceback (most recent call last):
        ...
        TypeError: LayerwiseSGD steps during the backward pass: call minimize(loss) in the place of
        loss.backward() and step()
        """
        raise TypeError(
            "LayerwiseSGD steps during the backward pass: "
            "call minimize(loss) in the place of loss.backward() and step()"
        )


def layerwise_gradients(loss: Value, layers: Sequence[Sequence[Value]], lr: Number) -> dict[Value, Number]:
    """Find what a layerwise step moves each parameter by, without moving any or touching a `grad`.

    The gradient of layer k is the one that a reverse sweep finds if every partial is evaluated with the new
    weights of all layers after k, the old weights of the others, and the interior nodes as they are. One
    sweep finds all of them: it goes through the part of the graph that belongs to a layer twice, at its old
    weights for its own gradients and at its new ones for what is below.

    Args:
        loss: The node to make small, any graph of the layers' parameters.
        layers: The parameters by layer, in forward order.
        lr: The learning rate that makes the new weights: w - lr · gradient.

    Returns:
        The gradients by parameter, the last layer first; 0 for one that the loss does not depend on. At
        lr = 0 they are those of `autodiff.gradient`.

    Raises:
        TypeError: `loss` is not a Value.
        ValueError: The loss depends on none of the parameters, or the layers are not in forward order.

    >>> w1, w2 = Value(1.0), Value(2.0)
    >>> list(layerwise_gradients(w2 * w1, [[w1], [w2]], lr=0.5).values())
    [1.0, 1.5]
    """
    if not isinstance(loss, Value):
        raise TypeError(f"loss must be one Value, not {type(loss).__name__}")
    order = topological_order(loss)
    parts = parts_of(order, layers)
    adjoints: MutableMapping[Value, Number] = dict.fromkeys(order, type(loss.data)(0))
    adjoints[loss] += 1
    gradients: dict[Value, Number] = {}
    moved: dict[Value, Value] = {}
    for layer, part in reversed(list(zip(layers, parts, strict=True))):
        own = defaultdict(type(loss.data), {node: adjoints[node] for node in part})
        carry_on(own, part, moved)
        gradients |= {w: own.get(w, type(w.data)(0)) for w in layer}
        moved |= {w: Value(w.data - lr * gradients[w], w.name) for w in layer}
        if part is not parts[0]:  # below the first layer nothing is left to find
            carry_on(adjoints, part, moved)
    return gradients


def carry_on(
    adjoints: MutableMapping[Value, Number], part: list[Value], moved: Mapping[Value, Value]
) -> None:
    """Pass the adjoints of these nodes on to their parents, as backward() does, through the new weights."""
    for node in reversed(part):
        if adjoint := adjoints[node]:
            for parent, partial in zip(node.parents, partials_anew(node, moved), strict=True):
                adjoints[parent] += adjoint * partial


def partials_anew(node: Value, moved: Mapping[Value, Value]) -> tuple[Number, ...]:
    """Return the partials of a node, evaluated anew if it was computed from a weight that has moved."""
    if node.op is None or moved.keys().isdisjoint(node.parents):
        return node.partials
    computed_anew: Value = apply(node.op, [moved.get(operand, operand) for operand in node.operands])
    return computed_anew.partials


def parts_of(order: list[Value], layers: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Split the graph by layers: a node belongs to the last layer that it depends on.

    What a layer's gradients need lies in its own part and in those after it.
    """
    below = layers_below(order, layers)
    check_layer_order(order, layers, below)
    parts: list[list[Value]] = [[] for _ in layers]
    for node in order:
        if below[node]:
            parts[below[node].bit_length() - 1].append(node)
    return parts


def layers_below(order: list[Value], layers: Sequence[Sequence[Value]]) -> dict[Value, int]:
    """Find the layers that each node depends on, as a set of bits: bit k stands for layer k."""
    below = dict.fromkeys(order, 0) | {w: 1 << k for k, layer in enumerate(layers) for w in layer}
    for node in order:
        for parent in node.parents:
            below[node] |= below[parent]
    if not below[order[-1]]:
        raise ValueError("the loss depends on none of the parameters: was it made with this model?")
    return below


def check_layer_order(
    order: list[Value], layers: Sequence[Sequence[Value]], below: Mapping[Value, int]
) -> None:
    """Refuse an earlier layer that reads what a later one computed, unless that reads the earlier one too."""
    layer_of = {w: k for k, layer in enumerate(layers) for w in layer}
    reads = [0] * len(layers)
    for node in order:
        for k in {layer_of[parent] for parent in node.parents if parent in layer_of}:
            for parent in node.parents:
                reads[k] |= 0 if parent in layer_of else below[parent]
    for k, read in enumerate(reads):
        later = read.bit_length() - 1  # the last layer that layer k reads
        if later > k and not reads[later] >> k & 1:
            raise ValueError(
                f"layers[{k}] reads what layers[{later}] computed: give the layers in forward order"
            )


def parameters_by_layer(layers: object) -> list[list[Value]]:
    """Return each layer's parameters, without layers that have none."""
    if isinstance(layers, Module | Value) or not hasattr(layers, "__iter__"):
        raise TypeError(
            f"layers must be a list of layers in forward order, not {type(layers).__name__}: "
            "use model.layers of an MLP, or model.modules of a Sequential"
        )
    by_layer = [parameters_of(k, layer) for k, layer in enumerate(layers)]
    found: dict[Value, int] = {}
    for k, layer in enumerate(by_layer):
        for parameter in layer:
            if parameter in found:
                raise ValueError(
                    f"layers[{found[parameter]}] and layers[{k}] hold the same Value {parameter!r}: "
                    "which step it belongs to is not defined"
                )
        found |= dict.fromkeys(layer, k)
    return [layer for layer in by_layer if layer]


def parameters_of(k: int, layer: object) -> list[Value]:
    """Return the parameters of one layer."""
    if isinstance(layer, Module):
        return layer.parameters()
    if isinstance(layer, Value) or not hasattr(layer, "__iter__"):
        raise TypeError(f"layers[{k}] is {type(layer).__name__}, neither a Module nor a list of Values")
    parameters = list(layer)
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(f"layers[{k}][{i}] is {type(parameter).__name__}, not a Value")
    return parameters
