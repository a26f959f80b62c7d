"""What stands behind the driver node: a robot and, in simulation, its world, emulator and time."""
from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.robots import registry
from visuomotor.robots.interface import Emulator, Robot
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs import settings
from visuomotor.specs.errors import RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, State, Target, Truth
from visuomotor.worlds.interface import World

STEPPED = 1e-3    # s, by which two clocks disagree when one of them was stepped
NO_SCENES = ('New scenes need an active driver of a simulated world; on a real robot a person lays '
             'out the scene.')
CATCH_UP = 0.25   # s, longest advance in one beat: a busy machine loses time, and does not spiral


class Offset:
    """How the seconds of another clock become those of the graph's, which may be stepped."""

    def __init__(self) -> None:
        self._offset = 0.0

    def align(self, now: int, other: float) -> None:
        """Fix that graph time `now` (ns) is `other` (s) on the other clock."""
        self._offset = now * 1e-9 - other

    def watch(self, now: int, other: float) -> None:
        """Align again when one of them was stepped; less than that would make stamps go back."""
        if abs(now * 1e-9 - other - self._offset) > STEPPED:
            self.align(now, other)

    def graph_time(self, other: float) -> float:
        """Say when a moment of the other clock is on the graph's, in seconds."""
        return self._offset + other

    def own_time(self, stamp: float) -> float:
        """Say when a moment of the graph's clock is on the other."""
        return stamp - self._offset


class Pace(Offset):
    """Hands out every nanosecond of a steady clock once; knows how the world's time lies to the
    graph's."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0.0    # s, of steady time that the world never lived through
        self._lived = 0.0  # s, world time that has been handed out
        self._last = 0

    def begin(self, now: int, steady: int, world: float) -> None:
        """Fix that graph time `now` and steady time `steady` (ns) are world time `world` (s)."""
        self._last, self._lived = steady, world
        self.align(now, world)

    def step(self, now: int, steady: int) -> float:
        """Return the seconds to advance the world by."""
        elapsed, self._last = (steady - self._last) * 1e-9, steady
        lived = min(max(elapsed, 0.0), CATCH_UP)
        self._lived += lived
        self.lost += max(0.0, elapsed - lived)
        self.watch(now, self._lived)
        return lived


class Machine:
    """The robot that a driver node owns; `close` lets go of all of it."""

    def __init__(self, chosen: DriverSettings, spec: RobotSpec, clock: Clock) -> None:
        kind = registry.kind_of(spec, chosen.world)
        if spec.tip_link and spec.urdf:
            Kinematics(spec)   # refuses what does not fit the model, before anything moves
        self.world: World | None = None
        self.emulator: Emulator | None = None
        self.pace, self.offset = Pace(), Offset()
        self.wire, self._unavailable = kind.wire, ''
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

    def align(self, now: int, steady: float) -> None:
        """Fix that it is this moment on the graph's clock (ns) and on the steady one (s)."""
        self.pace.begin(now, round(steady * 1e9), self.world.time if self.world else steady)
        self.offset.align(now, steady)

    def advance(self, now: int, steady: float) -> bool:
        """Let time pass for what physics moves, up to now; tell whether any has passed."""
        passed = self.pace.step(now, round(steady * 1e9))
        self.offset.watch(now, steady)
        if self.world and passed:
            if self.emulator:
                self.emulator.step()
            self.world.advance(passed)
            if self.emulator:
                self.emulator.step()
        return passed > 0.0

    def read(self) -> State | None:
        """Return the newest state, stamped on the graph's clock; None while the robot is not to be
        reached, of which it complains."""
        self._unavailable = ''
        try:
            measured = self.robot.read()
        except RobotUnavailable as error:
            self._unavailable = str(error)
            return None
        return replace(measured, stamp=self.clock.graph_time(measured.stamp))

    def send(self, target: Target) -> Target:
        """Send a target that is stamped on the graph's clock; return what was really sent."""
        return self.robot.send(replace(target, stamp=self.clock.own_time(target.stamp)))

    @property
    def clock(self) -> Offset:
        """What the robot stamps with: the world's time, or the steady clock it was handed."""
        return self.pace if self.world and not self.emulator else self.offset

    def truth(self, world: World) -> Truth:
        """Return the world's own state, stamped on the graph's clock."""
        seen = world.truth()
        return replace(seen, stamp=self.pace.graph_time(seen.stamp))

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the link and with time, in sentences."""
        lost = self.lost
        busy = f'the machine was too busy: {lost:.2f} s of world time lost' if lost else ''
        return [said for said in (self._unavailable, busy) if said]

    @property
    def lost(self) -> float:
        """Seconds that the world never lived through, because the machine was busy."""
        return self.pace.lost if self.world else 0.0


def open_world(chosen: DriverSettings) -> World:
    """Make the simulated world that was asked for."""
    from visuomotor.worlds.make import make_world
    return make_world(chosen.task, chosen.robot, seed=chosen.seed, randomise=chosen.randomise,
                      overrides=settings.assignments([chosen.scene], "'split=test, objects=3'"))
