"""KV pages: how much attention mass each page of the context gets, from queries and keys.

Queries are taken in blocks, so that nothing of the size of context times context is ever held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from .columns import TraceError
from .passes import Pass

BLOCK_ELEMENTS = 1 << 24


@dataclass(frozen=True)
class TopPages:
    """Page ids [queries, KV heads, picks], best first and -1 for none; their mass; and tokens that
    hold each share, [queries, query heads, shares]."""

    ids: Tensor
    mass: Tensor
    tokens: Tensor


def attention_mass(
    query: Tensor, key: Tensor, *, scale: float | None = None, mask: Tensor | None = None
) -> Tensor:
    """Softmax of the scores [query heads, queries, keys] of queries [query heads, queries, size] to
    keys [heads, keys, size], where each key head serves as many successive query heads."""
    size = query.shape[-1] ** -0.5 if scale is None else scale
    grouped = query.float().reshape(key.shape[0], -1, *query.shape[1:]) * size
    scores = (grouped @ key.float().unsqueeze(1).transpose(-1, -2)).flatten(0, 1)
    if mask is not None and mask.dtype == torch.bool:
        scores = scores.masked_fill(~mask, -torch.inf)
    elif mask is not None:
        scores = scores + mask
    return torch.softmax(scores, dim=-1)


def page_mass(mass: Tensor, *, start: int, page_tokens: int, kv_heads: int) -> Tensor:
    """Mass by page [queries, KV heads, pages] of mass [query heads, queries, keys], the mean over
    the query heads of a KV head. ``start`` is the position of the first key; the first page is
    ``start // page_tokens``."""
    before = start % page_tokens
    padded = F.pad(mass, (before, -(before + mass.shape[-1]) % page_tokens))
    by_page = padded.reshape(*mass.shape[:-1], -1, page_tokens).sum(dim=-1)
    return by_page.reshape(kv_heads, -1, *by_page.shape[1:]).mean(dim=1).transpose(0, 1)


def top_pages(by_page: Tensor, picks: int, *, first_page: int = 0) -> tuple[Tensor, Tensor]:
    """The ``picks`` pages of most mass and their mass; -1 and 0 beyond the pages that have any."""
    mass, ids = by_page.sort(dim=-1, descending=True, stable=True)
    mass, ids = mass[..., :picks], ids[..., :picks] + first_page
    ids = torch.where(mass > 0, ids, -1)
    missing = (0, picks - ids.shape[-1])
    return F.pad(ids, missing, value=-1), F.pad(mass, missing)


def share_tokens(mass: Tensor, shares: Sequence[float]) -> Tensor:
    """Fewest tokens that hold each share of a head's mass, [queries, query heads, shares]."""
    if not shares:
        return mass.new_zeros((mass.shape[1], mass.shape[0], 0), dtype=torch.int64)
    held = mass.sort(dim=-1, descending=True).values.cumsum(dim=-1)
    counts = [(held < share).sum(dim=-1) + 1 for share in shares]
    # Rounding may leave the whole sum below a share near 1.
    return torch.stack(counts, dim=-1).clamp(max=mass.shape[-1]).transpose(0, 1)


def distinct_heads(key: Tensor) -> int:
    """KV heads behind keys [heads, keys, size] in which each may be repeated successively."""
    heads, tail = key.shape[0], key[:, -64:]
    for repeat in range(heads, 1, -1):
        if heads % repeat == 0:
            groups = tail.reshape(-1, repeat, *tail.shape[1:])
            if bool((groups == groups[:, :1]).all()):
                return heads // repeat
    return heads


