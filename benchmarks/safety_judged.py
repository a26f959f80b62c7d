"""A filter and the robot that follows it, judged from outside: what is commanded, over the time of
the states that it answers, and what the robot truly does."""
from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

import numpy as np
from visuomotor.benchmarks.safety_followers import Follower, Simulated
from visuomotor.benchmarks.safety_telling import Plain, Told
from visuomotor.evaluation.judges import CollisionJudge, PathJudge
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.values import FloatArray, Imu, Target

SILENT = 0.045   # s without a command, after which the robot has braked by itself
LEAP = 0.1       # rad (m), between the robot and a first command, that a driver refuses
WALL = 1e-9      # m outside the box that is rounding
RESTS = 100      # beats that a fallen walker lies before it is put back on its feet
Speak = Callable[[float, float], None]   # at this second of the graph's clock, and of a steady one


class Judged:
    """Beat by beat. `seen` is told of every answer, and whether a moment is asked for again that
    was commanded already."""

    def __init__(self, filtered: SafetyFilter, judge: CollisionJudge | None, follower: Follower,
                 tell: Plain, begin: float) -> None:
        self.filter, self.judge, self.spec = filtered, judge, filtered.spec
        self.follower, self.tell = follower, tell
        self.beat_time = 1.0 / self.spec.control_hz
        self.now = begin
        self.seen: Callable[[Permitted, bool], None] = lambda answer, again: None
        self.commanded = PathJudge(self.spec)
        self.measured = PathJudge(self.spec, follower.orders)
        self.leaps: Counter[str] = Counter()
        self.collisions: Counter[str] = Counter()
        self.falls = 0
        self._lies = 0
        self._coming: list[tuple[float, int, Told]] = []
        self._count = 0
        self._last: tuple[float, Target] | None = None   # command in force: stamp, target
        self._looked: FloatArray | None = None

    @property
    def broken(self) -> Counter[str]:
        """Limits broken, by path and name."""
        found = Counter(self.leaps)
        for path, judge in (('commanded', self.commanded), ('measured', self.measured)):
            found.update({f'{path} {what}': count for what, count in judge.broken.items()})
        return found

    @property
    def worst(self) -> dict[str, float]:
        """Largest part used of each limit, by path and name."""
        return {f'{path} {what}': part
                for path, judge in (('commanded', self.commanded), ('measured', self.measured))
                for what, part in judge.worst.items()}

    def fast(self, answer: Permitted) -> bool:
        """Say whether this is a command to move in earnest."""
        return answer.target is not None and bool(
            (np.abs(answer.target.velocity) > 0.1 * self.spec.velocity).any())

    def beat(self, speak: Speak) -> list[Permitted]:
        """Let the robot live for a beat, and the filter answer what arrives in the next one."""
        self.now += self.beat_time
        state = self.follower.move(self.now)
        self.measured.see(self.follower.moment, self.follower.position)
        self._look(self.follower.position, 'measured')
        self._watch(state.imu)
        for told in self.tell(state):
            self._count += 1
            heapq.heappush(self._coming, (told.arrives, self._count, told))
        answers = []
        spoken = False
        while self._coming and self._coming[0][0] < self.now + self.beat_time:
            told = heapq.heappop(self._coming)[2]
            if not spoken:
                speak(told.arrives + self.tell.clock, told.arrives)
                spoken = True
            answers.append(self._answer(told))
        return answers

    def _answer(self, told: Told) -> Permitted:
        answer = self.filter.step(told.state, told.arrives + self.tell.clock, told.arrives)
        since = told.measured - self._last[0] if self._last else np.inf
        self.seen(answer, 0.0 <= since < self.beat_time / 2)
        if answer.target is not None:
            self._command(answer.target, told.measured)
            self.follower.obey(answer.target, told.measured, told.arrives)
        return answer

    def _command(self, target: Target, answered: float) -> None:
        """Judge a command. One that follows its like within half a beat is the same command."""
        since = answered - self._last[0] if self._last else np.inf
        if since < self.beat_time / 2 and self._last and np.array_equal(
                target.position, self._last[1].position):
            return
        if since < 0.0:
            self.leaps['commanded in the past'] += 1
            return
        if since > SILENT:
            self._begin(target)
        elif self._last:
            middle = (target.position + self._last[1].position) / 2.0
            self._look(middle, 'commanded')
        self.commanded.see(answered, target.position)
        self._look(target.position, 'commanded')
        self._last = answered, target

    def _begin(self, target: Target) -> None:
        """Who was silent for long begins where the robot is. A robot that nobody commanded yet
        may be measured a little wrongly."""
        self.commanded.begin()
        if self._last is None:
            self.measured.begin()
        apart = np.abs(target.position - self.follower.position).max()
        if self._last and not apart <= LEAP:
            self.leaps['leap after a silence'] += 1

    def _look(self, position: FloatArray, path: str) -> None:
        if self.judge is None or (
                self._looked is not None and np.array_equal(position, self._looked)):
            return
        self.collisions.update(f'{path} {pair}' for pair in self.judge.touching(position))
        if not self.judge.outside() <= WALL:
            self.leaps[f'{path} box'] += 1
        self._looked = position

    def _watch(self, imu: Imu | None) -> None:
        """Put a walker that fell back on its feet."""
        self._lies = self._lies + 1 if imu is not None and upwards(imu) < 0.0 else 0
        if self._lies > RESTS and isinstance(self.follower, Simulated):
            self.falls += 1
            self._lies = 0
            self.follower.stand_up()
            self.measured.begin()


def upwards(imu: Imu) -> float:
    """Return how far up a body's own upward axis points: 1 upright .. -1 upside down."""
    x, y, z, w = imu.orientation
    return float(w * w + z * z - x * x - y * y)
