"""When the policy is asked, about what, and when its answer may be said."""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from visuomotor.nodes.policy.inference import InferenceResult
from visuomotor.specs.delay_queue import DelayQueue
from visuomotor.specs.errors import BadInput
from visuomotor.specs.observation import IMAGE
from visuomotor.specs.policy import LoadedPolicy
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import SAME_MOMENT

PATIENCE = 2.0  # s of an episode after which a silent topic is worth a complaint
NEVER = float('-inf')


@dataclass
class ObservationBuffer:
    """The newest message of everything, decoded only when a question is asked."""

    state: Any = None
    imu: Any = None
    truth: Any = None
    pictures: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, float] = field(default_factory=dict)   # of these pictures, s of ROS time
    used: float = NEVER   # s, stamp of the newest picture asked about

    def picture(self, camera: str, message: Any, stamp: float) -> None:
        self.pictures[camera], self.stamps[camera] = message, stamp


class ChunkSchedule:
    """Inferences follow each other by the rows that can be used until the next chunk takes over."""

    def __init__(self, rate: float, delay: float, replan: int = 0) -> None:
        self.row = 1.0 / rate   # s between two rows of a chunk
        self.delay = math.ceil(delay / self.row - SAME_MOMENT)   # rows that pass while it thinks
        self.replan = replan
        self.begin()

    def begin(self) -> None:
        """Start an episode: the first inference is due at once."""
        self.interval = self.row
        self.last = NEVER

    def due(self, now: float) -> bool:
        return now >= self.last + self.interval - SAME_MOMENT

    def overdue(self, now: float) -> bool:
        """Tell whether waiting for a newer picture has taken longer than one row."""
        return now >= self.last + self.interval + self.row - SAME_MOMENT

    def asked(self, now: float) -> None:
        """Note an inference; small delays do not add up, large ones begin a new count."""
        planned = self.last + self.interval
        self.last = planned if now - planned < self.row / 2 else now

    def answered(self, rows: int) -> None:
        """Note how long the chunk is that came back."""
        self.interval = self.row * (min(self.replan, rows) if self.replan
                                    else max(1, rows - self.delay))


class EpisodeSchedule:
    """What one policy needs to see, and its time within an episode; between episodes it rests."""

    def __init__(self, *, cameras: tuple[str, ...], truth: bool, imu: bool, rate: float,
                 delay: float, replan: int = 0) -> None:
        self.cameras = cameras
        self.truth = truth
        self.imu = imu
        self.chunks, self.delay = ChunkSchedule(rate, delay, replan), delay
        self.waiting = DelayQueue[InferenceResult](delay)
        self.said: InferenceResult | None = None    # the newest that went out
        self.episode = 0      # under way; 0: none
        self.seed = 0
        self.started = 0.0    # s, ROS time

    def turn(self, running: bool, number: int, seed: int, started: float,
             buffer: ObservationBuffer) -> InferenceResult | None:
        """Hear where the supervisor is; return what was said last when an episode has just ended.
        Whatever still waits to be said belongs to the episode that it was thought in."""
        if running and number == self.episode:
            return None
        last = None if running else self.said
        self.waiting.clear()
        self.said = None
        self.episode, self.seed, self.started = (number, seed, started) if running else (0, 0, 0.0)
        if running:
            buffer.used = NEVER
            self.chunks.begin()
        return last

    def wants(self, buffer: ObservationBuffer, now: float) -> bool:
        """Tell whether to ask now; a picture is used twice only when no other comes."""
        if not self.episode or not self.chunks.due(now) or self.missing(buffer):
            return False
        newest = [buffer.stamps[camera] for camera in self.cameras]
        return not newest or max(newest) > buffer.used or self.chunks.overdue(now)

    def missing(self, buffer: ObservationBuffer) -> list[str]:
        """Name the topics that are needed and silent; older pictures do not count."""
        needed = [('joint_states', True, buffer.state), ('imu', self.imu, buffer.imu),
                  ('world/truth', self.truth, buffer.truth)]
        silent = [topic for topic, wanted, newest in needed if wanted and newest is None]
        return silent + [f'camera/{name}/image' for name in self.cameras
                         if buffer.stamps.get(name, NEVER) < self.started]

    def complaint(self, buffer: ObservationBuffer, now: float) -> str:
        """Say what the policy has been waiting for in vain; empty: nothing."""
        silent = self.missing(buffer) if self.episode and now >= self.started + PATIENCE else []
        if not silent:
            return ''
        return (f'The policy cannot act: nothing was heard on {", ".join(silent)} since the '
                f'episode began {now - self.started:.0f} s ago; start what publishes it, or choose '
                'another policy.')

    def ask(self, buffer: ObservationBuffer, measured: float, now: float) -> tuple[float, float]:
        """Note a request; return the stamp of what it shows and the time since the episode began.
        The stamp is that of the newest picture, or of the joints without cameras."""
        self.chunks.asked(now)
        newest = [buffer.stamps[camera] for camera in self.cameras]
        buffer.used = max(newest, default=buffer.used)
        observed = max(newest, default=measured)
        return observed, observed - self.started

    def answered(self, result: InferenceResult) -> None:
        """Keep an answer until thinking is modelled to have taken long enough."""
        self.chunks.answered(len(result.actions))
        self.waiting.put(result, result.request.observed)

    def due(self, now: float) -> list[InferenceResult]:
        """Take out what may be said by now; an answer to an episode that has ended is dropped."""
        out = [result for result in self.waiting.due(now) if result.request.episode == self.episode]
        self.said = out[-1] if out else self.said
        return out


def schedule_for(loaded: LoadedPolicy, task: TaskSpec, latency: float,
                 replan: int) -> EpisodeSchedule:
    """Make the schedule that fits a policy: it waits for what that sees, and for nothing else.
    `latency` below 0 and `replan` 0 leave it to the task and the policy."""
    cameras = tuple(camera for camera in task.observe if IMAGE + camera in loaded.sees)
    rate = task.action.rate
    delay = latency if latency >= 0.0 else task.latency.answer(bool(cameras))
    own = max(1, round(rate / loaded.decides)) if loaded.decides else 0
    return EpisodeSchedule(cameras=cameras, truth=loaded.privileged or 'goal' in loaded.sees,
                           imu='imu' in loaded.sees, rate=rate, delay=delay, replan=replan or own)


def between_episodes(running: int) -> None:
    """Refuse to change the policy while an episode runs."""
    if running:
        raise BadInput(f'A policy is loaded between episodes, but episode {running} is running; '
                       'ask again after it.')


class RateMeter:
    """How often something happened lately, in ROS time."""

    def __init__(self, window: int = 10) -> None:
        self._moments: deque[float] = deque(maxlen=window + 1)

    def tick(self, now: float) -> float:
        """Note one and return the rate over the window, 1/s; 0 while there is only one."""
        self._moments.append(now)
        span = now - self._moments[0]
        return (len(self._moments) - 1) / span if span > 0 else 0.0
