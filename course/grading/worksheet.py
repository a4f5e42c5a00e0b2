"""A learner's notebook as a worksheet: names and their values, read cell by cell and never run.

One small language is read: a name and a plain value, names, bounded arithmetic, comparisons, ``round abs min
max sum len sorted`` and the functions of ``math``. Whatever else stands in a cell is passed over, and each
name that it could have set is :data:`UNKNOWN` from there on. Nothing that a learner wrote is ever executed,
so a mark cannot depend on what code does to the machine that marks it.

Pure Python: the check cell in a notebook and the grader read with this one reader.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: The largest whole number, the longest text, and the most parts and levels of a list, that a value may hold.
LARGEST, LONGEST_TEXT, LONGEST_LIST, DEEPEST = 10**30, 20_000, 1_000, 20
#: The longest cell that is read, its most parts, and the most parts of a whole notebook.
LONGEST_CELL, MOST_PARTS, MOST_PARTS_TOGETHER = 60_000, 4_000, 200_000

ASSIGNED = re.compile(r"^\s*(m\d\d_[a-z]\d+\w*)\s*=(?!=)", re.MULTILINE)
COMPARED = re.compile(r"^\s*(m\d\d_[a-z]\d+\w*)\s*==", re.MULTILINE)
_MAGIC = re.compile(r"^(\s*)[%!?].*$|^(\s*)[\w.]+\?{1,2}\s*$", re.MULTILINE)
_ASSIGNED_BY_MAGIC = re.compile(r"(=\s*)[%!].*$", re.MULTILINE)


class _Unknown:
    """The value of a name that only running the code could tell."""

    def __repr__(self) -> str:
        return "(not read)"


UNKNOWN = _Unknown()


class _Stops(Exception):
    """Running this would have stopped the cell here."""


class Worksheet:
    """What each name holds, after the cells read so far.

    ``values`` is the mapping that answers are looked up in; a name may hold :data:`UNKNOWN`.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._of_the_course: set[str] = set()
        self._parts = 0

    def read(self, cell: str) -> None:
        """Read one code cell. Whatever stands in it, this neither raises nor takes long."""
        for name in COMPARED.findall(cell):  # two equals signs give no answer: an older one is not meant
            self.values.pop(name, None)
        statements = self._statements(cell)
        if statements is None:
            return
        try:
            for statement in statements:
                self._do(statement)
        except _Stops:
            self._forget(ASSIGNED.findall(cell))

    def _statements(self, cell: str) -> list[ast.stmt] | None:
        """The statements of a cell; without them, what becomes of its names is settled here."""
        if len(cell) > LONGEST_CELL or cell.lstrip().startswith("%%"):
            self._lose(ASSIGNED.findall(cell[:LONGEST_CELL]))
            return None
        tree = _parsed(cell)
        if tree is None and '"""' not in cell and "'''" not in cell:
            plain = _ASSIGNED_BY_MAGIC.sub(r"\1__magic__", cell)
            tree = _parsed(_MAGIC.sub(r"\1\2pass", plain))
        if tree is None:
            self._forget(ASSIGNED.findall(cell))
            return None
        parts = sum(1 for _ in ast.walk(tree))
        self._parts += parts
        if parts > MOST_PARTS or self._parts > MOST_PARTS_TOGETHER:
            self._lose(_stored(tree))
            return None
        return tree.body

    # ── Statements ──

    def _do(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                read = self._value(value)
                for target in targets:
                    self._put(target, read)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self.values[name] = self._value(value)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                self.values[name] = _calculated(op, self._value(ast.Name(name, ast.Load())), self._value(value))
            case ast.Expr(value=value):
                self._value(value)
            case ast.Delete(targets=targets) if all(isinstance(each, ast.Name) for each in targets):
                self._delete(each.id for each in targets)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                self._import(statement, names)
            case ast.Pass():
                pass
            case _:
                self._pass_over(statement)

    def _put(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)) and all(isinstance(each, ast.Name) for each in target.elts):
            known = type(value) in (list, tuple)
            if known and len(value) != len(target.elts):
                raise _Stops
            for number, each in enumerate(target.elts):
                self.values[each.id] = value[number] if known else UNKNOWN
        else:
            self._pass_over(target)

    def _import(self, statement: ast.stmt, names: list[ast.alias]) -> None:
        module = statement.module if isinstance(statement, ast.ImportFrom) and not statement.level else None
        for each in names:
            name = each.asname or each.name.partition(".")[0]
            if each.name == "math" and isinstance(statement, ast.Import):
                self.values[name] = math
            elif module == "math":
                self.values[name] = _MATH.get(each.name, UNKNOWN)
            elif name == "*":
                self.values.setdefault("*", UNKNOWN)  # from here on, any name may be known
            else:
                self.values[name] = UNKNOWN
                self._of_the_course |= {name} if (module or "").partition(".")[0] == "course" else set()

    def _delete(self, names: Iterator[str]) -> None:
        for name in names:
            if name not in self.values:
                raise _Stops
            del self.values[name]

    def _pass_over(self, node: ast.AST) -> None:
        """What only running it could tell: every name it may set, and every list it may change, is unknown."""
        self._lose(_stored(node))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            self._lose_lists(node)

    def _lose(self, names: Iterator[str] | list[str] | set[str]) -> None:
        for name in names:
            self.values[name] = UNKNOWN

    def _lose_lists(self, node: ast.AST) -> None:
        """Every name for a list that is mentioned here: code may have changed the list."""
        mentioned = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        changed = [self.values[name] for name in mentioned if type(self.values.get(name)) in (list, dict, set)]
        for name, value in self.values.items():
            if any(value is each for each in changed):
                self.values[name] = UNKNOWN

    def _forget(self, names: Iterator[str] | list[str]) -> None:
        for name in names:
            self.values.pop(name, None)

    # ── Values ──

    def _value(self, node: ast.expr) -> Any:
        """What an expression comes to, or :data:`UNKNOWN`. Raises :class:`_Stops` where running it would raise."""
        match node:
            case ast.Constant(value=value):
                return _bounded(value)
            case ast.Name(id=name):
                return self._named(name)
            case ast.List(elts=parts):
                return self._gathered(list, parts)
            case ast.Tuple(elts=parts):
                return self._gathered(tuple, parts)
            case ast.Set(elts=parts):
                return self._gathered(set, parts)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return self._dictionary(keys, values)
            case ast.UnaryOp(op=op, operand=operand):
                read = self._value(operand)
                return _applied(_UNARY[type(op)], read) if _is_plain(read) else UNKNOWN
            case ast.BinOp(left=left, op=op, right=right):
                return _calculated(op, self._value(left), self._value(right))
            case ast.BoolOp(op=op, values=values):
                return self._either(isinstance(op, ast.Or), values)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compared(left, ops, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self._value(test)
                return UNKNOWN if chosen is UNKNOWN else self._value(body if chosen else orelse)
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._called(node, function, arguments)
            case ast.Subscript(value=value, slice=place) if not isinstance(place, ast.Slice):
                return self._taken(value, place)
            case ast.Attribute(value=value, attr=attribute):
                return _MATH.get(attribute, UNKNOWN) if self._value(value) is math else UNKNOWN
            case ast.Call(func=function, args=arguments, keywords=named):
                return self._called_unread(node, function, [*arguments, *(each.value for each in named)])
        self._pass_over(node)
        return UNKNOWN

    def _named(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in _FUNCTIONS:
            return _FUNCTIONS[name]
        if "*" in self.values or hasattr(builtins, name) or name in _OF_THE_NOTEBOOK or re.fullmatch(r"_\w*", name):
            return UNKNOWN
        raise _Stops

    def _gathered(self, kind: type, parts: list[ast.expr]) -> Any:
        if len(parts) > LONGEST_LIST:
            return UNKNOWN
        read = [self._value(each) for each in parts]
        return _applied(kind, read) if all(_is_plain(each) for each in read) else UNKNOWN

    def _dictionary(self, keys: list[ast.expr], values: list[ast.expr]) -> Any:
        pairs = self._gathered(list, keys), self._gathered(list, values)
        return UNKNOWN if any(each is UNKNOWN for each in pairs) else _applied(lambda keys, values: dict(zip(keys, values, strict=True)), *pairs)

    def _either(self, first_true: bool, values: list[ast.expr]) -> Any:
        for node in values:
            value = self._value(node)
            if value is UNKNOWN or bool(value) is first_true:
                break
        return value

    def _compared(self, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> Any:
        value = self._value(left)
        for op, node in zip(ops, others, strict=True):
            other = self._value(node)
            if type(op) not in _COMPARISONS or not (_is_plain(value) and _is_plain(other)):
                return UNKNOWN
            by = _COMPARISONS[type(op)]
            if not _applied(by, value, other):
                return False
            value = other
        return True

    def _taken(self, value: ast.expr, place: ast.expr) -> Any:
        whole, where = self._value(value), self._value(place)
        if not (_is_plain(whole) and _is_plain(where)):
            return UNKNOWN
        return _applied(operator.getitem, whole, where)

    def _called(self, node: ast.Call, function: ast.expr, arguments: list[ast.expr]) -> Any:
        called = self._value(function)
        if called is UNKNOWN or not callable(called):
            return self._called_unread(node, function, arguments)
        read = [self._value(each) for each in arguments]
        if not all(_is_plain(each) for each in read) or not _is_quick(called, read):
            return UNKNOWN
        return _applied(called, *read)


    def _called_unread(self, node: ast.Call, function: ast.expr, given: list[ast.expr]) -> Any:
        """A call that is not carried out: its parts are read for what would stop it, and lists it may change are lost."""
        for each in (function, *given):
            self._value(each.value if isinstance(each, ast.Starred) else each)
        changes_nothing = isinstance(function, ast.Name) and (function.id in _CHANGE_NOTHING or function.id in self._of_the_course)
        if not changes_nothing:
            self._pass_over(node)
        return UNKNOWN


# ── The small language ───────────────────────────────────────────────────────────────────────────

_FUNCTIONS: Mapping[str, Callable] = {each.__name__: each for each in (round, abs, min, max, sum, len, sorted, int, float)}
_MATH: Mapping[str, Any] = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
#: These grow faster than their arguments: a whole number above the limit is not worked out.
_GROWING = {math.factorial: 170, math.comb: 1_000, math.perm: 170, round: 10**18}
#: Python's own functions that leave a list as it was.
_CHANGE_NOTHING = frozenset(("print", "display", "type", "str", "repr", "list", "tuple", "set", "dict", "bool", "help", "isinstance", "any", "all",
                             "range", "enumerate", "zip", "reversed", *_FUNCTIONS))  # fmt: skip
#: What a notebook knows beside Python's own names.
_OF_THE_NOTEBOOK = frozenset(("In", "Out", "get_ipython", "display", "exit", "quit"))
_UNARY = {ast.UAdd: operator.pos, ast.USub: operator.neg, ast.Not: operator.not_, ast.Invert: operator.invert}
_BINARY = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
_COMPARISONS = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
_SCALARS = (int, float, bool, str, bytes, type(None), type(...))


def _parsed(cell: str) -> ast.Module | None:
    try:
        return ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _stored(node: ast.AST) -> set[str]:
    """Every name that a piece of code could set where the notebook sees it."""
    found: set[str] = set()
    waiting: list[tuple[ast.AST, bool]] = [(node, True)]
    while waiting:
        each, outside = waiting.pop()
        inner = isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
        if isinstance(each, ast.Global):
            found.update(each.names)
        elif outside:
            found.update(_set_by(each))
        waiting += [(child, outside and not inner) for child in ast.iter_child_nodes(each)]
    return found


def _set_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()) | ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]


def _is_plain(value: Any) -> bool:
    """Whether this is a value, and not unknown, a function or a module."""
    return type(value) in (*_SCALARS, list, tuple, set, dict)


def _bounded(value: Any) -> Any:
    """A value within the limits; beyond them it is not read."""
    if type(value) is int and abs(value) > LARGEST:
        return UNKNOWN
    if type(value) in (str, bytes) and len(value) > LONGEST_TEXT:
        return UNKNOWN
    if type(value) in (list, tuple, set, dict) and _weight(value) > LONGEST_LIST:
        return UNKNOWN
    return value if _is_plain(value) else UNKNOWN


def _weight(value: Any, depth: int = 0) -> int:
    """How many parts a list holds, those of the lists in it counted wherever they stand; counting ends above the limit."""
    if type(value) not in (list, tuple, set, dict):
        return 1
    if depth == DEEPEST:
        return LONGEST_LIST + 1
    weight = 1
    for part in [*value, *value.values()] if type(value) is dict else value:
        weight += _weight(part, depth + 1)
        if weight > LONGEST_LIST:
            break
    return weight


def _is_quick(called: Callable, given: list) -> bool:
    limit = _GROWING.get(called, LARGEST)
    return all(type(each) is not int or abs(each) <= limit for each in given) and not (called is round and len(given) > 1 and not _is_small(given[1]))


def _is_small(number: Any) -> bool:
    return type(number) in (int, bool, type(None)) and (number is None or abs(number) <= 30)


def _calculated(op: ast.operator, left: Any, right: Any) -> Any:
    by = _BINARY.get(type(op))
    if by is None or not (_is_plain(left) and _is_plain(right)):
        return UNKNOWN
    numbers = all(type(each) in (int, float, bool) for each in (left, right))
    if not numbers and type(op) is not ast.Add:  # texts and lists are joined, not multiplied, and % on a text is not read
        return UNKNOWN if type(op) in (ast.Mult, ast.Mod, ast.Sub) else _applied(by, 0, "")
    if type(op) is ast.Pow and type(left) is not float and type(right) is not float and not (abs(left) <= 10**6 and abs(right) <= 60):
        return UNKNOWN
    return _applied(by, left, right)


def _applied(function: Callable, *given: Any) -> Any:
    """The result within the limits; what Python would refuse stops the cell."""
    try:
        return _bounded(function(*given))
    except (ArithmeticError, TypeError, ValueError, LookupError):
        raise _Stops from None
