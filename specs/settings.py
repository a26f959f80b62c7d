"""Numbers with units from YAML into frozen dataclasses, and one clear sentence when they do not fit.

A dataclass field made with `knob` carries its sentence and unit; the same dataclass serves YAML files and ROS
parameters.
"""
from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from visuomotor.specs.errors import BadInput

T = TypeVar('T')


def setting(default: Any, sentence: str, unit: str = '') -> Any:
    """Make a dataclass field with its meaning and unit; lists and dicts are copied for each instance."""
    metadata = {'sentence': sentence, 'unit': unit}
    if isinstance(default, list | dict | set):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def required(sentence: str, unit: str = '') -> Any:
    """Make a dataclass field that has to be given."""
    return dataclasses.field(metadata={'sentence': sentence, 'unit': unit})


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known names come close, or all of them when none does."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    return f'did you mean {" or ".join(close)}?' if close else f'known are {", ".join(known) or "none"}.'


def choose(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the word when it is known; else refuse it with the nearest names."""
    known = list(known)
    if word not in known:
        raise BadInput(f"There is no {kind} '{word}'; {nearest(word, known)}")
    return word


def read(path: Path, cls: type[T]) -> T:
    """Read one YAML file into a dataclass, strictly."""
    try:
        content = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise BadInput(f'There is no file {path}.') from None
    except yaml.YAMLError as error:
        raise BadInput(f'{path} is not valid YAML: {str(error).splitlines()[0]}') from error
    return build(cls, content, str(path))


def build(cls: type[T], content: Any, where: str) -> T:
    """Fill a dataclass from nested mappings; every unknown key, missing key and wrong type is refused by name."""
    if not isinstance(content, Mapping):
        raise BadInput(f'{where} should hold names and values, but holds {type(content).__name__}.')
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    kinds = typing.get_type_hints(cls)
    for key in content:
        if key not in fields:
            raise BadInput(f"{where}: unknown key '{key}'; {nearest(str(key), fields)}")
    missing = [name for name, field in fields.items() if name not in content
               and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING]
    if missing:
        raise BadInput(f'{where}: missing {", ".join(missing)}.')
    values = {key: fit(kinds[key], value, f'{where}: {key}') for key, value in content.items()}
    try:
        return cls(**values)
    except BadInput:
        raise
    except (TypeError, ValueError) as error:
        raise BadInput(f'{where}: {error}') from error


def pairs(text: str) -> dict[str, Any]:
    """Read a line such as 'split=test, objects=3' into names and YAML values."""
    try:
        found = yaml.safe_load('{' + text.replace('=', ': ') + '}')
    except yaml.YAMLError:
        found = None
    if found is None or any(value is None for value in found.values()):
        raise BadInput("Numbers are replaced by name=value, with commas between, such as 'split=test, objects=3', "
                       f"but '{text}' came.")
    return dict(found)


def fit(kind: Any, value: Any, where: str) -> Any:
    """Turn one YAML value into the type that the field declares."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return fit(next(a for a in arguments if a is not type(None)), value, where)
    if dataclasses.is_dataclass(kind):
        return build(typing.cast(Any, kind), value, where)
    if origin in (tuple, list):
        return fit_sequence(origin, arguments, value, where)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise BadInput(f'{where} should hold names and values, but holds {value!r}.')
        return {fit(arguments[0], k, where): fit(arguments[1], v, f'{where}.{k}') for k, v in value.items()}
    return fit_scalar(kind, value, where)


def fit_sequence(origin: Any, arguments: tuple[Any, ...], value: Any, where: str) -> Any:
    if not isinstance(value, list | tuple):
        raise BadInput(f'{where} should be a list, but is {value!r}.')
    variadic = origin is list or (len(arguments) == 2 and arguments[1] is Ellipsis)
    if not variadic and len(arguments) != len(value):
        raise BadInput(f'{where} should hold {len(arguments)} values, but holds {len(value)}.')
    kinds = [arguments[0]] * len(value) if variadic else list(arguments)
    return origin(fit(kind, item, f'{where}[{i}]') for i, (kind, item) in enumerate(zip(kinds, value, strict=True)))


def fit_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind in (int, float) and isinstance(value, bool)):
        raise BadInput(f'{where} should be a {kind.__name__}, but is {value!r}.')
    return value
