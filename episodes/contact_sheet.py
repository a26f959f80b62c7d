"""One picture of a whole run: the last of every episode, framed in the colour of its outcome."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from visuomotor.episodes import read
from visuomotor.episodes.catalogue import Entry, entry

# Red, green, blue.
COLOURS = {'SUCCESS': (46, 160, 67), 'FAILURE': (207, 34, 46), 'ABORTED': (191, 135, 0),
           'UNKNOWN': (110, 119, 129)}
FRAME = 4   # px around each picture
STRIP = 18  # px below it, for number and outcome
PAPER = 255


def contact_sheet(files: Sequence[Path], out: Path, *, topic: str = '', columns: int = 10,
                  size: int = 128) -> Path | None:
    """Write a PNG with a tile for each episode, grey without pictures; None: no picture at all."""
    pictures = [read.last_picture(path, topic) for path in files]
    if all(picture is None for picture in pictures):
        return None
    tiles = [_tile(entry(path), picture, size)
             for path, picture in zip(files, pictures, strict=True)]
    sheet = _grid(tiles, min(columns, len(tiles)))
    out.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)):
        raise OSError(f'The contact sheet could not be written to {out}; choose a .png in a '
                      'writable folder.')
    return out


def _tile(episode: Entry, picture: NDArray[np.uint8] | None, size: int) -> NDArray[np.uint8]:
    """Draw one picture, fitted into a square, with its frame and its line of text."""
    tile = np.empty((size + 2 * FRAME + STRIP, size + 2 * FRAME, 3), np.uint8)
    tile[:] = COLOURS[episode.result]
    tile[FRAME:FRAME + size, FRAME:FRAME + size] = 200 if picture is None else fitted(picture, size)
    cv2.putText(tile, f'{episode.number} {episode.result.lower()}',
                (FRAME, size + FRAME + STRIP - 2), cv2.FONT_HERSHEY_SIMPLEX, 0.42,
                (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def fitted(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Shrink or grow a picture into a square without bending it; the rest is paper."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    shape = max(1, round(width * scale)), max(1, round(height * scale))
    inner = cv2.resize(picture, shape, interpolation=cv2.INTER_AREA)
    square = np.full((size, size, 3), PAPER, np.uint8)
    top, left = (size - inner.shape[0]) // 2, (size - inner.shape[1]) // 2
    square[top:top + inner.shape[0], left:left + inner.shape[1]] = inner
    return square


def _grid(tiles: list[NDArray[np.uint8]], columns: int) -> NDArray[np.uint8]:
    blank = np.full_like(tiles[0], PAPER)
    tiles = [*tiles, *[blank] * (-len(tiles) % columns)]
    return np.vstack([np.hstack(tiles[first:first + columns])
                      for first in range(0, len(tiles), columns)])
