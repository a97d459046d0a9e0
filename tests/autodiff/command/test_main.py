"""The command line: what it prints, the picture it saves, and what it says to bad input."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from autodiff.__main__ import main
from autodiff.pictures import render
from autodiff.show.practice.sheets import Sheets

needs_graphviz = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")

RUNNING_EXAMPLE = """\
f = x**2 + x*y + (x + y)**2 = 35  at x = 2, y = 3
  a = x^2 = 4
  b = x·y = 6
  c = x + y = 5
  d = a + b = 10
  e = c^2 = 25
  f = d + e = 35

df/dx = 17
  x -> a -> d -> f: 4 · 1 · 1 = 4
  x -> b -> d -> f: 3 · 1 · 1 = 3
  x -> c -> e -> f: 1 · 10 · 1 = 10
  sum of 3 paths: 4 + 3 + 10 = 17

df/dy = 12
  y -> b -> d -> f: 2 · 1 · 1 = 2
  y -> c -> e -> f: 1 · 10 · 1 = 10
  sum of 2 paths: 2 + 10 = 12
"""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(list(arguments))
    output, errors = capsys.readouterr()

    assert (code, errors) == (0, "")
    return output


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message on stderr of a call that must exit with 2 and print nothing else."""
    try:
        code: int | str | None = main(list(arguments))
    except SystemExit as exit:  # argparse
        code = exit.code
    output, errors = capsys.readouterr()

    assert (code, output) == (2, "")
    return errors


def test_the_running_example_needs_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == RUNNING_EXAMPLE


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autodiff", "x**2 + x*y + (x + y)**2", "x=2", "y=3"],
        capture_output=True, check=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert done.stdout == RUNNING_EXAMPLE
    assert done.stderr == ""


def test_an_output_that_cannot_be_encoded_is_printed_all_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autodiff"],
        capture_output=True, check=True, encoding="ascii", env={"PYTHONIOENCODING": "ascii"},
        cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert "x -> a -> d -> f: 4 ? 1 ? 1 = 4" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["x*y/z", "x=1/3", "y=2", "z=7"], "f = x*y/z = 2/21  at x = 1/3, y = 2, z = 7"),
        (["(1/3)*x", "x=1/2"], "df/dx = 1/3"),
        (["(1/3)*x", "x=2"], "df/dx = 0.333333333333"),
        (["-x**2", "x=-3"], "df/dx = 6"),
        (["x*x", "x=3"], "  sum of 2 paths: 3 + 3 = 6"),
        (["x - y*x", "x=3", "y=5"], "  sum of 2 paths: 1 + (-5) = -4"),
        (["x", "x=3"], "df/dx = 1"),
        (["2*3 + 4"], "f = 2*3 + 4 = 10"),
        (["f*a", "f=3", "a=2"], "db/df = 2"),
        (["2*sum(x, y, z)", "x=1", "y=2", "z=3"], "  a = x + y + z = 6"),
        (["dot([v, w], [x, y], b)", "v=1", "w=2", "x=3", "y=4", "b=5"], "df/dw = 4"),
        (["relu(x) + 0*greater(x, 0)", "x=2"], "  sum of 2 paths: 1 + 0 = 1"),
        (["x\n+ x", "x=1"], "df/dx = 2"),
        (["𝑥*y", "𝑥=2", "y=3"], "df/dx = 3"),  # as pasted from a formula
        (["x**40", "x=1/3"], "f = x**40 = 1/12157665459056928801  at x = 1/3"),
        (["x**6000", "x=1/3"], "f = x**6000 = ≈ 1.87271496951e-2863  at x = 1/3"),
    ],
)
def test_values_and_derivatives(capsys: pytest.CaptureFixture[str], arguments: list[str], line: str) -> None:
    assert line in printed(capsys, *arguments).splitlines()


def test_of_many_paths_the_first_are_listed_and_all_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    output = printed(capsys, " + ".join(["x"] * 1500), "x=1")

    assert "  ... and 1,480 more\n  sum of 1,500 paths = 1500" in output


def test_the_picture_is_saved_with_the_letters_and_derivatives_that_are_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "example.dot"
    output = printed(capsys, "--draw", str(path))

    picture = path.read_text(encoding="utf-8")
    assert output == f"{RUNNING_EXAMPLE}\nsaved {path}\n"
    assert r"x = 2\ngrad = 17" in picture
    assert "c = x + y = 5" in picture


def test_a_picture_that_cannot_be_saved_exits_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "missing" / "example.dot"
    code = main(["--draw", str(path)])

    assert code == 1
    assert capsys.readouterr().err == f"error: {path} was not saved: No such file or directory\n"


