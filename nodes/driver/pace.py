"""How the graph's clock drives the world's: by how much to advance, and when on the graph's clock a moment was."""
from __future__ import annotations

CATCH_UP = 0.25  # s, longest advance in one beat: a machine that was busy for longer loses time instead of spiralling


class Pace:
    """Hands out every nanosecond of the graph's clock once, and remembers how the two clocks lie."""

    def __init__(self, now: int, world: float) -> None:
        self.lost = 0.0  # s, of graph time that the world never lived through
        self.align(now, world)

    def align(self, now: int, world: float) -> None:
        """Fix that graph time `now` (ns) is world time `world` (s)."""
        self._last = now
        self._offset = now * 1e-9 - world

    def step(self, now: int) -> float:
        """Return the seconds to advance the world by, at graph time `now` (ns). A clock that went backwards gives 0."""
        elapsed, self._last = (now - self._last) * 1e-9, now
        lived = min(max(elapsed, 0.0), CATCH_UP)
        self._offset += elapsed - lived
        self.lost += max(0.0, elapsed - lived)
        return lived

    def graph_time(self, world: float) -> float:
        """Say when a moment of the world is on the graph's clock, in seconds."""
        return self._offset + world
