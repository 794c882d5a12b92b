"""Routers whose choices are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tiny import FFN, BankMoE, ListMoE, Stack, one_hot
from torch import nn

from lacuna_recorders import Recorder, Section, TraceError
from lacuna_recorders.routers import find_routers


def column(section: Section, name: str) -> np.ndarray:
    return next(part.values for part in section.columns if part.name == name)


def test_scores_of_a_list() -> None:
    model = Stack(ListMoE(4, 2), FFN(4, nn.SiLU()), ListMoE(4, 2))
    tokens = torch.tensor([[[3.0, 1.0, 2.0, 0.0], [0.0, 1.0, 1.0, 5.0]]])
    with Recorder(model, first_position=0) as recorder:
        model(tokens)
    (section,) = recorder.sections()
    assert section.facts == {"expert_count": 4, "layers": [0, 2]}
    # Equal scores keep the order of the experts.
    assert column(section, "experts").tolist() == [[[0, 2], [0, 2]], [[3, 1], [3, 1]]]
    total = sum(math.exp(score) for score in (3, 1, 2, 0))
    expected = [math.exp(3) / total, math.exp(2) / total]
    assert column(section, "expert_weights")[0, 0] == pytest.approx(expected, rel=1e-3)
    assert [part.name for part in section.columns] == ["experts", "expert_weights"]


def test_the_call_of_a_bank_wins_over_scores() -> None:
    model = Stack(BankMoE(3, 2))
    with Recorder(model, first_position=0) as recorder:
        model(torch.tensor([[[2.0, 0.0, 1.0]]]))
    (section,) = recorder.sections()
    assert column(section, "experts").tolist() == [[[1, 2]]]
    assert column(section, "expert_weights")[0, 0] == pytest.approx(
        [0.5, 1 / (1 + math.e)], rel=1e-3
    )


def test_a_batch_is_one_step_a_position() -> None:
    model = Stack(ListMoE(3, 1))
    tokens = one_hot(3, [0, 1, 2], [2, 2, 0])
    with Recorder(model, first_position=1) as recorder:
        model(tokens)
    (section,) = recorder.sections()
    assert column(section, "experts")[:, 0, 0].tolist() == [1, 2, 2, 0]
    assert column(section, "step_start").tolist() == [0, 2, 4]


def test_padding_is_left_out() -> None:
    model = Stack(ListMoE(3, 1))
    tokens = one_hot(3, [0, 1, 2], [2, 2, 0])
    with Recorder(model, first_position=0) as recorder:
        model(tokens, attention_mask=torch.tensor([[1, 1, 1], [0, 1, 1]]))
    (section,) = recorder.sections()
    assert column(section, "experts")[:, 0, 0].tolist() == [0, 1, 2, 2, 0]
    assert column(section, "step_start").tolist() == [0, 1, 3, 5]


def test_whole_passes() -> None:
    model = Stack(ListMoE(3, 1))
    tokens = one_hot(3, [0, 1, 2, 2])
    with Recorder(model, whole_passes=True) as recorder:
        model(tokens[:, :3])
        model(tokens[:, 3:])
    (section,) = recorder.sections()
    assert column(section, "experts")[:, 0, 0].tolist() == [0, 1, 2, 2]
    assert column(section, "step_start").tolist() == [0, 3, 4]
    with pytest.raises(TraceError, match="experts alone"):
        Recorder(model, whole_passes=True, pages=4)


def test_the_prompt_is_left_out() -> None:
    model = Stack(ListMoE(3, 1))
    tokens = one_hot(3, [0, 1, 2, 0, 1])
    with Recorder(model) as recorder:
        model(tokens[:, :3])
        model(tokens[:, 3:4])
        model(tokens[:, 4:])
    (section,) = recorder.sections()
    assert column(section, "experts")[:, 0, 0].tolist() == [0, 1]


def test_sequences_one_after_another() -> None:
    model = Stack(ListMoE(3, 1))
    tokens = one_hot(3, [0, 1, 2])
    with Recorder(model, first_position=0) as recorder:
        model(tokens)
        recorder.begin_sequence()
        model(tokens[:, 1:])
    (section,) = recorder.sections()
    assert column(section, "sequence_start").tolist() == [0, 3]


def test_routers_are_told_by_shape() -> None:
    model = Stack(ListMoE(4, 2), BankMoE(5, 1), FFN(4, nn.ReLU()))
    found = find_routers(model)
    assert [(router.layer, router.expert_count, router.top_k) for router in found] == [
        (0, 4, 2), (1, 5, 1)
    ]
    with pytest.raises(TraceError, match="different numbers of experts"):
        Recorder(model)
    named = find_routers(model, "layers.1.0.router")
    assert [(router.layer, router.expert_count, router.top_k) for router in named] == [(1, 5, None)]


def test_slips() -> None:
    model = Stack(ListMoE(4, 2))
    with pytest.raises(TraceError, match="no module of that path"):
        Recorder(model, routers_at="*.router")
    with pytest.raises(TraceError, match="no router was found"):
        Recorder(Stack(FFN(4, nn.ReLU())), experts=True)
    with pytest.raises(TraceError, match="nothing to record"):
        Recorder(Stack(FFN(4, nn.SiLU())))
    with Recorder(model, routers_at="*.gate", first_position=0) as recorder, \
            pytest.raises(TraceError, match="top_k"):
        model(torch.zeros(1, 1, 4))
    with pytest.raises(TraceError, match="no step was recorded"):
        recorder.sections()
    with Recorder(model, first_position=0) as recorder:
        model(torch.full((1, 1, 4), float("nan")))
    with pytest.raises(TraceError, match=r"expert_weights\[0, 0, 0\]: nan"):
        recorder.sections()
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