def test_an_infinite_derivative_is_printed_and_drawn_without_a_warning(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "sqrt.dot"

    assert "df/dx = inf" in printed(capsys, "sqrt(x)", "x=0", "--draw", str(path))
    assert r"x = 0\ngrad = inf" in path.read_text(encoding="utf-8")


@needs_graphviz
def test_the_page_is_saved_with_the_letters_that_are_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "example.html"
    output = printed(capsys, "--html", str(path))

    page = path.read_text(encoding="utf-8")
    assert output == f"{RUNNING_EXAMPLE}\nsaved {path}\n"
    assert "<title>x**2 + x*y + (x + y)**2</title>" in page
    assert ">c = x + y</text>" in page


@needs_graphviz
def test_an_exercise_is_saved_as_a_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    output = printed(capsys, "x*tanh(x)", "x=0.5", "--sheet", str(path))

    page = path.read_text(encoding="utf-8")
    assert output.endswith(f"\nsaved {path}\n")
    assert "<h1>x*tanh(x)</h1>" in page
    assert page.count('<tr class="blank">') == 2  # the derivatives by a = tanh(x) and x


@needs_graphviz
def test_an_exercise_is_saved_as_a_pdf(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.pdf"
    titles = []
    monkeypatch.setattr(Sheets, "save_pdf", lambda made, path: titles.append((made.title, path)))

    assert printed(capsys, "x*tanh(x)", "x=0.5", "--sheet", str(path)).endswith(f"\nsaved {path}\n")
    assert titles == [("x*tanh(x)", path)]


def test_what_is_no_exercise_is_not_saved(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"

    assert main(["x", "x=2", "--sheet", str(path)]) == 1
    assert f"error: {path} was not saved: exercise: there are no grads to find" in capsys.readouterr().err


@needs_graphviz
def test_a_picture_and_a_page_can_be_saved_together(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture, page = tmp_path / "missing" / "f.dot", tmp_path / "f.html"
    code = main(["--draw", str(picture), "--html", str(page)])

    assert code == 1
    assert page.exists()
    assert f"error: {picture} was not saved: " in capsys.readouterr().err


def test_help_shows_examples_and_functions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])

    output = capsys.readouterr().out
    assert 'python -m autodiff "x**2 + x*y" x=2 y=3' in output
    assert "logsumexp" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x*y", "x=2"], "y has no value; add y=1"),
        (["x", "x=2", "z=4"], "z does not occur in the expression"),
        (["x", "x=2", "x=3"], "x is given twice"),
        (["x", "x"], "'x' is no name=value; write for example x=2"),
        (["x", "x="], "'x=' is no name=value"),
        (["x", "=2"], "'' in '=2' cannot be a name"),
        (["x", "1x=2"], "'1x' in '1x=2' cannot be a name"),
        (["x", "lambda=2"], "'lambda' in 'lambda=2' cannot be a name"),
        (["x", "x=two"], "'two' in 'x=two' is no number; write for example 2, 0.5"),
        (["x", "x=1/0"], "'x=1/0' divides by zero"),
        (["x", "x=1e999"], "'1e999' in 'x=1e999' is not a finite float"),
        (["x", "x=nan"], "'nan' in 'x=nan' is not a finite float"),
        (["x", "x=" + "1" * 400], "is not a finite float"),
        (["x", "x=2", "--draw", "f.gif"], "'f.gif' must end in one of .svg, .png, .pdf, .dot"),
        (["x", "x=2", "--html", "f.pdf"], "'f.pdf' must end in one of .html, .htm"),
        (["x", "x=2", "--sheet", "f.png"], "'f.png' must end in one of .html, .htm, .pdf"),
        (["x", "x=2", "--drow", "f.svg"], "unrecognized arguments: --drow"),
        (["log(x - 5)", "x=2"], "log"),
    ],
)
def test_bad_input_is_named_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert message in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["9" * 5000 + "*x", "x=1"], "error: this number is too large for a float"),
        (["x", "x=" + "9" * 5000], "is not a finite float"),
        (["x", "x=1/" + "9" * 5000], "is not a finite float"),
        (
            ["1/x", "x=0"],
            "the second operand = 0.0 (the node named 'x'); defined for the second operand != 0",
        ),
        (["x + \x1b[31m y", "x=1"], "x + \N{REPLACEMENT CHARACTER}[31m y"),
        (["x", "--\x1b[31m\u202e"], "--\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}"),
        (["x", "x\u202e=1"], r"'x\u202e'"),
    ],
)
def test_what_was_typed_is_shown_without_what_steers_a_terminal(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    shown = refused(capsys, *arguments)

    assert message in shown
    assert not {"\x1b", "\u202e"} & {*shown}
    assert len(shown) < 3000


def test_many_digits_behind_a_point_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert "df/dx = 0.333333333333" in printed(capsys, "0." + "3" * 5000 + "*x", "x=1")


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["x*1e308*10", "x=1"], "the value of mul(1e+308, 10), inf; a float is finite up to about 1.8e308"),
        (["sqrt(x)", "x=0"], "the derivative of sqrt(x = 0.0) by x, inf\n"),
        (
            ["x*1e200*1e200", "x=1e-200"],
            "the adjoint of the leaf x, inf; a float is finite up to about 1.8e308",
        ),
        (["x**x", "x=-2"], "the derivative of pow(x = -2.0, x = -2.0) by x, nan\n"),
    ],
)
def test_infinity_is_explained(capsys: pytest.CaptureFixture[str], arguments: list[str], note: str) -> None:
    with warnings.catch_warnings(action="error"):
        assert f"note: the first number that is not finite is {note}" in printed(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["2*abs(x)", "x=0"], "a: kink: slope 0 used, one-sided -1 and 1"),
        (["max(x, y)", "x=1", "y=1"], "f: kink: slope 0.5 each used, one-sided 0 and 1 each"),
    ],
)
def test_a_kink_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str], note: str) -> None:
    assert note in printed(capsys, *arguments).splitlines()


