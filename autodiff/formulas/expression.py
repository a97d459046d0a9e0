"""Reading a formula that a user typed: text in, a graph of Values out; nothing but arithmetic is evaluated.

The text is parsed by Python's own parser. Then, before anything is computed, every node of the syntax tree is
checked to be a number, a name with a value, an operator + - * / **, or a call of a function of the table.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import math
import re
import warnings
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import TypeAlias

from autodiff.formulas.composed import COMPOSED
from autodiff.number import Number, fits_a_float
from autodiff.operations import FUNCTIONS
from autodiff.pictures.names import clean
from autodiff.rules import TABLE, named_elsewhere
from autodiff.value import Value

ExpressionValue: TypeAlias = "Value | Number | list[ExpressionValue]"

__all__ = [
    "ExpressionError",
    "InputError",
    "bits_of",
    "function_names",
    "function_of_text",
    "read_expression",
]

MAX_CHARACTERS = 10_000
TOO_MANY_DIGITS = re.compile(r"(?<![\w.])\d{4301,}(?![\w.])")  # of a whole number, for Python to read it
MAX_EXACT_BITS = 10_000  # of an exact number: 9**9**9 would fill the memory, and Python prints 14,000
CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}  # unless they are inputs
EXCERPT = 72  # characters of a long expression that an error shows

OPERATOR_FUNCTIONS: dict[type[ast.operator], Callable[..., ExpressionValue]] = {
    ast.Add: FUNCTIONS["add"],
    ast.Sub: FUNCTIONS["sub"],
    ast.Mult: FUNCTIONS["mul"],
    ast.Div: FUNCTIONS["truediv"],
    ast.FloorDiv: FUNCTIONS["floordiv"],
    ast.Mod: FUNCTIONS["mod"],
    ast.Pow: FUNCTIONS["pow"],
}
POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
GRAMMAR = "an expression has numbers, names, + - * / // % **, parentheses and functions, nothing else"
TOO_LONG = "this exact number has too many digits; give the values as 0.5 instead of 1/2 to use floats"
INSTEAD = {
    "^": "for a power write **",
    "²": "for a square write **2",
    "³": "for a cube write **3",
    "√": "for a square root write sqrt(x)",
    "×": "for a product write *",
    "·": "for a product write *",
    "÷": "for a quotient write /",
    "−": "for a minus write -",
    "|": "for an absolute value write abs(x)",
    "#": "a comment has no place here",
    "\0": "leave it out",
}


class InputError(ValueError):
    """What the user typed cannot be used; the message says what, where, and what to write instead."""


class ExpressionError(InputError):
    """An expression that cannot be read or computed; the message shows its text with the place marked."""

    def __init__(self, message: str, text: str, place: int) -> None:
        super().__init__(f"{message}\n{mark(text, place)}")


def mark(text: str, place: int) -> str:
    """Return the text around a place, with a caret under it.

    >>> print(mark("x^2", 1))
      x^2
       ^
    """
    start = max(0, min(place - EXCERPT // 2, len(text) - EXCERPT))
    before, after = "..." * (start > 0), "..." * (start + EXCERPT < len(text))
    excerpt = f"{before}{clean(text[start : start + EXCERPT])}{after}"
    return f"  {excerpt}\n  {' ' * (len(before) + place - start)}^"


def function_names() -> list[str]:
    """Return the functions an expression may call: those of the table, and what ``autodiff`` makes of them.

    >>> "tanh" in function_names(), "eval" in function_names()
    (True, False)
    """
    return sorted({*TABLE, *COMPOSED})


def is_function(name: str) -> bool:
    return name in TABLE or name in COMPOSED or name in named_elsewhere()


def read_expression(text: str, inputs: Mapping[str, Value]) -> Value:
    """Build the graph of an expression.

    Args:
        text: The expression. Functions of many operands take them one by one, sum(x, y), or as a list,
            sum([x, y]); dot takes two lists and perhaps a bias: dot([v, w], [x, y], b).
        inputs: A Value for every name that the expression uses. If one of them is a fraction, arithmetic on
            whole numbers in the expression is exact too.

    Returns:
        The output node; a leaf if the expression has no operation on an input.

    Raises:
        ExpressionError: The text is no such expression, a name has no value, or an operation is not defined.

    >>> read_expression("x**2 + 3*x", {"x": Value(2.0)}).data
    10.0
    """
    text, tree = checked_tree(text, inputs)
    exact = any(isinstance(value.data, Fraction) for value in inputs.values())
    result = build(tree, inputs, text, exact)
    return result if isinstance(result, Value) else Value(result)


def function_of_text(text: str) -> Callable[..., Value | Number]:
    """The function of a formula: of its names, in the order in which they first occur.

    Args:
        text: The formula, as ``read_expression`` takes it. e, pi and π are numbers.

    Returns:
        A function whose arguments have these names; its docstring is the text.

    Raises:
        ExpressionError: The text is no such formula.

    >>> f = function_of_text("exp(x)*sin(y)")
    >>> inspect.signature(f), f(0.0, y=Value(0.5)).op.name
    (<Signature (x, y)>, 'mul')
    """
    return TextFunction(text)


class TextFunction:
    """The function of a formula; as a class, it can be pickled."""

    __name__ = "formula"

    def __init__(self, text: str) -> None:
        found = re.sub(r"\s", " ", text).strip()
        nodes = sorted(expressions(parse(found)), key=lambda node: node.col_offset)
        names = [node.id for node in nodes if isinstance(node, ast.Name)]
        arguments = [name for name in dict.fromkeys(names) if name not in {*CONSTANTS, *function_names()}]
        self.__doc__, self.tree = checked_tree(found, arguments)
        self.__signature__ = inspect.Signature([inspect.Parameter(name, POSITIONAL) for name in arguments])

    def __call__(self, *args: Value | Number, **kwargs: Value | Number) -> Value | Number:
        bound = self.__signature__.bind(*args, **kwargs)
        return build(self.tree, bound.arguments, self.__doc__ or "", exact=False)


def checked_tree(text: str, inputs: Collection[str]) -> tuple[str, ast.expr]:
    """The text on one line, and its syntax tree, of which every part may be evaluated."""
    text = re.sub(r"\s", " ", text).strip()
    tree = parse(text)
    for node in sorted(
        expressions(tree), key=lambda node: node.col_offset
    ):  # so that the first mistake is reported
        check_part(node, inputs, text)
    if isinstance(tree, ast.List):
        raise ExpressionError("the result is a list; an expression gives one number", text, 0)
    return text, tree


def parse(text: str) -> ast.expr:
    """Return the syntax tree of an expression; an ExpressionError shows where reading stopped."""
    if not text:
        raise InputError("the expression is empty; write for example x**2 + x*y")
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"the expression has {len(text)} characters; {MAX_CHARACTERS} can be read", text, MAX_CHARACTERS
        )
    for place, character in enumerate(text):
        if character in INSTEAD:
            raise ExpressionError(f"{character!r} has no meaning here: {INSTEAD[character]}", text, place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Python's remarks on odd code such as `7or x`, which is refused below
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        at_end = error.lineno != 1 or not error.offset
        place = len(text) if at_end else min((error.offset or 1) - 1, len(text))
        if digits := TOO_MANY_DIGITS.search(text):  # where Python's parser gives no place
            raise ExpressionError("this number is too large for a float", text, digits.start()) from None
        raise ExpressionError(describe(error, text, place), text, place) from None
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply; sum(x, y, z) is flat", text, 0) from None
    except ValueError as error:  # bytes that are no text
        raise ExpressionError(str(error), text, 0) from None


def describe(error: SyntaxError, text: str, place: int) -> str:
    if place >= len(text.rstrip()):
        return "the expression ends too early"
    if re.match(r"\d\w*[^\W\d]", text[place:]) or "decimal literal" in error.msg:
        return "a number stands right before a letter; for a product write 2*x"
    if place < len(text) and text[place] == "=":
        return "'=' has no place in the expression; the expression comes first, then name=value"
    before = re.search(r"(\w+|\))\s+$", text[:place])
    if before and re.match(r"[\w(]", text[place:]):
        if is_function(before[1]):
            return f"{before[1]} needs parentheses: write {before[1]}(x)"
        return "there is no operator before this; for a product write *"
    return f"this cannot be read ({error.msg})"


def expressions(tree: ast.expr) -> list[ast.expr]:
    """Return the nodes of a syntax tree, outer ones before their parts, without names of called functions."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    called = {node.func for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return [node for node in nodes if node not in called]


