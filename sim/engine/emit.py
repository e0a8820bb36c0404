"""The emitter: writes a traced day as C, into the frame of `kernel.c`.

The dense parts of a day become loops over a strip of worlds, which compilers turn into vector instructions; effects become
functions of one world, which run where an event happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.nodes import Compute, Function, Happen, Node, Statement, Store, needed
from sim.engine.traced_day import TracedDay

SIGNS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.greater: ">",
         np.greater_equal: ">=", np.less: "<", np.less_equal: "<=", np.equal: "==", np.not_equal: "!=", np.bitwise_and: "&",
         np.bitwise_or: "|", np.bitwise_xor: "^"}

OWN = {"exp": "own_exp", "log": "own_log"}
"""What the kernel computes by its own polynomials in float: the bits of NumPy's loops for AVX2 and AVX-512."""

OF_LIBM = {"sqrt", "rint", "floor", "ceil"}
"""What has the same bits everywhere."""

LAWS = {"exponential": 0, "uniform": 1, "normal": 2}

Read = Callable[[Node], str]


class Unwritable(TypeError):
    """A traced operation that the compiled engine has no C for."""


def c_type(kind: np.dtype[Any]) -> str:
    """The C type of a value."""
    if kind.kind in "biu":
        return "int" if kind.itemsize <= 4 else "long long"
    return "float" if kind.itemsize <= 4 else "double"


def is_whole(node: Node) -> bool:
    """Whether a value is a whole number, or a truth."""
    return node.kind.kind in "biu"


def literal(node: Node) -> str:
    """A node that is no statement."""
    if node.op == "day":
        return "day"
    if node.op == "fixed":
        return f"(int)P({node.what})" if is_whole(node) else f"P({node.what})"
    if is_whole(node):
        return str(int(node.what))
    if np.isinf(node.what):
        return f"({'-' if node.what < 0 else ''}(float)INFINITY)"
    return f"{float(node.what)!r}{'f' if c_type(node.kind) == 'float' else ''}"


def expression(node: Node, read: Read) -> str:
    """The C of a node's value. Raises Unwritable for an operation whose bits would hang on a machine's libraries."""
    op, kind, given = node.op, c_type(node.kind), [read(one) for one in node.operands]
    if isinstance(op, np.ufunc):
        return _of_ufunc(op, node, kind, given)
    if op == "load":
        return f"z->{node.what[0]}[{node.what[1]}][w]"
    if op == "cast":
        return f"({given[0]} != 0)" if node.kind.kind == "b" else _narrow(node, f"({kind}){given[0]}")
    if op == "where":
        return f"{given[0]} ? {given[1]} : {given[2]}"
    if op == "lookup":
        return f"TABLE{node.what}[{given[0]}]"
    assert op == "dense", op
    return f"d{node.id}[w]"


def _of_ufunc(ufunc: np.ufunc, node: Node, kind: str, given: Sequence[str]) -> str:
    name = ufunc.__name__
    of_kind = (lambda name: name) if kind == "double" else (lambda name: f"{name}f")
    if ufunc in (np.floor_divide, np.remainder):
        return _divided(ufunc, node, given)
    if ufunc in SIGNS:
        return _narrow(node, f"{given[0]} {SIGNS[ufunc]} {given[1]}")
    if ufunc in (np.logical_and, np.logical_or):
        return f"({given[0]} != 0) {'&' if ufunc is np.logical_and else '|'} ({given[1]} != 0)"
    if ufunc in (np.maximum, np.minimum):
        return f"{given[0]} {'>' if ufunc is np.maximum else '<'} {given[1]} ? {given[0]} : {given[1]}"
    if ufunc is np.square:
        return _narrow(node, f"{given[0]} * {given[0]}")
    if ufunc is np.negative:
        return _narrow(node, f"-{given[0]}")
    if ufunc in (np.invert, np.logical_not):
        return f"!{given[0]}" if node.kind.kind == "b" else f"~{given[0]}"
    if ufunc is np.absolute:
        return f"{given[0]} < 0 ? -{given[0]} : {given[0]}" if is_whole(node) else f"__builtin_{of_kind('fabs')}({given[0]})"
    if name == "ndtri" and kind == "float":
        return f"(float)ndtri({given[0]})"
    if kind == "float" and name in OWN:
        return f"{OWN[name]}({given[0]})"
    if not is_whole(node) and name in OF_LIBM:
        return f"__builtin_{of_kind(name)}({given[0]})"
    wide = kind == "double" and name in OWN
    raise Unwritable(f"np.{name} of {node.kind} has other bits elsewhere{', that of np.float32 has not' if wide else ''}")


