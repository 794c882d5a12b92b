"""Which of a model's layers a module belongs to, read from its path."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from torch import nn

from .columns import TraceError


def layer_number(path: str) -> int | None:
    """The first number of a path: 5 in ``model.layers.5.mlp.experts.3``; None without one."""
    return next((int(part) for part in path.split(".") if part.isdigit()), None)


def layer_modules(model: nn.Module) -> dict[int, nn.Module]:
    """The layers themselves, by number: the longest list of numbered modules."""
    lists: dict[str, dict[int, nn.Module]] = {}
    for path, module in model.named_modules():
        prefix, _, last = path.rpartition(".")
        if last.isdigit() and layer_number(prefix) is None:
            lists.setdefault(prefix, {})[int(last)] = module
    if not lists:
        raise TraceError("no numbered layers; a model keeps its layers in a ModuleList")
    return max(lists.values(), key=len)


def matching(model: nn.Module, pattern: str) -> Iterator[tuple[str, nn.Module]]:
    """Modules whose path fits a pattern such as ``*.mlp.act_fn``."""
    found = False
    for path, module in model.named_modules():
        if fnmatchcase(path, pattern):
            found = True
            yield path, module
    if not found:
        raise TraceError(f"'{pattern}': no module of that path; see model.named_modules()")


def by_layer(found: list[tuple[str, nn.Module]], what: str) -> dict[int, nn.Module]:
    """One module a layer, by layer number in rising order."""
    modules: dict[int, nn.Module] = {}
    paths: dict[int, str] = {}
    for path, module in found:
        number = layer_number(path)
        if number is None:
            raise TraceError(f"{path}: no layer number in the path of {what}")
        if number in modules:
            raise TraceError(
                f"layer {number} has two {what}s, {paths[number]} and {path}; name one with a "
                "pattern"
            )
        modules[number], paths[number] = module, path
    return dict(sorted(modules.items()))