def check_part(node: ast.expr, inputs: Collection[str], text: str) -> None:
    """Raise an ExpressionError unless a node, looked at without its parts, is one that may be evaluated."""
    match node:
        case ast.Constant(value=bool() | complex() | str() | bytes() | None):
            message = f"{ast.unparse(node)} is no real number; {GRAMMAR}"
        case ast.Constant(value=int() | float() as number):
            message = "" if fits_a_float(number) else "this number is too large for a float"
        case ast.Name(id=name):
            message = "" if name in inputs or name in CONSTANTS else no_value(name)
        case ast.BinOp(op=operator):
            message = "" if type(operator) in OPERATOR_FUNCTIONS else f"this operator is not known; {GRAMMAR}"
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()) | ast.List():
            message = ""
        case ast.Call(func=ast.Name(id=name), keywords=keywords):
            message = "" if is_function(name) else no_function(name, inputs)
            if keywords and not message:
                message = f"{name} takes its arguments by position: write {name}(x), without a name and ="
        case ast.Call(func=ast.Constant(value=int() | float()) | ast.BinOp() | ast.UnaryOp() | ast.Call()):
            message = "there is no operator before this; for a product write *"
        case _:
            message = f"this cannot stand in an expression; {GRAMMAR}"
    if message:
        raise ExpressionError(message, text, position(node, text))


