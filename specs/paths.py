"""Where numbers and shapes lie: beside the rooms, in a checkout and in an installed package."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / 'config'
URDF = ROOT / 'urdf'
