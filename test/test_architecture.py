"""The arrows between rooms, and habits that can be read from the source: parsed, never imported."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = tuple(sorted(path.parent.name for path in ROOT.glob('*/__init__.py')))   # nobody lists them
INTERFACES = ('msg', 'srv', 'action')  # generated; spoken by nodes and programs
BELOW = {'specs', 'policies', 'robots', 'episodes', 'safety', 'rewards', 'worlds'}

# What a file may import of ours, and what it never imports. The most particular rule that fits a
# path holds.
ALLOWED = {
    'specs': ({'specs'}, {'rclpy', 'torch', 'pybullet', 'pinocchio'}),
    'policies': ({'specs', 'policies'}, {'rclpy', 'pybullet'}),
    'robots': ({'specs', 'robots'}, {'rclpy', 'torch', 'pybullet'}),
    'episodes': ({'specs', 'episodes'}, {'rclpy', 'torch', 'pybullet'}),
    'safety': ({'specs', 'robots', 'safety'}, {'rclpy', 'torch', 'pybullet'}),
    'rewards': ({'specs', 'policies', 'rewards'}, {'rclpy', 'pybullet'}),
    'worlds': ({'specs', 'robots', 'safety', 'worlds'}, {'rclpy', 'torch'}),
    'training': (BELOW | {'evaluation', 'training'}, {'rclpy'}),
    'evaluation': (BELOW | {'evaluation'}, {'rclpy'}),
    'nodes': (BELOW, {'rclpy', 'torch', 'pybullet'}),            # decisions beside a node
    'nodes/node.py': (BELOW | {'nodes._ros', *INTERFACES}, {'torch', 'pybullet', 'pinocchio'}),
    'nodes/_ros': (BELOW | {'nodes._ros', *INTERFACES}, {'torch', 'pybullet'}),
    'graph': (BELOW | {'nodes', 'graph', *INTERFACES}, {'torch', 'pybullet'}),
    'cli': ({*ROOMS, *INTERFACES} - {'benchmarks'}, set()),
    'benchmarks': ({*ROOMS, *INTERFACES}, set()),
    'launch': ({'graph', 'specs'}, set()),
}
INSIDE = {   # arrows between the parts of one room: what a part may import of its own room
    'policies/learn': {'act', 'nets', 'search', 'learn'}, 'policies/act': {'act', 'nets', 'search'},
    'policies/judge': {'judge', 'nets', 'search'}, 'policies/search': {'search'},
          'policies/nets': {'nets'},
}
UNSAFE = ('pickle', 'cPickle', 'dill', 'joblib', 'shelve', 'marshal')
PRIVATE = 'nodes/_ros/private.py'   # the one file that leans on private parts of rclpy
LAZY = ('time.sleep',)          # in rooms where time is an argument
LONGEST_NODE = 150              # lines
LONGEST_FUNCTION = 40           # lines


def rule(path: Path) -> str:
    """Name the rule for one file, by its path from the root."""
    parts = path.parts
    if parts[0] != 'nodes':
        return parts[0]
    if parts[1] == '_ros':
        return 'nodes/_ros'
    return 'nodes/node.py' if parts[-1] == 'node.py' else 'nodes'


def imports(source: str) -> Iterator[str]:
    """Yield the full name of everything that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f'relative import in line {node.lineno}: write it in full'
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def within(name: str, parent: str) -> bool:
    return name == parent or name.startswith(parent + '.')


def wrong_arrows(path: Path, source: str) -> list[str]:
    """Return one sentence for each import that the rule of this path does not permit."""
    allowed, banned = ALLOWED[rule(path)]
    if path.parts[0] == 'nodes' and len(path.parts) > 2:
        allowed = allowed | {f'nodes.{path.parts[1]}'}
    found = []
    for name in imports(source):
        ours = name.removeprefix('visuomotor.')
        if name != ours and not any(within(ours, room) for room in allowed):
            found.append(f'{path} imports {name}')
        if any(within(name, package) for package in banned):
            found.append(f'{path} imports {name}, which {rule(path)} never does')
        found += wrong_inside(path, ours) if ours != name else []
    return found


def wrong_inside(path: Path, ours: str) -> list[str]:
    """Return a sentence when a part of a room imports a part of the same room that it may not
    know."""
    part, names = '/'.join(path.parts[:2]), ours.split('.')
    other = names[1] if len(names) > 1 and names[0] == path.parts[0] else ''
    known = INSIDE.get(part)
    parts = {name.partition('/')[2] for name in INSIDE}
    return ([f'{path} imports {ours}'] if known is not None and other in parts
            and other not in known else [])


def calls(source: str) -> list[str]:
    """Return every dotted name that is called."""
    return [ast.unparse(node.func) for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)]


def unsafe_loads(source: str) -> list[str]:
    loads = [name for name in imports(source) if name.split('.')[0] in UNSAFE]
    return loads + [name for name in calls(source) if name == 'torch.load']


