"""What stands behind the driver node: a robot and, in simulation, its world, emulator and time."""
from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.robots import registry
from visuomotor.robots.interface import Emulator, Robot
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, State, Truth
from visuomotor.worlds.interface import World

CATCH_UP = 0.25   # s, longest advance in one beat: a busy machine loses time, and does not spiral


class Pace:
    """Hands out every nanosecond of the graph's clock once; knows how the world's lies to it."""

    def __init__(self, now: int, world: float) -> None:
        self.lost = 0.0  # s, of graph time that the world never lived through
        self.align(now, world)

    def align(self, now: int, world: float) -> None:
        """Fix that graph time `now` (ns) is world time `world` (s)."""
        self._last = now
        self._offset = now * 1e-9 - world

    def step(self, now: int) -> float:
        """Return the seconds to advance the world by, up to `now` (ns); 0 when it went back."""
        elapsed, self._last = (now - self._last) * 1e-9, now
        lived = min(max(elapsed, 0.0), CATCH_UP)
        self._offset += elapsed - lived
        self.lost += max(0.0, elapsed - lived)
        return lived

    def graph_time(self, world: float) -> float:
        """Say when a moment of the world is on the graph's clock, in seconds."""
        return self._offset + world


class Machine:
    """The robot that a driver node owns; `close` lets go of all of it."""

    def __init__(self, chosen: DriverSettings, spec: RobotSpec, clock: Clock) -> None:
        kind = registry.kind_of(spec, chosen.world)
        if spec.tip_link and spec.urdf:
            Kinematics(spec)   # refuses what does not fit the model, before anything moves
        self.world: World | None = None
        self.emulator: Emulator | None = None
        self.pace = Pace(0, 0.0)
        with ExitStack() as opened:
            if kind.physics:
                self.world = open_world(chosen)
                opened.callback(self.world.close)
            plant = self.world.robot if self.world else None
            if plant and kind.wire:
                self.emulator = registry.make_emulator(spec, plant)
                opened.callback(self.emulator.close)
            address = self.emulator.address if self.emulator else ''
            self.robot: Robot = registry.make_robot(spec, chosen.world, clock, plant, address)
            opened.callback(self.robot.disconnect)
            self.close = opened.pop_all().close

    def align(self, now: int) -> None:
        """Fix that it is this moment on the graph's clock, ns."""
        self.pace.align(now, self.world.time if self.world else now * 1e-9)

    def advance(self, now: int) -> bool:
        """Let time pass for what physics moves, up to `now`, ns; tell whether any has passed."""
        passed = self.pace.step(now)
        if self.world and passed:
            if self.emulator:
                self.emulator.step()
            self.world.advance(passed)
            if self.emulator:
                self.emulator.step()
        return passed > 0.0

    def read(self) -> State:
        """Return the newest state, stamped on the graph's clock. A driver stamps so itself."""
        measured = self.robot.read()
        if self.world is None or self.emulator:
            return measured
        return replace(measured, stamp=self.pace.graph_time(measured.stamp))

    def truth(self, world: World) -> Truth:
        """Return the world's own state, stamped on the graph's clock."""
        seen = world.truth()
        return replace(seen, stamp=self.pace.graph_time(seen.stamp))

    @property
    def lost(self) -> float:
        """Seconds that the world never lived through, because the machine was busy."""
        return self.pace.lost if self.world else 0.0


def open_world(chosen: DriverSettings) -> World:
    """Make the simulated world that was asked for."""
    from visuomotor.worlds.make import make_world
    return make_world(chosen.task, chosen.robot, seed=chosen.seed, randomise=chosen.randomise,
                      overrides=settings.assignments([chosen.scene], "'split=test, objects=3'"))
