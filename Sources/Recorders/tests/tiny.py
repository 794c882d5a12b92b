"""Small modules whose choices, zeros and masses are known by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def one_hot(size: int, *sequences: list[int]) -> Tensor:
    """Tokens [sequences, tokens, size], each 1 in the feature named and 0 in the others."""
    return torch.eye(size)[torch.tensor(sequences)]


class ListMoE(nn.Module):
    """A router of scores beside a list of experts; feature i of a token is expert i's score."""

    def __init__(self, experts: int, top_k: int) -> None:
        super().__init__()
        self.top_k = top_k
        self.gate = nn.Linear(experts, experts, bias=False)
        self.experts = nn.ModuleList([nn.Linear(experts, experts) for _ in range(experts)])
        self.gate.weight.data = torch.eye(experts)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.reshape(-1, x.shape[-1])
        self.gate(flat)
        return torch.zeros_like(x)


class Bank(nn.Module):
    """Experts as matrices, called with the choice."""

    def __init__(self, experts: int, size: int) -> None:
        super().__init__()
        self.up = nn.Parameter(torch.zeros(experts, size, size))
        self.down = nn.Parameter(torch.zeros(experts, size, size))

    def forward(self, x: Tensor, choice: Tensor, weights: Tensor) -> Tensor:
        return torch.zeros_like(x)


class BankMoE(nn.Module):
    """A router of scores whose block chooses against them: the least score wins."""

    def __init__(self, experts: int, top_k: int) -> None:
        super().__init__()
        self.top_k = top_k
        self.router = nn.Linear(experts, experts, bias=False)
        self.bank = Bank(experts, experts)
        self.router.weight.data = torch.eye(experts)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.reshape(-1, x.shape[-1])
        weights, choice = torch.sigmoid(-self.router(flat)).topk(self.top_k)
        # Unsorted, as some routers give them.
        self.bank(flat, choice.flip(-1), weights.flip(-1))
        return torch.zeros_like(x)


class FFN(nn.Module):
    """The neurons are the features of the token."""

    def __init__(self, size: int, activation: nn.Module) -> None:
        super().__init__()
        self.act = activation
        self.down = nn.Linear(size, size, bias=False)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(self.act(x))


class Attention(nn.Module):
    """Keys and queries are the features of the token, one group of features a head."""

    def __init__(self, heads: int, kv_heads: int, *, repeats: bool = False) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.repeats = heads, kv_heads, repeats
        self.keys: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        query = x.reshape(batch, length, self.heads, -1).transpose(1, 2)
        size = query.shape[-1]
        key = x[..., : self.kv_heads * size].reshape(batch, length, self.kv_heads, size)
        key = key.transpose(1, 2)
        self.keys = key if self.keys is None else torch.cat([self.keys, key], dim=2)
        key = self.keys
        if self.repeats:
            key = key.repeat_interleave(self.heads // self.kv_heads, dim=1)
        past = key.shape[2] - length
        mask = torch.ones(length, key.shape[2], dtype=torch.bool).tril(past)
        F.scaled_dot_product_attention(
            query, key, key, attn_mask=mask, scale=1.0, enable_gqa=not self.repeats
        )
        return torch.zeros_like(x)


class Stack(nn.Module):
    """Layers of one kind; each sees the tokens as they came in."""

    def __init__(self, *blocks: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(block) for block in blocks])

    def forward(self, x: Tensor, **_: Any) -> Tensor:
        for layer in self.layers:
            x = x + layer(x)
        return x
