"""Where commands lead: places at moments, and smoothly from one to the next."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.specs.values import SAME_MOMENT, FloatArray

KEPT = 8   # places behind the newest one
Motion = tuple[FloatArray, FloatArray, FloatArray]   # position, velocity, acceleration


class Course:
    """A cubic from each place to the next one, with the speeds commanded there. After the last one
    it goes on with the acceleration that led to it."""

    def __init__(self) -> None:
        self._places: list[tuple[float, FloatArray, FloatArray]] = []   # moment, place, speed

    def clear(self) -> None:
        """Begin anew: what was commanded is over."""
        self._places = []

    def add(self, moment: float, position: FloatArray, velocity: FloatArray) -> None:
        """Be there then, and no longer at what was to come after that."""
        before = [one for one in self._places if one[0] < moment - SAME_MOMENT]
        self._places = [*before[-KEPT:], (moment, position, velocity)]

    @property
    def end(self) -> float:
        """The moment of the last place."""
        return self._places[-1][0] if self._places else -math.inf

    @property
    def rests(self) -> bool:
        """Whether it stands at its end, and stood before."""
        return not any(speed.any() for _, _, speed in self._places[-2:])

    def at(self, moment: float) -> Motion:
        """Return how it moves then."""
        place = next((place for place, one in enumerate(self._places)
                      if one[0] > moment + SAME_MOMENT), len(self._places))
        if 0 < place < len(self._places):
            return cubic(moment, self._places[place - 1], self._places[place])
        since, start, speed = self._places[max(place - 1, 0)]
        bend = np.zeros(len(start))
        if place > 1:
            earlier = self._places[place - 2]
            bend = (speed - earlier[2]) / (since - earlier[0])
        beyond = moment - since
        return start + beyond * (speed + 0.5 * beyond * bend), speed + beyond * bend, bend


def cubic(moment: float, begin: tuple[float, FloatArray, FloatArray],
          end: tuple[float, FloatArray, FloatArray]) -> Motion:
    """Return the motion between two places that are passed at their speeds."""
    lasts, gone = end[0] - begin[0], moment - begin[0]
    mean = (end[1] - begin[1]) / lasts
    bend = (3.0 * mean - 2.0 * begin[2] - end[2]) / lasts
    twist = (begin[2] + end[2] - 2.0 * mean) / lasts**2
    place = begin[1] + gone * (begin[2] + gone * (bend + gone * twist))
    speed = begin[2] + gone * (2.0 * bend + 3.0 * gone * twist)
    return place, speed, 2.0 * bend + 6.0 * gone * twist