def private_parts(source: str) -> list[str]:
    """Return every private name of somebody else. An attribute of anything but self, or an imported
    name."""
    tree = ast.walk(ast.parse(source))
    touched = [node for node in tree if isinstance(node, ast.Attribute)
               and re.match(r'_(?!_)', node.attr)]
    found = [ast.unparse(node) for node in touched
             if ast.unparse(node.value) not in ('self', 'cls')]
    return found + [name for name in imports(source) if not name.startswith('visuomotor.')
                    and re.search(r'\._(?!_)', name)]


def sources(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob('*.py'))]


def node_rooms() -> list[Path]:
    """Folders in nodes/ that hold anything but plumbing."""
    return [path for path in sorted((ROOT / 'nodes').iterdir())
            if path.is_dir() and not path.name.startswith('_') and any(path.glob('*.py'))]


def modules() -> dict[str, str]:
    """Return the source of every module of ours by its name, such as 'worlds.tasks.reach.scene'."""
    return {'.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__'): path.read_text()  # noqa: E501
            for path in sources(*ROOMS)}


def circles(pages: dict[str, str]) -> list[list[str]]:
    """Return every circle of imports between modules, once, by walking from each as far as its
    imports go."""
    known = {name: sorted({ours if ours in pages else ours.rpartition('.')[0]
                           for full in imports(source)
                           if (ours := full.removeprefix('visuomotor.')) != full} & pages.keys())
             for name, source in pages.items()}
    found: dict[frozenset[str], list[str]] = {}
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            circle = way[way.index(name):]
            found.setdefault(frozenset(circle), circle)
        elif name not in done:
            for other in known[name]:
                walk(other, [*way, name])
            done.add(name)

    for name in known:
        walk(name, [])
    return list(found.values())


def names_in(source: str) -> set[str]:
    """Return every name that a module makes or imports."""
    tree = list(ast.walk(ast.parse(source)))
    made = {node.id for node in tree if isinstance(node, ast.Name)}
    made |= {node.name for node in tree if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return made | {alias.asname or alias.name for node in tree if isinstance(node, ast.ImportFrom)
                   for alias in node.names}


def dangling(pages: dict[str, str]) -> list[str]:
    """Return every import of ours that names nothing which is there."""
    found = []
    for page, source in pages.items():
        for full in imports(source):
            module, _, name = full.removeprefix('visuomotor.').rpartition('.')
            if full.startswith('visuomotor.') and full.split('.')[1] not in INTERFACES and f'{module}.{name}' not in pages \
                    and module and name not in names_in(pages.get(module, '')):  # noqa: E501
                found.append(f'{page} imports {full}')
    return found


def long_functions(source: str) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
            and node.end_lineno - node.lineno >= LONGEST_FUNCTION]


@pytest.mark.parametrize('room', [*ROOMS, 'launch'])
def test_arrows_point_one_way(room):
    assert [w for path in sources(room)
            for w in wrong_arrows(path.relative_to(ROOT), path.read_text())] == []


def test_no_circle_of_imports():
    assert circles(modules()) == []


def test_every_import_names_what_is_there():
    assert dangling(modules()) == []


def test_no_function_is_long():
    assert {str(p.relative_to(ROOT)): found for p in sources(*ROOMS)
            if (found := long_functions(p.read_text()))} == {}


def test_nothing_unpickles():
    assert {str(p.relative_to(ROOT)): found for p in sources(*ROOMS)
            if (found := unsafe_loads(p.read_text()))} == {}


def test_private_parts_of_others_are_touched_in_one_file():
    found = {str(p.relative_to(ROOT)): parts for p in sources(*ROOMS)
             if (parts := private_parts(p.read_text()))}
    assert set(found) == {PRIVATE}


def test_nobody_sleeps_where_time_is_an_argument():
    timed = sources('nodes', 'worlds', 'robots', 'policies', 'safety', 'rewards', 'specs')
    assert [path for path in timed if set(LAZY) & set(calls(path.read_text()))] == []


