"""Maps each room of the checkout into the `visuomotor` import package. The version lives in
package.xml alone."""
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).parent
# A room is a top-level folder with an __init__.py; nobody lists them.
rooms = sorted(path.parent.name for path in HERE.glob('*/__init__.py'))
version = ElementTree.parse(HERE / 'package.xml').findtext('version')
packages = [f'visuomotor.{name}' for room in rooms
            for name in (room,
                         *(f'{room}.{sub}'
                           for sub in find_namespace_packages(room, exclude=['*__pycache__*'])))]

setup(
    version=version,
    packages=packages,
    package_dir={f'visuomotor.{room}': room for room in rooms},
)
