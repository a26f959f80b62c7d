"""Where numbers and shapes lie: beside the rooms, in a checkout and in an installed package."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / 'config'
URDF = ROOT / 'urdf'


def class_name(file: str) -> str:
    """Return the class that a file is about: 'value_search' holds ValueSearch."""
    return file.title().replace('_', '')


def with_settings(folder: Path) -> list[str]:
    """Return the files of a folder that hold settings of their own name; none is imported."""
    return sorted(path.stem for path in folder.glob('*.py')
                  if f'class {class_name(path.stem)}Settings(' in path.read_text())
