"""Settings: frozen dataclasses whose fields carry sentence, unit and range, filled from YAML,
parameters and `--set`. Everything that a person can set is read here, once, strictly: an unknown
name, a wrong type, a number out of its range or not finite is one sentence that says what was
expected, what came and where."""
from __future__ import annotations

import dataclasses
import difflib
import math
import operator
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from visuomotor.specs.errors import BadInput

T = TypeVar('T')
LARGEST = 4 * 1024 * 1024   # bytes of a settings file; nobody writes more by hand
LIMITS = {'above': (operator.gt, 'above {:g}'), 'least': (operator.ge, '{:g} or more'),
          'below': (operator.lt, 'below {:g}'), 'most': (operator.le, 'at most {:g}')}


def setting(default: Any, sentence: str, unit: str = '', **limits: Any) -> Any:
    """Make a dataclass field with its meaning, unit and range.

    Limits: `above`, `below` (not reached), `least`, `most` (reached), `choices` (a list, or a
    function that returns one), `endless=True` (infinity is a value). They hold for each number of a
    tuple. Lists and dicts are copied per instance.
    """
    metadata = {'sentence': sentence, 'unit': unit, **limits}
    if isinstance(default, list | dict | set):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def required(sentence: str, unit: str = '', **limits: Any) -> Any:
    """Make a dataclass field that has to be given; limits as in `setting`."""
    return dataclasses.field(metadata={'sentence': sentence, 'unit': unit, **limits})


class Settings:
    """Base of frozen dataclasses: construction checks every range; own checks call super()."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            if why := unfit(getattr(self, field.name), field.metadata):
                raise BadInput(f'{field.name} {why}')


def unfit(value: Any, limits: Mapping[str, Any]) -> str:
    """Say why a value is outside its range, or ''."""
    if isinstance(value, Mapping) and LIMITS.keys() & limits.keys():
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return next((why for item in value if (why := unfit(item, limits))), '')
    if isinstance(value, str) and 'choices' in limits:
        names = known(limits)
        said = f"should be one of {', '.join(names)}, but is '{value}'; {nearest(value, names)}"
        return '' if value in names else said
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ''
    if math.isnan(value) or (math.isinf(value) and not limits.get('endless')):
        return f'should be a finite number, but is {value}'
    kept = all(keeps(value, limits[key]) for key, (keeps, _) in LIMITS.items() if key in limits)
    return '' if kept else f'should be {words(limits)}, but is {value:g}'


def words(limits: Mapping[str, Any]) -> str:
    """Say a range in words, such as 'above 0 and at most 1'; '' for a number without one."""
    return ' and '.join(text.format(limits[key]) for key, (_, text) in LIMITS.items()
                        if key in limits)


def known(limits: Mapping[str, Any]) -> list[str]:
    """Return the words that a field may hold; none: any."""
    choices = limits.get('choices', ())
    return list(choices() if callable(choices) else choices)


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known names come close, or all of them when none does."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    return (f'did you mean {" or ".join(close)}?' if close
            else f'known are {", ".join(known) or "none"}.')


def choose(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the word when it is known; else refuse it with the nearest names."""
    known = list(known)
    if word not in known:
        raise BadInput(f"There is no {kind} '{word}'; {nearest(word, known)}")
    return word


# Reading.
class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key written twice: the second would win in silence. So it does
    aliases: a few lines of them stand for more than any machine holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):  # type: ignore[no-untyped-call]
            raise yaml.YAMLError(f'line {self.peek_event().start_mark.line + 1}: '  # type: ignore[no-untyped-call]
                                 'aliases are not read; write the value itself')
        return super().compose_node(parent, index)  # type: ignore[no-untyped-call]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
            if not isinstance(key, str | int | float | bool | None) or key in seen:
                raise yaml.YAMLError(f"line {key_node.start_mark.line + 1}: the key '{key}' is "
                                     "there twice or is no name")
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse(text: str, where: str) -> Any:
    """Read YAML strictly; `where` names it in the sentence that refuses it."""
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f'{where} is not valid YAML: {" ".join(str(error).split())[:200]}') from None


