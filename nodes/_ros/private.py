"""Every private part of rclpy that we lean on: here and nowhere else, so that one page tells what
an update may break. `missing` is asked once at start-up. When this rclpy lacks anything, or
VISUOMOTOR_EXECUTOR=public asks for it, the executor of executor.py is replaced by rclpy's own
behind the same interface: slower, but made of public names alone."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from rclpy import client, exceptions, executors, subscription, task
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from visuomotor.nodes._ros.environment import EXECUTOR

NAMES = ('Subscription.take_message', 'Service.service_take_request', 'Client.take_response',
         'Timer.is_timer_ready', 'Timer.call_timer', 'Timer.time_until_next_call',
         'rclpy_deserialize', 'WaitSet.clear_entities', 'WaitSet.add_subscription',
         'WaitSet.add_timer', 'WaitSet.add_guard_condition', 'WaitSet.wait')
IN_PYTHON = ((client, 'Client.get_pending_request'),
             (subscription, 'Subscription.CallbackType.MessageOnly'),
             (executors, 'await_or_execute'), (task, 'Task.__call__'))
# in a wait set
KINDS = ('subscriptions', 'guard_conditions', 'timers', 'clients', 'services', 'events')


def missing(compiled: Any = _rclpy) -> list[str]:
    """Return the names that this rclpy lacks."""
    wanted = [(compiled, name) for name in NAMES] + list(IN_PYTHON)
    return [name for holder, name in wanted if not _has(holder, name)]


def _has(holder: Any, name: str) -> bool:
    try:
        return bool(attrgetter(name)(holder) is not None)
    except AttributeError:
        return False


def why_public() -> str:
    """Say why rclpy's own executor has to be used; '' when it has not."""
    if os.environ.get(EXECUTOR) == 'public':
        return f'{EXECUTOR} asks for it'
    lacking = missing()
    return f'this rclpy lacks {", ".join(lacking)}' if lacking else ''


# What is asked without a wait set.
def take_message(asked: Any) -> Any:
    """Return what takes the next message, as bytes or as it is; None: there is none."""
    return asked.handle.take_message


def message_only(asked: Any) -> bool:
    """Tell whether a subscription's callback wants the message without what is known about it."""
    return asked._callback_type is subscription.Subscription.CallbackType.MessageOnly


# what raises that asks an entity which was destroyed
Gone = (exceptions.InvalidHandle, getattr(_rclpy, 'RCLError', RuntimeError))
Unreadable = getattr(_rclpy, 'RMWError', RuntimeError)   # what that raises


def deserialize(data: bytes, kind: Any) -> Any:
    """Turn bytes into a message."""
    return _rclpy.rclpy_deserialize(data, kind)


def take_request(asked: Any) -> Any:
    """Return what takes a service's next request and its header; no header: there is none."""
    return asked.handle.service_take_request


def take_response(asked: Any) -> Any:
    """Return what takes a client's next header and response; no header: there is none."""
    return asked.handle.take_response


def pending(asked: Any, header: Any) -> Any:
    """Return the future of the request that a header answers; None when it was withdrawn."""
    try:
        return asked.get_pending_request(header.request_id.sequence_number)
    except KeyError:
        return None


def timer_calls(timer: Any) -> tuple[Callable[[], bool], Callable[[], None], Callable[[], int]]:
    """Return what tells whether a timer is due, what moves it on, and when it is due, ns from
    now."""
    handle = timer.handle
    return handle.is_timer_ready, handle.call_timer, handle.time_until_next_call


# What needs one.
def sleep(context: Any, subscriptions: Sequence[Any], timers: Sequence[Any], guard: Any,
          timeout: float) -> None:
    """Wait until a message, a timer or the guard condition comes, or the time-out."""
    with context.handle:
        wait_set = _rclpy.WaitSet(len(subscriptions), 1, len(timers), 0, 0, 0, context.handle)
        wait_set.clear_entities()
        for one in subscriptions:
            wait_set.add_subscription(one.handle)
        for timer in timers:
            wait_set.add_timer(timer.handle)
        wait_set.add_guard_condition(guard.handle)
        wait_set.wait(int(timeout * 1e9))


def ready(context: Any, waitables: Sequence[Any], sizes: Sequence[int]) -> list[Any]:
    """Return which waitables have work. `sizes` is how many of each of KINDS they hold."""
    with context.handle:
        wait_set = _rclpy.WaitSet(*sizes, context.handle)
        wait_set.clear_entities()
        for waitable in waitables:
            waitable.add_to_wait_set(wait_set)
        wait_set.wait(0)
        return [waitable for waitable in waitables if waitable.is_ready(wait_set)]


def finish(coroutine: Any, executor: Any) -> task.Task:
    """Step what a callback returned once; a task that is not done has to be stepped again."""
    step = task.Task(_await, (coroutine,), executor=executor)
    step()
    return step


def answer(callback: Callable[..., Any], *values: Any) -> Any:
    """Return the coroutine that calls a callback, plain or asynchronous."""
    return executors.await_or_execute(callback, *values)


async def _await(coroutine: Any) -> Any:
    return await coroutine


def nanoseconds(clock: Any) -> int:
    """Ask a clock itself, because a Time object costs four times as much."""
    return int(clock.handle.get_now().nanoseconds)
