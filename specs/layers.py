"""Where a node's settings come from: config/nodes, the robot's own block, then who starts it."""
from __future__ import annotations

from visuomotor.specs import paths, settings
from visuomotor.specs.robot import load_robot
from visuomotor.specs.settings import Layer


def node_layers(node: str, robot: str) -> list[Layer]:
    """Return what is set for the node of a folder before anybody starts it, weakest first. `robot`
    may be empty: the file may name one. Its block is the field of RobotSpec with the node's
    name."""
    layers: list[Layer] = []
    file = paths.CONFIG / 'nodes' / f'{node}.yaml'
    if file.is_file():
        layers.append((f'config/nodes/{file.name}', settings.read_mapping(file)))
        robot = robot or str(layers[0][1].get('robot', ''))
    block = getattr(load_robot(robot), node, None) if robot else None
    if block and isinstance(block, dict):
        layers.append((f'config/robots/{robot}.yaml: {node}', block))
    return layers
