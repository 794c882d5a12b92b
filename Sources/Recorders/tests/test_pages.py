"""Attention whose mass by page is computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tiny import Attention, Stack
from torch import nn
from torch.nn import functional as F

from lacuna_recorders import Recorder, Section, TraceError
from lacuna_recorders.pages import (
    AttentionWatch,
    attention_mass,
    distinct_heads,
    page_mass,
    share_tokens,
    top_pages,
)
from lacuna_recorders.passes import Pass


def column(section: Section, name: str) -> np.ndarray:
    return next(part.values for part in section.columns if part.name == name)


def logs(*weights: float) -> list[float]:
    return [math.log(weight) for weight in weights]


def test_mass_by_page() -> None:
    # Scores are the logs of 1, 2, 3, 4 and, for the token itself, 1 squared: weights 1 2 | 3 4 | e.
    model = Stack(Attention(1, 1))
    tokens = torch.tensor([[*logs(1, 2, 3, 4), 1.0]])[..., None]
    with Recorder(model, pages=2, picks=4, shares=(0.5, 0.9), first_position=4) as recorder:
        model(tokens)
    (section,) = recorder.sections()
    assert section.facts == {"page_tokens": 2, "first_position": 4, "layers": [0]}
    assert column(section, "pages").tolist() == [[[[1, 0, 2, 65535]]]]
    total = 10 + math.e
    expected = [7 / total, 3 / total, math.e / total, 0]
    assert column(section, "page_mass")[0, 0, 0] == pytest.approx(expected, rel=1e-3)
    # Half of 12.7 is held by 4 + 3, nine tenths by 4 + 3 + e + 2.
    assert column(section, "topp_tokens").tolist() == [[[[2, 4]]]]


@pytest.mark.parametrize("repeats", [False, True])
def test_heads_of_a_group_are_averaged(repeats: bool) -> None:
    # Query heads 0 and 1 see the key of feature 0, heads 2 and 3 that of feature 1. The last
    # token's heads 0, 2 and 3 ask with 0: even mass. Head 1 asks with 1: weights 1, 3 and 1.
    model = Stack(Attention(4, 2, repeats=repeats))
    tokens = torch.zeros(1, 3, 4)
    tokens[0, 1, 0] = math.log(3)
    tokens[0, 0, 1] = 7.0
    tokens[0, 2, 1] = 1.0
    with Recorder(model, pages=1, picks=3, first_position=2) as recorder:
        model(tokens)
    (section,) = recorder.sections()
    # Feature 1 of the last token is query head 1 and also key head 1, which even mass ignores.
    assert column(section, "pages").tolist() == [[[[1, 0, 2], [0, 1, 2]]]]
    first, second = column(section, "page_mass")[0, 0]
    assert first == pytest.approx([(1 / 3 + 3 / 5) / 2, (1 / 3 + 1 / 5) / 2, (1 / 3 + 1 / 5) / 2],
                                  rel=1e-3)
    assert second == pytest.approx([1 / 3] * 3, rel=1e-3)


def test_one_pass_and_many_give_the_same() -> None:
    torch.manual_seed(1)
    tokens = torch.randn(1, 23, 8)
    found = []
    for cut in (23, 5, 1):
        model = Stack(Attention(4, 2), Attention(4, 2))
        with Recorder(model, pages=4, picks=3, shares=(0.9,), first_position=6) as recorder:
            for part in tokens.split(cut, dim=1):
                model(part)
        found.append(recorder.sections()[0])
    for other in found[1:]:
        for one, two in zip(found[0].columns, other.columns, strict=True):
            assert one.shape == two.shape
            assert np.allclose(one.values, two.values, rtol=2e-3)
    assert found[0].columns[0].shape == (17, 2, 2, 3)


def test_blocks_of_queries_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(2)
    tokens = torch.randn(1, 40, 4)
    found = []
    for limit in (1 << 24, 1):
        monkeypatch.setattr("lacuna_recorders.pages.BLOCK_ELEMENTS", limit)
        with Recorder(Stack(Attention(2, 1)), pages=4, first_position=0) as recorder:
            recorder._model(tokens)
        found.append(recorder.sections()[0])
    for one, two in zip(found[0].columns, found[1].columns, strict=True):
        assert np.allclose(one.values, two.values, rtol=2e-3)


def test_pages_of_a_cut_context() -> None:
    # Keys of positions 3 to 7, pages of 4: page 0 has one of them, page 1 four.
    by_page = page_mass(torch.full((1, 1, 5), 0.2), start=3, page_tokens=4, kv_heads=1)
    assert by_page[0, 0].tolist() == pytest.approx([0.2, 0.8])
    ids, mass = top_pages(by_page, 3, first_page=6)
    assert ids.tolist() == [[[7, 6, -1]]]
    assert mass[0, 0].tolist() == pytest.approx([0.8, 0.2, 0])


def test_equal_pages_keep_their_order() -> None:
    ids, _ = top_pages(torch.full((1, 1, 40), 1 / 40), 40)
    assert ids[0, 0].tolist() == list(range(40))


def test_shares() -> None:
    mass = torch.tensor([[[0.1, 0.6, 0.3]]])
    assert share_tokens(mass, (0.5, 0.7, 0.95, 1.0)).tolist() == [[[1, 2, 3, 3]]]


def test_masks_and_scale() -> None:
    query, key = torch.ones(1, 1, 1), torch.tensor([[[0.0], [math.log(2)], [5.0]]])
    hidden = torch.tensor([[True, True, False]])
    added = torch.tensor([[0.0, 0.0, -torch.inf]])
    for mask in (hidden, added):
        mass = attention_mass(query, key, mask=mask)
        assert mass.tolist()[0][0] == pytest.approx([1 / 3, 2 / 3, 0])
    doubled = attention_mass(query, key, scale=2.0, mask=hidden)
    assert doubled.tolist()[0][0] == pytest.approx([0.2, 0.8, 0])


def watch(part: Pass, **options: int) -> AttentionWatch:
    seen = AttentionWatch(1, 4, (), options.get("kv_heads"))
    seen.running = part
    seen.layer = 0
    return seen


def test_causal_calls() -> None:
    part = Pass(batch=1, length=2, first=0, skipped=0, real=None)
    with watch(part) as seen:
        F.scaled_dot_product_attention(*[torch.zeros(1, 1, 2, 1)] * 3, is_causal=True)
    _, top = seen.take()
    assert top.mass[:, 0, 0].tolist() == [[1, 0, 0, 0], [0.5, 0.5, 0, 0]]
    assert top.ids[:, 0, 0].tolist() == [[0, -1, -1, -1], [0, 1, -1, -1]]


def test_query_heads_in_the_place_of_queries() -> None:
    # One token; its 2 x 2 query heads come as 2 KV heads of 2 queries.
    part = Pass(batch=1, length=1, first=1, skipped=0, real=None)
    query = torch.tensor([[[[0.0], [1.0]], [[0.0], [0.0]]]])
    key = torch.tensor([[[[math.log(3)], [0.0]], [[1.0], [2.0]]]])
    mask = torch.tensor([[True, True], [True, True], [True, True], [True, False]])
    with watch(part) as seen:
        F.scaled_dot_product_attention(query, key, key, attn_mask=mask.reshape(1, 2, 2, 2), scale=1)
    _, top = seen.take()
    assert top.mass[0, 0, 0, :2].tolist() == pytest.approx([(0.5 + 0.75) / 2, (0.5 + 0.25) / 2])
    assert top.mass[0, 0, 1, :2].tolist() == pytest.approx([0.75, 0.25])


def test_keys_beyond_the_context_do_not_count() -> None:
    # A cache of fixed length: two tokens so far, four places.
    part = Pass(batch=1, length=1, first=1, skipped=0, real=None)
    key = torch.tensor([0.0, 1.0, 9.0, 9.0]).reshape(1, 1, 4, 1)
    mask = torch.tensor([True, True, False, False]).reshape(1, 1, 1, 4)
    with watch(part) as seen:
        F.scaled_dot_product_attention(torch.zeros(1, 1, 1, 1), key, key, attn_mask=mask)
    assert seen.take()[1].mass.tolist() == [[[[0.5, 0.5, 0, 0]]]]


@pytest.mark.parametrize(("heads", "repeat"), [(4, 1), (4, 2), (1, 4), (3, 2), (1, 1)])
def test_repeated_keys_are_seen(heads: int, repeat: int) -> None:
    torch.manual_seed(3)
    key = torch.randn(heads, 5, 2).repeat_interleave(repeat, dim=0)
    assert distinct_heads(key) == heads


def test_slips() -> None:
    tokens = torch.zeros(1, 2, 2)
    with Recorder(Stack(nn.ReLU()), neurons=False, pages=4, first_position=0) as recorder, \
            pytest.raises(TraceError, match="attn_implementation"):
        recorder._model(tokens)
    with Recorder(Stack(Attention(2, 1)), pages=4, first_position=0) as recorder, \
            pytest.raises(TraceError, match="a batch of 2"):
        recorder._model(tokens.expand(2, 2, 2))
    with Recorder(Stack(Attention(2, 1)), pages=4, first_position=0) as recorder, \
            pytest.raises(TraceError, match="no number"):
        recorder._model(tokens * float("nan"))
    with Recorder(Stack(Attention(4, 2), Attention(4, 4)), pages=4, first_position=0) as recorder, \
            pytest.raises(TraceError, match="KV heads"):
        recorder._model(torch.randn(1, 2, 4))
    with pytest.raises(TraceError, match="1 or more"):
        Recorder(Stack(Attention(2, 1)), pages=0)
    with pytest.raises(TraceError, match="at most 1"):
        Recorder(Stack(Attention(2, 1)), pages=4, shares=(1.5,))
    with pytest.raises(TraceError, match="no numbered layers"), \
            Recorder(Attention(2, 1), pages=4):
        pass


def test_a_query_without_keys_is_refused() -> None:
    part = Pass(batch=1, length=1, first=0, skipped=0, real=None)
    with watch(part) as seen:
        F.scaled_dot_product_attention(
            *[torch.zeros(1, 1, 1, 1)] * 3, attn_mask=torch.zeros(1, 1, dtype=torch.bool)
        )
    with pytest.raises(TraceError, match="no number"):
        seen.take()


def test_mass_of_all_pages_is_one() -> None:
    torch.manual_seed(4)
    with Recorder(Stack(Attention(4, 2)), pages=4, picks=16, first_position=0) as recorder:
        recorder._model(torch.randn(1, 64, 8))
    (section,) = recorder.sections()
    sums = column(section, "page_mass").astype(float).sum(axis=-1)
    assert np.allclose(sums, 1, atol=2e-3)
