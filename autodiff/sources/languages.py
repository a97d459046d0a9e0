"""Languages: how each primitive is written in each of them, and what they lack and is defined before.

A primitive of rules/worlds.py is a template with one ``{}`` an operand, or the definition of a function of its
name. Signs and their brackets are the same in all of them.
"""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from autodiff.rules.worlds import UnknownPrimitive
from autodiff.sources.expressions import COMPARISONS, Applied, Formula, is_comparison, is_plain

__all__ = ["LANGUAGES", "ArrayStatements", "Language", "LanguageName", "Statements"]

LanguageName: TypeAlias = Literal[
    "python", "numpy", "torch", "jax", "autograd", "casadi", "c", "sympy", "latex"
]

CLOSED_UP = 5
WRITTEN_SIGNS: dict[
    str, tuple[str, int, tuple[int, ...]]
] = {  # template, precedence, and the least one of the operands
    "add": ("{} + {}", 1, (1, 2)),
    "sub": ("{} - {}", 1, (1, 2)),
    "mul": ("{} * {}", 2, (2, 3)),
    "truediv": ("{} / {}", 2, (2, 3)),
    "neg": ("-{}", 3, (4,)),
    "matmul": ("{} @ {}", 2, (2, 3)),  # of arrays
}
POWER_SIGN = ("{}**{}", 4, (5, 3))


@dataclass(frozen=True)
class Statements:
    """How loops are written: templates, mostly of a name and what it becomes or how long it is."""

    constant: str = "{} = {}"
    variable: str = "{} = {}"
    assign: str = "{} = {}"
    add: str = "{} += {}"
    vector: str = "{} = [0.0] * {}"
    zeros: str = "{} = [0.0] * {}"
    fill: str = ""
    loop: str = "for {} in range({}):"
    backwards: str = "for {} in reversed(range({})):"
    end: str = ""
    table: str = "{0} = (\n{1},\n)"
    comment: str = "# {}"


STATEMENTS_IN_C = Statements(
    constant="const double {} = {};",
    variable="double {} = {};",
    assign="{} = {};",
    add="{} += {};",
    vector="double {0}[{1}];",
    zeros="double {}[{}] = {{0.0}};",
    fill="for (int i = 0; i < {1}; i++) {0}[i] = 0.0;",
    loop="for (int {0} = 0; {0} < {1}; {0}++) {{",
    backwards="for (int {0} = {1} - 1; {0} >= 0; {0}--) {{",
    end="}}",
    table="static const {2} {0}[] = {{\n{1},\n}};",
    comment="// {}",
)


@dataclass(frozen=True)
class ArrayStatements:
    """How statements on vectors are written: templates; of zeros and ones a length, and an array like them."""

    m: str  # the module
    zeros: str = "{m}.zeros({0})"
    ones: str = "{m}.ones({0})"
    copied: str = "{}.copy()"
    add: str = "{}[{}] += {}"
    scatter: str = "{m}.add.at({0}, {1}, {2})"  # where a place may occur several times
    table: str = "{0} = {m}.array([\n{1},\n])"
    number: str = "{0}"  # as an array like another one