class AttentionWatch(TorchFunctionMode):
    """Sees each call of ``scaled_dot_product_attention`` while it is entered."""

    def __init__(
        self, page_tokens: int, picks: int, shares: Sequence[float], kv_heads: int | None
    ) -> None:
        super().__init__()
        if page_tokens < 1 or picks < 1 or (kv_heads is not None and kv_heads < 1):
            raise TraceError(f"pages: {page_tokens} tokens a page, {picks} picks, {kv_heads} KV "
                             "heads; each must be 1 or more")
        if not all(0 < share <= 1 for share in shares):
            raise TraceError(f"shares: {list(shares)}; each must be above 0 and at most 1")
        self.page_tokens, self.picks, self.shares = page_tokens, picks, tuple(shares)
        self.kv_heads = kv_heads
        #: The layer that runs, and the pass; both None outside.
        self.layer: int | None = None
        self.running: Pass | None = None
        self._rows: dict[int, TopPages] = {}
        self._heads: dict[int, int] = {}

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        is_attention = func is F.scaled_dot_product_attention
        if is_attention and self.running is not None and self.layer is not None:
            query, key, mask, is_causal, scale = _call(*args, **kwargs)
            self.see(self.layer, query, key, mask, is_causal=is_causal, scale=scale)
        return func(*args, **kwargs)

    def take(self) -> tuple[list[int], TopPages]:
        """The layers that attended in the running pass, and their pages, stacked along a second
        dimension."""
        if not self._rows:
            raise TraceError("pages: no layer called scaled_dot_product_attention; load the model "
                             "with attn_implementation='sdpa'")
        layers = sorted(self._rows)
        rows = [self._rows[layer] for layer in layers]
        if len({(row.mass.shape, row.tokens.shape) for row in rows}) > 1:
            raise TraceError(f"pages: layers have {[row.mass.shape[1] for row in rows]} KV heads; "
                             "give kv_heads")
        device = rows[0].mass.device
        mass = torch.stack([row.mass.to(device) for row in rows], dim=1)
        if not bool(torch.isfinite(mass).all()):
            raise TraceError("pages: attention mass that is no number; a query sees no key, or "
                             "scores overflow")
        ids = torch.stack([row.ids.to(device) for row in rows], dim=1)
        tokens = torch.stack([row.tokens.to(device) for row in rows], dim=1)
        self._rows.clear()
        return layers, TopPages(ids, mass, tokens)

    def clear(self) -> None:
        self._rows.clear()
        self.running = None

    @torch.no_grad()
    def see(
        self, layer: int, query: Tensor, key: Tensor, mask: Tensor | None, *, is_causal: bool,
        scale: float | None,
    ) -> None:
        """Records one call: queries [1, heads, queries, size], keys [1, heads, keys, size]."""
        part = self.running
        if part is None:
            return
        if layer in self._rows:
            raise TraceError(f"pages: layer {layer} called attention twice in one pass")
        if query.shape[0] != 1:
            raise TraceError(f"pages: a batch of {query.shape[0]}; record one sequence at a time, "
                             "pages belong to one")
        if mask is not None:
            mask = mask.broadcast_to(*query.shape[:3], mask.shape[-1])
        if part.length == 1 and query.shape[2] > 1:
            # The query heads of a KV head stand in the place of queries.
            query = query.reshape(1, -1, 1, query.shape[-1])
            mask = None if mask is None else mask.reshape(*query.shape[:3], -1)
        if query.shape[2] != part.length:
            raise TraceError(f"pages: {query.shape[2]} queries in a pass of {part.length} tokens")
        # A cache of fixed length has keys beyond the context.
        context = part.first + part.length
        key = key[0, :, :context]
        if is_causal:
            mask = torch.ones(part.length, key.shape[1], dtype=torch.bool, device=key.device).tril()
        elif mask is not None:
            mask = mask[0, ..., :context]
        if layer not in self._heads:
            self._heads[layer] = self.kv_heads or distinct_heads(key)
        self._rows[layer] = self._top(part, query[0], key, mask, scale, self._heads[layer])

    def _top(
        self, part: Pass, query: Tensor, key: Tensor, mask: Tensor | None, scale: float | None,
        heads: int,
    ) -> TopPages:
        if query.shape[0] % heads or query.shape[0] % key.shape[0]:
            raise TraceError(f"pages: {query.shape[0]} query heads, {key.shape[0]} key heads and "
                             f"{heads} KV heads do not divide")
        start = part.first + part.length - key.shape[1]
        block = max(1, BLOCK_ELEMENTS // (query.shape[0] * key.shape[1]))
        found = []
        for row in range(part.skipped, part.length, block):
            rows = slice(row, min(row + block, part.length))
            seen = None if mask is None else mask[..., rows, :]
            mass = attention_mass(query[:, rows], key, scale=scale, mask=seen)
            by_page = page_mass(mass, start=start, page_tokens=self.page_tokens, kv_heads=heads)
            ids, best = top_pages(by_page, self.picks, first_page=start // self.page_tokens)
            found.append(TopPages(ids, best, share_tokens(mass, self.shares)))
        return TopPages(
            torch.cat([part.ids for part in found]),
            torch.cat([part.mass for part in found]),
            torch.cat([part.tokens for part in found]),
        )


def _call(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
    dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
    enable_gqa: bool = False,
) -> tuple[Tensor, Tensor, Tensor | None, bool, float | None]:
    """The arguments of ``scaled_dot_product_attention`` that decide who attends to what."""
    return query, key, attn_mask, is_causal, scale
