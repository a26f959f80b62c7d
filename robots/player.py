"""Plays commands that came over a network: each where its stamp belongs, as many beats later as
they come late, so that the robot never has to hurry after them. What it is off its course dies away
inside the small part of its limits that the safety filter leaves."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.robots.course import Course, Motion
from visuomotor.robots.fading import Fading
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray

SHARES = (0.03, 0.1, 0.3, 1.0)   # of acceleration and jerk limits; courses leave the first
LONGEST = 0.25   # s to come back; else it takes more of the limits
TOUCHES = 1e-9   # rad, rad/s beside the course, that are rounding
GRACE = 1.0      # beats that a command may be late before the robot brakes
ROUGH = 1.1      # times the acceleration limit, that commands which go on smoothly do not need
FORGETS = 1e-3   # of the lateness remembered, that each command takes away
EXACT = 1e-3     # beats of lateness that are rounding


class Player:
    """One robot's commands on their way to its joints."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec, self._beat = spec, 1.0 / spec.control_hz
        self._course = Course()
        none = np.zeros(len(spec.joints))
        self._nowhere: Motion = none, none, none
        self._new = True      # nothing was commanded since it began
        self.rough = False    # the newest command does not go on from the one before
        self._wait = 0        # beats by which it is behind its course
        self._latest = 0.0    # s, lateness of commands lately
        self._back: tuple[Fading, float] | None = None   # to the course, and since when

    def begin(self, moment: float, motion: Motion) -> None:
        """Forget what was commanded; the robot is here now."""
        self._course.clear()
        self._course.add(moment, motion[0], motion[1])
        self._back, self._new = None, True

    def take(self, answered: float, late: float, position: FloatArray,
             velocity: FloatArray) -> None:
        """Take a command for a beat after the moment `answered`, that came so late."""
        first, self._new = self._new, False
        due = answered + self._beat
        lasts = due - self._course.end
        if lasts <= SAME_MOMENT:   # said again
            lasts = self._beat
        place, speed, _ = self._course.at(self._course.end)
        jump = np.abs(position - place - lasts * (speed + velocity) / 2.0)
        turn = np.abs(velocity - speed)
        most = ROUGH * lasts * self._spec.acceleration
        self.rough = bool((turn > most).any() or (jump > lasts * most / 4.0).any())
        if self.rough:
            self._course.clear()
        self._course.add(due, position, velocity)
        self._latest = max(late, self._latest * (1.0 - FORGETS))
        # a beat more than needed, as stamps are uneven; none where nothing is ever late
        needed = math.ceil(self._latest / self._beat - EXACT)
        needed += needed > 0
        if first or self._course.rests:
            self._wait = needed
        elif late > (self._wait + GRACE) * self._beat:
            self._wait += 1

    def aim(self, moment: float) -> tuple[FloatArray, FloatArray]:
        """Return where a robot should be at a moment, and how fast, that does what it can."""
        place, speed, _ = self._course.at(moment - self._wait * self._beat)
        return place, speed

    def leads_to(self, moment: float) -> bool:
        """Say whether anything is commanded for this moment."""
        return moment - (self._wait + GRACE) * self._beat <= self._course.end + SAME_MOMENT

    def move(self, before: Motion, since: float, moment: float) -> Motion:
        """Return the motion at a moment, of a robot that moved like this before."""
        delay = self._wait * self._beat
        course = self._course.at(since - delay)
        away = subtract(before, course)
        beside = self._beside(since)
        if max(np.abs(away[0] - beside[0]).max(), np.abs(away[1] - beside[1]).max()) > TOUCHES:
            self._back = self._way_back(away, course[1]), since
        ahead = self._course.at(moment - delay)
        place, speed, change = self._beside(moment)
        return ahead[0] + place, ahead[1] + speed, ahead[2] + change

    def _beside(self, moment: float) -> Motion:
        if self._back is None or moment - self._back[1] > self._back[0].duration:
            self._back = None
            return self._nowhere
        place, speed, change = map(np.array, self._back[0].at(moment - self._back[1]))
        return place, speed, change

    def _way_back(self, away: Motion, rate: FloatArray) -> Fading:
        """Plan with as little of the limits as will do."""
        places, speeds, changes = away
        for share in SHARES:
            most = share * self._spec.acceleration
            gentle = bool((np.abs(changes) <= most).all())
            if gentle or share == SHARES[-1]:
                seen = places.tolist(), speeds.tolist(), np.clip(changes, -most, most).tolist()
                fading = Fading(self._spec, seen, rate.tolist(), share)
                if 0.0 < fading.duration <= LONGEST:
                    break
        return fading


def subtract(one: Motion, other: Motion) -> Motion:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]
