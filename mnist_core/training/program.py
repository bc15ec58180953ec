"""Compiled functions that belong to no model: whose variables they change is an argument.

TensorFlow traces a function for the variables that it meets, and numbers its name. So a second
model of the same layers would be traced and compiled anew, and XLA's folder on disk would hardly
ever know it: a number says how much the process has done before. Here what was traced is named by
what it says, and its variables are handed in at each call.

Private to ``training``. Knows TensorFlow; what is computed is the business of its callers.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

import tensorflow as tf

from mnist_core.training.collector import collector_off

PROGRAMS_KEPT: Final = 64
"""Two a kind of network: as many kinds as a class that takes turns may train.

TensorFlow never frees a compiled function, so to forget one would save nothing.
"""

Function = Callable[..., Any]


class Program:
    """A function that is traced once, and called with the variables of one model or another.

    Args:
        function: Python that takes tensors and gives one tensor or several.
        arguments: what it takes.
        variables: those that it uses without being given them, in an order that is the same for
            every model.
        jit: compile with XLA.

    Attributes:
        name: what XLA knows it by; the same wherever the same is traced.
        is_new: it was never called.
    """

    def __init__(
        self,
        function: Function,
        arguments: Sequence[tf.TensorSpec],
        variables: Sequence[tf.Variable],
        *,
        jit: bool,
    ) -> None:
        self._arguments = arguments
        self.is_new = True
        with collector_off():
            # AutoGraph would first rewrite all this Python, which takes longer than tracing it.
            traced = tf.function(function, jit_compile=jit, autograph=False)
            concrete = traced.get_concrete_function(*arguments)
            places = {id(variable.handle): place for place, variable in enumerate(variables)}
            self._captured = [places.get(id(each), each) for each in concrete.captured_inputs]
            graph = _named_by_content(concrete, jit=jit)
            self.name = graph.library.function[0].signature.name
            self._run = _imported(graph)

    def __call__(
        self, arguments: Iterable[Any], variables: Sequence[tf.Variable]
    ) -> list[tf.Tensor]:
        """Run it with the variables of a model; give its results as a list."""
        self.is_new = False
        captured = (
            variables[each].handle if isinstance(each, int) else each for each in self._captured
        )
        results: list[tf.Tensor] = self._run(*arguments, *captured)
        return results

    def compile(self, variables: Sequence[tf.Variable]) -> None:
        """Run it on zeros, with variables like those of a model but of its own.

        XLA locks a model's variables while it compiles, so that it could compile nothing else
        for this model meanwhile.
        """
        used = {each for each in self._captured if isinstance(each, int)}
        zeros = [
            tf.Variable(tf.zeros(each.shape, each.dtype)) if place in used else each
            for place, each in enumerate(variables)
        ]
        self([tf.zeros(each.shape, each.dtype) for each in self._arguments], zeros)


class Programs:
    """Keeps the programs used last. Not thread-safe.

    Args:
        size: how many are kept.
    """

    def __init__(self, size: int = PROGRAMS_KEPT) -> None:
        self._size = size
        self._programs: OrderedDict[Hashable, Program] = OrderedDict()

    def find(self, kind: Hashable, build: Callable[[], Program]) -> Program:
        """Return the program of a kind, built where there is none yet."""
        if kind not in self._programs:
            self._programs[kind] = build()
            while len(self._programs) > self._size:
                self._programs.popitem(last=False)
        self._programs.move_to_end(kind)
        return self._programs[kind]


def _named_by_content(concrete: Any, *, jit: bool) -> tf.compat.v1.GraphDef:
    """Return a graph that does nothing but call the traced function, under a name of its own.

    The name holds a digest of the function, so it is the same in every process, and two different
    functions never share one.
    """
    traced = concrete.graph.as_graph_def()
    graph = tf.compat.v1.GraphDef(versions=traced.versions)
    main = concrete.function_def
    known = {each.signature.name: each for each in (*traced.library.function, main)}
    order = _called(main.signature.name, known)
    graph.library.function.extend(known[name] for name in order)
    _rename(graph, {name: f"part_{number}" for number, name in enumerate(order)})
    said = b"".join(each.SerializeToString(deterministic=True) for each in graph.library.function)
    digest = hashlib.sha256(said).hexdigest()[:16]
    _rename(graph, {f"part_{n}": f"mnist_{digest}_{n}" for n in range(len(order))})

    signature = graph.library.function[0].signature
    call = graph.node.add(name="call", op="StatefulPartitionedCall")
    call.attr["f"].func.name = signature.name
    call.attr["_XlaMustCompile"].b = jit
    call.attr["Tin"].list.type.extend(each.type for each in signature.input_arg)
    call.attr["Tout"].list.type.extend(each.type for each in signature.output_arg)
    for number, argument in enumerate(signature.input_arg):
        placeholder = graph.node.add(name=f"argument_{number}", op="Placeholder")
        placeholder.attr["dtype"].type = argument.type
        placeholder.attr["shape"].shape.unknown_rank = True
        call.input.append(placeholder.name)
    return graph


def _called(name: str, known: dict[str, Any]) -> list[str]:
    """List a function and those that it calls, directly or not, each once."""
    order = [name]
    for caller in order:  # grows while it is read
        for node in known[caller].node_def:
            called = (
                each.name for _, value in sorted(node.attr.items()) for each in _functions_in(value)
            )
            order += dict.fromkeys(each for each in called if each in known and each not in order)
    return order


def _functions_in(value: Any) -> list[Any]:
    """Return the functions that an attribute of an operation names."""
    return [value.func] if value.HasField("func") else [*value.list.func]


def _rename(graph: tf.compat.v1.GraphDef, names: dict[str, str]) -> None:
    """Give the graph's functions other names, also where an argument is called after one."""
    for function in graph.library.function:
        arguments = {}
        for number, argument in enumerate(function.signature.input_arg):
            if any(name in argument.name for name in names):
                arguments[argument.name] = argument.name = f"argument_{number}"
        function.signature.name = names[function.signature.name]
        for node in function.node_def:
            node.input[:] = [arguments.get(each, each) for each in node.input]
            node.attr.pop("_gradient_op_type", None)  # a number, for those who differentiate
            for value in node.attr.values():
                for each in _functions_in(value):
                    each.name = names.get(each.name, each.name)
        for result, source in function.ret.items():
            function.ret[result] = arguments.get(source, source)


def _imported(graph: tf.compat.v1.GraphDef) -> Function:
    """Make a function of TensorFlow of a graph with placeholders and one call."""
    placeholders = [node.name for node in graph.node if node.op == "Placeholder"]
    (call,) = (node for node in graph.node if node.name not in placeholders)

    def run(*arguments: tf.Tensor) -> Any:
        return tf.graph_util.import_graph_def(
            graph,
            input_map=dict(zip(placeholders, arguments, strict=True)),
            return_elements=[f"{call.name}:{n}" for n in range(len(call.attr["Tout"].list.type))],
        )

    dtypes = call.attr["Tin"].list.type
    wrapped: Function = tf.compat.v1.wrap_function(
        run, [tf.TensorSpec(None, tf.as_dtype(each)) for each in dtypes]
    )
    return wrapped
