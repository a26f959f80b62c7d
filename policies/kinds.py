"""Kinds of acting by file name: `<kind>.py` in act/ holds `<Kind>Settings` and `<Kind>(settings,
role[, net])`. A kind that acts by a network also has `network(settings, sees, gives)`, which makes
it; its policies are checkpoints."""
from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from visuomotor.specs import paths, settings

ACT = Path(__file__).parent / 'act'


def names() -> list[str]:
    """Return the kinds that there are; torch is not loaded for it."""
    return paths.with_settings(ACT)


def trained() -> list[str]:
    """Return the kinds that act by a network."""
    return [name for name in names() if '\ndef network(' in (ACT / f'{name}.py').read_text()]


def module(kind: str) -> Any:
    """Import one kind; refuse an unknown one with the nearest names."""
    name = settings.choose('kind of policy', kind, names())
    return importlib.import_module(f'visuomotor.policies.act.{name}')


def settings_of(kind: str, numbers: Any, where: str) -> Any:
    """Fill the settings of one kind."""
    cls = getattr(module(kind), f'{paths.class_name(kind)}Settings')
    return settings.build(cls, numbers, f'{where}: settings')


def actor(kind: str) -> Any:
    """Return the class that acts."""
    return getattr(module(kind), paths.class_name(kind))
