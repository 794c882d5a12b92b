"""The steps that were recorded so far, and the sections that they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from . import columns
from .columns import Array, Section


class Steps:
    """Rows by column, pass after pass; only what the file will hold is kept."""

    def __init__(self) -> None:
        self.starts: list[int] = [0]
        self.sequence_starts: list[int] = []
        #: Number of the sequence that was recorded last; 0 before any.
        self.sequence = 0
        self._parts: dict[str, list[Array]] = {}

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    @property
    def tokens(self) -> int:
        return self.starts[-1]

    def add(self, token_counts: Sequence[int], sequence: int) -> None:
        """Adds steps of so many tokens each."""
        if sequence != self.sequence:
            self.sequence_starts.append(self.tokens)
            self.sequence = sequence
        for count in token_counts:
            self.starts.append(self.tokens + count)

    def keep(self, name: str, rows: Tensor) -> None:
        self._parts.setdefault(name, []).append(rows.cpu().numpy())

    def pages(self, page_tokens: int, first_position: int, layers: Sequence[int]) -> Section:
        tokens = self._rows("topp_tokens")
        return columns.pages(
            self._rows("pages"),
            page_tokens=page_tokens,
            first_position=first_position,
            layers=layers,
            mass=self._rows("page_mass"),
            topp_tokens=tokens if tokens.shape[-1] else None,
        )

    def experts(self, expert_count: int, layers: Sequence[int]) -> Section:
        return columns.experts(
            self._rows("experts"),
            expert_count=expert_count,
            layers=layers,
            weights=self._rows("expert_weights") if "expert_weights" in self._parts else None,
            step_start=self.starts if self.count < self.tokens else None,
            sequence_start=self.sequence_starts if len(self.sequence_starts) > 1 else None,
        )

    def neurons(self, count: int, first_position: int, layers: Sequence[int]) -> Section:
        rows = self._rows("neurons")
        words = np.pad(rows, ((0, 0), (0, 0), (0, -rows.shape[-1] % 8))).view("<u8")
        return columns.packed_neurons(
            words, count, first_position=first_position, layers=layers
        )

    def _rows(self, name: str) -> Array:
        return np.concatenate(self._parts[name])