def read_mapping(path: Path) -> dict[str, Any]:
    """Read one YAML file of names and values; an empty one holds none."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f'{path} should be a settings file, but is {path.stat().st_size} bytes '
                           'large.')
        content = parse(path.read_text(encoding='utf-8'), str(path))
    except FileNotFoundError:
        raise BadInput(f'There is no file {path}.') from None
    except OSError as error:
        raise BadInput(f'{path} cannot be read: {error.strerror}.') from None
    except UnicodeDecodeError:
        raise BadInput(f'{path} should be text in UTF-8, but is not; save it again as UTF-8.'
                       ) from None
    if content is not None and not isinstance(content, Mapping):
        raise BadInput(f'{path} should hold names and values, but holds {type(content).__name__}.')
    return {str(key): value for key, value in (content or {}).items()}


def read(path: Path, cls: type[T]) -> T:
    """Read one YAML file into a dataclass, strictly."""
    return build(cls, read_mapping(path), str(path))


def build(cls: type[T], content: Any, where: str) -> T:
    """Fill a dataclass from nested mappings; refuse unknown and missing keys and wrong types."""
    if not isinstance(content, Mapping):
        raise BadInput(f'{where} should hold names and values, but holds {content!r}.')
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    kinds = typing.get_type_hints(cls)
    for key in content:
        if key not in fields:
            raise BadInput(f"{where}: unknown key '{key}'; {nearest(str(key), fields)}")
    missing = [f"{name} ({field.metadata['sentence']})" if field.metadata.get('sentence') else name
               for name, field in fields.items() if name not in content and not has_default(field)]
    if missing:
        raise BadInput(f'{where}: missing {", ".join(missing)}.')
    values = {key: fit(kinds[key], value, f'{where}: {key}') for key, value in content.items()}
    try:
        return cls(**values)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInput(f'{where}: {error}') from error


def has_default(field: dataclasses.Field[Any]) -> bool:
    """Tell whether a field may be left out."""
    return (field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING)


def default_of(field: dataclasses.Field[Any]) -> Any:
    """Return what a field holds when nobody sets it."""
    made = field.default_factory
    return field.default if made is dataclasses.MISSING else made()


# Layers: who set a number last.
Layer = tuple[str, Mapping[str, Any]]   # where it comes from, in words, and what it sets


def layered(cls: type[T], layers: Iterable[Layer], where: str) -> tuple[T, dict[str, str]]:
    """Fill a dataclass from layers, later ones over earlier; return it and where each field was
    set. Each layer is checked by itself, so that the sentence names the place to mend."""
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for place, content in layers:
        values |= checked(cls, content, place, where)
        origin |= dict.fromkeys(content, place)
    places = set(origin.values())
    return build(cls, values, places.pop() if len(places) == 1 else where), origin


def checked(cls: type[Any], content: Mapping[str, Any], place: str, where: str) -> dict[str, Any]:
    """Return some values of a dataclass in their types, each within its range."""
    kinds = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    values = {}
    for key, value in content.items():
        if key not in fields:
            raise BadInput(f"{place}: unknown setting '{key}' of {where}; "
                           f"{nearest(str(key), fields)}")
        values[key] = fit(kinds[key], value, f'{place}: {key}')
        if why := unfit(values[key], fields[key].metadata):
            raise BadInput(f'{place}: {key} {why}')
    return values


def assignments(words: Iterable[str], example: str) -> dict[str, Any]:
    """Read 'name=value' words, or several in one word with commas between, into names and YAML
    values. Names may have dots. `example` is shown to whoever wrote something else."""
    found: dict[str, Any] = {}
    for word in words:
        for part in _parts(word):
            name, equals, value = part.partition('=')
            name = name.strip()
            if not equals or not name or not all(c.isalnum() or c in '._-' for c in name):
                raise BadInput(f"Settings are given as name=value, such as {example}, but "
                               f"'{part.strip()}' came.")
            if name in found:
                raise BadInput(f"'{name}' is set twice, in '{word}'; leave one out.")
            found[name] = parse(value, f"The value of '{name}'")
            if found[name] is None:
                raise BadInput(f"'{name}' has no value in '{part.strip()}'; give one, "
                               f"such as {example}.")
    return found


def _parts(text: str) -> Iterator[str]:
    """Cut at commas that separate assignments: not those inside brackets or quotes."""
    depth = 0
    quote = ''
    part = ''
    for letter in text:
        quote = ('' if letter == quote else quote) if quote else letter if letter in '\'"' else ''
        depth += (letter in '[{') - (letter in ']}') if not quote else 0
        if letter == ',' and depth <= 0 and not quote:
            yield part
            part = ''
        else:
            part += letter
    if part.strip():
        yield part


# Types.
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
        return value if type(value) is kind else build(typing.cast(Any, kind), value, where)
    if origin in (tuple, list):
        return _fit_sequence(origin, arguments, value, where)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise BadInput(f'{where} should hold names and values, but holds {value!r}.')
        return {fit(arguments[0], key, where): fit(arguments[1], item, f'{where}.{key}')
                for key, item in value.items()}
    return _fit_scalar(kind, value, where)


def _fit_sequence(origin: Any, arguments: tuple[Any, ...], value: Any, where: str) -> Any:
    if not isinstance(value, list | tuple):
        raise BadInput(f'{where} should be a list, but is {value!r}.')
    if origin is list or arguments[-1] is Ellipsis:
        arguments = arguments[:1] * len(value)
    if len(arguments) != len(value):
        raise BadInput(f'{where} should hold {len(arguments)} values, but holds {len(value)}.')
    return origin(fit(kind, item, f'{where}[{place}]')
                  for place, (kind, item) in enumerate(zip(arguments, value, strict=True)))


NAMES = {int: 'a whole number', float: 'a number', bool: 'true or false', str: 'text'}


def _fit_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise BadInput(f'{where} should be a number, but is larger than any.') from None
    if not isinstance(value, kind) or (kind in (int, float) and isinstance(value, bool)):
        raise BadInput(f'{where} should be {NAMES.get(kind, kind.__name__)}, but is {value!r}.')
    return value
