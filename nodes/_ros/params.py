"""A parameter is a field of one frozen dataclass: declared read-only with its sentence, so none can go unused."""
from __future__ import annotations

import dataclasses
import typing
from typing import Any, TypeVar

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput

T = TypeVar('T')
OURS = ('use_sim_time', 'autostart', 'start_type_description_service')


def declare(node: Node, cls: type[T]) -> T:
    """Declare each field of `cls` on the node and return it filled; a misspelt override is refused by name."""
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for name in node._parameter_overrides:
        if name not in fields and name not in OURS and not name.startswith('qos_overrides'):
            raise BadInput(f"{node.get_name()}: unknown parameter '{name}'; {settings.nearest(name, fields)}")
    kinds = typing.get_type_hints(cls)
    content = {name: _value(node, field, kinds[name]) for name, field in fields.items()}
    return settings.build(cls, content, node.get_name())


def _value(node: Node, field: dataclasses.Field[Any], kind: Any) -> Any:
    sentence, unit = field.metadata.get('sentence', ''), field.metadata.get('unit', '')
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        if field.name not in node._parameter_overrides:
            raise BadInput(f"{node.get_name()}: parameter '{field.name}' ({sentence}) has to be given.")
        default = node._parameter_overrides[field.name].value
    else:
        given = field.default is not dataclasses.MISSING
        default = field.default if given else field.default_factory()  # type: ignore[operator]
    description = ParameterDescriptor(
        description=f'{sentence} [{unit}]' if unit else sentence, read_only=True, dynamic_typing=True)
    default = list(default) if isinstance(default, tuple) else default
    value = node.declare_parameter(field.name, default, description).value
    return list(value) if hasattr(value, 'tolist') or isinstance(value, tuple) else value
