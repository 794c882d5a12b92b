"""The columns of a trace: built from arrays, and checked while the place of a slip is known.

The rules are those of docs/formats/trace.md. Ids are given as integers with -1 for "nothing
recorded"; a column stores that as the largest value of its type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

TYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype("u1"),
    "u16": np.dtype("<u2"),
    "u32": np.dtype("<u4"),
    "f16": np.dtype("<f2"),
    "f32": np.dtype("<f4"),
    "bits": np.dtype("<u8"),
}
DIMENSION_LIMIT = 1 << 31


class TraceError(ValueError):
    """What was found, where, and what would be right, in one line."""


@dataclass(frozen=True)
class Column:
    """A named array of one element type; ``bits`` are stored as 64-bit words a row."""

    name: str
    type: str
    shape: tuple[int, ...]
    values: Array


@dataclass(frozen=True)
class Section:
    """One part of the header (``pages``, ``experts`` or ``neurons``) and its columns."""

    name: str
    facts: dict[str, Any]
    columns: list[Column] = field(default_factory=list)


def experts(
    ids: Array,
    *,
    expert_count: int,
    layers: Sequence[int],
    weights: Array | None = None,
    step_start: Sequence[int] | None = None,
    sequence_start: Sequence[int] | None = None,
    expert_bytes: Sequence[int] | None = None,
    dense_bytes: Sequence[int] | None = None,
) -> Section:
    """Expert ids [tokens, layers, top k], best first, and what goes with them."""
    ids = _integers("experts", ids, 3)
    _amount("experts.expert_count", expert_count, 1, 65535)
    _amount("columns.experts.shape", ids.shape[2], 1, expert_count)
    _layers("experts", layers, ids.shape[1])
    _within("experts", ids, expert_count, f"an expert below {expert_count}")
    columns = [_ids("experts", ids, "u8" if expert_count <= 255 else "u16")]
    if weights is not None:
        columns.append(shares("expert_weights", weights, ids.shape, 1024))
    if step_start is not None:
        columns.append(_starts("step_start", step_start, ids.shape[0], is_end_listed=True))
    if sequence_start is not None:
        columns.append(_starts("sequence_start", sequence_start, ids.shape[0], is_end_listed=False))
    for name, sizes in (("expert_bytes", expert_bytes), ("dense_bytes", dense_bytes)):
        if sizes is not None:
            columns.append(_sizes(name, sizes, ids.shape[1]))
    facts = {"expert_count": int(expert_count), "layers": _numbers(layers)}
    return Section("experts", facts, columns)


def neurons(active: Array, *, first_position: int, layers: Sequence[int]) -> Section:
    """Active neurons, booleans [tokens, layers, neurons]."""
    active = np.asarray(active)
    if active.dtype != np.bool_:
        raise TraceError(f"neurons: {active.dtype} values; give booleans, true where active")
    _rank("neurons", active, 3)
    words = np.packbits(active, axis=-1, bitorder="little")
    pad = -words.shape[-1] % 8
    words = np.pad(words, ((0, 0), (0, 0), (0, pad)))
    return packed_neurons(
        words.view("<u8"), active.shape[2], first_position=first_position, layers=layers
    )


def packed_neurons(
    words: Array, count: int, *, first_position: int, layers: Sequence[int]
) -> Section:
    """Active neurons as 64-bit words [tokens, layers, ceil(count / 64)], bit 0 first."""
    words = np.ascontiguousarray(words, dtype="<u8")
    _rank("neurons", words, 3)
    _layers("neurons", layers, words.shape[1])
    _amount("neurons.first_position", first_position, 0, 1 << 40)
    if words.shape[2] != (count + 63) // 64:
        raise TraceError(f"neurons: {words.shape[2]} words a row; {count} neurons take "
                         f"{(count + 63) // 64}")
    if count % 64 and (words[..., -1] >> np.uint64(count % 64)).any():
        raise TraceError(f"neurons: bits beyond neuron {count - 1}; they must be 0")
    shape = (words.shape[0], words.shape[1], count)
    return Section(
        "neurons",
        {"first_position": int(first_position), "layers": _numbers(layers)},
        [Column("neurons", "bits", shape, words)],
    )


def pages(
    ids: Array,
    *,
    page_tokens: int,
    first_position: int,
    layers: Sequence[int],
    mass: Array | None = None,
    topp_tokens: Array | None = None,
) -> Section:
    """Page ids [steps, layers, KV heads, picks], best first; mass of that shape; tokens that hold
    each share, [steps, layers, query heads, shares]."""
    ids = _integers("pages", ids, 4)
    _amount("pages.page_tokens", page_tokens, 1, 1 << 24)
    _amount("pages.first_position", first_position, 0, 1 << 40)
    _layers("pages", layers, ids.shape[1])
    contexts = first_position + 1 + np.arange(ids.shape[0])
    counts = (contexts + page_tokens - 1) // page_tokens
    limits = counts.reshape(-1, 1, 1, 1)
    _within("pages", ids, limits, "a page of its step's context")
    wide = "u16" if int(counts[-1]) <= 65535 else "u32"
    columns = [_ids("pages", ids, wide)]
    if mass is not None:
        columns.append(shares("page_mass", mass, ids.shape, 1.01))
    if topp_tokens is not None:
        tokens = _integers("topp_tokens", topp_tokens, 4)
        if tokens.shape[:2] != ids.shape[:2]:
            raise TraceError(f"topp_tokens: shape {list(tokens.shape)}; its steps and layers must "
                             f"be those of pages, {list(ids.shape[:2])}")
        _within("topp_tokens", tokens, contexts.reshape(-1, 1, 1, 1) + 1, "at most the context")
        wide = "u16" if int(contexts[-1]) < 65535 else "u32"
        columns.append(_ids("topp_tokens", tokens, wide))
    facts = {
        "page_tokens": int(page_tokens),
        "first_position": int(first_position),
        "layers": _numbers(layers),
    }
    return Section("pages", facts, columns)


def shares(name: str, values: Array, shape: tuple[int, ...], limit: float) -> Column:
    """Masses or weights: finite, 0 to ``limit``; stored in half precision."""
    numbers = np.asarray(values)
    if numbers.shape != shape:
        raise TraceError(f"{name}: shape {list(numbers.shape)}; make it {list(shape)}")
    with np.errstate(over="ignore"):
        halves = np.ascontiguousarray(numbers, dtype="<f2")
    _refuse(name, numbers, ~((halves >= 0) & (halves <= np.float32(limit))),
            f"a number between 0 and {limit}")
    return Column(name, "f16", shape, halves)


def _integers(name: str, values: Array, rank: int) -> Array:
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.integer):
        raise TraceError(f"{name}: {array.dtype} values; give integers, -1 for none")
    _rank(name, array, rank)
    return array.astype(np.int64)


def _rank(name: str, array: Array, rank: int) -> None:
    if array.ndim != rank or not all(0 < size < DIMENSION_LIMIT for size in array.shape):
        raise TraceError(f"{name}: shape {list(array.shape)}; give {rank} sizes, each 1 or more")


def _within(name: str, ids: Array, limit: int | Array, allowed: str) -> None:
    _refuse(name, ids, (ids >= limit) | (ids < -1), f"{allowed}, or -1 for none")


def _refuse(name: str, values: Array, is_bad: Array, allowed: str) -> None:
    if is_bad.any():
        index = tuple(int(part) for part in np.argwhere(is_bad)[0])
        raise TraceError(f"{name}{list(index)}: {values[index]}; it must be {allowed}")


def _ids(name: str, ids: Array, kind: str) -> Column:
    stored = np.where(ids < 0, np.iinfo(TYPES[kind]).max, ids)
    return Column(name, kind, ids.shape, np.ascontiguousarray(stored, dtype=TYPES[kind]))


def _amount(key: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise TraceError(f"{key}: {value}; it must be between {least} and {most}")


def _layers(section: str, numbers: Sequence[int], count: int) -> None:
    if len(numbers) != count or not all(0 <= number < 1 << 20 for number in numbers):
        raise TraceError(f"{section}.layers: {list(numbers)}; give {count} layer numbers of 0 or "
                         "more, one for each layer of the column")


def _numbers(layers: Sequence[int]) -> list[int]:
    return [int(number) for number in layers]


def _starts(name: str, starts: Sequence[int], end: int, *, is_end_listed: bool) -> Column:
    values = np.asarray(starts, dtype=np.int64)
    rises = values.ndim == 1 and values.size > 0 and values[0] == 0 and (np.diff(values) > 0).all()
    if not rises or (values[-1] != end if is_end_listed else values[-1] >= end):
        last = f"end with the {end} tokens" if is_end_listed else f"stay below {end} tokens"
        raise TraceError(f"{name}: {values.tolist()}; it must rise from 0 and {last}")
    return Column(name, "u32", values.shape, values.astype("<u4"))


def _sizes(name: str, sizes: Sequence[int], count: int) -> Column:
    values = np.asarray(sizes, dtype=np.int64)
    if values.shape != (count,) or (values < 0).any() or (values >= 1 << 32).any():
        raise TraceError(f"{name}: {values.tolist()}; give {count} sizes below 4 GiB")
    return Column(name, "u32", values.shape, values.astype("<u4"))
