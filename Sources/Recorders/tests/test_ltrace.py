"""The file: its bytes, and what is refused before any byte is written."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from conftest import Lacuna

from lacuna_recorders import About, TraceError, read, write
from lacuna_recorders.columns import experts, neurons, pages
from lacuna_recorders.ltrace import checksum, encode


def simple_experts() -> np.ndarray:
    return np.array([[[1, 0]], [[2, 3]], [[3, -1]]])


def test_checksum_by_hand() -> None:
    basis, prime, mask = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1

    def mixed(value: int, word: int) -> int:
        product = (value ^ word) * prime & mask
        return (product << 29 | product >> 35) & mask

    assert checksum(b"") == basis
    assert checksum(b"\x01\x02") == mixed(basis ^ 2, 0x0201)
    nine = bytes(range(1, 10))
    assert checksum(nine) == mixed(mixed(basis ^ 9, 0x0807060504030201), 9)


def test_bytes_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.ltrace"
    write(file, About(model="m"), [experts(simple_experts(), expert_count=4, layers=[5])])
    data = file.read_bytes()
    assert data[:8] == bytes([0x89, 0x4C, 0x54, 0x52, 0x43, 0x0D, 0x0A, 0x1A])
    length, stated = struct.unpack("<QQ", data[8:24])
    header = data[24 : 24 + length]
    assert checksum(header) == stated
    start = -(-(24 + length) // 64) * 64
    assert data[24 + length : start] == bytes(start - 24 - length)
    assert data[start:] == bytes([1, 0, 2, 3, 3, 255])
    assert header.decode() == (
        '{\n  "schema": 1,\n  "model": "m",\n  "source": "",\n  "domain": "",\n  "licence": "",\n'
        '  "note": "",\n  "experts": {"expert_count": 4, "layers": [5]},\n  "columns": [\n'
        f'    {{"name": "experts", "type": "u8", "shape": [3, 1, 2], "offset": {start}, '
        f'"checksum": "{checksum(data[start:]):016x}"}}\n  ]\n}}\n'
    )


def all_sections() -> list:
    active = np.zeros((3, 1, 70), dtype=bool)
    active[0, 0, [0, 9, 63]] = active[1, 0, 69] = True
    return [
        neurons(active, first_position=7, layers=[2]),
        experts(
            simple_experts(), expert_count=300, layers=[5],
            weights=np.array([[[0.75, 0.25]], [[0.5, 0.5]], [[1.0, 0.0]]]),
            step_start=[0, 1, 3], sequence_start=[0, 2], expert_bytes=[100], dense_bytes=[7],
        ),
        pages(
            np.array([[[[1, 0]]], [[[2, -1]]], [[[0, 2]]]]), page_tokens=4, first_position=7,
            layers=[9], mass=np.array([[[[0.5, 0.25]]], [[[1.0, 0.0]]], [[[0.5, 0.5]]]]),
            topp_tokens=np.array([[[[1], [8]]], [[[9], [2]]], [[[3], [10]]]]),
        ),
    ]


def test_all_columns_come_back(tmp_path: Path) -> None:
    file = tmp_path / "a.ltrace"
    note = 'a "note"\nwith \t \\ \x01 \x7f and ü'
    write(file, About(note=note), all_sections())
    trace = read(file)
    assert trace.header["note"] == note
    assert trace.header["pages"] == {"page_tokens": 4, "first_position": 7, "layers": [9]}
    found = trace.columns
    assert list(found) == ["pages", "page_mass", "topp_tokens", "experts", "expert_weights",
                           "step_start", "sequence_start", "expert_bytes", "dense_bytes", "neurons"]
    assert found["pages"].tolist() == [[[[1, 0]]], [[[2, 65535]]], [[[0, 2]]]]
    assert found["experts"].dtype == np.dtype("<u2")
    assert found["experts"].tolist() == [[[1, 0]], [[2, 3]], [[3, 65535]]]
    assert found["neurons"].tolist() == [[[1 | 1 << 9 | 1 << 63, 0]], [[0, 1 << 5]], [[0, 0]]]
    assert found["expert_weights"][0, 0].tolist() == [0.75, 0.25]
    assert found["step_start"].tolist() == [0, 1, 3]


def test_lacuna_reads_and_writes_the_same_bytes(tmp_path: Path, lacuna: Lacuna) -> None:
    file, again = tmp_path / "a.ltrace", tmp_path / "b.ltrace"
    write(file, About(note='"\\\n\t\r\b\x7fü'), all_sections())
    lacuna("trace", "convert", file, "--out", again)
    assert again.read_bytes() == file.read_bytes()


NAN = float("nan")


@pytest.mark.parametrize(("build", "words"), [
    (lambda: experts(np.array([[[1, 4]]]), expert_count=4, layers=[0]),
     r"experts\[0, 0, 1\]: 4; it must be an expert below 4"),
    (lambda: experts(np.array([[[1, -2]]]), expert_count=4, layers=[0]), r"experts\[0, 0, 1\]: -2"),
    (lambda: experts(np.array([[[0.5]]]), expert_count=4, layers=[0]), "float64 values"),
    (lambda: experts(np.array([[1]]), expert_count=4, layers=[0]), "give 3 sizes"),
    (lambda: experts(np.zeros((0, 1, 1), int), expert_count=4, layers=[0]), "1 or more"),
    (lambda: experts(np.array([[[1]]]), expert_count=4, layers=[0, 1]), "give 1 layer numbers"),
    (lambda: experts(np.array([[[1, 2]]]), expert_count=1, layers=[0]), "between 1 and 1"),
    (lambda: experts(np.array([[[1]]]), expert_count=4, layers=[0], weights=np.array([[[NAN]]])),
     r"expert_weights\[0, 0, 0\]: nan"),
    (lambda: experts(np.array([[[1]]]), expert_count=4, layers=[0], weights=np.array([[[-1.0]]])),
     "between 0 and 1024"),
    (lambda: experts(np.array([[[1]]]), expert_count=4, layers=[0], weights=np.array([[1.0]])),
     r"make it \[1, 1, 1\]"),
    (lambda: experts(np.array([[[1]]] * 3), expert_count=4, layers=[0], step_start=[0, 2]),
     "end with the 3 tokens"),
    (lambda: experts(np.array([[[1]]] * 3), expert_count=4, layers=[0], sequence_start=[0, 3]),
     "stay below 3 tokens"),
    (lambda: pages(np.array([[[[0]]], [[[2]]]]), page_tokens=4, first_position=6, layers=[0]),
     r"pages\[1, 0, 0, 0\]: 2"),
    (lambda: pages(np.array([[[[0]]]]), page_tokens=0, first_position=6, layers=[0]),
     "page_tokens: 0"),
    (lambda: pages(np.array([[[[0]]]]), page_tokens=4, first_position=6, layers=[0],
                   mass=np.array([[[[1.02]]]])), "between 0 and 1.01"),
    (lambda: pages(np.array([[[[0]]]]), page_tokens=4, first_position=6, layers=[0],
                   topp_tokens=np.array([[[[8]]]])), r"topp_tokens\[0, 0, 0, 0\]: 8"),
    (lambda: neurons(np.array([[[1]]]), first_position=0, layers=[0]), "give booleans"),
    (lambda: neurons(np.array([[[True]]]), first_position=-1, layers=[0]), "first_position: -1"),
])
def test_slips_are_refused(build: object, words: str) -> None:
    with pytest.raises(TraceError, match=words):
        build()


def test_page_limit_is_the_context_of_the_step() -> None:
    # Position 7 is the last of page 1 of 4 tokens; position 8 opens page 2.
    pages(np.array([[[[1]]], [[[2]]]]), page_tokens=4, first_position=7, layers=[0])


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.ltrace"
    file.write_bytes(b"older")
    part = experts(simple_experts(), expert_count=4, layers=[0])
    with pytest.raises(TraceError, match="not Unicode"):
        write(file, About(model="\ud800"), [part])
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            write(file, About(), [part])
    assert [path.name for path in tmp_path.iterdir()] == ["a.ltrace"]
    assert file.read_bytes() == b"older"
    write(file, About(), [part])
    assert file.read_bytes() == b"".join(encode(About(), [part]))


@pytest.mark.parametrize(("damage", "words"), [
    (lambda data: data[:-1], "bytes"),
    (lambda data: data + b"\0", "1 bytes after"),
    (lambda data: data[:-1] + b"\x07", "checksum"),
    (lambda data: data[:30] + b"x" + data[31:], "header does not match"),
    (lambda data: b"x" + data[1:], "magic"),
    (lambda data: data[:20], "magic"),
])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: object, words: str) -> None:
    file = tmp_path / "a.ltrace"
    part = experts(simple_experts(), expert_count=4, layers=[0])
    file.write_bytes(damage(b"".join(encode(About(), [part]))))
    with pytest.raises(TraceError, match=words):
        read(file)
