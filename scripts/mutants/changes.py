# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mutant changes, told so that it stays the same when a local name is changed, a line wrapped, or other code of the function
rewritten:

    $1.rsplit('/', 1) -> $1.rsplit('/')

That is the smallest operation, call or statement that holds the change, before and after it. Parameters and other local names are
numbered as they come; what stays the same and is long is left out.
"""

from __future__ import annotations

import ast
import copy
import re
from typing import NamedTuple, TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Pair: TypeAlias = tuple[ast.AST, ast.AST]

LONG = 40
KEPT_NAMES = {"self", "cls"}
OPERATIONS = (
    ast.BinOp,
    ast.BoolOp,
    ast.Call,
    ast.Compare,
    ast.Dict,
    ast.DictComp,
    ast.GeneratorExp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.Subscript,
    ast.UnaryOp,
)
# Of one length, so that it does not depend on names what is long.
TOKEN = "\N{SECTION SIGN}{:03}"
TOKENS = re.compile(TOKEN[0] + r"\d{3}")


class Change(NamedTuple):
    """One change of a function.

    told: as explanations tell it. plain: with the real names. line: where it is, counted from the function's first line.
    """

    told: str
    plain: str
    line: int


def change(original: Function, mutant: Function) -> Change:
    """How a mutant differs from the function that it was made of."""
    names = local_names(original)
    pairs = path(anonymous(original, names), anonymous(mutant, names))
    numbers: dict[str, str] = {}
    told = TOKENS.sub(lambda token: numbers.setdefault(token[0], f"${len(numbers) + 1}"), tell(pairs))
    plain = TOKENS.sub(lambda token: list(names)[int(token[0][1:])], tell(pairs))
    line: int = getattr(pairs[shown(pairs)][0], "lineno", original.lineno)
    return Change(told, plain, line - original.lineno)


def local_names(function: Function) -> dict[str, str]:
    """A token for each parameter and each name that the function or a function within it gives a value to."""
    names = []
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.append(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.append(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node is not function:
            names.append(node.name)
    everywhere = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    own = [name for name in dict.fromkeys(names) if name not in everywhere | KEPT_NAMES]
    return {name: TOKEN.format(number) for number, name in enumerate(own)}


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name) if node.name else None
        return node


def anonymous(function: Function, names: dict[str, str]) -> Function:
    """A copy of the function without its own name and with tokens for these."""
    renamed = copy.deepcopy(function)
    _Rename(names).visit(renamed)
    renamed.name = "_"
    return renamed


def path(before: ast.AST, after: ast.AST) -> list[Pair]:
    """From the whole function down to the smallest part in which all of the change lies: each part before and after."""
    pairs = [(before, after)]
    while (inner := only_difference(*pairs[-1])) is not None:
        pairs.append(inner)
    return pairs


def only_difference(before: ast.AST, after: ast.AST) -> Pair | None:
    """The one child in which two nodes differ; None where it is the nodes themselves."""
    if type(before) is not type(after):
        return None
    differing: list[Pair] = []
    for field in before._fields:
        olds, news = children(before, field), children(after, field)
        if len(olds) != len(news):
            return None
        for old, new in zip(olds, news, strict=True):
            if same(old, new):
                continue
            if not isinstance(old, ast.AST) or not isinstance(new, ast.AST):
                return None
            differing.append((old, new))
    return differing[0] if len(differing) == 1 else None


def children(node: ast.AST, field: str) -> list[object]:
    """What a field of a node holds, as a list."""
    value = getattr(node, field, None)
    return value if isinstance(value, list) else [value]


def same(old: object, new: object) -> bool:
    """Whether two children of nodes, or two values in them, are the same."""
    if isinstance(old, ast.AST) and isinstance(new, ast.AST):
        return ast.dump(old) == ast.dump(new)
    return type(old) is type(new) and old == new


def shown(pairs: list[Pair]) -> int:
    """Which part of the path is told: the last that says what is done with what has changed."""
    for index in reversed(range(len(pairs))):
        before, after = pairs[index]
        if isinstance(before, ast.stmt) and isinstance(after, ast.stmt):
            return index
        if type(before) is type(after) and isinstance(before, OPERATIONS) and not is_number(before):
            return index
    raise ValueError("not a change of a function")


def is_number(node: ast.AST) -> bool:
    """Whether this is a number with a sign, which says as little as a number without."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


def tell(pairs: list[Pair]) -> str:
    """The change as text, with the names that the nodes have."""
    start = shown(pairs)
    before, after = pairs[start]
    on_path = {id(node) for pair in pairs[start:] for node in pair}
    return f"{text(before, on_path)} -> {text(after, on_path)}"


def text(node: ast.AST, on_path: set[int]) -> str:
    """The source of a node in one line: of a compound statement only its head, and nothing long that is not on the path."""
    source = " ".join(ast.unparse(ast.fix_missing_locations(shortened(node, on_path))).split())
    return source.removesuffix(" pass") if hasattr(node, "body") else source


def shortened(node: ast.AST, on_path: set[int]) -> ast.AST:
    """A copy of a node in which ... stands for what is long and not on the path."""
    fields = dict(ast.iter_fields(node))
    if isinstance(node, ast.Dict):
        entries = list(zip(node.keys, node.values, strict=True))
        entries = [entry for entry in entries if on_path & set(map(id, entry))] or entries
        fields = {"keys": [key for key, __ in entries], "values": [value for __, value in entries]}
    elif isinstance(node, ast.stmt) and "body" in fields:
        fields |= {name: [] for name in ("orelse", "handlers", "finalbody") if name in fields} | {"body": [ast.Pass()]}
    return type(node)(
        **{
            name: [shortened_child(child, node, on_path) for child in value]
            if isinstance(value, list)
            else shortened_child(value, node, on_path)
            for name, value in fields.items()
        }
    )


def shortened_child(child: object, parent: ast.AST, on_path: set[int]) -> object:
    """The same for what a field of a node holds."""
    if not isinstance(child, ast.AST) or isinstance(child, ast.stmt):
        return child
    # A call or a lookup is nothing without its name, and ... cannot stand for what is not an expression.
    never = isinstance(child, (ast.Name, ast.Attribute, ast.FormattedValue)) or not isinstance(child, ast.expr)
    if id(child) in on_path or never or len(ast.unparse(child)) <= LONG:
        return shortened(child, on_path)
    return ast.Constant("..." if isinstance(parent, ast.JoinedStr) else ...)
