"""Models of the library, small and drawn at random, against what the library itself reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Lacuna

from lacuna_recorders import About, Recorder, TraceError, read
from lacuna_recorders.__main__ import main

transformers = pytest.importorskip("transformers")

SHAPE = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "vocab_size": 300,
         "num_attention_heads": 8, "num_key_value_heads": 2}
OPT = {"hidden_size": 64, "ffn_dim": 200, "num_hidden_layers": 3, "num_attention_heads": 4,
       "vocab_size": 300, "word_embed_proj_dim": 64, "max_position_embeddings": 256}
PROMPT, STEPS = 30, 8


def build(name: str, **config: Any) -> Any:
    torch.manual_seed(5)
    made = getattr(transformers, f"{name}Config")(**config, eos_token_id=None)
    model = getattr(transformers, f"{name}ForCausalLM")(made).eval()
    model.set_attn_implementation("sdpa")
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            # Scores far apart, so that no choice hangs on rounding.
            module.weight.data *= 8
    return model


def generate(model: Any, batch: int = 1, **options: Any) -> torch.Tensor:
    torch.manual_seed(6)
    prompt = torch.randint(3, 300, (batch, PROMPT))
    with torch.no_grad():
        return model.generate(
            prompt, attention_mask=torch.ones_like(prompt), do_sample=False, pad_token_id=0,
            max_new_tokens=STEPS + 1, **options,
        )


@pytest.mark.parametrize(("name", "extra", "experts", "top_k"), [
    ("Mixtral", {"num_local_experts": 8, "num_experts_per_tok": 2}, 8, 2),
    ("Qwen3Moe", {"num_experts": 8, "num_experts_per_tok": 3, "moe_intermediate_size": 32,
                  "head_dim": 16}, 8, 3),
])
def test_routes_are_the_routers(
    name: str, extra: dict, experts: int, top_k: int, tmp_path: Path, info: Callable
) -> None:
    model = build(name, **SHAPE, **extra)
    file = tmp_path / "a.ltrace"
    with Recorder(model) as recorder:
        tokens = generate(model)
    recorder.write(file, About(model=name, domain="random"))
    with torch.no_grad():
        logits = model(tokens, output_router_logits=True).router_logits
    ids = read(file).columns["experts"]
    assert ids.shape == (STEPS, 3, top_k)
    for layer in range(3):
        scores = logits[layer].reshape(-1, experts)[PROMPT : PROMPT + STEPS]
        assert ids[:, layer].tolist() == scores.topk(top_k).indices.tolist()
    said = json.dumps(info(file))
    assert f'"{name}"' in said


def test_a_batch_of_routes(tmp_path: Path) -> None:
    model = build("Mixtral", **SHAPE, num_local_experts=8, num_experts_per_tok=2)
    with Recorder(model) as recorder:
        tokens = generate(model, batch=3)
    recorder.write(tmp_path / "a.ltrace")
    found = read(tmp_path / "a.ltrace").columns
    assert found["step_start"].tolist() == list(range(0, 3 * STEPS + 1, 3))
    with torch.no_grad():
        logits = model(tokens, output_router_logits=True).router_logits[1]
    expected = logits.reshape(3, -1, 8)[:, PROMPT : PROMPT + STEPS].topk(2).indices.transpose(0, 1)
    assert found["experts"][:, 1].tolist() == expected.flatten(0, 1).tolist()


def test_neurons_are_the_inputs_of_the_down_projection(tmp_path: Path) -> None:
    model = build("OPT", **OPT)
    with Recorder(model) as recorder:
        tokens = generate(model)
    recorder.write(tmp_path / "a.ltrace")
    words = read(tmp_path / "a.ltrace").columns["neurons"]
    assert words.shape == (STEPS, 3, 4)
    inputs: list[torch.Tensor] = []
    hook = model.model.decoder.layers[1].fc2.register_forward_pre_hook(
        lambda _, args: inputs.append(args[0])
    )
    with torch.no_grad():
        model(tokens)
    hook.remove()
    expected = inputs[0].reshape(-1, 200)[PROMPT : PROMPT + STEPS].numpy() > 0
    flags = np.unpackbits(words[:, 1].view(np.uint8), axis=-1, bitorder="little")[:, :200] == 1
    assert 0.2 < flags.mean() < 0.8
    assert (flags != expected).mean() < 1e-3


@pytest.mark.parametrize(("name", "config"), [
    ("Llama", SHAPE), ("OPT", OPT),
    ("Qwen3", SHAPE | {"head_dim": 16}), ("Mistral", SHAPE | {"sliding_window": 20}),
])
@pytest.mark.parametrize("cache", ["dynamic", "static"])
def test_pages_are_the_attentions(name: str, config: dict, cache: str, tmp_path: Path) -> None:
    if name == "Mistral" and cache == "static":
        pytest.skip("a fixed cache of a sliding window does not keep the order of tokens")
    model = build(name, **config)
    with Recorder(model, neurons=False, pages=4, picks=12) as recorder:
        tokens = generate(model, cache_implementation=cache, disable_compile=True)
    recorder.write(tmp_path / "a.ltrace")
    trace = read(tmp_path / "a.ltrace")
    assert trace.header["pages"]["first_position"] == PROMPT
    assert trace.header["pages"]["layers"] == [0, 1, 2]
    ids, mass = trace.columns["pages"], trace.columns["page_mass"]
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(tokens, output_attentions=True).attentions
    for layer in range(3):
        dense = attentions[layer][0, :, PROMPT : PROMPT + STEPS].numpy()
        by_page = np.add.reduceat(dense, range(0, dense.shape[-1], 4), axis=-1)
        by_head = by_page.reshape(ids.shape[2], -1, *by_page.shape[1:]).mean(axis=1)
        for step in range(STEPS):
            for head in range(ids.shape[2]):
                expected = by_head[head, step]
                picks = ids[step, layer, head]
                known = picks[picks < 65535]
                assert len(set(known.tolist())) == len(known)
                found = mass[step, layer, head, : len(known)]
                assert np.allclose(found, expected[known], atol=2e-3)
                assert expected[known].sum() == pytest.approx(1, abs=1e-3)


def test_the_command(tmp_path: Path, info: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    folder, prompt, out = tmp_path / "model", tmp_path / "prompt.txt", tmp_path / "a.ltrace"
    transformers.OPTConfig(**OPT, eos_token_id=None).save_pretrained(folder)
    prompt.write_text("def f():\n  return 1\n")
    arguments = [str(folder), "--prompt", str(prompt), "--out", str(out), "--random", "1",
                 "--device", "cpu", "--dtype", "float32", "--domain", "python", "--name", "tiny"]
    assert main([*arguments, "--tokens", "5", "--pages", "4", "--shares", "0.9"]) == 0
    assert "neurons: 5 tokens, 3 layers, 200 neurons" in capsys.readouterr().out
    said = json.dumps(info(out))
    assert "tiny" in said
    header = read(out).header
    assert header["pages"]["first_position"] == 20
    assert header["domain"] == "python"
    assert "at random with seed 1" in header["note"]
    assert main([*arguments, "--tokens", "0", "--first-position", "3"]) == 0
    assert "neurons: 17 tokens" in capsys.readouterr().out
    before = out.read_bytes()
    for slip, words in (
        (["--tokens", "0"], "--first-position"),
        (["--tokens", "-1"], "0 or more"),
        (["--tokens", "0", "--first-position", "99"], "no step was recorded"),
        (["--tokens", "4", "--out", str(tmp_path / "none" / "a.ltrace")], "no folder"),
        (["--tokens", "4", "--prompt", str(tmp_path / "none")], "No such file"),
    ):
        assert main([*arguments, *slip]) == 65
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
    assert out.read_bytes() == before


SCENARIO = """schema: 1
title: recorded
hardware: rtx-4090-pcie4-ddr5-desktop
runtime: cuda-graph
model: {{name: tiny, hidden: 64, layers: 3, vocabulary: 300, tied: true, heads: 8, kv-heads: 2,
        gated: {gated}, activation: {activation}, {ffn}}}
