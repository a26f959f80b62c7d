"""Runs nodes as a program of their own, for `ros2 run`, launch files and `visuomotor node`."""
from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import rclpy
from rclpy.context import Context
from rclpy.exceptions import NameValidationException
from rclpy.lifecycle import TransitionCallbackReturn
from visuomotor.nodes._ros import environment
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import explain
from visuomotor.nodes._ros.stopping import Asked
from visuomotor.nodes._ros.urgent import come_first
from visuomotor.specs.errors import BadInput

# said once on standard output; launch files begin the supervisor when everybody has said it
ACTIVE = 'active: '
CLOCK = 5.0  # s of wall time without /clock before a program says that it waits for it
USAGE = 2  # exit code for input that does not fit


def run(*makers: Callable[..., Node], args: Sequence[str] | None = None) -> None:
    """Start these nodes in one process, and exit with a code that says how it went."""
    sys.exit(serve(makers, args))


def serve(makers: Sequence[Callable[..., Node]], args: Sequence[str] | None = None) -> int:
    """Make nodes, activate them and spin until a signal; return how it went, as an exit code."""
    words = list(sys.argv if args is None else args)
    if {'-h', '--help'} & set(words[:words.index('--ros-args') if '--ros-args' in words else None]):
        print('\n\n'.join(told(maker) for maker in makers))
        return 0
    context = Context()
    asked = Asked()
    nodes: list[Node] = []
    try:
        environment.prepare()
        with understood():
            rclpy.init(context=context, args=words,
                       signal_handler_options=rclpy.SignalHandlerOptions.NO)
            nodes.extend(maker(context=context) for maker in makers)
        spin(context, nodes, asked)
    except (BadInput, NameValidationException) as error:
        print(f'error: {" ".join(str(error).split())}', file=sys.stderr)
        return USAGE
    finally:
        for node in reversed(nodes):
            node.trigger_shutdown()
            node.destroy_node()
        context.try_shutdown()
    return max((node.exit_code or 0 for node in nodes), default=0)


def told(maker: Callable[..., Node]) -> str:
    """Say what a node does and which parameters it has."""
    module = sys.modules[maker.__module__]
    settings = getattr(module, maker.__name__.removesuffix('Node') + 'Settings')
    return (f'{(module.__doc__ or "").strip()}\n\nParameters, each given as --ros-args -p '
            f'name:=value, or many with --params-file <file>:\n{explain(settings)}')


@contextmanager
def understood() -> Iterator[None]:
    """Turn what ROS says of arguments and surroundings that it cannot use into a sentence."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        kind, text = type(error).__name__, ' '.join(str(error).split())
        if 'PARAMETER_NOT_SET' in text:
            raise BadInput('A parameter is given as -p name:=value, but one has no value, or an '
                           'empty list; give one, or leave it out.') from error
        if kind not in ('RCLError', 'RCLInvalidROSArgsError', 'UnknownROSArgsError'):
            raise
        why = text.partition('. Error')[0].partition(': ')[2] or f'it does not know {text}'
        if kind == 'RCLError' and "Couldn't parse" not in why:
            own = [name for name in os.environ if name.startswith(('ROS_', 'RMW_', 'RCUTILS_'))]
            raise BadInput(f'ROS cannot start here: {text.partition(", at /")[0].strip()}; look at '
                           f'{", ".join(sorted(own))}.') from error
        raise BadInput('ROS takes arguments such as -p name:=value and -r '
                       f'from:=to: {why}.') from error


def spin(context: Context, nodes: Sequence[Node], asked: Asked) -> None:
    executor = make_executor(context)
    for node in nodes:
        executor.add_node(node)
    for node in nodes:
        if node.get_parameter('autostart').value and not asked.to_stop:
            start(node)
    urgency = min((0 if node.simulated else node.urgency for node in nodes), default=0)
    if urgency and (missing := come_first(urgency, program=True)):
        nodes[0].get_logger().info(missing)
    print(ACTIVE + ', '.join(node.get_name() for node in nodes if node.active), flush=True)
    until = time.monotonic() + CLOCK
    while not asked.to_stop and context.ok() and all(node.exit_code is None for node in nodes):
        executor.spin_once()
        if time.monotonic() > until:
            until = math.inf
            warn_of_clock(nodes)
    executor.shutdown()


def warn_of_clock(nodes: Sequence[Node]) -> None:
    """Say so, once, when time stands still because nobody publishes it."""
    if still := [node for node in nodes
                 if node.get_parameter('use_sim_time').value and not node.nanoseconds]:
        still[0].get_logger().warning('use_sim_time is true, but nothing came on /clock for '
                                      f'{CLOCK:g} s, so nothing happens here; start what publishes '
                                      'it, or leave use_sim_time out.')


def start(node: Node) -> None:
    """Configure and activate; the node's own sentence says why not."""
    node.watched = True
    for transition in (node.trigger_configure, node.trigger_activate):
        if transition() != TransitionCallbackReturn.SUCCESS:
            why = node.failure or 'could not be started; its log says why.'
            raise BadInput(f'{node.get_name()}: {why}')
    node.watched = False
