"""Maps each room of the checkout into the `visuomotor` import package; the version lives in package.xml alone."""
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
ROOMS = ('cli', 'episodes', 'nodes', 'policies', 'robots', 'training', 'worlds')
version = ElementTree.parse(HERE / 'package.xml').findtext('version')
packages = [f'visuomotor.{name}' for room in ROOMS
            for name in (room, *(f'{room}.{sub}' for sub in find_packages(room)))]

setup(
    version=version,
    packages=packages,
    package_dir={f'visuomotor.{room}': room for room in ROOMS},
)
