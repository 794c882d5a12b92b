"""Records what a PyTorch model touches (experts, neurons, KV pages) as `.ltrace` files.

`Recorder` hooks a model; `columns` and `write` make a trace of arrays that were recorded otherwise.
"""

from . import columns
from .columns import Section, TraceError
from .ltrace import About, Trace, read, write
from .record import Recorder

__all__ = ["About", "Recorder", "Section", "Trace", "TraceError", "columns", "read", "write"]
