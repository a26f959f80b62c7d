"""Where the numbers and shapes lie. Beside the rooms, in a checkout and in an installed package
alike."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / 'config'
URDF = ROOT / 'urdf'
