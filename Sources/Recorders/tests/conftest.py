from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Lacuna = Callable[..., str]


@pytest.fixture
def lacuna() -> Lacuna:
    """Runs the built binary that LACUNA names, and gives what it prints."""
    binary = os.environ.get("LACUNA", "")
    if not Path(binary).is_file():
        pytest.skip("LACUNA names no built binary")

    def run(*arguments: str | Path, code: int = 0) -> str:
        done = subprocess.run(
            [binary, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def info(lacuna: Lacuna) -> Callable[[Path], dict]:
    """What ``lacuna trace info`` says of a file."""
    return lambda file: json.loads(lacuna("trace", "info", file, "--format", "json"))
