"""Instructions: LLVM's language: the primitives of the rows, on one number or on several side by side, and loops.

>>> lines("greater", {"T": "double", "B": "i1", "x": "%x", "y": "%y"}, "%a{}".format)
['%a0 = fcmp ogt double %x, %y', '%a1 = uitofp i1 %a0 to double']
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["INSTRUCTIONS", "Code", "Register", "Turn", "functions", "lanes_of", "lines"]

# The element whose turn it is in a loop: its position, or the name of that.
Turn: TypeAlias = int | str | None

# Of each primitive the right sides of its lines: {x}, {y}, {z} are the operands, {T} is their type, {B} that of a
# comparison of them and {N} that of their bits, {a}, {b}, ... are the results of the lines before. {L} and {I} say in
# the names of functions of the C library and of LLVM what they are of; {fast} is where a product and a sum may be
# rounded once.
# fmt: off
CALL = "call {{T}} @{}{{L}}({{T}} {{x}}) nobuiltin"  # of the C library, whatever LLVM knows of it: the bits of eager
CALL_OF_TWO = "call {{T}} @{}{{L}}({{T}} {}, {{T}} {{y}}) nobuiltin"
MAGNITUDE = "call {{T}} @llvm.fabs{{I}}({{T}} {})".format
EXTREME = ("bitcast {{T}} {{x}} to {{N}}; bitcast {{T}} {{y}} to {{N}}; {} {{N}} {{a}}, {{b}}; "
           "bitcast {{N}} {{c}} to {{T}}; call nsz {{T}} @llvm.{}{{I}}({{T}} {{x}}, {{T}} {{y}}); "
           "fcmp oeq {{T}} {{x}}, {{y}}; select {{B}} {{f}}, {{T}} {{d}}, {{T}} {{e}}")  # 0, -0 told apart fast
COMPARED = {"greater": "ogt", "greater_equal": "oge", "less": "olt", "less_equal": "ole", "equal": "oeq"}
MATH = ("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan",
        "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "lgamma")
INSTRUCTIONS: dict[str, str] = {
    **{name: CALL.format(name) for name in MATH},
    **{name: CALL_OF_TWO.format(name, "{x}") for name in ("hypot", "atan2", "pow")},
    **{name: f"fcmp {sign} {{T}} {{x}}, {{y}}; uitofp {{B}} {{a}} to {{T}}" for name, sign in COMPARED.items()},
    "add":      "fadd {fast}{T} {x}, {y}",
    "sub":      "fsub {T} {x}, {y}",
    "mul":      "fmul {fast}{T} {x}, {y}",
    "truediv":  "fdiv {T} {x}, {y}",
    "divide":   "fdiv {T} {x}, {y}",
    "neg":      "fneg {T} {x}",
    "abs":      MAGNITUDE("{x}"),
    "gamma":    CALL.format("tgamma"),
    "sqrt":     "call {T} @llvm.sqrt{I}({T} {x})",
    "floor":    "call {T} @llvm.floor{I}({T} {x})",
    "fmod":     "frem {T} {x}, {y}",
    "maximum":  EXTREME.format("and", "maximum"),
    "minimum":  EXTREME.format("or", "minimum"),
    "where":    "fcmp une {T} {x}, {zero}; select {B} {a}, {T} {y}, {T} {z}",
    "gap":      "fcmp oeq {T} {x}, {y}; fsub {T} {x}, {y}; select {B} {a}, {T} {zero}, {T} {b}",
    "sign":     "fcmp ogt {T} {x}, {zero}; fcmp olt {T} {x}, {zero}; fmul {T} {x}, {zero}; " + MAGNITUDE("{c}") + "; "
                "select {B} {b}, {T} {minus}, {T} {d}; select {B} {a}, {T} {one}, {T} {e}",
    "sigmoid":  MAGNITUDE("{x}") + "; fneg {T} {a}; call {T} @exp{L}({T} {b}) nobuiltin; fadd {T} {c}, {one}; "
                "fcmp oge {T} {x}, {zero}; select {B} {e}, {T} {one}, {T} {c}; fdiv {T} {f}, {d}",
    "xlogy":    "call {T} @log{L}({T} {y}) nobuiltin; fmul {T} {x}, {a}; fcmp oeq {T} {x}, {zero}; "
                "select {B} {c}, {T} {zero}, {T} {b}",
    "ieee_pow": "fcmp oeq {T} {x}, {zero}; fcmp olt {T} {y}, {zero}; and {B} {a}, {b}; " + MAGNITUDE("{x}") + "; "
                "select {B} {c}, {T} {d}, {T} {x}; " + CALL_OF_TWO.format("pow", "{e}"),
}
# fmt: on


def lines(primitive: str, names: Mapping[str, str], name: Callable[[int], str]) -> list[str]:
    """The lines of a primitive, the last of which gives its result.

    Args:
        primitive: Its name.
        names: What stands for x, T and all the others.
        name: Gives the results of the lines their names.
    """
    found, known = [], dict(names)
    for i, right in enumerate(INSTRUCTIONS[primitive].split("; ")):
        known["abcdefg"[i]] = name(i)
        found.append(f"{name(i)} = {right.format(**known)}")
    return found


def functions(code: str, dtype: str, lanes: int) -> Iterator[str]:
    """The functions of the C library that some code calls, for several numbers one after the other.

    Args:
        code: The code, in which a name ends with ``_lanes`` where several numbers stand side by side.
        dtype: "double" or "float".
        lanes: How many numbers those are.
    """
    calls = re.findall(r"@(\w+)(\(.*\)) nobuiltin", code)
    wide, suffix = f"<{lanes} x {dtype}>", "f" if dtype == "float" else ""
    operands = {name: taken.count(wide) or taken.count(dtype) for name, taken in calls}
    for name in [name for name in operands if name.endswith("_lanes")]:
        single, count = name.removesuffix("_lanes") + suffix, operands.pop(name)
        operands[single] = count
        yield f"define internal {wide} @{name}({', '.join(f'{wide} %{x}' for x in 'xy'[:count])}) {{"
        for i in range(lanes):
            for x in "xy"[:count]:
                yield f"  %{x}{i} = extractelement {wide} %{x}, i64 {i}"
            taken = ", ".join(f"{dtype} %{x}{i}" for x in "xy"[:count])
            yield f"  %z{i} = call {dtype} @{single}({taken}) nobuiltin"
            yield f"  %r{i} = insertelement {wide} {f'%r{i - 1}' if i else 'poison'}, {dtype} %z{i}, i64 {i}"
        yield f"  ret {wide} %r{lanes - 1}\n}}"
    for name, count in operands.items():
        yield f"declare {dtype} @{name}({', '.join([dtype] * count)}) nounwind willreturn memory(none)"


def lanes_of(dtype: str) -> int:
    """How many samples a row has: so many numbers fill a line of the processor's cache."""
    return 16 if dtype == "float" else 8


