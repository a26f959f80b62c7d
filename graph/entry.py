"""One node of the graph and its settings, by --set, file, robot and default."""
from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import node_layers

EXAMPLE = 'safety.speed_share=0.3'
GIVEN = 'the graph'     # where a value comes from that follows from the choices


@dataclass(frozen=True)
class NodeEntry:
    """One node. Entries of one `process` have to share it; those of one `thread` may share it."""

    name: str
    room: str                         # folder in nodes/
    given: dict[str, Any]             # parameters that follow from the choices
    process: str
    thread: str
    overrides: dict[str, Any] = field(default_factory=dict)   # parameters that --set gave
    package: str = 'visuomotor'

    @property
    def parameters(self) -> dict[str, Any]:
        return {**self.given, **self.overrides}

    @property
    def class_path(self) -> str:
        """Module and class, as in 'visuomotor.nodes.driver.node:DriverNode'."""
        return f'{module(self.room, self.package)}:{paths.class_name(self.room)}Node'

    @property
    def settings(self) -> type[Any]:
        return settings_class(self.room, self.package)


def module(room: str, package: str = 'visuomotor') -> str:
    return f'{package}.nodes.{room}.node'


def settings_class(room: str, package: str = 'visuomotor') -> type[Any]:
    """Return the settings of a folder's node, such as SafetySettings, from its module."""
    found: type[Any] = getattr(importlib.import_module(module(room, package)),
                               f'{paths.class_name(room)}Settings')
    return found


def overridden(entries: Sequence[NodeEntry], words: Iterable[str]) -> list[NodeEntry]:
    """Give nodes the values of `node.name=value` words; a folder's name means all of its nodes."""
    found: dict[str, dict[str, Any]] = {}
    known = {word for entry in entries for word in (entry.name, entry.room)}
    for key, value in settings.assignments(words, EXAMPLE).items():
        node, dot, name = key.partition('.')
        if not dot:
            raise BadInput(f"--set takes node.name=value, such as {EXAMPLE}, but '{key}' names no "
                           'node.')
        found.setdefault(settings.choose('node', node, known), {})[name] = value
    return [_given(entry, {**found.get(entry.room, {}), **found.get(entry.name, {})})
            for entry in entries]


def _given(entry: NodeEntry, values: Mapping[str, Any]) -> NodeEntry:
    """Check values against the ranges of a node's settings; they get the types that these have."""
    if not values:
        return entry
    typed = settings.checked(entry.settings, values, f'--set {entry.name}', entry.name)
    return dataclasses.replace(entry, overrides=typed)


def resolve(entry: NodeEntry) -> tuple[Any, dict[str, str]]:
    """Return the settings that a node will have, and where each that is no default was set."""
    layers = [*node_layers(entry.room, str(entry.given.get('robot', ''))),
              (GIVEN, entry.given), (f'--set {entry.name}', entry.overrides)]
    return settings.layered(entry.settings, layers, entry.name)


def rows(entry: NodeEntry) -> list[tuple[str, ...]]:
    """Tell each setting of a node: value, unit, range, default and where the value comes from."""
    filled, origin = resolve(entry)
    return [(entry.name, field.name, shown(getattr(filled, field.name)),
             field.metadata.get('unit', ''),
             settings.words(field.metadata) or ' | '.join(settings.known(field.metadata)),
             shown(settings.default_of(field)) if settings.has_default(field)
             else 'has to be given',
             origin.get(field.name, 'default'), field.metadata.get('sentence', ''))
            for field in dataclasses.fields(filled)]


def shown(value: Any) -> str:
    """Write a value as it would be given."""
    if isinstance(value, tuple):
        return ', '.join(map(shown, value))
    return f'{value:g}' if isinstance(value, float) else str(value)
