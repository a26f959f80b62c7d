"""Which robot the driver says that it drives. Safety knows the limits of one, and arms no other:
robots of one family have the same joint names."""
from __future__ import annotations

from visuomotor.specs.errors import short

NAME = 64   # characters of a name that are told


class Identity:
    """Remembers what the driver said last, and whether that ever was the right robot."""

    def __init__(self, robot: str, description: str) -> None:
        """The name and the fingerprint of the robot whose limits are kept."""
        self._own = robot, description
        self._heard: tuple[str, str] | None = None
        self._met = False

    def hear(self, robot: str, description: str) -> None:
        """Note what the driver says."""
        self._heard = short(robot, NAME), short(description, NAME)
        self._met = self._met or not self.wrong

    @property
    def wrong(self) -> str:
        """Say why this robot may not be armed; '' when it is the right one."""
        if self._heard and self._heard[1] == self._own[1]:
            return ''
        named = 'driver/status should name robot {} with the description {}'.format(*self._own)
        if not self._heard:
            return f'{named}, but has not come; start the driver.'
        return (f"{named}, but names '{self._heard[0]}' with '{self._heard[1]}'; start driver and "
                'safety for the same robot, with the same files.')

    @property
    def other(self) -> str:
        """The same, once the driver has named one."""
        return self.wrong if self._heard else ''

    @property
    def unmet(self) -> str:
        """The same, until the right robot was there for once: before that nothing is answered."""
        return '' if self._met else self.wrong