def test_of_many_kinks_some_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    names = "abcdghkmnp"
    shown = printed(capsys, " + ".join(f"abs({name})" for name in names), *[f"{name}=0" for name in names])

    assert shown.splitlines()[-1] == "... and 2 more"
    assert shown.count("kink") == 8


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_cannot_be_written_is_an_error() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "autodiff"], stdout=full, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip

    assert (done.returncode, done.stderr) == (
        1,
        "error: the output cannot be written: No space left on device\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    ("command", "errors"),
    [
        ("{} -m autodiff | true; exit ${{PIPESTATUS[0]}}", ""),
        ("{} -m autodiff >&-", "error: there is no standard output to print to\n"),
    ],
)
def test_a_closed_output_ends_without_a_traceback(command: str, errors: str) -> None:
    done = subprocess.run(
        ["bash", "-c", command.format(sys.executable)], capture_output=True, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (1, errors)


def test_source_prints_code_alone(capsys: pytest.CaptureFixture[str]) -> None:
    code = printed(capsys, "x*y + sin(x)", "x=2", "y=3", "--source", "numpy")
    functions: dict[str, Any] = {}
    exec(code, functions)

    assert functions["value"](2.0, 3.0) == pytest.approx(6 + math.sin(2))
    assert functions["value_and_gradient"](2.0, 3.0)[1] == pytest.approx((3 + math.cos(2), 2))


def test_source_needs_no_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    functions: dict[str, Any] = {}
    exec(printed(capsys, "ln(x - 2) * \u03c3(y)", "--source", "python"), functions)

    assert functions["value_and_gradient"](4.0, 0.0) == (math.log(2) / 2, (0.25, math.log(2) / 4))
    assert "did you mean sin?" in refused(capsys, "sn(x)", "--source", "c")
    assert "y has no value" in refused(capsys, "x*y", "x=1", "--source", "c")


def test_what_a_language_lacks_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "gamma(x)", "x=2", "--source", "casadi")

    assert "the row 'gamma'" in message
    assert "'casadi'" in message


def test_formulas_in_latex_end_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "x*y", "x=2", "y=3", "--source", "latex").endswith("\\end{aligned}\n")


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "invalid choice: 'fortran'" in refused(capsys, "x*y", "x=2", "y=3", "--source", "fortran")


# ---------------------------------------------------------------- other languages


def test_what_is_printed_is_russian(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "x*x", "x=3", "--language", "ru")
    many = printed(capsys, " * ".join(["x"] * 70), "x=1", "--language=ru")

    assert lines.startswith("f = x*x = 9  при x = 3\n")
    assert "сумма по путям (2): 3 + 3 = 6" in lines
    assert "... и ещё 9" in many
    assert "сумма по путям (70) = 70" in many
    assert printed(capsys, "x*x", "x=3").startswith("f = x*x = 9  at x = 3\n")


@needs_graphviz
def test_what_is_saved_is_russian(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page, sheet, picture = (tmp_path / name for name in ("page.html", "sheet.html", "picture.dot"))
    files = ("--html", str(page), "--sheet", str(sheet), "--draw", str(picture))
    said = printed(capsys, "relu(x)*x", "x=0", *files, "--language", "ru")

    assert said.count("сохранено: ") == 3
    assert 'lang="ru"' in page.read_text(encoding="utf-8")
    assert "Начать заново" in sheet.read_text(encoding="utf-8")
    assert "излом" in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [("{}", "--language", "ru"), ("--language=ru", "{}", "Number")])
def test_a_grade_is_russian(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "number.py"
    file.write_text("class Number:\n    def backward(self):\n        pass\n")
    main(["grade", *(option.format(file) for option in options)])

    assert capsys.readouterr().out.startswith("баллов: 0 из ")


def test_an_unknown_language_of_texts_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "invalid choice: 'la'" in refused(capsys, "x", "x=1", "--language", "la")
    assert "invalid choice: 'la'" in refused(capsys, "grade", "my.py", "--language", "la")