@dataclass(frozen=True)
class Language:
    """A language that functions are written in.

    Attributes:
        name: What it is called.
        imports: The lines that come first.
        templates: For each primitive that it has, how it is written.
        defined: For each primitive that it lacks, the lines that define a function of its name.
        reserved: Names that mean something.
        whole: Rows that it has as they are, with a convention of its own where they have a kink.
        choice: How ``where`` is written on a comparison that is true or false, if that differs.
        tests: Such comparisons that are written otherwise than by their sign.
        as_sign: Primitives that are written as another one, an operator of the language.
        statements: How its loops are written.
        on_arrays: How statements on vectors are, where it has them.
        wraps_around: Whether arrays of whole numbers have a type of their own, which wraps around.
        most_whole: Where whole numbers end that are written without a point.
    """

    name: str
    imports: str
    templates: Mapping[str, str]
    defined: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    as_sign: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    choice: str = ""
    tests: Mapping[str, str] = field(default_factory=dict)
    statements: Statements = field(default_factory=Statements)
    on_arrays: ArrayStatements | None = None
    wraps_around: bool = False
    most_whole: float = 1e15

    def knows(self, primitive: str) -> bool:
        """Whether it has a primitive, or defines it."""
        primitive = self.as_sign.get(primitive, primitive)
        return (
            primitive in WRITTEN_SIGNS
            or primitive == "pow"
            or primitive in self.templates
            or primitive in self.defined
        )

    def write(self, expression: Formula, row: str) -> str:
        """Write an expression that belongs to a row of the table.

        Raises:
            UnknownPrimitive: The language lacks a primitive of the row.
        """
        return self.written(expression, row)[0]

    def written(self, expression: Formula, row: str) -> tuple[str, int]:
        """The same, and its precedence."""
        if isinstance(expression, str):
            return expression, CLOSED_UP
        if not isinstance(expression, Applied):
            return self.number(float(expression)), 3 if expression < 0 else CLOSED_UP
        primitive, xs = self.as_sign.get(expression.primitive, expression.primitive), expression.operands
        if primitive == "pow" and self.has_power(xs[1]):
            return self._signed(POWER_SIGN, xs, row)
        if primitive in WRITTEN_SIGNS:
            return self._signed(WRITTEN_SIGNS[primitive], xs, row)
        operands = [self.write(x, row) for x in xs]
        if primitive == "where" and all(map(is_plain, xs[1:])):
            operands[1:] = [self.number_in_array(float(x)) for x in xs[1:]]  # type: ignore[arg-type]
        if primitive == "where" and is_comparison(xs[0]):
            operands[0] = self._test(xs[0], row)
            if self.choice:
                return self.choice.format(*operands), CLOSED_UP
        if primitive in self.templates:
            return self.templates[primitive].format(*operands), CLOSED_UP
        if primitive in self.defined:
            return f"{primitive}({', '.join(operands)})", CLOSED_UP
        raise UnknownPrimitive(row, primitive, f"the table of the language {self.name!r}")

    def _signed(
        self, sign: tuple[str, int, tuple[int, ...]], xs: tuple[Formula, ...], row: str
    ) -> tuple[str, int]:
        template, precedence, bounds = sign
        written = [self.written(x, row) for x in xs]
        texts = [f"({x})" if own < bound else x for (x, own), bound in zip(written, bounds, strict=True)]
        if template == WRITTEN_SIGNS["mul"][0] and precedence == 2 and texts[1].startswith("-"):
            texts[1] = f"({texts[1]})"
        return template.format(*texts), precedence

    def _test(self, comparison: Applied, row: str) -> str:
        """A comparison that is true or false, no number."""
        sign = comparison.primitive
        test = self.tests.get(sign, f"{{}} {COMPARISONS[sign]} {{}}")
        return test.format(*(self.write(x, row) for x in comparison.operands))

    def has_power(self, exponent: Formula) -> bool:
        """Whether a power is written by a sign: in C it is a function, in Python one where it may leave the reals."""
        if self.name == "c":
            return False
        return self.name != "python" or (is_plain(exponent) and float(exponent).is_integer())  # type: ignore[arg-type]

    def number(self, x: float) -> str:
        """Write a number with all its digits."""
        if x != x or abs(x) == float("inf"):
            if self.name == "c":
                return "NAN" if x != x else "INFINITY" if x > 0 else "-INFINITY"
            return f'float("{x}")'
        whole = x.is_integer() and abs(x) < self.most_whole and str(x)[0:2] != "-0"
        return repr(x) if self.name == "c" or not whole else str(int(x))

    def number_in_array(self, x: float) -> str:
        """Write a number of which an array is made: one of whole numbers may wrap around."""
        return repr(x) if self.wraps_around and math.isfinite(x) else self.number(x)


