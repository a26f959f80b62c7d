"""Resolve ros.in for every Python we support and write ros.txt: exact versions, every hash. Run by `make lock`."""
from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
PYTHONS = ('3.10', '3.11', '3.12')
PLATFORMS = ('manylinux_2_28_x86_64', 'manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64')
SOURCE_ONLY = 'empy==3.3.4'
HEADER = '# Written by `make lock` from ros.in; do not edit. One maintainer builds these wheels: pinned, with hashes.\n'


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, '-m', 'pip', *arguments], check=True)


def source_only(folder: str) -> str:
    """Build a wheel of the one package that is published as source alone; return the source's hash."""
    pip('download', '--quiet', '--no-deps', '--no-binary=:all:', f'--dest={folder}', SOURCE_ONLY)
    pip('wheel', '--quiet', '--no-deps', f'--wheel-dir={folder}', SOURCE_ONLY)
    return hashlib.sha256(next(Path(folder).glob('*.tar.gz')).read_bytes()).hexdigest()


def resolve(python: str) -> list[tuple[str, str, str]]:
    """Return (name, version, sha256) of everything that pip would install for this Python."""
    with tempfile.TemporaryDirectory() as folder:
        source_hash = source_only(folder)
        report = Path(folder) / 'report.json'
        pip('install', '--quiet', '--dry-run', '--ignore-installed', '--only-binary=:all:', '--implementation=cp',
            f'--python-version={python}', f'--target={folder}', f'--find-links={folder}',
            *(f'--platform={platform}' for platform in PLATFORMS), f'--report={report}', '-r', str(HERE / 'ros.in'))
        found = json.loads(report.read_text())['install']
    return [(item['metadata']['name'].lower().replace('_', '-'), item['metadata']['version'],
             source_hash if SOURCE_ONLY.startswith(item['metadata']['name'] + '==')
             else item['download_info']['archive_info']['hashes']['sha256']) for item in found]


def main() -> None:
    pythons: dict[tuple[str, str], set[str]] = defaultdict(set)
    hashes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for python in PYTHONS:
        for name, version, digest in resolve(python):
            pythons[name, version].add(python)
            hashes[name, version].add(digest)
    lines = []
    for (name, version), tags in sorted(pythons.items()):
        only = ' or '.join(f"python_version == '{tag}'" for tag in sorted(tags))
        marker = '' if len(tags) == len(PYTHONS) else f' ; {only}'
        digests = ''.join(f' \\\n    --hash=sha256:{digest}' for digest in sorted(hashes[name, version]))
        lines.append(f'{name}=={version}{marker}{digests}\n')
    (HERE / 'ros.txt').write_text(HEADER + ''.join(lines))


if __name__ == '__main__':
    main()
