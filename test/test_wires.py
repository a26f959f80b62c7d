"""The wires on the page are those of the source. Who publishes and who hears each topic, and who
serves what."""
from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from visuomotor.nodes.recorder.topics import EPISODE, to_record

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / 'docs' / 'architecture.md').read_text()
NODES = sorted(path.parent.name for path in (ROOT / 'nodes').glob('[a-z]*/node.py'))
TOPICS = ('action/policy', 'action/reset', 'action/teleop')   # what `action/*` stands for


def named(argument: ast.expr) -> str:
    """Return the name of a topic, with * for what is only known when the node runs. '' when nothing
    is known."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if not isinstance(argument, ast.JoinedStr):
        return ''
    text = ''.join(str(part.value) if isinstance(part, ast.Constant) else '*'
                   for part in argument.values)
    return re.sub(r'^\*/(image|camera_info)$', r'camera/*/\1', text)


def wires(call: str) -> dict[str, set[str]]:
    """Return which nodes make a publisher, subscription or service of each name, read from their
    sources."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in NODES:
        for part in ast.walk(ast.parse((ROOT / 'nodes' / node / 'node.py').read_text())):
            if isinstance(part, ast.Call) and isinstance(part.func,
                                                         ast.Attribute) and part.func.attr == call:
                topic = named(part.args[1])
                for name in TOPICS if topic == 'action/*' else (topic,):
                    found[name].add(node)
    return found


def heard() -> dict[str, set[str]]:
    """Return who hears each topic; the recorder reads its list while it runs."""
    found = wires('subscription')
    for topic in (*to_record((), ['*']), EPISODE):
        found[topic].add('recorder')
    return found


def rows() -> dict[str, tuple[set[str], set[str]]]:
    """Return, for each topic of the table, the nodes that it names under `from` and `to`."""
    table = PAGE.partition('## Wires')[2].partition('\n\n## ')[0]
    found = {}
    for line in re.findall(r'^\| (`.*) \|$', table, re.MULTILINE):
        topics, _, source, target = line.split(' | ')
        for number, topic in enumerate(re.findall(r'`([^`]+)`', topics)):
            sources = re.findall(r'\w+', source)
            of_this = {sources[number]} if topics.count('`') > 2 else set(sources)
            found[topic.replace('<name>', '*')] = (of_this & {*NODES}, {*re.findall(r'\w+', target)}
                                                   & {*NODES})
    return found


def test_the_table_names_who_publishes_and_who_hears_each_topic():
    published = wires('publisher')
    subscribed = heard()
    table = rows()
    assert len(table) > 15
    for topic, (sources, targets) in table.items():
        assert (topic, sources) == (topic, published.get(topic, set()))
        assert (topic, targets) == (topic, subscribed.get(topic, set()))


def test_no_topic_is_missing_in_the_table():
    assert {name for name in (*wires('publisher'), *wires('subscription'))
            if name} - rows().keys() == set()


def test_services_and_who_serves_them_are_on_the_page():
    served = {(name, node) for name, nodes in wires('service').items() for node in nodes}
    told = set(re.findall(r'`([\w/]+)` \(\w+,\s+(\w+)',
                          PAGE.partition('Services: ')[2].partition('\n\n')[0]))
    assert {(name, node) for name, node in told if node in NODES and '/' in name} == served


def test_every_room_is_in_the_table_of_rooms():
    table = PAGE.partition('## Rooms')[2].partition('\n\n## ')[0]
    assert set(re.findall(r'^\| `(\w+)/', table,
                          re.MULTILINE)) >= {path.parent.name
                                             for path in ROOT.glob('*/__init__.py')}