PYTHON_RESERVED = frozenset(
    [*keyword.kwlist, *dir(builtins), "math", "np", "torch", "jax", "jnp", "arguments", "constants", "seeds"]
)
C_WORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    gradient seeds outputs arguments constants memset main NAN INFINITY HUGE_VAL
    acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs fdim
    finite floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn ldexp lgamma llrint llround log
    log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder remquo rint round
    scalb scalbln scalbn signgam significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
    index rindex abs labs div time signal
    alignas alignof asm bool constexpr false nullptr thread_local true typeof static_assert
    arm i386 linux mips sun unix
    fpclassify isfinite isgreater isgreaterequal isless islessequal islessgreater isnormal isunordered signbit
    FP_ILOGB0 FP_ILOGBNAN FP_INFINITE FP_NAN FP_NORMAL FP_SUBNORMAL FP_ZERO HUGE_VALF HUGE_VALL
    MATH_ERREXCEPT MATH_ERRNO math_errhandling
    M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2
"""  # keywords, also of C23, names that compilers define, and what math.h declares
C_RESERVED = frozenset(C_WORDS.split())

OF_ONE = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
AS_THEY_ARE = ("relu6", "selu", "mish", "silu")  # rows that libraries have, with slopes of their own at kinks
LOGARITHMS = ("log2", "log10", "exp2")
INVERSE = ("asin", "acos", "atan", "asinh", "acosh", "atanh")
ONLY_IN_MATH = ("erf", "erfc", "gamma", "lgamma")


def calls(prefix: str, *names: str) -> dict[str, str]:
    return {name: f"{prefix}{name}({{}})" for name in names}


def compared(template: str) -> dict[str, str]:
    return {name: template.format(sign=sign) for name, sign in COMPARISONS.items()}


AS_A_NUMBER = "(1.0 * ({{}} {sign} {{}}))"

IN_PYTHON = Language(
    "python",
    "import math",
    {
        **calls("math.", *OF_ONE, *LOGARITHMS, *INVERSE, *ONLY_IN_MATH),
        **compared(AS_A_NUMBER),
        "fmod": "math.fmod({}, {})",
        "abs": "abs({})",
        "pow": "math.pow({}, {})",
        "hypot": "math.hypot({}, {})",
        "atan2": "math.atan2({}, {})",
        "where": "({1} if {0} else {2})",
    },
    {
        "floor": """def floor(x):  # a float, with the sign of x where it is 0
    return math.copysign(math.floor(x), x) if math.isfinite(x) else x""",
        "sigmoid": """def sigmoid(x):
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))""",
        "ieee_pow": """def ieee_pow(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return math.nan if x else -math.inf if y % 2 == 1 and math.copysign(1, x) < 0 else math.inf""",
        "xlogy": """def xlogy(x, y):
    if x == 0:
        return 0.0
    return x * math.log(y) if y > 0 else x * -math.inf if y == 0 else math.nan""",
        "divide": """def divide(x, y):
    return x / y if y else x * math.inf""",
        "gap": """def gap(x, y):  # x - y, and 0 where both are the same infinity
    return 0.0 if x == y else x - y""",
        "maximum": """def maximum(x, y):
    if x > y or x != x:
        return x
    return x + y if x == y == 0 else y""",
        "minimum": """def minimum(x, y):
    if x < y or x != x:
        return x
    return -(-x - y) if x == y == 0 else y""",
        "sign": """def sign(x):
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0 * x""",
    },
    PYTHON_RESERVED,
)

NUMPY_NAMES = {name: f"arc{name[1:]}" for name in INVERSE}


def of_arrays(module: str) -> dict[str, str]:
    """What NumPy and JAX have in common."""
    return {
        **calls(f"{module}.", *OF_ONE, *LOGARITHMS, "abs", "sign", "floor"),
        **{name: f"{module}.{NUMPY_NAMES[name]}({{}})" for name in INVERSE},
        **compared(AS_A_NUMBER),
        "pow": f"{module}.power({{}}, {{}})",
        "fmod": f"{module}.fmod({{}}, {{}})",
        "ieee_pow": f"{module}.power({{}}, {{}})",
        "divide": f"{module}.divide({{}}, {{}})",
        "hypot": f"{module}.hypot({{}}, {{}})",
        "atan2": f"{module}.arctan2({{}}, {{}})",
        "maximum": f"{module}.maximum({{}}, {{}})",
        "minimum": f"{module}.minimum({{}}, {{}})",
        "where": f"{module}.where({{}}, {{}}, {{}})",
    }


def folds(module: str, axis: str = "axis", **names: str) -> dict[str, str]:
    """What folds and scans along the last axis are called."""
    names = {"add": "sum", "mul": "prod", "maximum": "max", "minimum": "min", "hypot": "linalg.norm"} | names
    found = {f"fold_{combine}": f"{module}.{name}({{}}, {axis}=-1)" for combine, name in names.items()}
    return {**found, "before_add": f"({module}.cumsum({{0}}, -1) - {{0}})"}


def products(module: str, cat: str, ones: str, flip: str) -> dict[str, str]:
    """Of each element the product of those before it, and of those after it."""
    return {
        "before_mul": f"""def before_mul(x):
    return {module}.cumprod({cat}([{ones}(x[..., :1]), x[..., :-1]], -1), -1)""",
        "after_mul": f"""def after_mul(x):
    x = {flip}
    x = {module}.cumprod({cat}([{ones}(x[..., :1]), x[..., :-1]], -1), -1)
    return {flip}""",
    }


IN_NUMPY = Language(
    "numpy",
    "import math\n\nimport numpy as np",
    {**of_arrays("np"), **folds("np", hypot="hypot.reduce")},
    {
        **products("np", "np.concatenate", "np.ones_like", "x[..., ::-1]"),
        **{name: f"{name} = np.vectorize(math.{name}, otypes=[float])" for name in ONLY_IN_MATH},
        "sigmoid": """def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)""",
        "xlogy": """def xlogy(x, y):
    return np.where(np.equal(x, 0), 0, x * np.log(np.where(np.equal(x, 0), 1, y)))""",
        "gap": """def gap(x, y):  # x - y, and 0 where both are the same infinity
    return np.where(np.equal(x, y), 0, x - y)""",
    },
    PYTHON_RESERVED,
    on_arrays=ArrayStatements("np"),
    wraps_around=True,
)

IN_JAX = Language(
    "jax",
    "import jax\nimport jax.numpy as jnp",
    {
        **of_arrays("jnp"),
        **folds("jnp"),
        "erf": "jax.scipy.special.erf({})",
        "erfc": "jax.scipy.special.erfc({})",
        "gamma": "jax.scipy.special.gamma({})",
        "lgamma": "jax.scipy.special.gammaln({})",
        "xlogy": "jax.scipy.special.xlogy({}, {})",
        "sigmoid": "jax.nn.sigmoid({})",
        **calls("jax.nn.", "relu", *AS_THEY_ARE),
        "hardsigmoid": "jax.nn.hard_sigmoid({})",
        "hardswish": "jax.nn.hard_swish({})",
        "softsign": "jax.nn.soft_sign({})",
        "sinc": "jnp.sinc({})",
    },
    products("jnp", "jnp.concatenate", "jnp.ones_like", "x[..., ::-1]"),
    PYTHON_RESERVED,
    {"gap": "sub"},
    frozenset({"relu", "sinc", *AS_THEY_ARE, "hardsigmoid", "hardswish", "softsign"}),
    on_arrays=ArrayStatements("jnp", add="{0} = {0}.at[{1}].add({2})", scatter="{0} = {0}.at[{1}].add({2})"),
    wraps_around=True,
    most_whole=2.0**31,  # JAX takes them for whole numbers of 32 bits
)


def in_doubles(*same: str, **renamed: str) -> dict[str, str]:
    """Functions of two operands in PyTorch, which takes plain numbers for ones of single precision."""
    return {
        name: f"""def {name}(x, y):
    double = {{"dtype": torch.float64}}
    return torch.{function}(torch.as_tensor(x, **double), torch.as_tensor(y, **double))"""
        for name, function in {**dict(zip(same, same, strict=True)), **renamed}.items()
    }


IN_TORCH = Language(
    "torch",
    "import torch",
    {
        **calls("torch.", *OF_ONE, *LOGARITHMS, *INVERSE, "abs", "sign", "erf", "erfc", "sigmoid", "relu"),
        **calls("torch.", "lgamma", "floor", "sinc"),
        **calls("torch.nn.functional.", *AS_THEY_ARE, "hardswish", "softsign"),
        **compared("({{}} {sign} {{}}).double()"),  # 1.0 * would be of single precision
        **folds("torch", "dim", maximum="amax", minimum="amin", hypot="linalg.vector_norm"),
        "pow": "power({}, {})",
        "ieee_pow": "power({}, {})",
    },
    {
        **in_doubles("hypot", "atan2", "xlogy", "maximum", "minimum", "fmod", power="pow"),
        "where": """def where(condition, x, y):
    double = {"dtype": torch.float64}
    return torch.where(condition != 0, torch.as_tensor(x, **double), torch.as_tensor(y, **double))""",
        "gamma": """def gamma(x):
    odd = (x < 0) & (torch.remainder(torch.floor(x), 2) != 0)
    return torch.exp(torch.lgamma(x)) * torch.where(odd, -1.0, 1.0)""",
        **products("torch", "torch.cat", "torch.ones_like", "torch.flip(x, [-1])"),
    },
    PYTHON_RESERVED,
    {"divide": "truediv", "gap": "sub"},
    frozenset({"relu", "sinc", *AS_THEY_ARE, "hardswish", "softsign"}),
    on_arrays=ArrayStatements(
        "torch",
        "{1}.new_zeros({0})",
        "{1}.new_ones({0})",
        "{}.clone()",
        scatter="{}.index_add_(0, {}, {})",
        table="{0} = torch.tensor([\n{1},\n], dtype=torch.{2})",
        number="{1}.new_tensor({0})",
    ),
)

IN_C = Language(
    "c",
    "#include <math.h>",
    {
        **calls("", *OF_ONE, *LOGARITHMS, *INVERSE, "erf", "erfc", "lgamma", "floor"),
        **compared("({{}} {sign} {{}} ? 1.0 : 0.0)"),
        "abs": "fabs({})",
        "gamma": "tgamma({})",
        "fmod": "fmod({}, {})",
        "pow": "pow({}, {})",
        "ieee_pow": "pow({}, {})",
        "hypot": "hypot({}, {})",
        "atan2": "atan2({}, {})",
        "where": "({} != 0.0 ? {} : {})",
    },
    {
        "sigmoid": """static double sigmoid(double x)
{
    const double e = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : e) / (1.0 + e);
}""",
        "xlogy": """static double xlogy(double x, double y)
{
    return x == 0.0 ? 0.0 : x * log(y);
}""",
        "gap": """static double gap(double x, double y) /* x - y, and 0 where both are the same infinity */
{
    return x == y ? 0.0 : x - y;
}""",
        "maximum": """static double maximum(double x, double y)
{
    if (x > y || x != x)
        return x;
    return x == y && x == 0.0 ? x + y : y;
}""",
        "minimum": """static double minimum(double x, double y)
{
    if (x < y || x != x)
        return x;
    return x == y && x == 0.0 ? -(-x - y) : y;
}""",
        "sign": """static double sign(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0 * x;
}""",
    },
    C_RESERVED,
    {"divide": "truediv"},
    choice="({} ? {} : {})",
    statements=STATEMENTS_IN_C,
)

IN_SYMPY = Language(
    "sympy",
    "import sympy",
    {
        **calls("sympy.", *OF_ONE, *INVERSE, "erf", "erfc", "sign", "gamma", "floor"),
        "lgamma": "sympy.log(sympy.Abs(sympy.gamma({})))",
        "fmod": "(({0}) - ({1}) * sympy.sign(({0}) / ({1})) * sympy.floor(sympy.Abs(({0}) / ({1}))))",
        **{name: f"sympy.Piecewise((1, {{}} {sign} {{}}), (0, True))" for name, sign in COMPARISONS.items()},
        "equal": "sympy.Piecewise((1, sympy.Eq({}, {})), (0, True))",
        "expm1": "(sympy.exp({}) - 1)",
        "log2": "sympy.log({}, 2)",
        "log10": "sympy.log({}, 10)",
        "exp2": "(2 ** ({}))",
        "log1p": "sympy.log(1 + {})",
        "sigmoid": "(1 / (1 + sympy.exp(-({}))))",
        "abs": "sympy.Abs({})",
        "hypot": "sympy.sqrt(({})**2 + ({})**2)",
        "atan2": "sympy.atan2({}, {})",
        "maximum": "sympy.Max({}, {})",
        "minimum": "sympy.Min({}, {})",
        "where": "sympy.Piecewise(({1}, sympy.Ne({0}, 0)), ({2}, True))",
        "xlogy": "(({}) * sympy.log({}))",
        "sinc": "sympy.Piecewise((1, sympy.Eq({0}, 0)), (sympy.sin(sympy.pi * ({0})) / (sympy.pi * ({0})), True))",
        "copysign": "sympy.Piecewise((-sympy.Abs({0}), ({1}) < 0), (sympy.Abs({0}), True))",
        "π": "sympy.pi",
        "root": "sympy.sqrt({})",
        "cbrt": "sympy.Piecewise((-sympy.cbrt(-({0})), ({0}) < 0), (sympy.cbrt({0}), True))",
        "digamma": "sympy.digamma({})",
        "polygamma": "sympy.polygamma({}, {})",
    },
    {},
    PYTHON_RESERVED | {"sympy"},
    {"divide": "truediv", "gap": "sub", "ieee_pow": "pow"},
    choice="sympy.Piecewise(({1}, {0}), ({2}, True))",
    tests={"equal": "sympy.Eq({}, {})"},
    whole=frozenset({"copysign", "sinc"}),  # with their values at 0
)

IN_AUTOGRAD = replace(
    IN_NUMPY,
    name="autograd",
    imports="import autograd.numpy as np\nimport autograd.scipy.special",
    templates={
        **{name: template for name, template in IN_NUMPY.templates.items() if name != "fmod"},
        **calls("autograd.scipy.special.", "erf", "erfc", "gamma"),
        "lgamma": "autograd.scipy.special.gammaln({})",
    },
    defined={
        **{name: lines for name, lines in IN_NUMPY.defined.items() if name not in ONLY_IN_MATH},
        "fmod": """def fmod(x, y):
    rest = np.remainder(np.abs(x), np.abs(y))
    return np.where(x < 0, -rest, rest)""",
    },
    on_arrays=None,
)

IN_CASADI = Language(
    "casadi",
    "import casadi",
    {
        **calls("casadi.", *OF_ONE, *INVERSE, "sign", "erf", "floor"),
        "fmod": "casadi.fmod({}, {})",
        **compared("({{}} {sign} {{}})"),
        "abs": "casadi.fabs({})",
        "log2": "(casadi.log({}) / casadi.log(2))",
        "log10": "casadi.log10({})",
        "exp2": "casadi.power(2, {})",
        "pow": "casadi.power({}, {})",
        "erfc": "(1 - casadi.erf({}))",
        "sigmoid": "(1 / (1 + casadi.exp(-({}))))",
        "hypot": "casadi.hypot({}, {})",
        "atan2": "casadi.atan2({}, {})",
        "maximum": "casadi.fmax({}, {})",
        "minimum": "casadi.fmin({}, {})",
        "where": "casadi.if_else({} != 0, {}, {})",
        "xlogy": "(({}) * casadi.log({}))",
    },
    {},
    PYTHON_RESERVED | {"casadi"},
    {"divide": "truediv", "gap": "sub", "ieee_pow": "pow"},
    choice="casadi.if_else({}, {}, {})",
)

LANGUAGES = {
    language.name: language
    for language in (IN_PYTHON, IN_NUMPY, IN_TORCH, IN_JAX, IN_AUTOGRAD, IN_CASADI, IN_C, IN_SYMPY)
}
