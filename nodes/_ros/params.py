"""A parameter is a field of one frozen dataclass, declared read-only: none can go unused."""
from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from visuomotor.nodes._ros.node import Node
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import node_layers

T = TypeVar('T')
OURS = ('use_sim_time', 'start_type_description_service', 'autostart')   # what every node has
LARGEST_INTEGER = 2**63 - 1


def declare(node: Node, cls: type[T]) -> T:
    """Declare each field of `cls` on the node and return it filled: defaults, files of config/,
    then parameters. `node.origins` says where each value that is not a default was set.
    SafetySettings are those of nodes/safety."""
    name = node.get_name()
    given = {key: _plain(value) for key, value in node.given.items()
             if key not in OURS and not key.startswith('qos_overrides')}
    try:
        below = node_layers(folder(cls), str(given.get('robot', '')))
    except BadInput as error:
        raise BadInput(f'{name}: {error}') from None
    filled, node.origins = settings.layered(cls, [*below, (f'parameters of {name}', given)], name)
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        value = getattr(filled, field.name)
        node.declare_read_only(field.name, _plain(value), describe(field.metadata, value))
    return filled


def folder(cls: type[Any]) -> str:
    """Return the folder of the node whose settings these are: 'safety' of SafetySettings."""
    return cls.__name__.removesuffix('Settings').lower()


def describe(metadata: Mapping[str, Any], value: Any) -> ParameterDescriptor:
    """Tell ROS what a field means: sentence, unit, and range, of which both ends belong to it."""
    unit, limits = metadata.get('unit', ''), settings.words(metadata)
    names = ', '.join(settings.known(metadata))
    description = ParameterDescriptor(
        description=metadata.get('sentence', '') + (f' [{unit}]' if unit else ''), read_only=True,
        dynamic_typing=True, additional_constraints=limits or (names and f'one of {names}'))
    if limits and type(value) is float:
        above, below = metadata.get('above', -math.inf), metadata.get('below', math.inf)
        low = metadata.get('least', math.nextafter(above, math.inf))
        high = metadata.get('most', math.nextafter(below, -math.inf))
        description.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=float(high))]
    if limits and type(value) is int:
        low = metadata.get('least', math.floor(metadata.get('above', -LARGEST_INTEGER - 2)) + 1)
        high = metadata.get('most', math.ceil(metadata.get('below', LARGEST_INTEGER + 1)) - 1)
        description.integer_range = [
            IntegerRange(from_value=math.ceil(low), to_value=math.floor(high))]
    return description


def explain(cls: type[Any]) -> str:
    """Tell each parameter on a line, for `--help`: name, sentence, unit, range and default."""
    lines = []
    for field in dataclasses.fields(cls):
        told = describe(field.metadata, None)
        default = (f'default {settings.default_of(field)!r}' if settings.has_default(field)
                   else 'has to be given')
        range_ = f'; {told.additional_constraints}' if told.additional_constraints else ''
        lines.append(f'  {field.name:<20} {told.description}{range_}; {default}')
    return '\n'.join(lines)


def _plain(value: Any) -> Any:
    """Turn the arrays of ROS and the tuples of ours into lists."""
    return list(value) if hasattr(value, 'tolist') or isinstance(value, tuple) else value
