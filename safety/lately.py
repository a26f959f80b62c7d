"""Where the joints were sent lately, and how far beside it they stand. A robot lags, and nobody
knows by how much: it may be beside any posture of the last moment."""
from __future__ import annotations

import numpy as np
from visuomotor.safety.handful import largest, within
from visuomotor.specs.values import FloatArray

STRAY = 0.003   # rad (m) from where a joint was sent lately, below which it is as good as there
LIKELY = 3e-4   # rad (m) of error that another lag has to explain, for each beat that it is another
DRIFT = 5e-4    # rad (m) by which an error that stands changes in a beat at most
SLOWLY = 0.1    # part of such a change that is believed in a beat
AHEAD = 30.0    # beats, that an error which grows is seen ahead: about as long as braking takes


class Lately:
    """A ring of postures, and the error that stands between them and the robot."""

    def __init__(self, joints: int, beats: int) -> None:
        self._sent = np.zeros((beats, joints))
        places = np.arange(beats)
        # one row for each place of the newest posture: by how many beats the others are older
        self._late_at = (places[:, None] - places) % beats
        # one row for each lag found last: what each other lag has to explain
        self._unlikely = LIKELY * np.abs(places[:, None] - places)
        self._still = np.zeros(joints)
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self.count = 0   # sent since motion began
        self._settle()

    def _settle(self) -> None:
        """Take it that the joints are where they were sent."""
        self._strayed = self._drift = self._still
        self._late = 0   # beats, by which the robot lags

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._sent[self.count % len(self._sent)] = position
        self.count += 1
        self.newest = position

    def apart(self, position: FloatArray) -> FloatArray:
        """Return how far each joint is from the nearest posture."""
        strays = np.abs(position - self._sent[:self.count])
        nearest: FloatArray = strays[strays.max(axis=1).argmin()]
        return nearest

    def stray(self, position: FloatArray) -> FloatArray | None:
        """Return how far the joints stand from where they were sent, and will after braking;
        None: as good as none. An error that stands changes slowly, and so does a lag: of
        all postures it is the one that asks for the least change of both."""
        if largest(np.abs(position - self.newest)) <= STRAY:
            self._settle()
            return None
        strays = position - self._sent[:self.count]
        last = (self.count - 1) % len(strays)
        late = self._late_at[last][:len(strays)]
        unlike = np.abs(strays - self._strayed).max(axis=1) + self._unlikely[self._late].take(late)
        found = int(unlike.argmin())
        stray, before, self._late = strays[found], self._strayed, int(late[found])
        self._strayed = stray
        change = within(stray - before, -DRIFT, DRIFT)
        self._drift = self._drift + SLOWLY * (change - self._drift)
        between = largest(np.abs(strays[last] - strays[last - 1])) / 2   # it is measured in between
        if largest(np.abs(stray)) <= STRAY + between:
            return None
        ahead: FloatArray = stray + AHEAD * self._drift
        return ahead
