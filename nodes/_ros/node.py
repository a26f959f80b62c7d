"""The lifecycle node that ours are made from: wires silent unless active, one sentence an error."""
from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.exceptions import NameValidationException
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSProfile
from visuomotor.nodes._ros import convert, private, qos
from visuomotor.nodes._ros.publisher import CountingPublisher, counts
from visuomotor.nodes._ros.wires import Ear, Traffic, sentence
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput, short

NAMELESS = '_NODE_NAME_UNKNOWN_'   # as rmw says it


class Node(LifecycleNode):
    """Opens wires in `open`, moves only while active, lets go in `shut`, as often as asked."""

    def __init__(self, name: str, *, urgency: int = 0, **kwargs: Any) -> None:
        super().__init__(name, automatically_declare_parameters_from_overrides=True, **kwargs)
        self.given = {name: given.value
                      for name, given in self.get_parameters_by_prefix('').items()}
        self.origins: dict[str, str] = {}   # where each setting that is no default was set
        autostart = settings.fit(bool, self.given.get('autostart', True),
                                 f'parameters of {self.get_name()}: autostart')
        self.declare_read_only('autostart', autostart, ParameterDescriptor(
            description='configure and activate when the program starts', read_only=True))
        self.urgency = urgency   # SCHED_FIFO priority of a program of its own; 0: none
        self.failure = ''        # why the last transition failed, in one sentence
        self.exit_code: int | None = None   # set by a node that ends its process
        self.watched = False     # by somebody who reads `failure`; else it goes to the log
        self.active = self.ended = False
        self.publishes = False   # like `active`, but true in `start` and `halt` as well
        self.goal_clients: list[Any] = []   # its action clients
        self._undo: list[Callable[[], Any]] = []
        self.simulated = bool(self.get_parameter('use_sim_time').value)   # time is that of /clock
        self.add_on_set_parameters_callback(self._keep_clock)
        self.traffic = Traffic()
        self.when_faulty: Callable[[str], Any] = lambda why: None   # told of a fault of ours
        for service in self.services:   # those of parameters and lifecycle, made by rclpy
            service.callback = self._answered(service.srv_type, service.srv_name,
                                              service.callback, ours=False)

    def declare_read_only(self, name: str, value: Any, description: ParameterDescriptor) -> None:
        """Declare a parameter with the value that was decided, whatever was given."""
        if self.has_parameter(name):
            self.undeclare_parameter(name)
        self.declare_parameter(name, value, description, ignore_override=True)

    def _keep_clock(self, parameters: list[Any]) -> SetParametersResult:
        """Refuse another clock once there are wires: watchdogs would fall asleep over it."""
        for parameter in parameters:
            if parameter.name == 'use_sim_time' and parameter.value != self.simulated:
                if self._undo:
                    return SetParametersResult(successful=False, reason=(
                        'use_sim_time is decided before the node is configured; start it anew'))
                self.simulated = bool(parameter.value)
        return SetParametersResult(successful=True)

    # What a node fills in.
    def open(self) -> None:
        """Make wires and whatever may fail; raise BadInput or OSError with a sentence."""

    def start(self) -> None:
        """Run when becoming active."""

    def halt(self) -> None:
        """Run when ceasing to be active."""

    def shut(self) -> None:
        """Let go of devices and files; wires made with the methods below go by themselves."""

    # Wires.
    def publisher(self, kind: Any, topic: str, profile: QoSProfile) -> Any:
        """Make a publisher that is silent unless the node is active."""
        publisher = self.create_publisher(kind, topic, profile, publisher_class=CountingPublisher)
        publisher.node = self
        publisher.counts = counts(self.context)
        publisher.full_name = publisher.topic_name
        self._undo.append(lambda: self.destroy_publisher(publisher))
        return publisher

    def subscription(self, kind: Any, topic: str, callback: Callable[[Any], None],
                     profile: QoSProfile, raw: bool = False) -> Any:
        """Subscribe; messages that arrive while inactive are dropped, and those that cannot be
        read or used are refused. Of states only the newest has to be heard."""
        states = profile is qos.STATE and not raw
        ear = Ear(kind, self._heard(topic, callback), raw, partial(self.refuse, topic),
                  self.traffic.overtook if states else None)
        subscription = self.create_subscription(kind, topic, ear, profile, raw=True)
        self._undo.append(lambda: self.destroy_subscription(subscription))
        return subscription

    def timer(self, period: float, callback: Callable[[], None]) -> Any:
        """Call back at a fixed rate while active, however the clock is stepped."""
        clock = None if self.simulated else Clock(clock_type=ClockType.STEADY_TIME)
        timer = self.create_timer(period, self._gate(callback), clock=clock)
        timer.rang = lambda late: self.traffic.rang(late, period)
        self._undo.append(lambda: self.destroy_timer(timer))
        return timer

    def _gate(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Let a timer through while active; what cannot be done is complained of."""
        def gate() -> None:
            if self.active:
                try:
                    callback()
                except (BadInput, OSError) as error:
                    self.complain(error)
        return gate

    def _heard(self, topic: str, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """Let a message through while active; whatever it holds, it ends nothing."""
        def gate(message: Any) -> None:
            if self.active:
                try:
                    callback(message)
                except OSError as error:
                    self.complain(error)
                except Exception as error:
                    self.fault(topic, error)
        return gate

    def service(self, kind: Any, name: str, callback: Callable[[Any, Any], Any], *,
                urgent: bool = False) -> Any:
        """Offer a service, in every state; an urgent one is asked at each poll."""
        service = self.create_service(kind, name, self._answered(kind, name, callback))
        service.urgent = urgent
        self._undo.append(lambda: self.destroy_service(service))
        return service

    def _answered(self, kind: Any, name: str, callback: Callable[[Any, Any], Any],
                  ours: bool = True) -> Callable[[Any, Any], Any]:
        """Answer a request; one that cannot be answered gets why, where there is a field for it."""
        def gate(request: Any, response: Any) -> Any:
            try:
                return callback(request, response)
            except Exception as error:
                if ours:
                    self.fault(name, error)
                else:   # rclpy's own: it raises for what it should refuse
                    self.refuse(name, str(error).partition(', at /')[0])
                answer = kind.Response()
                if hasattr(answer, 'message'):
                    answer.message = short(sentence(error))
                return answer
        return gate

    def complain(self, error: Exception) -> None:
        """Log what could not be done, every few seconds at most."""
        self.get_logger().error(short(str(error)), throttle_duration_sec=5.0)

    def refuse(self, where: str, why: str) -> None:
        """Count what was refused, and log it, every few seconds at most."""
        self.get_logger().error(self.traffic.refuse(where, why), throttle_duration_sec=5.0)

    def fault(self, where: str, error: Exception) -> None:
        """Refuse what made something raise; what is no refusal of ours is counted as a fault."""
        self.refuse(where, sentence(error))
        if not isinstance(error, (BadInput, OSError)):
            self.traffic.faults += 1
            self.when_faulty(short(sentence(error)))

    def client(self, kind: Any, name: str) -> Any:
        """Make a service client."""
        client = self.create_client(kind, name)
        self._undo.append(lambda: self.destroy_client(client))
        return client

    def speakers(self, topic: str) -> list[str]:
        """Return the full names of the nodes that publish on a topic. A name may come later than
        the publisher."""
        return sorted('a node without a name' if one.node_name == NAMELESS
                      else f'{one.node_namespace.rstrip("/")}/{one.node_name}'
                      for one in self.get_publishers_info_by_topic(topic))

    def also_undo(self, action: Callable[[], Any]) -> None:
        """Run this at clean-up, last made first."""
        self._undo.append(action)

    @property
    def now(self) -> float:
        """ROS time in seconds."""
        return self.nanoseconds * 1e-9

    @property
    def steady(self) -> float:
        """Seconds on a clock that nobody can step: what ages and silences are counted on."""
        return self.now if self.simulated else time.monotonic()

    @property
    def nanoseconds(self) -> int:
        """ROS time in nanoseconds."""
        return private.nanoseconds(self.get_clock())

    # Lifecycle.
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        if not self._done(self.open):
            self._release()
            return TransitionCallbackReturn.FAILURE
        self.failure = ''
        self._health = self.publisher(DiagnosticArray, '/diagnostics', qos.EVENT)
        self.timer(1.0, self._tell_traffic)
        return super().on_configure(state)

    def _tell_traffic(self) -> None:
        complaints, numbers = self.traffic.told()
        self._health.publish(convert.diagnostics(
            self.now, f'{self.get_fully_qualified_name()} wires', '', complaints, numbers))

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self.publishes = True
        if not self._done(self.start):
            self.publishes = False
            return TransitionCallbackReturn.FAILURE
        self.active = True
        return super().on_activate(state)

    def _done(self, action: Callable[[], None]) -> bool:
        """Tell whether it was done. A fault of ours is told here: rclpy would drop it unsaid."""
        try:
            action()
        except (BadInput, OSError, NameValidationException) as error:
            self.failure = str(error)
            if not self.watched:
                self.get_logger().error(self.failure)
            return False
        except Exception:
            self.failure = traceback.format_exc().strip().splitlines()[-1]
            self.get_logger().fatal(traceback.format_exc())
            raise
        return True

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._cease()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._release()
        return super().on_cleanup(state)

    def trigger_shutdown(self) -> TransitionCallbackReturn:
        """Bring the node to the end of its life; whoever does so twice does it once."""
        return TransitionCallbackReturn.SUCCESS if self.ended else super().trigger_shutdown()

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        self.ended = True
        if self.active:
            self._cease()
        self._release()
        return super().on_shutdown(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        self.active = self.publishes = False
        self._release()
        return TransitionCallbackReturn.SUCCESS

    def _cease(self) -> None:
        self.active = False
        self.halt()
        self.publishes = False

    def _release(self) -> None:
        self.shut()
        self.goal_clients.clear()
        while self._undo:
            self._undo.pop()()
