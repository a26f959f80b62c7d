"""How a follower's states reach the safety filter: plainly, with noise, with lies among them, or
unevenly: late, repeated, in a heap after a freeze, on a clock that steps."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State

NOISE = 0.001        # rad (m), deviation of a measured position
SPEED_NOISE = 0.02   # rad/s (m/s)
WRONG = 0.5          # rad, of a false sample
LATE = 0.02          # s, most that a state is under way; 10 ms either way of the middle
UNEVEN = 0.15        # part of a beat by which the stamps of two states may come nearer
FREEZES = (0.02, 0.06, 0.12, 0.18, 0.4)   # s
STEPS = (-4.0, 3.0, 3600.0, -0.05, 0.15)  # s, of the graph's clock


@dataclass(frozen=True)
class Told:
    """One message about the joints. The times are those of a clock that nobody can step."""

    state: State      # its stamp is on the graph's clock
    measured: float   # s, when it says that it was measured
    arrives: float    # s


Telling = Callable[[State], list[Told]]


class Plain:
    """At once, and as it is. `clock` is how far the graph's clock is ahead."""

    clock = 0.0

    def __init__(self, spec: RobotSpec, rng: np.random.Generator) -> None:
        self.spec, self.rng = spec, rng
        self.beat = 1.0 / spec.control_hz

    def __call__(self, state: State) -> list[Told]:
        return [Told(state, state.stamp, state.stamp)]


class Noisy(Plain):
    """With noise on positions and speeds."""

    def __call__(self, state: State) -> list[Told]:
        joints = len(state.position)
        noise = self.rng.normal(0.0, NOISE, joints), self.rng.normal(0.0, SPEED_NOISE, joints)
        told = replace(state, position=state.position + noise[0],
                       velocity=state.velocity + noise[1])
        return [Told(told, state.stamp, state.stamp)]


class Jumping(Plain):
    """With wrong samples by themselves and in short rows, and old ones that come late."""

    def __init__(self, spec: RobotSpec, rng: np.random.Generator) -> None:
        super().__init__(spec, rng)
        self._wrong, self._lie = 0, np.zeros(len(spec.joints))
        self._old: State | None = None

    def __call__(self, state: State) -> list[Told]:
        rng, here = self.rng, state.stamp
        if self._wrong == 0 and rng.random() < 0.01:
            self._wrong = int(rng.integers(1, 4))
            self._lie = some_joints(self.spec, rng) * rng.choice([-WRONG, WRONG])
        told = [Told(replace(state, position=state.position + self._lie * (self._wrong > 0)),
                     here, here)]
        self._wrong = max(0, self._wrong - 1)
        if self._old and rng.random() < 0.01:
            told.append(Told(self._old, self._old.stamp, here + 0.5 * self.beat))
        self._old = state if rng.random() < 0.3 else self._old
        return told


class Voices(Plain):
    """With a second publisher that tells another story for a while."""

    def __init__(self, spec: RobotSpec, rng: np.random.Generator) -> None:
        super().__init__(spec, rng)
        self._left, self._story = 0, np.array(spec.home)

    def __call__(self, state: State) -> list[Told]:
        rng, here = self.rng, state.stamp
        if self._left == 0 and rng.random() < 0.003:
            self._left = int(rng.integers(5, 300))
            self._story = state.position + some_joints(self.spec, rng) * rng.uniform(-1.0, 1.0)
        told = [Told(state, here, here)]
        if self._left:
            self._left -= 1
            self._story = self._story + rng.normal(0.0, 0.002, len(self._story))
            then = here + 0.3 * self.beat
            told.append(Told(replace(state, position=self._story, stamp=then), then, then))
        return told


class Jittery(Plain):
    """Under way for up to 20 ms, in order; stamps a little uneven."""

    def __init__(self, spec: RobotSpec, rng: np.random.Generator) -> None:
        super().__init__(spec, rng)
        self._frozen, self._last = -np.inf, -np.inf

    def __call__(self, state: State) -> list[Told]:
        off = float(self.rng.uniform(-UNEVEN, UNEVEN)) * self.beat / 2
        seen = replace(state, position=state.position + off * state.velocity,
                       stamp=state.stamp + off + self.clock)
        return [self._sent(seen)]

    def _sent(self, seen: State) -> Told:
        stamp = seen.stamp - self.clock
        self._last = max(stamp + float(self.rng.uniform(0.0, LATE)), self._frozen,
                         self._last + 2e-4)
        return Told(seen, stamp, self._last)


class Repeating(Jittery):
    """And told twice to four times, with the same stamp or one a moment later."""

    def __call__(self, state: State) -> list[Told]:
        told = super().__call__(state)
        for _ in range(int(self.rng.integers(0, 4))):
            later = float(self.rng.choice([0.0, 0.0, 1e-4, 0.1 * self.beat]))
            told.append(self._sent(replace(told[0].state, stamp=told[0].state.stamp + later)))
        return told


class Freezing(Jittery):
    """And the listener freezes now and then; what was told meanwhile comes in a heap."""

    def __call__(self, state: State) -> list[Told]:
        if self.rng.random() < 0.004:
            self._frozen = state.stamp + float(self.rng.choice(FREEZES))
        return super().__call__(state)


class Stepping(Jittery):
    """And the graph's clock, by which states are stamped, steps."""

    def __call__(self, state: State) -> list[Told]:
        if self.rng.random() < 0.002:
            self.clock += float(self.rng.choice(STEPS))
        return super().__call__(state)


def some_joints(spec: RobotSpec, rng: np.random.Generator) -> FloatArray:
    """Return 1 for about a third of the joints, but for one at least, and 0 for the others."""
    chosen = rng.random(len(spec.joints)) < 0.3
    chosen[rng.integers(len(chosen))] = True
    return chosen.astype(np.float64)
