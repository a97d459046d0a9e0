"""Tests of nn/losses/classification.py: extremes, reductions, probabilities, and compiled losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from nn import cross_entropy, hinge, logloss, logloss_with_logits


@pytest.mark.parametrize("loss", [hinge, logloss, logloss_with_logits])
def test_reductions(loss: Callable[..., Any]) -> None:
    single = [loss(0.25, 1), loss(0.5, 1)]

    assert loss([0.25, 0.5], [1, 1], reduction="none") == single
    assert loss([0.25, 0.5], [1, 1], reduction="sum") == pytest.approx(sum(single), rel=1e-15)
    assert loss([0.25, 0.5], [1, 1]) == pytest.approx(sum(single) / 2, rel=1e-15)
    assert loss(0.25, 1, reduction="none") == single[:1]
    with pytest.raises(ValueError, match="reduction must be 'mean', 'sum' or 'none', not 'max'"):
        loss(0.25, 1, reduction="max")


@pytest.mark.parametrize(
    ("z", "y", "expected"), [(800.0, 1, 0.0), (800.0, 0, 800.0), (-800.0, 1, 800.0), (40.0, 1, math.exp(-40))]
)
def test_logits_at_their_extremes(z: float, y: int, expected: float) -> None:
    value = Value(z)

    loss = logloss_with_logits(value, y)
    loss.backward()

    assert loss.data == pytest.approx(expected, rel=1e-15, abs=1e-300)
    assert value.grad == pytest.approx(
        autodiff.sigmoid(z) - y if y == 0 else -autodiff.sigmoid(-z), rel=1e-15
    )


def test_logloss_of_tiny_probabilities() -> None:
    assert logloss(1e-300, 1) == pytest.approx(300 * math.log(10), rel=1e-15)
    assert logloss(1e-300, 0) == pytest.approx(1e-300, rel=1e-15)


def test_cross_entropy() -> None:
    z = [Value(1.0), Value(2.0), Value(-1.0)]
    total = sum(math.exp(each.data) for each in z)

    loss = cross_entropy(z, 1)
    loss.backward()

    assert loss.data == pytest.approx(math.log(total) - 2.0, rel=1e-14)
    expected = [math.exp(each.data) / total - (i == 1) for i, each in enumerate(z)]
    assert [each.grad for each in z] == pytest.approx(expected, rel=1e-13)


def test_cross_entropy_of_rows() -> None:
    rows = [[1.0, 2.0], [0.5, -1.0]]
    single = [cross_entropy(rows[0], 1), cross_entropy(rows[1], 0)]

    assert cross_entropy(rows, [1, 0]) == pytest.approx(sum(single) / 2, rel=1e-15)
    assert cross_entropy(rows, [1, 0], reduction="sum") == pytest.approx(sum(single), rel=1e-15)
    assert cross_entropy(rows, [1, 0], reduction="none") == single


def test_cross_entropy_at_its_extremes() -> None:
    assert cross_entropy([Value(1e4), Value(-1e4)], 0).data == 0.0
    assert cross_entropy([Value(1e4), Value(-1e4)], 1).data == 2e4


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan, math.inf])
def test_probabilities_outside_their_range(p: float) -> None:
    with pytest.raises(
        ValueError, match=r"logloss: probability 1 is .*between 0 and 1 .*logloss_with_logits"
    ):
        logloss([Value(0.5), Value(p)], [1, 1])


@pytest.mark.parametrize(
    ("loss", "predictions", "labels", "refused"),
    [
        (hinge, [0.25, -2.0, 0.5], [1, -1], [0, 2]),
        (logloss, [0.25, 0.5, 0.999], [0, 1, 0.25], [-1, 1.5]),
        (logloss_with_logits, [-40.0, 0.5, 800.0], [0, 1, 0.25], [-1, 2]),
        (cross_entropy, [[1.0, 2.0, -1.0], [1e3, 0.0, -1e3]], [0, 1, 2], [3, -1, 0.5]),
    ],
)
def test_labels_are_inputs_of_a_compiled_loss(
    loss: Callable[..., Any], predictions: list[Any], labels: list[Any], refused: list[Any]
) -> None:
    calls = 0

    def traced(prediction: Any, label: Any) -> Any:
        nonlocal calls
        calls += 1
        return loss(prediction, label)

    compiled = autodiff.compile(traced, engine="numpy")
    for prediction in predictions:
        for label in labels:
            value, (by_prediction, _) = compiled.value_and_grad(prediction, label)
            leaves = [Value(p) for p in prediction] if isinstance(prediction, list) else [Value(prediction)]
            expected = loss(leaves if isinstance(prediction, list) else leaves[0], label)
            expected.backward()

            assert value == pytest.approx(expected.data, rel=1e-14)
            assert np.ravel(by_prediction).tolist() == pytest.approx(
                [leaf.grad for leaf in leaves], rel=1e-14
            )
        for label in refused:
            assert math.isnan(compiled(prediction, label))
    assert calls <= 4  # it is traced twice a program, for all labels, and not called again


@pytest.mark.parametrize("label", [0, 1, 0.25])
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_probability_of_0_or_1_makes_a_compiled_loss_nan_whatever_its_label(p: float, label: float) -> None:
    assert math.isnan(autodiff.compile(lambda p, y: logloss(p, y), engine="numpy")(p, label))


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_probabilities_outside_their_range_make_a_compiled_loss_nan(p: float) -> None:
    compiled = autodiff.compile(lambda p: logloss(p, 1), engine="numpy")

    assert math.isnan(compiled(p))


def operations(node: Value) -> list[str]:
    return [each.op.name for each in autodiff.topological_order(node) if each.op is not None]


@pytest.mark.parametrize(
    ("loss", "label", "expected", "operations_of"),
    [
        (hinge, 1, 0.75, ["mul", "sub", "relu"]),
        (hinge, -1, 1.25, ["mul", "sub", "relu"]),
        (logloss, 1, math.log(4), ["log", "neg"]),
        (logloss, True, math.log(4), ["log", "neg"]),
        (logloss, 0, -math.log(0.75), ["neg", "log1p", "neg"]),
        (
            logloss,
            0.25,
            -math.log(0.25) / 4 - math.log(0.75) * 3 / 4,
            ["log", "mul", "neg", "log1p", "mul", "add", "neg"],
        ),
        (logloss_with_logits, 1, math.log1p(math.exp(-0.25)), ["neg", "softplus"]),
        (logloss_with_logits, 0, math.log1p(math.exp(0.25)), ["softplus"]),
        (
            logloss_with_logits,
            0.25,
            math.log1p(math.exp(-0.25)) / 4 + math.log1p(math.exp(0.25)) * 3 / 4,
            ["neg", "softplus", "mul", "softplus", "mul", "add"],
        ),
    ],
)
def test_the_loss_of_one_prediction_is_as_short_as_its_label_allows(
    loss: Callable[..., Any], label: Any, expected: float, operations_of: list[str]
) -> None:
    for reduction in ("mean", "sum"):
        found = loss(Value(0.25), label, reduction=reduction)

        assert found.data == pytest.approx(expected, rel=1e-14)
        assert operations(found) == operations_of


def test_several_losses_are_averaged_if_not_told_otherwise() -> None:
    predictions = [Value(0.25), Value(0.5), Value(0.75)]
    for loss in (hinge, logloss, logloss_with_logits):
        assert operations(loss(predictions, [1, 1, 1]))[-1] == "mean"
        assert operations(loss(predictions, [1, 1, 1], reduction="sum"))[-1] == "sum"
    assert operations(cross_entropy([predictions] * 2, [0, 1]))[-1] == "mean"


def test_cross_entropy_of_infinite_logits() -> None:
    assert cross_entropy([Value(math.inf), Value(0.0)], 0).data == 0.0
    assert cross_entropy([Value(math.inf), Value(0.0)], 1).data == math.inf
    assert cross_entropy([Value(-math.inf), Value(0.0)], 0).data == math.inf
    assert cross_entropy([Value(-math.inf), Value(0.0), Value(0.0)], 1).data == pytest.approx(math.log(2))
    assert cross_entropy([math.inf, 0.0], 0) == 0.0


def test_cross_entropy_of_one_class_is_a_node() -> None:
    z = Value(5.0)

    loss = cross_entropy([z], 0)
    loss.backward()

    assert (loss.data, z.grad) == (0.0, 0.0)
    assert isinstance(cross_entropy([Value(math.inf)], 0), Value)
    assert operations(cross_entropy([z, Value(1.0)], 1)) == ["log_softmax", "neg"]


def test_nodes_of_a_subclass_are_no_traced_ones() -> None:
    class Weight(Value):
        pass

    assert operations(logloss(Weight(0.25), 1)) == ["log", "neg"]
    with pytest.raises(TypeError, match="label 0 is a Value, but no gradient flows to labels"):
        hinge(0.5, Weight(1.0))  # type: ignore[call-overload]


@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_compiled_cross_entropy_with_its_label_as_an_input(label: int) -> None:
    z = [0.5, -1.0, 2.0]
    compiled = autodiff.compile(lambda z, y: cross_entropy(z, y), engine="numpy")

    value, (by_z, _) = compiled.value_and_grad(z, label)

    shares = autodiff.softmax(z)
    assert value == pytest.approx(-math.log(shares[label]), rel=1e-14)
    assert list(by_z) == pytest.approx([share - (k == label) for k, share in enumerate(shares)], rel=1e-13)
    assert math.isnan(compiled(z, 0.5))


@pytest.mark.parametrize("label", [-1, 1])
def test_slopes_of_a_compiled_hinge_by_score_and_label(label: int) -> None:
    compiled = autodiff.compile(lambda s, y: hinge(s, y), engine="numpy")

    assert compiled.value_and_grad(0.5, label) == (1 - 0.5 * label, (-label, -0.5))


@pytest.mark.parametrize("label", [0, 1])
def test_a_compiled_cross_entropy_of_a_known_label_at_infinity(label: int) -> None:
    compiled = autodiff.compile(lambda z: cross_entropy(z, label), engine="numpy")

    assert compiled([math.inf, 0.0]) == (0.0 if label == 0 else math.inf)


NEVER = -math.inf


@pytest.mark.parametrize(
    ("scores", "label", "loss", "slopes"),
    [
        ([1e6, 1e6 - 20], 0, math.log1p(math.exp(-20)), [-1 / (1 + math.exp(20)), 1 / (1 + math.exp(20))]),
        ([1e16, 1e16 - 2], 0, math.log1p(math.exp(-2)), [-1 / (1 + math.exp(2)), 1 / (1 + math.exp(2))]),
        ([40.0, 0.0], 0, math.exp(-40), [-math.exp(-40), math.exp(-40)]),
        ([NEVER, NEVER, 0.0], 0, math.inf, [-1.0, 0.0, 1.0]),
        ([NEVER, NEVER, 0.0], 2, 0.0, [0.0, 0.0, 0.0]),
    ],
)
def test_digits_of_a_cross_entropy(scores: list[float], label: int, loss: float, slopes: list[float]) -> None:
    z = [Value(score) for score in scores]
    found = cross_entropy(z, label)
    assert found.data == cross_entropy(scores, label) == pytest.approx(loss, rel=1e-14)
    assert autodiff.gradient(found, z) == pytest.approx(slopes, rel=1e-14)

    for compiled, given in (
        (autodiff.compile(lambda z: cross_entropy(z, label), engine="numpy"), ()),
        (autodiff.compile(lambda z, y: cross_entropy(z, y), engine="numpy"), (label,)),
    ):
        value, by_scores = compiled.value_and_grad(scores, *given)
        assert value == pytest.approx(loss, rel=1e-14)
        assert np.ravel(by_scores[0] if given else by_scores) == pytest.approx(slopes, rel=1e-14)


def test_a_label_may_be_an_array_without_axes() -> None:
    assert cross_entropy([1.0, 2.0], np.array(1)) == cross_entropy([1.0, 2.0], 1)
    with pytest.raises(TypeError, match=r"label 0 is 1\.0, it must be the index of a class"):
        cross_entropy([1.0, 2.0], np.array(1.0))


def test_a_cross_entropy_of_0_is_not_negative() -> None:
    assert math.copysign(1, cross_entropy([Value(1e4), Value(0.0)], 0).data) == 1
    assert str(cross_entropy([1e4, 0.0], 0)) == "0.0"