@pytest.mark.parametrize('folder', node_rooms(), ids=lambda path: path.name)
def test_a_node_is_a_folder_with_a_short_node_and_a_main(folder):
    source = (folder / 'node.py').read_text()
    tree = ast.parse(source)
    assert source.count('\n') < LONGEST_NODE
    assert ast.get_docstring(tree)
    assert 'main' in [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    expected = folder.name.title().replace('_', '') + 'Node'
    assert expected in [n.name for n in tree.body if isinstance(n, ast.ClassDef)]


def test_the_graph_names_only_rooms_that_exist():
    place = {'NodeEntry': 1, '_entry': 0}   # of the room among the arguments
    entries = [node.args[place[ast.unparse(node.func)]]
               for node in ast.walk(ast.parse((ROOT / 'graph/description.py').read_text()))
               if isinstance(node, ast.Call) and ast.unparse(node.func) in place]
    named = {room.value for room in entries if isinstance(room, ast.Constant)}
    assert len(named) >= 6
    assert named <= {path.name for path in node_rooms()}


def test_every_page_says_what_it_is():
    silent = [path for path in sources(*ROOMS, 'launch')
              if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_no_room_for_everything():
    vague = ('utils', 'util', 'helpers', 'helper', 'manager', 'common', 'misc')
    assert [str(p.relative_to(ROOT)) for p in sources(*ROOMS) if p.stem in vague] == []


@pytest.mark.parametrize(('path', 'line'), [
    ('specs/planted.py', 'from visuomotor.robots import interface'),
    ('specs/planted.py', 'import pinocchio'),
    ('policies/planted.py', 'import rclpy'),
    ('policies/planted.py', 'from visuomotor.robots import kinematics'),
    ('policies/act/planted.py', 'from visuomotor.policies.learn import behaviour_cloning'),
    ('policies/nets/planted.py', 'from visuomotor.policies.act import hold'),
    ('robots/planted.py', 'import torch.nn'),
    ('robots/planted.py', 'from visuomotor.worlds import make'),
    ('safety/planted.py', 'from visuomotor.msg import Command'),
    ('safety/planted.py', 'from visuomotor.worlds import make'),
    ('rewards/planted.py', 'import rclpy'),
    ('worlds/planted.py', 'import rclpy.node'),
    ('worlds/planted.py', 'def f():\n    import torch'),
    ('worlds/planted.py', 'from visuomotor.episodes import log'),
    ('episodes/planted.py', 'import pybullet'),
    ('episodes/planted.py', 'from visuomotor.msg import Reward'),
    ('training/planted.py', 'from rclpy.node import Node'),
    ('training/planted.py', 'from visuomotor.graph import description'),
    ('evaluation/planted.py', 'from visuomotor.training import bc'),
    ('nodes/safety/news.py', 'import rclpy'),
    ('nodes/safety/news.py', 'from visuomotor.msg import Command'),
    ('nodes/safety/news.py', 'from visuomotor.nodes.driver import pace'),
    ('nodes/safety/node.py', 'from visuomotor.nodes.driver.node import DriverNode'),
    ('nodes/safety/node.py', 'from visuomotor import nodes'),
    ('nodes/safety/node.py', 'from visuomotor.cli import up'),
    ('nodes/safety/node.py', 'from visuomotor.training import bc'),
    ('graph/planted.py', 'from visuomotor.cli import up'),
    ('nodes/_ros/node.py', 'from visuomotor.nodes.safety import news'),
    ('cli/planted.py', 'from visuomotor.benchmarks import chain'),
])
def test_a_planted_wrong_arrow_is_found(path, line):
    assert wrong_arrows(Path(path), line)


@pytest.mark.parametrize(('path', 'line'), [
    ('nodes/safety/node.py', 'from visuomotor.nodes.safety.news import News\nimport rclpy'),
    ('nodes/safety/node.py',
     'from visuomotor.msg import Command\nfrom visuomotor.nodes._ros import qos'),
    ('nodes/safety/news.py',
     'from visuomotor.specs import robot\nfrom visuomotor.nodes.safety import heartbeat'),
    ('worlds/planted.py', 'import pybullet\nfrom visuomotor.safety import filter'),
    ('policies/learn/planted.py', 'from visuomotor.policies.nets import build\nimport torch'),
    ('cli/planted.py', 'import rclpy, torch\nfrom visuomotor.graph.description import describe'),
])
def test_a_right_arrow_passes(path, line):
    assert wrong_arrows(Path(path), line) == []


def test_planted_circles_and_long_functions_are_found():
    pages = {'specs.a': 'def f():\n    from visuomotor.specs import b', 'specs.c': 'import numpy',
             'specs.b': 'if TYPE_CHECKING:\n    from visuomotor.specs.a import f\nfrom '
                        'visuomotor.specs.c import g'}
    assert circles(pages) == [['specs.a', 'specs.b']]
    assert circles({**pages, 'specs.b': ''}) == []
    assert dangling({'a.b': 'from visuomotor.a.c import f',
                     'a.c': 'def g(): pass'}) == ['a.b imports visuomotor.a.c.f']
    assert dangling({'a.b': 'from visuomotor.a.c import g', 'a.c': 'def g(): pass'}) == []
    assert long_functions('def f():\n' + '    pass\n' * 40) == ['f']
    assert long_functions('def f():\n' + '    pass\n' * 39) == []


def test_planted_private_parts_are_found():
    assert private_parts('from rclpy.impl import _rclpy_pybind11') == ['rclpy.impl._rclpy_pybind11']
    assert private_parts('node._time_source.attach()\nself._own = '
                         'cls._ours = 1') == ['node._time_source']


def test_planted_unsafe_loads_and_sleeps_are_found():
    assert unsafe_loads('import torch\nw = torch.load("weights.pt")') == ['torch.load']
    assert unsafe_loads('from pickle import loads') == ['pickle.loads']
    assert 'time.sleep' in calls('import time\ntime.sleep(1)')
