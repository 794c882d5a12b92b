"""Neurons: which of an FFN's intermediate values are not zero, or above a threshold.

An activation is found by what it does: a module without parameters that maps each number of its
own, sends large ones to large ones and bounds negative ones. It is ReLU-like when it sends -1 to
exactly 0.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from .columns import TraceError
from .layers import by_layer, layer_number, matching
from .passes import Pass
from .routers import is_in_bank


def find_activations(model: nn.Module, pattern: str | None = None) -> dict[int, nn.Module]:
    """The activation of each dense FFN by layer number; those of routed experts are left out.

    ``pattern`` names modules by path instead. A named module with parameters is taken for the
    down projection: its input is looked at.
    """
    if pattern is not None:
        return by_layer(list(matching(model, pattern)), "activation")
    modules = dict(model.named_modules())
    found = [
        (path, module)
        for path, module in modules.items()
        if layer_number(path) is not None and _answers(module) and not is_in_bank(path, modules)
    ]
    return by_layer(found, "activation")


def is_relu_like(module: nn.Module) -> bool:
    """Whether a module without parameters sends -1 to exactly 0."""
    answers = _answers(module)
    return answers is not None and answers[1] == 0


def _answers(module: nn.Module) -> list[float] | None:
    """What an activation makes of -4, -1 and 4; None for another module."""
    is_leaf = next(module.children(), None) is None and next(module.parameters(), None) is None
    if not is_leaf or isinstance(module, nn.modules.dropout._DropoutNd):
        return None
    probe = torch.tensor([[-4.0, -1.0, 4.0]])
    try:
        with torch.no_grad():
            output = module(probe)
    except Exception:
        # What cannot take a plain tensor, for whatever reason, is no activation.
        return None
    if not isinstance(output, Tensor) or output.shape != probe.shape:
        return None
    low, middle, high = (float(value) for value in output[0])
    return [low, middle, high] if abs(low) < 1 and high > 2 else None


def watch_neurons(
    model: nn.Module, wanted: bool | None, threshold: float | None, pattern: str | None
) -> NeuronWatch | None:
    """The watch on a model's FFNs; see ``Recorder`` for what ``None`` means."""
    if wanted is False:
        return None
    is_asked = bool(wanted) or threshold is not None or pattern is not None
    modules = find_activations(model, pattern)
    if not modules and is_asked:
        raise TraceError("neurons: no activation was found; name the activations or the down "
                         "projections with neurons_at")
    if not is_asked and not all(is_relu_like(module) for module in modules.values()):
        return None
    return NeuronWatch(modules, threshold or 0.0) if modules else None


class NeuronWatch:
    """Hooks on activations; keeps the state of each layer's neurons in the running pass."""

    def __init__(self, modules: dict[int, nn.Module], threshold: float) -> None:
        if not 0 <= threshold < float("inf"):
            raise TraceError(f"threshold: {threshold}; it must be a number of 0 or more")
        self.layers = list(modules)
        self.count: int | None = None
        self.is_watching = False
        self._modules = modules
        self._threshold = threshold
        self._active: dict[int, Tensor] = {}
        self._broken: list[Tensor] = []

    def attach(self) -> list[RemovableHandle]:
        handles = []
        for layer, module in self._modules.items():
            def after(_: nn.Module, __: Any, output: Tensor, layer: int = layer) -> None:
                self._see(layer, output)

            def before(_: nn.Module, args: Any, layer: int = layer) -> None:
                self._see(layer, args[0])

            if next(module.parameters(), None) is None:
                handles.append(module.register_forward_hook(after))
            else:
                handles.append(module.register_forward_pre_hook(before))
        return handles

    def take(self, part: Pass) -> Tensor:
        """Bytes [recorded tokens, layers, ceil(neurons / 8)], bit 0 first: the union over the
        sequences of the batch, padding left out."""
        devices = {broken.device for broken in self._broken}
        for device in devices:
            here = [broken for broken in self._broken if broken.device == device]
            if bool(torch.stack(here).any()):
                raise TraceError("neurons: an activation that is no number (NaN)")
        rows = []
        for layer in self.layers:
            if layer not in self._active:
                raise TraceError(f"neurons: the FFN of layer {layer} was not run in this pass")
            active = part.rows(self._active[layer], f"neurons of layer {layer}")
            if part.real is not None:
                active = active & part.real[:, part.skipped :, None].to(active.device)
            rows.append(_packed(active.any(dim=0)))
        self.clear()
        return torch.stack([row.to(rows[0].device) for row in rows], dim=1)

    def clear(self) -> None:
        self._active.clear()
        self._broken.clear()

    def _see(self, layer: int, values: Tensor) -> None:
        if not self.is_watching:
            return
        if layer in self._active:
            raise TraceError(f"neurons: the FFN of layer {layer} ran twice in one pass")
        count = int(values.shape[-1])
        if self.count not in (None, count):
            raise TraceError(f"layer {layer} has {count} neurons and others {self.count}; name "
                             "layers of one width with a pattern")
        self.count = count
        sizes = values.detach().abs()
        self._active[layer] = sizes > self._threshold
        # Asked at the end of the pass, because each answer waits for the device.
        self._broken.append(torch.isnan(sizes).any())


def _packed(active: Tensor) -> Tensor:
    """Booleans of the last dimension as bytes, bit 0 first."""
    padded = nn.functional.pad(active, (0, -active.shape[-1] % 8))
    weights = torch.tensor([1 << bit for bit in range(8)], dtype=torch.uint8, device=active.device)
    groups = padded.reshape(*padded.shape[:-1], -1, 8).to(torch.uint8)
    return torch.sum(groups * weights, dim=-1, dtype=torch.uint8)
