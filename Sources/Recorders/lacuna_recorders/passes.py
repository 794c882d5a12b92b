"""Which tokens of a forward pass are recorded, and at which positions they stand."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .columns import TraceError


@dataclass(frozen=True)
class Pass:
    """One forward pass over ``batch`` sequences of ``length`` tokens each.

    ``skipped`` is how many of these tokens stand before the first one that is recorded; ``real``
    [batch, length] tells tokens from padding, and is None where all are real.
    """

    batch: int
    length: int
    first: int
    skipped: int
    real: Tensor | None

    @property
    def recorded(self) -> int:
        return self.length - self.skipped

    def rows(self, values: Tensor, what: str) -> Tensor:
        """Values of each token as [batch, recorded tokens, last dimension]."""
        width = values.shape[-1]
        if values.numel() != self.batch * self.length * width:
            raise TraceError(
                f"{what}: an output of shape {list(values.shape)} in a pass of {self.batch} x "
                f"{self.length} tokens; it must have one row a token"
            )
        return values.detach().reshape(self.batch, self.length, width)[:, self.skipped :]


class PassClock:
    """Follows positions from pass to pass."""

    def __init__(self, model: nn.Module, first_position: int | None, *, with_prompt: bool) -> None:
        if first_position is not None and first_position < 0:
            raise TraceError(f"first_position: {first_position}; it must be 0 or more")
        self._names = list(inspect.signature(model.forward).parameters)
        self._start = 0 if with_prompt and first_position is None else first_position
        self._is_started = False
        # None before the first pass, which may find a cache that is filled already.
        self._next: int | None = None
        #: Position of the first recorded token; None before it came.
        self.first_position: int | None = None
        #: Number of the sequence that runs, from 1.
        self.sequence = 0

    def begin_sequence(self) -> None:
        """The next pass starts at position 0 again."""
        self._next = 0

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Pass | None:
        """The pass that these arguments begin; None when none of its tokens is recorded."""
        given = dict(zip(self._names, args, strict=False)) | kwargs
        tokens = self._tokens(given)
        batch, length = int(tokens.shape[0]), int(tokens.shape[1])
        first = self._position(given)
        if first == 0:
            self.sequence += 1
            self._is_started = False
        elif self._next is not None and first != self._next:
            raise TraceError(
                f"a pass at position {first} after {self._next} tokens; tokens that are taken back "
                "(speculative decoding) or skipped cannot be recorded"
            )
        self._next = first + length
        skipped = self._skipped(first, length)
        if skipped >= length:
            return None
        if self.first_position is None:
            self.first_position = first + skipped
        return Pass(batch, length, first, skipped, self._real(given, batch, length))

    def _skipped(self, first: int, length: int) -> int:
        if self._start is not None:
            return max(0, self._start - first)
        # Without a stated start, the prompt is what comes before the first pass of one token.
        self._is_started = self._is_started or (first > 0 and length == 1)
        return 0 if self._is_started else length

    @staticmethod
    def _tokens(given: dict[str, Any]) -> Tensor:
        for value in [given.get("input_ids"), given.get("inputs_embeds"), *given.values()]:
            if isinstance(value, Tensor) and value.ndim >= 2:
                return value
        raise TraceError("a pass without tokens; call the model with a tensor [batch, tokens, …]")

    def _position(self, given: dict[str, Any]) -> int:
        if "past_key_values" not in self._names:
            return self._next or 0
        cache = given.get("past_key_values")
        if cache is None:
            return 0
        if hasattr(cache, "get_seq_length"):
            return int(cache.get_seq_length())
        return int(cache[0][0].shape[-2])

    @staticmethod
    def _real(given: dict[str, Any], batch: int, length: int) -> Tensor | None:
        mask = given.get("attention_mask")
        if not isinstance(mask, Tensor) or mask.ndim != 2 or mask.shape[0] != batch:
            return None
        real = mask[:, -length:] != 0
        return None if bool(torch.all(real)) else real