def _narrow(node: Node, text: str) -> str:
    """A whole number of fewer bits than C computes with, which wraps round as it does in NumPy."""
    if node.kind.kind not in "iu" or node.kind.itemsize >= 4:
        return text
    return f"({'unsigned ' if node.kind.kind == 'u' else ''}{'short' if node.kind.itemsize == 2 else 'char'})({text})"


def _divided(ufunc: np.ufunc, node: Node, given: Sequence[str]) -> str:
    """`//` or `%`: whole numbers by one above zero, rounded down."""
    number, by = node.operands
    if not is_whole(node) or by.op != "constant" or by.what <= 0:
        raise Unwritable(f"{'//' if ufunc is np.floor_divide else '%'} but of whole numbers by a constant above 0")
    a, b = given
    while number.op == "cast":
        number = number.operands[0]
    rest = f"{a} % {b}" if number.op == "day" else f"({a} % {b} + {b}) % {b}"
    return rest if ufunc is np.remainder else f"({a} - ({rest})) / {b}"


class Writer:
    """Writes the C of a traced day."""

    def __init__(self, day: TracedDay, model: Any) -> None:
        self.day, self.clocks, self.model = day, model.clocks, model
        self.scratch: dict[str, str] = {}
        """Values that one loop writes and a later one reads, kept in the strip: C type by name."""
        self.dense = 1
        """Most draws over the whole strip in one function."""

    # values and statements

    def kept(self, function: Function | str, node: Node) -> str:
        """The place in the strip of a value that a later loop reads."""
        name = f"s_{function if isinstance(function, str) else function.name}_{node.id}"
        self.scratch[name] = c_type(node.kind)
        return f"z->{name}[w]"

    def statement(self, function: Function, statement: Statement, read: Read, branch: bool) -> str:
        """One statement; `branch` says that it is under an `if`, and may branch itself."""
        if isinstance(statement, Happen):
            condition = "" if statement.mask is None else f"if ({read(statement.mask)}) "
            return f"{condition}event_{statement.event}(z, w, day, {read(statement.cause)});"
        if isinstance(statement, Store):
            return _stored(statement, read, branch)
        node = statement.node
        text = _drawn(node, read) if node.op in ("draw", "more") else (
            f"const {c_type(node.kind)} t{node.id} = {expression(node, read)};")
        if f"s_{function.name}_{node.id}" in self.scratch:
            text += f" {self.kept(function, node)} = t{node.id};"
        return text

    # functions

    def dense_function(self, function: Function) -> list[str]:
        """A part of the day: one loop over the strip for each segment."""
        lines: list[str] = []
        for _ in range(2):  # the first pass finds which values a later loop reads
            lines, places = [f"static void {function.name}(Strip *z, int day) {{"], 0
            for at, (guard, statements) in enumerate(function.segments):
                def read(node: Node, at: int = at) -> str:
                    if node.inline:
                        return literal(node)
                    return f"t{node.id}" if node.segment == at else self.kept(function, node)
                for one in statements:
                    if isinstance(one, Compute) and one.node.op == "dense":
                        index = _of_day(one.node.operands[0])
                        lines.append(f"  const float *restrict d{one.node.id} = dense(z, {one.node.what}, {index}, {places});")
                        places += 1
                lines.append(f"  for (int w = 0; w < B; w++) {{{'' if guard is None else f' if ({read(guard)}) {{'}")
                lines += [f"    {self.statement(function, one, read, guard is not None)}" for one in statements]
                lines.append("  }" if guard is None else "  }}")
            lines.append("}")
            self.dense = max(self.dense, places)
        return lines

    def one_world(self, head: str, function: Function, result: Node | None = None, first: str = "") -> list[str]:
        """A function of one world."""
        body = [f"  {self.statement(function, one, _local, True)}" for one in function.statements]
        return [f"{head} {{ {first}", *body, *([] if result is None else [f"  return {_local(result)};"]), "}"]

    def effects(self) -> Iterator[str]:
        """Effects and preconditions of events, each of one world."""
        for i in self.day.effects:
            yield f"SHARED FAR void event_{i}(Strip *z, int w, int day, int because);"
        yield "#if IN(1)"
        for i, function in self.day.effects.items():
            yield from self.one_world(f"FAR void event_{i}(Strip *z, int w, int day, int because)", function,
                                      first=f"note(z, day, {i}, w, because);")
        for i, (function, result) in self.day.conditions.items():
            yield from self.one_world(f"static int when_{i}(Strip *z, int w, int day)", function, result)
        yield "static void happen(Strip *z, int i, int w, int day) { switch (i) {"
        yield from (f"case {i}: event_{i}(z, w, day, -1); break;" for i in self.day.effects)
        yield "} }"
        yield "static int still(Strip *z, int i, int w, int day) { switch (i) {"
        yield from (f"case {i}: return when_{i}(z, w, day);" for i in self.day.conditions)
        yield "} return 1; }"
        yield "#endif"

    def common(self) -> tuple[list[Node], set[Node]]:
        """What several rules have in common, and those of it that a rule reads directly: worked out once for the strip."""
        rules, pace = self.day.rules.rules, self.day.rules.pace
        reach = [needed(*rule) for rule in rules]
        uses: dict[Node, int] = {}
        for nodes in (*reach, *[needed(pace)] * 2):
            for node in nodes:
                uses[node] = uses.get(node, 0) + 1
        shared = {node for node, count in uses.items() if count > 1 and node.op not in ("load", "cast")}
        wanted = {root for rule in rules for root in (*rule, pace) if root in shared}
        for nodes in reach:
            wanted |= {one for node in nodes if node not in shared for one in node.operands if one in shared}
        return needed(*shared), wanted

    def rules(self) -> Iterator[str]:
        """All clocks: where an action is possible, its log-odds, its rate, what is left of its threshold, who crossed it.

        A function a clock: compilers take more than twice as long for one of all, and make nothing faster of it.
        """
        rules, pace = self.day.rules.rules, self.day.rules.pace
        made, wanted = self.common()

        def read(node: Node) -> str:
            return literal(node) if node.inline else self.kept("rules", node) if node in wanted else f"t{node.id}"

        def local(root: Node) -> str:
            return "".join(f"const {c_type(node.kind)} t{node.id} = {expression(node, read)}; "
                           for node in needed(root, stop=wanted))

        yield from (f"SHARED ALONE void clock_{row}(Strip *z, int day);" for row in range(len(rules)))
        yield "#if IN(2)"
        for row, ((possible, odds), (against, eager)) in enumerate(zip(rules, self.day.base, strict=True)):
            if row == len(rules) // 2:
                yield "#endif\n#if IN(3)"
            yield f"ALONE void clock_{row}(Strip *z, int day) {{ /* {self.clocks.names[row]} */"
            yield f"  const float *restrict push = z->push + {row} * z->bent, *restrict open = z->open + {row} * z->bent;"
            yield "  float possible[B], against[B]; int any = 1;"
            if possible is not None:
                yield (f"  any = 0; for (int w = 0; w < B; w++) {{ {local(possible)}const int m = {read(possible)}; "
                       "possible[w] = (float)m; any |= m; }")
            yield "  if (!any) return;"
            yield (f"  for (int w = 0; w < B; w++) {{ {local(odds)}z->rate[w] = ({read(odds)} + push[w]) * {literal(eager)}; "
                   f"against[w] = {literal(against)}; }}")
            mask = "z->one" if possible is None else "possible"
            pace_ = "z->one" if row >= self.clocks.paced else "pace" if pace.inline else read(pace).replace("[w]", "")
            if pace_ == "pace":
                yield f"  float pace[B]; for (int w = 0; w < B; w++) pace[w] = {literal(pace)};"
            yield f"  if (run_clock(z, z->left[{row}], {float(self.clocks.tempo[row, 0])!r}f, against, {mask}, open, {pace_}))"
            yield f"    crossed(z, {row});\n}}"
        yield "static void common(Strip *z, int day) {\n  for (int w = 0; w < B; w++) {"
        for node in made:
            keep = f" {self.kept('rules', node)} = t{node.id};" if node in wanted else ""
            yield f"    const {c_type(node.kind)} t{node.id} = {expression(node, _local)};{keep}"
        yield "  }\n}\nvoid rules(Strip *z, int day) {\n  common(z, day);"
        yield from (f"  clock_{row}(z, day);" for row in range(len(rules)))
        yield "}\n#endif"

    def head(self) -> Iterator[str]:
        """Sizes and constants."""
        tracer = self.day.rules.tracer
        sizes = {"NF": len(tracer.rows["F"]), "NI": len(tracer.rows["I"]), "NC": len(self.clocks.rules),
                 "NS": len(tracer.streams), "NP": len(tracer.recipes), "ND": self.dense, "PACED": self.clocks.paced}
        laws = [LAWS[vars(self.model.__dict__[key])[name].kind] for key, name in tracer.streams] or [0]
        yield "enum { " + ", ".join(f"{name} = {size}" for name, size in sizes.items()) + " };"
        yield _array("unsigned char", "LAW", [*laws, *[0] * len(self.clocks.rules)])
        yield _array("int", "EVENT", self.clocks.ids)
        yield _array("int", "GROUP", self.clocks.group)
        for at, values in enumerate(tracer.tables):
            numbers = ", ".join(f"{float(value)!r}f" if np.isfinite(value) else "-1e30f" for value in values)
            yield f"static const float TABLE{at}[] = {{{numbers}}};"

    def source(self) -> str:
        """The whole file."""
        body = [*self.effects(), *self.rules(), "#if IN(4)"]
        for function in self.day.days.values():
            body += self.dense_function(function)
        body.append("#endif")
        scratch = [f"  {kind} {name}[B];" for name, kind in sorted(self.scratch.items())]
        text = Path(__file__).with_name("kernel.c").read_text("utf-8")
        for mark, lines in (("//@@HEAD@@", self.head()), ("//@@SCRATCH@@", scratch), ("//@@BODY@@", body)):
            text = text.replace(mark, "\n".join(lines))
        return text


