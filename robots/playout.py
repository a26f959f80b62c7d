"""When a command that came over a network is due: where it belongs in time, not when it arrived."""
from __future__ import annotations

FORGETS = 1e-3   # of the lateness remembered, that each command takes away
SLEW = 0.05      # of a beat by which the wait changes with each command: 5 % of speed
HURRIED = 2.0    # beats that a command may be late without the wait growing at once


class Playout:
    """Waits about as long as commands have been late of late, so that few have to be hurried."""

    def __init__(self, beat: float) -> None:
        self._beat = beat
        self._latest = 0.0   # s, beyond the robot's own latency
        self.wait = 0.0      # s, the same, as far as it is waited for already

    def due(self, answered: float, now: float, latency: float, first: bool) -> float:
        """Return when to begin with a command that came `now`, s, and answers the moment
        `answered`; a robot begins `latency` after one that comes at once. The `first` one of a
        stream sets the wait; later ones change it gently, and may be due before now."""
        late = now - answered - latency
        self._latest = max(late, self._latest * (1.0 - FORGETS), 0.0)
        if first:
            self._latest = self.wait = max(late, 0.0)
        most = SLEW * self._beat
        self.wait += min(max(self._latest - self.wait, -most), most)
        self.wait = max(self.wait, late - HURRIED * self._beat)
        return answered + latency + self.wait