class Register(NamedTuple):
    """A number, or several side by side, by its name in the code."""

    text: str
    lanes: int


class Code:
    """Code while it is written: lines, names, loops and numbers.

    Attributes:
        dtype: The type of the numbers, "double" or "float".
        contracted: Whether a product and a sum may be rounded once.
    """

    contracted = False

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.lines: list[str] = []
        self.count, self.label = 0, "entry"

    def name(self) -> str:
        self.count += 1
        return f"%t{self.count}"

    def line(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def emit(self, text: str) -> str:
        name = self.name()
        self.line(f"{name} = {text}")
        return name

    def begin(self, label: str) -> None:
        self.label = label
        self.lines.append(f"{label}:")

    def added(self, x: str, y: Turn) -> str:
        """The sum of two indices."""
        if y in (0, "0", None):
            return x
        if x == "0" or (x.isdecimal() and isinstance(y, int)):
            return str(int(x) + y) if isinstance(y, int) else str(y)
        return self.emit(f"add i64 {x}, {y}")

    def times(self, x: str, factor: int) -> str:
        """A multiple of an index."""
        return x if x == "0" or factor == 1 else self.emit(f"mul i64 {x}, {factor}")

    def at(self, array: str, place: str, kind: str) -> str:
        """The address of an element of an array."""
        return self.emit(f"getelementptr {kind}, ptr {array}, i64 {place}")

    def element(self, array: str, place: str, kind: str) -> str:
        """An element of an array."""
        return self.emit(f"load {kind}, ptr {self.at(array, place, kind)}")

    def loop(
        self, start: str, limit: str, step: int, carried: Sequence[tuple[str, str]],
        body: Callable[[str, list[str]], Sequence[str]],
    ) -> tuple[str, list[str]]:  # fmt: skip
        """Write a loop.

        Args:
            start, limit, step: Its index begins with ``start`` and grows while a whole step is left.
            carried: The types of what goes from turn to turn, and with what that begins.
            body: Writes a turn from the index and what is carried, and gives what is carried on.

        Returns:
            The index behind the loop, and what was carried.
        """
        before, i = self.label, self.name()
        head, inside, behind = (f"{word}{i[2:]}" for word in ("head", "body", "behind"))
        self.line(f"br label %{head}")
        self.begin(head)
        mark, names = len(self.lines), [self.name() for _ in carried]
        following = self.emit(f"add i64 {i}, {step}")
        more = self.emit(f"icmp ule i64 {following}, {limit}")
        self.line(f"br i1 {more}, label %{inside}, label %{behind}")
        self.begin(inside)
        found = zip([i, *names], [("i64", start), *carried], [following, *body(i, names)], strict=True)
        self.line(f"br label %{head}")
        self.lines[mark:mark] = [
            f"  {name} = phi {kind} [{first}, %{before}], [{later}, %{self.label}]"
            for name, (kind, first), later in found
        ]
        self.begin(behind)
        return i, names

    def function(self, name: str) -> str:
        """A function of the lines, which takes an address."""
        return "\n".join([f"define void @{name}(ptr %frame) {{\nentry:", *self.lines, "  ret void\n}\n"])

    # ------------------------------------------------------------ numbers

    def type(self, lanes: int) -> str:
        return self.dtype if lanes == 1 else f"<{lanes} x {self.dtype}>"

    def number(self, x: float, lanes: int) -> Register:
        """A constant."""
        exact = ctypes.c_float(x).value if self.dtype == "float" else float(x)
        text = "0x" + struct.pack(">d", exact).hex().upper()
        return Register(text if lanes == 1 else f"splat ({self.dtype} {text})", lanes)

    def widened(self, number: Register, lanes: int) -> Register:
        """The number side by side with itself."""
        if number.lanes == lanes:
            return number
        wide = self.type(lanes)
        first = self.emit(f"insertelement {wide} poison, {self.dtype} {number.text}, i64 0")
        every = f"shufflevector {wide} {first}, {wide} poison, <{lanes} x i32> zeroinitializer"
        return Register(self.emit(every), lanes)

    def primitive(self, name: str, args: Sequence[Register]) -> Register:
        lanes, size = max(number.lanes for number in args), "f32" if self.dtype == "float" else "f64"
        names = dict(zip("xyz", (self.widened(number, lanes).text for number in args), strict=False))
        names |= {x: self.number(y, lanes).text for x, y in (("zero", 0), ("one", 1), ("minus", -1))}
        names |= {
            "T": self.type(lanes),
            "N": f"i{size[1:]}" if lanes == 1 else f"<{lanes} x i{size[1:]}>",
            "B": "i1" if lanes == 1 else f"<{lanes} x i1>",
            "I": f".{size}" if lanes == 1 else f".v{lanes}{size}",
            "L": "_lanes" if lanes > 1 else "f" if self.dtype == "float" else "",
            "fast": "contract " if self.contracted else "",
        }
        before = self.count + 1
        for text in lines(name, names, lambda i: f"%t{before + i}"):
            self.count += 1
            self.line(text)
        return Register(f"%t{self.count}", lanes)

    def load_at(self, address: str, lanes: int, alignment: int) -> Register:
        """A number, or several side by side, from where an address says."""
        return Register(self.emit(f"load {self.type(lanes)}, ptr {address}, align {alignment}"), lanes)

    def store_at(self, address: str, number: Register, alignment: int) -> None:
        self.line(f"store {self.type(number.lanes)} {number.text}, ptr {address}, align {alignment}")

    def reduced(self, start: Register, number: Register) -> Register:
        """The sum of a number and of several side by side."""
        size = f"v{number.lanes}{'f32' if self.dtype == 'float' else 'f64'}"
        operands = f"{self.dtype} {start.text}, {self.type(number.lanes)} {number.text}"
        return Register(
            self.emit(f"call reassoc {self.dtype} @llvm.vector.reduce.fadd.{size}({operands})"), 1
        )
