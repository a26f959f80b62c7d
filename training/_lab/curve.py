"""A training's curves as a picture: every number noted, against the steps, on a log scale."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH = 800
HEIGHT = 450
EDGE = 60                           # px
COLOURS = ((180, 90, 30), (40, 120, 220), (60, 160, 60))    # blue, green, red
INK = (60, 60, 60)


def curve(lines: Sequence[Mapping[str, float]], out: Path) -> None:
    """Draw what was noted; nothing is drawn when no step was."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        for name, value in line.items():
            if name not in ('step', 'time'):
                height = math.log10(max(value, 1e-12))
                found.setdefault(name, []).append((line['step'], height))
    if not found:
        return
    points = np.concatenate(list(found.values()))
    (left, low), (right, high) = points.min(0), points.max(0)
    paper = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    _frame(paper, (low, high), (left, right))
    size = np.array((WIDTH - 2 * EDGE, 2 * EDGE - HEIGHT))   # upwards is towards 0
    for place, (name, noted) in enumerate(found.items()):
        share = (np.array(noted) - (left, low)) / (max(right - left, 1), max(high - low, 1e-9))
        dots = (EDGE, HEIGHT - EDGE) + share * size
        colour = COLOURS[place % len(COLOURS)]
        cv2.polylines(paper, [dots.round().astype(np.int32)], False, colour, 1, cv2.LINE_AA)
        _text(paper, name, (WIDTH - 2 * EDGE - 40, EDGE + 18 * place), colour)
    out.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(out), paper):
        raise OSError(f'The curve could not be written to {out}; choose a writable folder.')


def _frame(paper: NDArray[np.uint8], height: tuple[float, float],
           width: tuple[float, float]) -> None:
    cv2.rectangle(paper, (EDGE, EDGE), (WIDTH - EDGE, HEIGHT - EDGE), INK, 1)
    _text(paper, f'{10 ** height[1]:.2g}', (5, EDGE + 5), INK)
    _text(paper, f'{10 ** height[0]:.2g}', (5, HEIGHT - EDGE), INK)
    _text(paper, f'{width[0]:.0f}', (EDGE, HEIGHT - EDGE + 20), INK)
    _text(paper, f'{width[1]:.0f} steps', (WIDTH - 2 * EDGE, HEIGHT - EDGE + 20), INK)


def _text(paper: NDArray[np.uint8], words: str, place: tuple[int, int],
          colour: tuple[int, int, int]) -> None:
    cv2.putText(paper, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