precision: {{weights: fp16, kv: fp16}}
workload: {{prompt: 30, generate: 7}}
{site}
"""


def test_lacuna_plays_routes(tmp_path: Path, lacuna: Lacuna) -> None:
    model = build("Mixtral", **SHAPE, num_local_experts=8, num_experts_per_tok=2)
    with Recorder(model) as recorder:
        generate(model)
    recorder.write(tmp_path / "a.ltrace")
    scenario = tmp_path / "a.yaml"
    scenario.write_text(SCENARIO.format(
        gated="true", activation="silu", ffn="experts: 8, top-k: 2, expert-ffn: 96",
        site="experts: {tier: ddr, resident: {tier: hbm, budget: 4 experts}, "
             "trace: {file: ./a.ltrace, first-step: 1}}",
    ))
    assert "7 decode steps" in lacuna("simulate", scenario)
    # Hits by hand: an LRU cache of 4 experts a layer, the first step only warming it.
    hits = touches = 0
    for rows in read(tmp_path / "a.ltrace").columns["experts"].transpose(1, 0, 2).tolist():
        held: list[int] = []
        for step, chosen in enumerate(rows):
            for expert in chosen:
                if step:
                    hits, touches = hits + (expert in held), touches + 1
                held = ([*[one for one in held if one != expert], expert])[-4:]
    (variant,) = json.loads(lacuna("simulate", scenario, "--format", "json"))["variants"]
    assert variant["metrics"]["experts.hit_rate"] == pytest.approx(hits / touches, abs=1e-9)


def test_lacuna_plays_neurons_and_pages(tmp_path: Path, lacuna: Lacuna) -> None:
    config = OPT | {"num_attention_heads": 8}
    model = build("OPT", **config)
    with Recorder(model, pages=4, picks=6) as recorder:
        generate(model)
    recorder.write(tmp_path / "a.ltrace")
    for site in (
        "weights: {ffn: {tier: ddr}}\nneurons: {select: active, window: 2 tokens, bundle: "
        "row-column, trace: {file: ./a.ltrace, first-step: 1}}",
        "attention: {select: {by: page, keep: 16 tokens, page: 4 tokens}}\ncache: {tier: ddr, "
        "resident: {tier: hbm, budget: 6 pages, scope: per-head}, transfer: gather-kernel, "
        "trace: {file: ./a.ltrace, first-step: 1}}",
    ):
        scenario = tmp_path / "a.yaml"
        text = SCENARIO.format(gated="false", activation="relu", ffn="ffn: 200", site=site)
        scenario.write_text(text.replace("kv-heads: 2", "kv-heads: 8"))
        assert "7 decode steps" in lacuna("simulate", scenario)


def test_a_cache_that_is_filled_already(tmp_path: Path) -> None:
    model = build("Llama", **SHAPE)
    tokens = torch.randint(3, 300, (1, PROMPT + 3), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        cache = model(tokens[:, :PROMPT]).past_key_values
        with Recorder(model, pages=4) as recorder:
            for step in range(2):
                model(tokens[:, [PROMPT + step]], past_key_values=cache)
            assert recorder.steps == 2
            cache.crop(-2)
            with pytest.raises(TraceError, match="a pass at position 30 after 32 tokens"):
                model(tokens[:, [PROMPT]], past_key_values=cache)
    recorder.write(tmp_path / "a.ltrace")
    trace = read(tmp_path / "a.ltrace")
    assert trace.header["pages"]["first_position"] == PROMPT
    assert trace.columns["pages"].shape[0] == 2
