"""Reads and writes `.ltrace` files, byte for byte as `lacuna` does (docs/formats/trace.md)."""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import TYPES, Array, Column, Section, TraceError

MAGIC = bytes.fromhex("894C5452430D0A1A")
SCHEMA = 1
PREFIX_SIZE = 24
HEADER_LIMIT = 1 << 20
ALIGNMENT = 64
_MASK = (1 << 64) - 1
_ORDER = ("pages", "experts", "neurons")


@dataclass(frozen=True)
class About:
    """Where a trace comes from. All may be empty; ``seed`` belongs to synthesised traces only."""

    model: str = ""
    source: str = ""
    domain: str = ""
    licence: str = ""
    note: str = ""
    seed: int | None = None


@dataclass(frozen=True)
class Trace:
    """A file as read: its header, and its columns as arrays in the types of the file (a row of
    ``bits`` is 64-bit words)."""

    header: dict[str, Any]
    columns: dict[str, Array]


def checksum(data: bytes | memoryview) -> int:
    """64 bits over the bytes as little-endian words, the last padded with zeros."""
    count = len(data)
    whole = count & ~7
    words: list[int] = np.frombuffer(data[:whole], dtype="<u8").tolist()
    if whole < count:
        words.append(int.from_bytes(bytes(data[whole:]), "little"))
    value = 0xCBF29CE484222325 ^ count
    for word in words:
        value = ((value ^ word) * 0x100000001B3) & _MASK
        value = (value << 29 | value >> 35) & _MASK
    return value


def encode(about: About, sections: Sequence[Section]) -> Iterator[bytes]:
    """The bytes of a file, in order. The same trace gives the same bytes."""
    ordered = sorted(sections, key=lambda section: _ORDER.index(section.name))
    if not ordered:
        raise TraceError("columns: none; a trace needs pages, experts or neurons")
    if len({section.name for section in ordered}) != len(ordered):
        raise TraceError("columns: a section is given twice")
    parts = [(column, column.values.tobytes()) for part in ordered for column in part.columns]
    header = _header(about, ordered, parts)
    if len(header) > HEADER_LIMIT:
        raise TraceError(f"header: {len(header)} bytes; at most {HEADER_LIMIT}, shorten the note")
    yield MAGIC + struct.pack("<QQ", len(header), checksum(header)) + header
    end = PREFIX_SIZE + len(header)
    for _, data in parts:
        yield bytes(-end % ALIGNMENT) + data
        end += -end % ALIGNMENT + len(data)


def write(file: str | os.PathLike[str], about: About, sections: Sequence[Section]) -> None:
    """Writes beside the target and renames, so that the file is whole or absent."""
    temporary = f"{os.fspath(file)}.{os.getpid()}.partial"
    # Outside of what removes it: a file of that name that is there already is another's.
    out = open(temporary, "xb")  # noqa: SIM115
    try:
        with out:
            for chunk in encode(about, sections):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def read(file: str | os.PathLike[str]) -> Trace:
    """Reads a file and checks its form and checksums; whether its values are in range is checked
    where they are written, and by `lacuna`."""
    with open(file, "rb") as source:
        data = source.read()
    if len(data) < PREFIX_SIZE or data[:8] != MAGIC:
        raise TraceError(f"{file}: the first bytes are not the magic of a trace")
    length, stated = struct.unpack("<QQ", data[8:PREFIX_SIZE])
    end = PREFIX_SIZE + length
    if not 0 < length <= HEADER_LIMIT or end > len(data):
        raise TraceError(f"{file}: header of {length} bytes in a file of {len(data)}")
    if checksum(data[PREFIX_SIZE:end]) != stated:
        raise TraceError(f"{file}: the header does not match its checksum")
    header: dict[str, Any] = json.loads(data[PREFIX_SIZE:end])
    if header.get("schema") != SCHEMA:
        raise TraceError(f"{file}: schema {header.get('schema')}; this reads {SCHEMA}")
    columns: dict[str, Array] = {}
    for entry in header["columns"]:
        kind, shape, start = TYPES[entry["type"]], list(entry["shape"]), entry["offset"]
        if entry["type"] == "bits":
            shape[-1] = (shape[-1] + 63) // 64
        if start != end + -end % ALIGNMENT:
            raise TraceError(f"{file}: column {entry['name']} at {start}; it must follow at "
                             f"{end + -end % ALIGNMENT}")
        end = start + int(np.prod(shape)) * kind.itemsize
        if end > len(data):
            raise TraceError(f"{file}: column {entry['name']} ends at {end} of {len(data)} bytes")
        if f"{checksum(data[start:end]):016x}" != entry["checksum"]:
            raise TraceError(f"{file}: column {entry['name']} does not match its checksum")
        columns[entry["name"]] = np.frombuffer(data[start:end], dtype=kind).reshape(shape)
    if end != len(data):
        raise TraceError(f"{file}: {len(data) - end} bytes after the last column")
    return Trace(header, columns)


def _header(
    about: About, sections: Sequence[Section], parts: Sequence[tuple[Column, bytes]]
) -> bytes:
    """Offsets depend on the header's length, which depends on their digits; so the text is made
    again until it does not move."""
    sums = [checksum(data) for _, data in parts]
    length = 0
    while True:
        text = _header_text(about, sections, parts, sums, length).encode("utf-8")
        if len(text) == length:
            return text
        length = len(text)


def _header_text(
    about: About,
    sections: Sequence[Section],
    parts: Sequence[tuple[Column, bytes]],
    sums: Sequence[int],
    length: int,
) -> str:
    lines = [f'"schema": {SCHEMA}']
    for key in ("model", "source", "domain", "licence", "note"):
        lines.append(f'"{key}": {_quoted(key, getattr(about, key))}')
    if about.seed is not None:
        lines.append(f'"seed": {about.seed}')
    for section in sections:
        facts = ", ".join(f'"{key}": {value}' for key, value in section.facts.items())
        lines.append(f'"{section.name}": {{{facts}}}')
    end = PREFIX_SIZE + length
    entries = []
    for (column, data), total in zip(parts, sums, strict=True):
        offset = end + -end % ALIGNMENT
        entries.append(
            f'    {{"name": "{column.name}", "type": "{column.type}", '
            f'"shape": {list(column.shape)}, "offset": {offset}, "checksum": "{total:016x}"}}'
        )
        end = offset + len(data)
    lines.append('"columns": [\n' + ",\n".join(entries) + "\n  ]")
    return "{\n" + ",\n".join(f"  {line}" for line in lines) + "\n}\n"


def _quoted(key: str, text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TraceError(f"{key}: text that is not Unicode ({error.reason})") from error
    return '"' + text.translate(_ESCAPES) + '"'


_ESCAPES = {code: f"\\u{code:04x}" for code in (*range(32), 127)}
_ESCAPES |= {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t"}
