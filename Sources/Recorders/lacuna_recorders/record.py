"""Records what a model touches while it runs inside a ``with`` block."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import torch
from torch import nn

from .columns import Section, TraceError
from .layers import layer_modules
from .ltrace import About, write
from .neurons import watch_neurons
from .pages import AttentionWatch
from .passes import Pass, PassClock
from .routers import RouterWatch, watch_routers
from .steps import Steps


class Recorder:
    """Hooks on a model that collect a trace.

    ::

        with Recorder(model, pages=64) as recorder:
            model.generate(prompt, max_new_tokens=129)
        recorder.write("run.ltrace", About(model="my model", domain="python"))

    Each recorded token is a step of the trace; all columns have the same steps.

    - ``experts``, ``neurons``: ``True`` records them and fails where there are none, ``False`` does
      not, ``None`` records what there is (neurons only where all activations are ReLU-like or a
      ``threshold`` is given). Neurons are active where the activation's size is above
      ``threshold``. ``routers_at``, ``neurons_at`` name modules by path patterns; ``top_k`` says
      how many experts a token runs where the model does not.
    - ``pages``: tokens a page; ``None`` records none. ``picks`` pages are kept a KV head, and for
      each of ``shares`` the tokens that hold that share of a query head's mass. ``kv_heads`` is
      for models where repeated keys do not tell them.
    - ``first_position``: position of the first recorded token. ``None`` leaves out the prompt, all
      that comes before the first pass of one token.
    - ``whole_passes``: a step is a whole pass instead, the prompt's included; experts only.

    A batch: the step of a position holds the routes of all its sequences, and the union of their
    neurons; padding is left out. Pages are recorded of one sequence alone. Several sequences one
    after another can be recorded for experts alone.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        experts: bool | None = None,
        neurons: bool | None = None,
        threshold: float | None = None,
        pages: int | None = None,
        picks: int = 48,
        shares: Sequence[float] = (),
        kv_heads: int | None = None,
        first_position: int | None = None,
        whole_passes: bool = False,
        routers_at: str | None = None,
        top_k: int | None = None,
        neurons_at: str | None = None,
    ) -> None:
        self._model = model
        self._clock = PassClock(model, first_position, with_prompt=whole_passes)
        self._whole_passes = whole_passes
        self._routers = watch_routers(model, experts, routers_at, top_k)
        self._neurons = watch_neurons(model, neurons, threshold, neurons_at)
        self._attention = None
        if pages is not None:
            self._attention = AttentionWatch(pages, picks, shares, kv_heads)
        if whole_passes and (self._neurons or self._attention):
            raise TraceError("whole_passes: a pass has no one set of neurons or pages; record "
                             "experts alone")
        if not (self._routers or self._neurons or self._attention):
            raise TraceError("nothing to record: no routers or ReLU-like FFNs were found; give "
                             "pages, or threshold for another activation")
        self._pass: Pass | None = None
        self._stack = ExitStack()
        self._steps = Steps()
        self._page_layers: list[int] = []

    def __enter__(self) -> Recorder:
        self._stack.callback(self._drop)
        hook = self._model.register_forward_pre_hook(self._before, with_kwargs=True)
        self._stack.callback(hook.remove)
        # The pass ends before the caller sees its output, and after every other hook.
        self._stack.callback(self._model.register_forward_hook(self._after).remove)
        watches = [watch for watch in (self._routers, self._neurons) if watch is not None]
        for handle in [handle for watch in watches for handle in watch.attach()]:
            self._stack.callback(handle.remove)
        if self._attention is not None:
            for number, layer in layer_modules(self._model).items():
                self._mark(self._attention, layer, number)
            self._stack.enter_context(self._attention)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def steps(self) -> int:
        """Steps recorded so far."""
        return self._steps.count

    def begin_sequence(self) -> None:
        """Says that the next pass starts a new sequence, to a model whose calls do not tell: one
        that takes no ``past_key_values``."""
        self._clock.begin_sequence()

    def sections(self) -> list[Section]:
        """The trace so far, checked."""
        first = self._clock.first_position
        if not self.steps or first is None:
            raise TraceError("no step was recorded; run passes of one token after the prompt, or "
                             "give first_position")
        found: list[Section] = []
        if self._attention is not None:
            tokens = self._attention.page_tokens
            found.append(self._steps.pages(tokens, first, self._page_layers))
        if self._routers is not None:
            routers = self._routers.routers
            layers = [router.layer for router in routers]
            found.append(self._steps.experts(routers[0].expert_count, layers))
        if self._neurons is not None and self._neurons.count is not None:
            found.append(self._steps.neurons(self._neurons.count, first, self._neurons.layers))
        return found

    def write(self, file: str | os.PathLike[str], about: About | None = None) -> None:
        """Writes the trace; the file is whole or absent."""
        write(file, about or About(source="lacuna-recorders"), self.sections())

    def _mark(self, watch: AttentionWatch, layer: nn.Module, number: int) -> None:
        """Tells the watch which layer runs."""

        def enter(*_: Any) -> None:
            watch.layer = number

        def leave(*_: Any) -> None:
            watch.layer = None

        self._stack.callback(layer.register_forward_pre_hook(enter).remove)
        self._stack.callback(layer.register_forward_hook(leave).remove)

    def _before(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._drop()
        self._pass = self._clock.read(args, kwargs)
        if self._pass is None:
            return
        is_another = self.steps > 0 and self._clock.sequence != self._steps.sequence
        if is_another and (self._neurons or self._attention):
            raise TraceError("a second sequence began; record neurons and pages of one sequence, "
                             "with the cache on, in one file")
        if self._neurons is not None:
            self._neurons.is_watching = True
        if self._attention is not None:
            self._attention.running = self._pass

    @torch.no_grad()
    def _after(self, *_: Any) -> None:
        part = self._pass
        if part is None:
            return
        counts = [part.batch] * part.recorded
        if part.real is not None:
            counts = part.real[:, part.skipped :].sum(dim=0).tolist()
        if self._routers is not None:
            self._take_experts(self._routers, part)
        if self._neurons is not None:
            self._steps.keep("neurons", self._neurons.take(part))
        if self._attention is not None:
            self._take_pages(self._attention)
        self._steps.add([sum(counts)] if self._whole_passes else counts, self._clock.sequence)
        self._drop()

    def _take_experts(self, watch: RouterWatch, part: Pass) -> None:
        ids, weights = watch.take(part)
        real = None if part.real is None else part.real[:, part.skipped :].T
        for name, values in (("experts", ids), ("expert_weights", weights)):
            if values is not None:
                rows = values.transpose(0, 1)
                rows = rows.flatten(0, 1) if real is None else rows[real.to(rows.device)]
                self._steps.keep(name, rows)

    def _take_pages(self, watch: AttentionWatch) -> None:
        layers, top = watch.take()
        if self._page_layers not in ([], layers):
            raise TraceError(f"pages: layers {layers} attended, and {self._page_layers} before")
        self._page_layers = layers
        self._steps.keep("pages", top.ids)
        self._steps.keep("page_mass", top.mass)
        self._steps.keep("topp_tokens", top.tokens)

    def _drop(self) -> None:
        """Forgets a pass that did not end, or that is not recorded."""
        self._pass = None
        if self._routers is not None:
            self._routers.clear()
        if self._neurons is not None:
            self._neurons.clear()
            self._neurons.is_watching = False
        if self._attention is not None:
            self._attention.clear()
            self._attention.layer = None