def source(day: TracedDay, model: Any) -> str:
    """The C of a traced day of the class of this model. Raises Unwritable."""
    return Writer(day, model).source()


def _local(node: Node) -> str:
    return literal(node) if node.inline else f"t{node.id}"


def _of_day(node: Node) -> str:
    """An expression of the day alone."""
    return literal(node) if node.inline else expression(node, lambda one: f"({_of_day(one)})")


def _stored(statement: Store, read: Read, branch: bool) -> str:
    pool, value = statement.pool, statement.value
    place, given = f"z->{pool}[{statement.row}][w]", read(value)
    if pool == "I" and not is_whole(value):
        given = f"(int){given}"
    if statement.mask is None:
        return f"{place} = {given};"
    mask = read(statement.mask)
    return f"if ({mask}) {place} = {given};" if branch else f"{place} = {mask} ? {given} : {place};"


def _drawn(node: Node, read: Read) -> str:
    stream, slots = node.what
    if node.op == "more":
        return f"float t{node.id} = draw(z, {stream}, k{node.operands[0].id} + {slots}, w);"
    condition = read(node.operands[0]) if node.operands else "1"
    return (f"int k{node.id} = 0; float t{node.id} = 0; if ({condition}) {{ k{node.id} = z->drawn[{stream}][w]; "
            f"z->drawn[{stream}][w] += {slots}; t{node.id} = draw(z, {stream}, k{node.id}, w); }}")


def _array(kind: str, name: str, values: Iterable[Any]) -> str:
    return f"static const {kind} {name}[] = {{{', '.join(str(int(value)) for value in values) or '0'}}};"