def no_value(name: str) -> str:
    if is_function(name):
        return f"{name} is a function; call it: {name}(x)"
    return f"{name} has no value; add {name}=1 (or another number) after the expression"


def no_function(name: str, inputs: Collection[str]) -> str:
    if name in inputs:
        return f"{name} is a number and cannot be called; for a product write {name}*(...)"
    close = difflib.get_close_matches(name, [*function_names(), *named_elsewhere()], n=1)
    advice = f"did you mean {close[0]}?" if close else "--help lists those there are"
    return f"there is no function {name}; {advice}"


def position(node: ast.expr, text: str) -> int:
    """Return where a node stands in the text, in characters: an operator's place if it joins two operands."""
    encoded = text.encode()  # the tree counts bytes
    if isinstance(node, ast.BinOp) and node.left.end_col_offset is not None:
        between = encoded[node.left.end_col_offset : node.right.col_offset].decode()
        found = re.search(r"[^\s()]", between)
        return len(encoded[: node.left.end_col_offset].decode()) + (found.start() if found else 0)
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name | ast.Attribute | ast.Lambda):
        return text.index("(", len(encoded[: node.func.end_col_offset].decode()))
    if isinstance(node, ast.Attribute | ast.Subscript) and node.value.end_col_offset is not None:
        return len(encoded[: node.value.end_col_offset].decode())
    return len(encoded[: node.col_offset].decode())


def build(tree: ast.expr, inputs: Mapping[str, Value | Number], text: str, exact: bool) -> Value | Number:
    """Evaluate a checked syntax tree, parts first and without recursion.

    Args:
        tree, text: What was typed.
        inputs: The number or Value of each name.
        exact: Whether whole numbers are fractions.
    """
    results: dict[ast.expr, ExpressionValue] = {}
    for node in reversed(expressions(tree)):
        try:
            made = evaluate_part(node, results, inputs, exact)
            results[node] = check_digits(made) if exact else made
        except (ValueError, ArithmeticError, TypeError) as error:
            if type(error).__module__ != "builtins":  # such as what a traced number says of itself
                raise
            raise ExpressionError(str(error), text, position(node, text)) from None
    result = results[tree]
    if isinstance(result, list):
        raise ExpressionError("the result is a list; an expression gives one number", text, 0)
    return result


