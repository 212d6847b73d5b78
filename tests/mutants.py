"""Small wrong changes of a module, one at a time: what a test suite that means something must notice.

A mutant is a place in the syntax tree and what is done there: a comparison moved by one, `and` for `or`, a condition turned round, another
constant, other arithmetic, nothing returned, a call or a `raise` left out. Texts for people (reason_zh, labels, docstrings, log lines),
annotations and decorators are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
TEXTS = {"reason_zh", "reason_en", "zh", "en", "verbose_name", "help_text", "label"}  # keyword arguments that people read
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}


@dataclass(frozen=True)
class Mutant:
    """number: place in the walk of the module's tree; name: what is done there; function: (name, first line) of the innermost function
    of the module's level or a class, None at the module's own level."""

    path: Path
    number: int
    name: str
    line: int
    function: tuple[str, int] | None
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name}: {self.text}"


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped, owners = _skipped(tree), _owners(tree)
    found = []
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        for name in _ways(node):
            line = getattr(node, "lineno", 0)
            found.append(Mutant(path, number, name, line, owners.get(id(node)), ast.unparse(node)[:80].replace("\n", " ")))
    return sorted(found, key=lambda one: (one.line, one.number, one.name))


def mutated(mutant: Mutant) -> ast.Module:
    """The module's tree with the one change."""
    tree = ast.parse(mutant.path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    old = nodes[mutant.number]
    new = _changed(old, mutant.name)
    for parent in nodes:
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(each is old for each in value):
                setattr(parent, field, [new if each is old else each for each in value])
    return ast.fix_missing_locations(tree)


def _ways(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=ops):
            yield from (f"compare {at}" for at in range(len(ops)))
        case ast.BoolOp():
            yield "and/or"
        case ast.UnaryOp(op=ast.Not()):
            yield "not left out"
        case ast.UnaryOp(op=ast.USub()):
            yield "sign"
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield "arithmetic"
        case ast.Constant(value=bool() | int() | str()):
            yield "constant"
        case ast.Return(value=value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield "nothing returned"
        case ast.Expr(value=ast.Call()):
            yield "call left out"
        case ast.Raise():
            yield "raise left out"
        case ast.Break() | ast.Continue():
            yield "break/continue"
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield "condition turned"


def _changed(node: ast.AST, name: str) -> ast.AST:
    new = copy.deepcopy(node)
    match new:
        case ast.Compare() if name.startswith("compare"):
            at = int(name.split()[1])
            new.ops[at] = COMPARE[type(new.ops[at])]()
        case ast.BoolOp():
            new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
        case ast.UnaryOp():
            return ast.copy_location(new.operand, node)
        case ast.BinOp() | ast.AugAssign():
            new.op = ARITHMETIC[type(new.op)]()
        case ast.Constant(value=bool() as value):
            new.value = not value
        case ast.Constant(value=int() as value):
            new.value = value + 1
        case ast.Constant(value=str() as value):
            new.value = f"{value}≠"
        case ast.Return(value=value):
            new.value = _never(ast.Constant(None), value)
        case ast.Expr() | ast.Raise():  # kept where it is never reached, so that the names it uses stay the function's names
            return ast.copy_location(ast.If(test=ast.Constant(False), body=[new], orelse=[]), node)
        case ast.Break():
            return ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            return ast.copy_location(ast.Break(), node)
        case ast.If() | ast.IfExp() | ast.While():
            new.test = ast.UnaryOp(op=ast.Not(), operand=new.test)
    return new


def _never(value: ast.expr, other: ast.expr | None) -> ast.expr:
    return ast.IfExp(test=ast.Constant(True), body=value, orelse=other or ast.Constant(None))


def _skipped(tree: ast.Module) -> set[int]:
    """What is no behaviour: docstrings, annotations, decorators, default texts, what people read, what goes to the operator's log."""
    out: set[int] = set()

    def leave(node: ast.AST | None) -> None:
        if node is not None:
            out.update(id(each) for each in ast.walk(node))

    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                leave(node.returns)
                for decorator in node.decorator_list:
                    leave(decorator)
            case ast.ClassDef():
                for decorator in node.decorator_list:
                    leave(decorator)
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                leave(annotation)
            case ast.keyword(arg=arg, value=value) if arg in TEXTS:
                leave(value)
            case ast.Call(func=ast.Attribute(attr=attr, value=ast.Name(id="log"))) if attr in LOGS:
                leave(node)
            case ast.Call(func=ast.Name(id="_" | "cast" | "TypeVar")):
                leave(node)
            case ast.Expr(value=ast.Constant(value=str())):
                leave(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr, value=ast.Name(id="log")))) if attr in LOGS:
                out.add(id(node))
            case ast.JoinedStr():
                out.update(id(each) for each in ast.walk(node) if isinstance(each, ast.Constant))
            case ast.ImportFrom() | ast.Import():
                leave(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                leave(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and id(node.value) in out and isinstance(node.value, ast.Call):
            out.add(id(node))
    return out


def _owners(tree: ast.Module) -> dict[int, tuple[str, int]]:
    """The function each node of a body belongs to; arguments and defaults belong to where the function stands."""
    found: dict[int, tuple[str, int]] = {}

    def walk(node: ast.AST, owner: tuple[str, int] | None) -> None:
        if owner is not None:
            found[id(node)] = owner
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            for child in ast.iter_child_nodes(node):
                walk(child, (node.name, first) if child in node.body else owner)
        elif isinstance(node, ast.Lambda):
            walk(node.args, owner)
            walk(node.body, owner or ("<lambda>", node.lineno))
        else:
            for child in ast.iter_child_nodes(node):
                walk(child, owner)

    walk(tree, None)
    return found
