"""Recorded episodes as arrays: what a policy would have been shown, and what was done from then.

Decisions stand where the policy node would have asked: at the first measurement of each action
period, or with cameras at each new picture. The action of a decision is the one due when an answer
to it would have been, `delay` later. It is what was asked for, wherever safety passed that or only
slowed it: behind the same filter the same wish gives the same motion, and a copy of the slowed
motion would be slowed twice. Everything else (clipped, stopped, asked in another mode) is told from
the permitted commands themselves, so that what is copied is what was done.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from visuomotor.episodes import read
from visuomotor.episodes.naming import number_of
from visuomotor.specs.codes import Mode, Source, Verdict
from visuomotor.specs.errors import BadInput, Unreadable
from visuomotor.specs.observation import ObservationSpec, TipPose, observe
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.rotation import rotation_vector
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, State, Truth

Array = NDArray[Any]


@dataclass(frozen=True)
class Dataset:
    """Rows of many episodes, one behind the other."""

    observations: Mapping[str, Array]   # name -> (rows, *shape)
    actions: NDArray[np.float32]        # (rows, size), -1..1
    starts: NDArray[np.int64]           # first row of each episode, then the number of rows
    files: tuple[Path, ...]             # of each episode
    left_out: Mapping[str, int]         # result -> how many episodes were not taken

    @property
    def hash(self) -> str:
        """Return what names these very numbers."""
        digest = hashlib.sha256(self.actions.tobytes() + self.starts.tobytes())
        for name in sorted(self.observations):
            digest.update(name.encode() + self.observations[name].tobytes())
        return digest.hexdigest()


def files_in(places: Iterable[Path]) -> list[Path]:
    """Return the episode files in folders, however deep, and those named themselves."""
    found: list[Path] = []
    for place in places:
        inside = [place] if place.is_file() else sorted(filter(number_of, place.rglob('*.mcap')))
        if not inside:
            raise BadInput(f"There are no episodes in '{place}'; give a folder that `visuomotor "
                           "up` recorded, or a file.")
        found += inside
    return list(dict.fromkeys(found))


def read_dataset(files: Iterable[Path], robot: RobotSpec, task: TaskSpec, shown: ObservationSpec,
                 delay: float, kinematics: TipPose | None = None,
                 results: Sequence[str] = ('SUCCESS',)) -> Dataset:
    """Read episodes of one robot and task into arrays.

    Args:
        shown: the observations to keep, and their shapes.
        delay: s from an observation to the first target that answers it being due.
        results: outcomes of the episodes to take; the others are counted.

    Raises:
        BadInput: for a file of another robot or task, or when nothing is left.
        Unreadable: for a file that is no complete episode.
    """
    rows: list[dict[str, Array]] = []
    actions = []
    starts = [0]
    taken = []
    left_out = dict[str, int]()
    for file in files:
        result = _checked(file, robot, task)
        if result not in results:
            left_out[result] = left_out.get(result, 0) + 1
            continue
        episode = _Episode(robot, task, shown, kinematics)
        episode.read(file)
        seen, done = episode.rows(delay)
        rows += seen
        actions += done
        starts.append(len(rows))
        taken.append(file)
    if not rows:
        raise BadInput(f'None of these episodes can be learned from ({left_out or "they are empty"}'
                       f'); record some that end with {" or ".join(results)}.')
    observations = {name: np.stack([row[name] for row in rows]).astype(shape.dtype)
                    for name, shape in shown.shapes.items()}
    return Dataset(observations, np.concatenate(actions).astype(np.float32), np.array(starts),
                   tuple(taken), left_out)


def _checked(file: Path, robot: RobotSpec, task: TaskSpec) -> str:
    """Return how an episode ended; refuse one of another robot or task."""
    facts = read.metadata(file)
    for what, wanted in (('robot', robot.name), ('task', task.name)):
        if facts.get(what) != wanted:
            raise BadInput(f"{file} is an episode of {what} '{facts.get(what)}', but what is "
                           f"learned is for '{wanted}'; give episodes of one robot and one task.")
    if 'result' not in facts:
        raise Unreadable(f'{file} has no complete metadata of an episode: no result.')
    return facts['result']


@dataclass
class _Episode:
    """Goes through one file, keeps the newest of everything, notes what each decision saw."""

    robot: RobotSpec
    task: TaskSpec
    shown: ObservationSpec
    kinematics: TipPose | None
    newest: dict[str, Any] = field(default_factory=dict)       # messages by the end of their topic
    pictures: dict[str, Array] = field(default_factory=dict)   # by camera
    taken: dict[str, float] = field(default_factory=dict)      # s, stamps of the pictures
    fresh: bool = False                      # a picture has come since the last decision
    last: float = -np.inf                    # s, of the decision before
    started: float | None = None             # s
    seen: list[tuple[float, dict[str, Array]]] = field(default_factory=list)
    commands: list[Any] = field(default_factory=list)

    def read(self, file: Path) -> None:
        """Hear the whole file."""
        try:
            for message in read.messages(file, self._topics(file)):
                self._hear(message.topic, message.message, message.logged * 1e-9)
        except Unreadable:
            raise
        except (ValueError, KeyError) as error:
            raise Unreadable(f'{file} is not a complete episode file: {error}.') from error

    def _topics(self, file: Path) -> list[str]:
        wanted = ('episode', 'joint_states', 'imu', 'world/truth', 'command',
                  *(f'camera/{camera}/image' for camera in self.shown.cameras))
        return [topic for topic in read.counts(file) if topic.endswith(wanted)]

    def _hear(self, topic: str, message: Any, now: float) -> None:
        kind = topic.rsplit('/', 1)[-1]
        if kind == 'episode' and self.started is None:
            self.started = _seconds(message.started)
        elif kind == 'command':
            self.commands.append(message)
        elif kind == 'image':
            camera = topic.rsplit('/', 2)[-2]
            self.pictures[camera] = read.picture(message)
            self.taken[camera] = _seconds(message.header.stamp)
            self.fresh = True
        else:
            self.newest[kind] = message
        if kind in ('image', 'joint_states'):
            self._decide(now)

    def _decide(self, now: float) -> None:
        """Note what a policy is shown now, if nodes/policy/schedule.py would ask it."""
        cameras, period = self.shown.cameras, 1.0 / self.task.action.rate
        known = (self.started is not None and 'joint_states' in self.newest
                 and all(c in self.pictures for c in cameras))
        if not known or ('goal' in self.shown.shapes and 'truth' not in self.newest):
            return
        patience = period if self.fresh or not cameras else 2 * period
        if now < self.last + patience - SAME_MOMENT:
            return
        planned = self.last + period
        self.last = planned if now - planned < period / 2 else now
        self.fresh = False
        state = self._state()
        observed = max((self.taken[camera] for camera in cameras), default=state.stamp)
        everything = observe(self.robot, self.task, self.kinematics, state, self._truth(),
                             self.pictures, observed - (self.started or 0.0), privileged=False)
        self.shown.check(everything)
        self.seen.append((observed, {name: np.array(everything[name]) for name in self.shown}))

    def _state(self) -> State:
        message = self.newest['joint_states']
        place = {name: index for index, name in enumerate(message.name)}
        order = [place[name] for name in self.robot.names]
        position, velocity = np.array(message.position), np.array(message.velocity)
        gripper = float(position[place['gripper']]) if self.robot.gripper else 0.0
        imu = read.imu(self.newest['imu']) if 'imu' in self.newest else None
        return State(_seconds(message.header.stamp), position[order], velocity[order],
                     np.zeros(len(order)), gripper, imu=imu)

    def _truth(self) -> Truth | None:
        if 'truth' not in self.newest:
            return None
        message = self.newest['truth']
        return Truth(_seconds(message.header.stamp),
                     dict(zip(message.names, map(_pose, message.poses), strict=True)))

    def rows(self, delay: float) -> tuple[list[dict[str, Array]], list[FloatArray]]:
        """Return what was seen and done, without decisions that nothing answered before the end."""
        stamps = np.array([_seconds(command.header.stamp) for command in self.commands])
        period = 1.0 / self.task.action.rate
        seen, done = [], []
        for observed, shown in self.seen:
            moments = np.array([0.0, period]) + observed + delay - SAME_MOMENT
            first, after = np.searchsorted(stamps, moments)
            if after < len(stamps):
                seen.append(shown)
                done.append(self._action(self.commands[first], self.commands[after],
                                         stamps[after] - stamps[first]))
        return seen, done

    def _action(self, first: Any, after: Any, seconds: float) -> FloatArray:
        """Return the action, (1, size), of one period, by its first command and the next one's."""
        space = self.task.action
        permitted = first.verdict in (Verdict.PASS, Verdict.SLOW)
        if permitted and first.asked_source != Source.NOBODY and first.asked_mode == space.code:
            target = np.array(first.asked)
        elif space.code in DONE:
            target = DONE[space.code](np.array(first.position), np.array(after.position), seconds,
                                      self.kinematics)
        else:
            raise BadInput(f'What was done here cannot be told in mode {space.mode}; record what a '
                           'policy of this task did.')
        return space.encode(target, np.array([first.gripper]))


def _twist(first: FloatArray, after: FloatArray, seconds: float,
           kinematics: TipPose | None) -> FloatArray:
    """Return the tip's velocity between two postures, m/s then rad/s, base axes."""
    if kinematics is None:
        raise BadInput('a twist can be told only of a robot with a tip')
    here, there = kinematics.pose(first), kinematics.pose(after)
    return np.concatenate((there[:3] - here[:3], rotation_vector(here[3:], there[3:]))) / seconds


DONE: dict[Mode, Callable[[FloatArray, FloatArray, float, TipPose | None], FloatArray]] = {
    Mode.CARTESIAN_TWIST: _twist,
    Mode.CARTESIAN_POSE: lambda first, after, seconds, tip: np.asarray(tip and tip.pose(after)),
    Mode.JOINT_POSITION: lambda first, after, seconds, tip: after,
    Mode.JOINT_VELOCITY: lambda first, after, seconds, tip: (after - first) / seconds}


def _seconds(time: Any) -> float:
    return float(time.sec + time.nanosec * 1e-9)


def _pose(message: Any) -> FloatArray:
    at, turned = message.position, message.orientation
    return np.array([at.x, at.y, at.z, turned.x, turned.y, turned.z, turned.w])
