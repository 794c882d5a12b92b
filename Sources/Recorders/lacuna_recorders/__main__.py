"""``python -m lacuna_recorders MODEL --prompt FILE --tokens N --out FILE.ltrace``"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

import torch

from .columns import Section, TraceError
from .ltrace import About, write
from .record import Recorder

CHUNK = 512


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        _check(options)
        model, ids = _load(options)
        sections = record(model, ids, options)
        write(options.out, _about(options), sections)
    except ImportError as error:
        print(f"error: {error}; pip install transformers", file=sys.stderr)
        return 64
    except (OSError, ValueError) as error:
        # The library explains at length; its first line says what is wrong.
        print(f"error: {str(error).strip().splitlines()[0]}", file=sys.stderr)
        return 65
    for section in sections:
        print(describe(section))
    return 0


def _check(options: argparse.Namespace) -> None:
    """What can be known before a model is loaded."""
    if options.tokens < 0:
        raise TraceError(f"--tokens {options.tokens}: it must be 0 or more")
    if options.tokens == 0 and options.first_position is None:
        raise TraceError("--tokens 0: reads the prompt alone; say with --first-position from where")
    folder = os.path.dirname(os.path.abspath(options.out))
    if not os.access(folder, os.W_OK):
        raise TraceError(f"--out {options.out}: no folder '{folder}' that can be written to")


def _load(options: argparse.Namespace) -> tuple[Any, torch.Tensor]:
    """The model and the prompt's tokens, on the device."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    with open(options.prompt, encoding="utf-8") as source:
        text = source.read()
    if not text:
        raise TraceError(f"{options.prompt}: an empty prompt")
    kind = options.dtype if options.dtype == "auto" else getattr(torch, options.dtype)
    if options.random is None:
        ids = AutoTokenizer.from_pretrained(options.model)(text, return_tensors="pt").input_ids
        model = AutoModelForCausalLM.from_pretrained(
            options.model, dtype=kind, attn_implementation="sdpa"
        )
    else:
        config = AutoConfig.from_pretrained(options.model)
        ids = torch.tensor([[byte % config.vocab_size for byte in text.encode()]])
        if kind == "auto":
            kind = getattr(config, "dtype", None) or torch.float32
        torch.manual_seed(options.random)
        with torch.device(options.device):
            model = AutoModelForCausalLM.from_config(
                config, dtype=kind, attn_implementation="sdpa"
            )
    return model.to(options.device).eval(), ids.to(options.device)


@torch.no_grad()
def record(model: Any, ids: torch.Tensor, options: argparse.Namespace) -> list[Section]:
    """Generates, or reads the text alone if no tokens are asked for; gives what was touched."""
    with Recorder(
        model, pages=options.pages, picks=options.picks, shares=options.shares,
        threshold=options.neurons, first_position=options.first_position,
    ) as recorder:
        if options.tokens:
            # The pass of the prompt yields the first token, each later one a step.
            count = options.tokens + 1
            model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=count,
                           min_new_tokens=count, do_sample=False)
        else:
            _read(model, ids)
        return recorder.sections()


def _read(model: Any, ids: torch.Tensor) -> None:
    cache = None
    for start in range(0, ids.shape[1], CHUNK):
        chunk = ids[:, start : start + CHUNK]
        done = model(chunk, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache = done.past_key_values


def describe(section: Section) -> str:
    """One line: what a section holds."""
    shape = section.columns[0].shape
    if section.name == "experts":
        count = section.facts["expert_count"]
        return f"experts: {shape[0]} tokens, {shape[1]} layers, top {shape[2]} of {count}"
    if section.name == "pages":
        size = section.facts["page_tokens"]
        return (f"pages: {shape[0]} steps, {shape[1]} layers, {shape[2]} KV heads, "
                f"{shape[3]} pages of {size} tokens")
    bits = sum(int(word).bit_count() for word in section.columns[0].values.flat)
    share = 100 * bits / (shape[0] * shape[1] * shape[2])
    return (f"neurons: {shape[0]} tokens, {shape[1]} layers, {shape[2]} neurons, "
            f"{share:.2f} % active")


def _about(options: argparse.Namespace) -> About:
    notes = [f"recorded by lacuna-recorders, torch {torch.__version__}"]
    if options.random is not None:
        notes.append(f"weights drawn at random with seed {options.random}, prompt read as bytes")
    if options.neurons is not None:
        notes.append(f"neurons active above {options.neurons}")
    if options.shares:
        notes.append(f"topp_tokens at shares {', '.join(str(share) for share in options.shares)}")
    return About(model=options.name or options.model, source=options.source,
                 domain=options.domain, licence=options.licence, note="; ".join(notes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lacuna_recorders",
        description="Records the experts, neurons and KV pages that a Transformers model touches.",
    )
    add = parser.add_argument
    add("model", help="a folder or a hub's name of a causal language model")
    add("--prompt", required=True, metavar="FILE", help="text to start from")
    add("--tokens", required=True, type=int, metavar="N",
        help="tokens to generate and record; 0 reads the prompt alone")
    add("--out", required=True, metavar="FILE.ltrace")
    add("--first-position", type=int, metavar="P",
        help="record from this position on, the prompt's included; default: after the prompt")
    add("--pages", type=int, metavar="TOKENS", help="record KV pages of so many tokens")
    add("--picks", type=int, default=48, metavar="N", help="pages kept a KV head (48)")
    add("--shares", type=float, nargs="+", default=[], metavar="SHARE",
        help="also count the tokens that hold each share of a head's mass")
    add("--neurons", type=float, metavar="THRESHOLD",
        help="record neurons whose activation is above this size; default: 0, ReLU-like FFNs only")
    add("--random", type=int, metavar="SEED",
        help="draw the weights at random; MODEL needs a config.json only")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add("--dtype", default="auto", choices=["auto", "float32", "float16", "bfloat16"])
    add("--name", help="the model's name in the file; default: MODEL")
    for key in ("domain", "licence"):
        add(f"--{key}", default="", help=f"the {key} in the file")
    add("--source", default="lacuna-recorders", help="the source in the file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
