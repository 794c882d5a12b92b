"""FFNs whose zeros are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import FFN, BankMoE, ListMoE, Stack, one_hot
from torch import Tensor, nn
from torch.nn import functional as F

from lacuna_recorders import Recorder, Section, TraceError
from lacuna_recorders.neurons import find_activations, is_relu_like


def bits(section: Section) -> list[list[list[int]]]:
    """Active neurons by token and layer."""
    (part,) = section.columns
    packed = part.values.view(np.uint8)
    flags = np.unpackbits(packed, axis=-1, bitorder="little")[..., : part.shape[-1]]
    return [[np.flatnonzero(row).tolist() for row in token] for token in flags]


def test_zeros_of_relu() -> None:
    model = Stack(FFN(70, nn.ReLU()), FFN(70, nn.ReLU()))
    tokens = torch.full((1, 2, 70), -1.0)
    tokens[0, 0, [0, 8, 69]] = 1.0
    tokens[0, 1, 63] = 1e-6
    with Recorder(model, first_position=0) as recorder:
        model(tokens)
    (section,) = recorder.sections()
    assert section.facts == {"first_position": 0, "layers": [0, 1]}
    assert section.columns[0].shape == (2, 2, 70)
    assert bits(section) == [[[0, 8, 69]] * 2, [[63]] * 2]


def test_a_threshold() -> None:
    model = Stack(FFN(3, nn.SiLU()))
    # SiLU(-5) = -0.0335, SiLU(0.1) = 0.0525, SiLU(2) = 1.76.
    with Recorder(model, threshold=0.05, first_position=0) as recorder:
        model(torch.tensor([[[-5.0, 0.1, 2.0]]]))
    assert bits(recorder.sections()[0]) == [[[1, 2]]]
    with Recorder(model, neurons=True, first_position=0) as recorder:
        model(torch.tensor([[[-5.0, 0.0, 2.0]]]))
    assert bits(recorder.sections()[0]) == [[[0, 2]]]


def test_a_batch_is_united_and_padding_left_out() -> None:
    model = Stack(FFN(4, nn.ReLU()))
    tokens = one_hot(4, [0, 1], [2, 1])
    with Recorder(model, first_position=0) as recorder:
        model(tokens)
    assert bits(recorder.sections()[0]) == [[[0, 2]], [[1]]]
    with Recorder(model, first_position=0) as recorder:
        model(tokens, attention_mask=torch.tensor([[1, 1], [0, 1]]))
    assert bits(recorder.sections()[0]) == [[[0]], [[1]]]


def test_positions_go_on() -> None:
    model = Stack(FFN(3, nn.ReLU()))
    with Recorder(model, first_position=3) as recorder:
        for part in one_hot(3, [0, 1, 2, 0, 1]).split(2, dim=1):
            model(part)
    (section,) = recorder.sections()
    assert section.facts["first_position"] == 3
    assert bits(section) == [[[0]], [[1]]]


class Functional(nn.Module):
    """An FFN whose activation is no module."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(3, 3, bias=False)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.relu(x))


def test_the_input_of_a_down_projection() -> None:
    model = Stack(Functional())
    with Recorder(model, neurons_at="*.down", first_position=0) as recorder:
        model(torch.tensor([[[-1.0, 0.0, 1.0]]]))
    assert bits(recorder.sections()[0]) == [[[2]]]


@pytest.mark.parametrize(("module", "is_activation", "is_relu"), [
    (nn.ReLU(), True, True), (nn.ReLU6(), True, True), (nn.SiLU(), True, False),
    (nn.GELU(), True, False), (nn.Identity(), False, False), (nn.Sigmoid(), False, False),
    (nn.Dropout(), False, False), (nn.Softmax(dim=-1), False, False), (nn.Flatten(0), False, False),
])
def test_activations_are_told_by_what_they_do(
    module: nn.Module, is_activation: bool, is_relu: bool
) -> None:
    assert bool(find_activations(Stack(module))) == is_activation
    assert is_relu_like(module) == is_relu


def test_activations_of_experts_are_left_out() -> None:
    moe = ListMoE(4, 1)
    moe.experts = nn.ModuleList([nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(4)])
    bank = BankMoE(4, 1)
    bank.bank.act = nn.ReLU()
    assert find_activations(Stack(moe, bank)) == {}


class Wider(nn.Module):
    """An FFN of two neurons more."""

    def __init__(self) -> None:
        super().__init__()
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(F.pad(x, (0, 2)))[..., :-2]


class Turned(Wider):
    """An FFN whose activation sees one token only."""

    def forward(self, x: Tensor) -> Tensor:
        self.act(x[:, :1])
        return x


def test_slips() -> None:
    two = Stack(nn.Sequential(FFN(3, nn.ReLU()), FFN(3, nn.ReLU())))
    with pytest.raises(TraceError, match="layer 0 has two activations"):
        Recorder(two)
    widths = Stack(FFN(3, nn.ReLU()), Wider())
    with Recorder(widths, first_position=0), pytest.raises(TraceError, match="has 5 neurons"):
        widths(torch.zeros(1, 2, 3))
    turned = Stack(Turned())
    with Recorder(turned, first_position=0), pytest.raises(TraceError, match="one row a token"):
        turned(torch.zeros(1, 2, 3))
    model = Stack(FFN(3, nn.ReLU()))
    with Recorder(model, first_position=0), pytest.raises(TraceError, match="NaN"):
        model(torch.full((1, 1, 3), float("nan")))
    with Recorder(model, first_position=0) as recorder:
        model(torch.zeros(1, 1, 3))
        recorder.begin_sequence()
        with pytest.raises(TraceError, match="second sequence"):
            model(torch.zeros(1, 1, 3))
    with pytest.raises(TraceError, match="threshold"):
        Recorder(model, threshold=-1.0)