def check_digits(result: ExpressionValue) -> ExpressionValue:
    """Return a result, unless it is a fraction of so many digits that the next ones would take for ever."""
    x = result.data if isinstance(result, Value) else result
    if isinstance(x, Fraction) and bits_of(x) > MAX_EXACT_BITS:
        raise OverflowError(TOO_LONG)
    return result


def bits_of(x: Fraction) -> int:
    return max(x.numerator.bit_length(), x.denominator.bit_length())


def evaluate_part(
    node: ast.expr,
    results: Mapping[ast.expr, ExpressionValue],
    inputs: Mapping[str, Value | Number],
    exact: bool,
) -> ExpressionValue:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return inputs[name] if name in inputs else CONSTANTS[name]
        case ast.List(elts=elements):
            return [results[element] for element in elements]
        case ast.UnaryOp(op=operator, operand=operand):
            [x] = single_numbers([results[operand]])
            return FUNCTIONS["neg"](x) if isinstance(operator, ast.USub) else x
        case ast.BinOp(op=operator, left=left, right=right):
            x, y = single_numbers([results[left], results[right]])
            return combine(OPERATOR_FUNCTIONS[type(operator)], x, y, exact)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return call_function(name, [results[argument] for argument in arguments])
    raise AssertionError(f"{ast.dump(node)} passed the check")


def single_numbers(operands: list[ExpressionValue]) -> list[Value | Number]:
    numbers = [operand for operand in operands if not isinstance(operand, list)]
    if len(numbers) < len(operands):
        raise TypeError("a list is only an argument of a function, as in sum([x, y])")
    return numbers


def combine(
    operation: Callable[..., ExpressionValue], x: Value | Number, y: Value | Number, exact: bool
) -> ExpressionValue:
    """Apply an operator; two whole numbers give a fraction if ``exact``, else a float, never a huge int."""
    if not isinstance(x, Value) and not isinstance(y, Value):
        x, y = (as_number(x, exact), as_number(y, exact))
    if operation is FUNCTIONS["pow"] and exact:
        refuse_huge_power(x, y)
    return operation(x, y)


def as_number(number: Number, exact: bool) -> Number:
    if isinstance(number, int):
        return Fraction(number) if exact else float(number)
    return number


def refuse_huge_power(base: Value | Number, exponent: Value | Number) -> None:
    x = base.data if isinstance(base, Value) else base
    y = exponent.data if isinstance(exponent, Value) else exponent
    if not isinstance(x, Fraction) or not isinstance(y, int | Fraction):
        return
    if abs(Fraction(y)) * (bits_of(x) - 1) > MAX_EXACT_BITS:  # before it is computed
        raise OverflowError(TOO_LONG)


def call_function(name: str, arguments: list[ExpressionValue]) -> ExpressionValue:
    """Call a function of the table; what Python calls a wrong call is said in the words of the expression."""
    if name in COMPOSED:
        return COMPOSED[name](*arguments)  # type: ignore[no-any-return]
    name = named_elsewhere().get(name, name)
    if len(arguments) > 1:
        name = TABLE[name].longer or name
    arity, defaults = TABLE[name].arity, len(TABLE[name].defaults)
    if arity is not None and not arity - defaults <= len(arguments) <= arity:
        few = f"{arity - defaults} or " if defaults else ""
        noun = "argument" if arity == 1 else "arguments"
        raise TypeError(f"{name} takes {few}{arity} {noun}, not {len(arguments)}")
    if name == "dot" and [isinstance(argument, list) for argument in arguments] not in (
        [True, True],
        [True, True, False],
    ):
        raise TypeError("dot takes two lists and perhaps a bias: dot([v, w], [x, y], b)")
    result: ExpressionValue = FUNCTIONS[name](*arguments)
    return result
