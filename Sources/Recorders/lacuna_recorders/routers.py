"""Experts: which a router chose for each token.

Routers are found by shape, not by name: a *bank* is a list of equal modules, or a module whose own
parameters have three dimensions of which the first is the expert; its router is the module beside
it that owns a matrix with one row an expert.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from .columns import TraceError
from .layers import by_layer, layer_number, matching
from .passes import Pass

_TOP_K_NAMES = ("top_k", "num_experts_per_tok", "num_experts_per_token", "moe_top_k", "topk")


@dataclass(frozen=True)
class Router:
    """A router, the experts that it serves, and how many it chooses where only scores are seen."""

    layer: int
    module: nn.Module
    bank: nn.Module | None
    expert_count: int
    top_k: int | None


def find_routers(
    model: nn.Module, pattern: str | None = None, top_k: int | None = None
) -> list[Router]:
    """The routers of a model by rising layer number; empty when it has none.

    ``pattern`` names them by path instead (``*.mlp.gate``); ``top_k`` says how many experts a
    token runs where neither an output nor an attribute of the model tells.
    """
    modules = dict(model.named_modules())
    if pattern is not None:
        named = by_layer(list(matching(model, pattern)), "router")
        return [
            Router(layer, module, None, _rows(module), top_k or _top_k(module, model))
            for layer, module in named.items()
        ]
    found: list[tuple[str, nn.Module]] = []
    parts: dict[nn.Module, tuple[nn.Module, int, nn.Module]] = {}
    for path, bank in modules.items():
        count = _bank_size(bank)
        if count is None or layer_number(path) is None:
            continue
        parent = modules[path.rpartition(".")[0]]
        for name, module in parent.named_modules():
            is_inside = any(module is part for part in bank.modules())
            if name and not is_inside and _rows(module) == count:
                found.append((f"{path.rpartition('.')[0]}.{name}", module))
                parts[module] = (bank, count, parent)
    return [
        Router(layer, module, parts[module][0], parts[module][1],
               top_k or _top_k(module, parts[module][2], model))
        for layer, module in by_layer(found, "router").items()
    ]


def is_in_bank(path: str, modules: dict[str, nn.Module]) -> bool:
    """Whether a module stands among routed experts."""
    ends = [index for index, letter in enumerate(path) if letter == "."]
    return any(
        layer_number(path[:end]) is not None and _bank_size(modules[path[:end]]) is not None
        for end in ends
    )


def _bank_size(module: nn.Module) -> int | None:
    if isinstance(module, nn.ModuleList):
        shapes = [[tuple(value.shape) for value in part.parameters()] for part in module]
        is_bank = len(shapes) > 1 and bool(shapes[0]) and all(part == shapes[0] for part in shapes)
        return len(shapes) if is_bank else None
    firsts = [value.shape[0] for value in module.parameters(recurse=False) if value.ndim == 3]
    return int(firsts[0]) if len(firsts) > 1 and len(set(firsts)) == 1 else None


def _rows(module: nn.Module) -> int:
    """Rows of the module's own matrix; 0 when it has none."""
    if isinstance(module, nn.Embedding):
        return 0
    return next((int(v.shape[0]) for v in module.parameters(recurse=False) if v.ndim == 2), 0)


def _top_k(*owners: nn.Module) -> int | None:
    for owner in [*owners, *(getattr(owner, "config", None) for owner in owners)]:
        for name in _TOP_K_NAMES:
            value = getattr(owner, name, None)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
    return None


def watch_routers(
    model: nn.Module, wanted: bool | None, pattern: str | None, top_k: int | None
) -> RouterWatch | None:
    """The watch on a model's routers; see ``Recorder`` for what ``None`` means."""
    if wanted is False:
        return None
    routers = find_routers(model, pattern, top_k)
    if not routers and wanted:
        raise TraceError("experts: no router was found; name them with routers_at")
    return RouterWatch(routers) if routers else None


