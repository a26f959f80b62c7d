"""Lock-step speed of the graph and the gymnasium face, against a bare PyBullet loop: the very same
motor commands, physics steps and pictures, no more."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

from visuomotor.graph.description import Choices, describe
from visuomotor.graph.in_process import InLockstep
from visuomotor.worlds import running
from visuomotor.worlds.world import BulletWorld

TASK, ROBOT = 'grasp', 'iiwa7'
KEPT = ('setJointMotorControlArray', 'stepSimulation', 'getCameraImage')


class Tape:
    """Writes down what PyBullet is told meanwhile; `replay` says the same from the same state."""

    def __init__(self, world: BulletWorld) -> None:
        self._client = world.client
        self._calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []
        self._plain: dict[str, Any] = {}

    def __enter__(self) -> Tape:
        self._start = fresh_contacts(self._client)
        for name in KEPT:
            self._plain[name] = getattr(self._client, name)
            setattr(self._client, name, self._noting(self._plain[name]))
        return self

    def __exit__(self, *_: object) -> None:
        for name, function in self._plain.items():
            setattr(self._client, name, function)

    def _noting(self, function: Any) -> Any:
        def note(*values: Any, **named: Any) -> Any:
            self._calls.append((function, values, named))
            return function(*values, **named)
        return note

    def replay(self) -> float:
        """Return the seconds that the bare calls take; the world is back where the tape ended."""
        end = self._client.saveState()
        self._client.restoreState(self._start)
        began = time.perf_counter()
        for function, values, named in self._calls:
            function(*values, **named)
        taken = time.perf_counter() - began
        self._client.restoreState(end)
        for state in (self._start, end):
            self._client.removeState(state)
        return taken


def fresh_contacts(client: Any) -> int:
    """Save and restore the state: that changes the contacts, so all that is compared begins so."""
    state = int(client.saveState())
    client.restoreState(state)
    return state


def paired(world: BulletWorld, run: Any, rounds: int,
           actions: int) -> tuple[list[float], list[float]]:
    """Actions a second of ours and of the bare calls; `run(actions)` returns its seconds."""
    ours, floor = [], []
    for _ in range(rounds):
        with Tape(world) as tape:
            ours.append(actions / run(actions))
        floor.append(actions / tape.replay())
    return ours, floor


def paired_face(environment: Any, actions: int) -> tuple[list[float], list[float]]:
    """The same for the gymnasium face, timed without the tape. Its episodes repeat, so a second one
    is written down."""
    world, face = environment.unwrapped.world, Face(environment)
    world.client.removeState(fresh_contacts(world.client))
    ours = actions / face.run(actions)
    face = Face(environment)
    with Tape(world) as tape:
        face.run(actions)
    return [ours], [actions / tape.replay()]


class Face:
    """The gymnasium face with the arm moving at random."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment
        self.environment.reset(seed=1)
        self.environment.action_space.seed(1)

    def run(self, actions: int) -> float:
        """Return the seconds that so many actions take; each turn is an episode of its own."""
        chosen = [self.environment.action_space.sample() for _ in range(actions)]
        began = time.perf_counter()
        for action in chosen:
            self.environment.step(action)
        return time.perf_counter() - began


class GraphSpeed:
    """The graph that `visuomotor up --lockstep` starts, beaten by hand while an episode runs."""

    def __init__(self, folder: Path, seed: int) -> None:
        graph = describe(Choices(robot=ROBOT, task=TASK, lockstep=True, episodes=0, seed=seed,
                                 data=str(folder), namespace='bench'))
        self.per_action = graph.spec.control_hz / graph.task.action.rate
        self.running = InLockstep(graph, 0.0)
        self.running.start()
        self.world = cast(BulletWorld, running.find('/bench'))

    def to_next_episode(self) -> None:
        """Go through judging, storing, reset and a new scene, up to an episode's first beats."""
        statistics = self.running.statistics
        number = statistics.number
        while statistics.number == number or statistics.state != 'running':
            self.running.conductor.beat()

    def run(self, actions: int) -> float:
        """Return the seconds that so many actions took."""
        beats = round(actions * self.per_action)
        began = time.perf_counter()
        for _ in range(beats):
            self.running.conductor.beat()
        return time.perf_counter() - began

    def close(self) -> None:
        self.running.stop()
        self.running.close()
