"""Private parts of rclpy are touched on one page alone."""
from __future__ import annotations

import ast
from pathlib import Path

from visuomotor.specs import paths

OURS = ('self', 'cls')


def touched(path: Path) -> list[str]:
    """Return what a file reaches for below the surface of anything but its own objects."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    found = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
             and node.attr.startswith('_')
             and not node.attr.endswith('__')
             and not (isinstance(node.value, ast.Name) and node.value.id in OURS)]
    return found + [node.module for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom)
                    and (node.module or '').startswith('rclpy.impl')]


def test_only_one_page_leans_on_private_names():
    files = [path for room in ('nodes', 'graph', 'cli')
             for path in (paths.ROOT / room).rglob('*.py')]
    assert {path.name: names for path in files if (names := touched(path))} == {
        'private.py': ['_callback_type', 'rclpy.impl.implementation_singleton']}