class RouterWatch:
    """Hooks on routers and banks; keeps the choice of each layer in the running pass."""

    def __init__(self, routers: list[Router]) -> None:
        if len({router.expert_count for router in routers}) > 1:
            counts = {router.layer: router.expert_count for router in routers}
            raise TraceError(f"layers have different numbers of experts, {counts}; name routers of "
                             "one size with a pattern")
        self.routers = routers
        self.choices: dict[int, tuple[Tensor, Tensor | None]] = {}
        self._exact: set[int] = set()

    def attach(self) -> list[RemovableHandle]:
        handles = []
        for router in self.routers:
            def after(_: nn.Module, __: Any, output: Any, router: Router = router) -> None:
                self._see_output(router, output)

            def before(_: nn.Module, args: Any, kwargs: Any, router: Router = router) -> None:
                self._see_call(router, [*args, *kwargs.values()])

            handles.append(router.module.register_forward_hook(after))
            if router.bank is not None and not isinstance(router.bank, nn.ModuleList):
                handles.append(router.bank.register_forward_pre_hook(before, with_kwargs=True))
        return handles

    def take(self, part: Pass) -> tuple[Tensor, Tensor | None]:
        """Ids and weights [batch, recorded tokens, layers, top k] of the pass, best first."""
        missing = [router.layer for router in self.routers if router.layer not in self.choices]
        if missing:
            raise TraceError(f"experts: layer {missing[0]} was not routed in this pass")
        rows = [self.choices[router.layer] for router in self.routers]
        ids = [part.rows(chosen, "experts") for chosen, _ in rows]
        weights = [None if some is None else part.rows(some.float(), "experts") for _, some in rows]
        if len({chosen.shape[-1] for chosen in ids}) > 1:
            raise TraceError(f"layers choose {[chosen.shape[-1] for chosen in ids]} experts; name "
                             "routers of one kind with a pattern")
        self.clear()
        known = [some for some in weights if some is not None]
        device = ids[0].device
        chosen = torch.stack([some.to(device) for some in ids], dim=2)
        if len(known) < len(weights):
            return chosen, None
        return _best_first(chosen, torch.stack([some.to(device) for some in known], dim=2))

    def clear(self) -> None:
        self.choices.clear()
        self._exact.clear()

    def _see_call(self, router: Router, values: list[Any]) -> None:
        choice = _choice(values, router.expert_count)
        if choice is not None:
            self.choices[router.layer] = choice
            self._exact.add(router.layer)

    def _see_output(self, router: Router, output: Any) -> None:
        if router.layer in self._exact:
            return
        values = list(output) if isinstance(output, tuple | list) else [output]
        choice = _choice(values, router.expert_count) or self._from_scores(router, values)
        if choice is None:
            raise TraceError(f"layer {router.layer}: the router gives neither ids nor "
                             f"{router.expert_count} scores a token")
        self.choices[router.layer] = choice

    @staticmethod
    def _from_scores(router: Router, values: list[Any]) -> tuple[Tensor, Tensor] | None:
        for value in values:
            if isinstance(value, Tensor) and value.shape[-1] == router.expert_count:
                if router.top_k is None:
                    raise TraceError(f"layer {router.layer}: the router gives scores alone; say "
                                     "how many experts a token runs with top_k")
                shares = torch.softmax(value.detach().float(), dim=-1)
                weights, ids = shares.sort(dim=-1, descending=True, stable=True)
                return ids[..., : router.top_k], weights[..., : router.top_k]
        return None


def _choice(values: list[Any], count: int) -> tuple[Tensor, Tensor | None] | None:
    """Chosen ids and their weights among tensors, told by type and shape."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    for ids in tensors:
        if ids.ndim < 2 or ids.shape[-1] > count or ids.is_floating_point() or ids.is_complex():
            continue
        if ids.dtype == torch.bool:
            continue
        for weights in tensors:
            if weights.is_floating_point() and weights.shape == ids.shape:
                return ids, weights
        return ids, None
    return None


def _best_first(ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    weights, order = weights.sort(dim=-1, descending=True, stable=True)
    return ids.gather(-1, order), weights
