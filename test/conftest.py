"""What tests of nodes share. A ROS domain that nobody else has, a graph under a conductor, a probe
that records."""
from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from visuomotor.graph import compose
from visuomotor.graph.lockstep import Lockstep
from visuomotor.msg import DriverStatus
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.policies.act.random import Random, RandomSettings
from visuomotor.robots.model import fingerprint
from visuomotor.specs.policy import Gives, Role
from visuomotor.specs.robot import load_robot

# those above 101 use ports that other programs are given; benchmarks have 88 to 91
DOMAINS = range(1, 85)


@contextmanager
def leased_domain() -> Iterator[int]:
    """Hold a domain that no other test of this machine has. The system lets go of it with this
    process."""
    folder = Path(tempfile.gettempdir()) / 'visuomotor_test_domains'
    folder.mkdir(exist_ok=True)
    for domain in DOMAINS:
        with (folder / str(domain)).open('w') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield domain
            return
    raise RuntimeError(f'all domains of {DOMAINS} are taken by other tests')


Wire = tuple[Any, ...]   # type, topic or service, and for topics a quality of service


class Probe(Node):
    """Records, speaks and asks for everybody who is not there; each wire is an attribute. List,
    publisher or client."""

    def __init__(self, hears: dict[str, Wire], says: dict[str, Wire], asks: dict[str, Wire],
                 **kwargs: Any) -> None:
        super().__init__('probe', **kwargs)
        self.hears = hears
        self.says = says
        self.asks = asks
        for name in hears:
            setattr(self, name, [])

    def open(self) -> None:
        for name, (kind, topic, profile) in self.hears.items():
            self.subscription(kind, topic, getattr(self, name).append, profile)
        for name, wire in self.says.items():
            setattr(self, name, self.publisher(*wire))
        for name, wire in self.asks.items():
            setattr(self, name, self.client(*wire))


class Nameplate(Node):
    """Says which robot there is, in place of a driver."""

    def __init__(self, robot: str, **kwargs: Any) -> None:
        super().__init__('nameplate', **kwargs)
        self.robot = robot

    def open(self) -> None:
        self.status = self.publisher(DriverStatus, 'driver/status', qos.LATCHED)

    def start(self) -> None:
        self.name(self.robot)

    def name(self, robot: str) -> None:
        """Say that it is this one from now on."""
        self.status.publish(DriverStatus(robot=robot, description=fingerprint(load_robot(robot))))


class Rig:
    """Nodes in a context of their own, under one conductor: made, brought up, beaten, closed."""

    def __init__(self, domain: int, namespace: str = '') -> None:
        self.domain, self.namespace = domain, namespace
        self.context = compose.new_context(domain)
        self.nodes: list[Any] = []
        self.conductors: list[Lockstep] = []
        self._fresh: list[Any] = []   # not brought up yet

    def add(self, cls: type[Any], **more: Any) -> Any:
        """Make a node of the test itself."""
        return self._keep(cls(context=self.context, namespace=self.namespace,
                              use_global_arguments=False, **more))

    def probe(self, *, hears: dict[str, Wire] | None = None, says: dict[str, Wire] | None = None,
              asks: dict[str, Wire] | None = None) -> Any:
        """Make the node that records; before those that it listens to."""
        return self.add(Probe, hears=hears or {}, says=says or {}, asks=asks or {})

    def nameplate(self, robot: str) -> Any:
        """Make the node that says which robot there is, where no driver does."""
        return self.add(Nameplate, robot=robot)

    def make(self, room: str, **parameters: Any) -> Any:
        """Make the node of one folder."""
        path = f'visuomotor.nodes.{room}.node:{room.title()}Node'
        return self._keep(compose.make(path, self.context, namespace=self.namespace,
                                       parameters=parameters,
                                       simulated_time=True))

    def _keep(self, node: Any) -> Any:
        self.nodes.append(node)
        self._fresh.append(node)
        return node

    @property
    def conductor(self) -> Lockstep:
        """Of the nodes that were brought up last."""
        return self.conductors[-1]

    def up(self, period: float = 0.01) -> None:
        """Begin time, and bring up every node that was made since the last time, in order."""
        nodes, self._fresh = self._fresh, []
        self.conductors.append(Lockstep(self.context, nodes, period))
        compose.bring_up(nodes)

    def beats(self, count: int, act: Callable[[], Any] = lambda: None) -> None:
        for _ in range(count):
            act()
            self.conductor.beat()

    def until(self, fact: Callable[[], Any], beats: int = 1500) -> None:
        """Beat until something is so."""
        for _ in range(beats):
            if fact():
                return
            self.conductor.beat()
        raise AssertionError(f'did not happen within {beats} beats')

    def ask(self, client: Any, request: Any, beats: int = 0) -> Any:
        """Return what a service answers while time stands still, or within some beats."""
        answer = client.call_async(request)
        for _ in range(beats or 100):
            self.conductor.beat() if beats else self.conductor.settle()
            if answer.done():
                return answer.result()
        raise AssertionError('nobody answered')

    def again(self, *nodes: Any) -> None:
        """Take these nodes down to nothing and bring them up once more."""
        for node in nodes:
            node.trigger_deactivate()
            node.trigger_cleanup()
        compose.bring_up(nodes)

    def close(self) -> None:
        for node in reversed(self.nodes):
            node.trigger_shutdown()
        for conductor in self.conductors:
            conductor.close()
        for node in self.nodes:
            node.destroy_node()
        self.context.try_shutdown()


@contextmanager
def opened(namespace: str = '') -> Iterator[Rig]:
    with leased_domain() as domain:
        rig = Rig(domain, namespace)
        try:
            yield rig
        finally:
            rig.close()


@pytest.fixture
def domain() -> Iterator[int]:
    """A ROS domain for this test alone."""
    with leased_domain() as one:
        yield one


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A context for nodes, closed with all its nodes when the test is over."""
    with opened() as one:
        yield one


@pytest.fixture(scope='module')
def lasting_rig() -> Iterator[Rig]:
    """The same for all tests of one file."""
    with opened('left') as one:
        yield one


@pytest.fixture
def chance() -> Callable[..., Random]:
    """Return what makes the policy of chance for a task."""
    return lambda task, **settings: Random(RandomSettings(**settings),
                                           Role(Gives(task.action.size)))
