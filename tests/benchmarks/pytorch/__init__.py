"""A step of the zoo's plain models in Keras, in Keras with XLA, in PyTorch.

    pip install torch
    python -m tests.benchmarks.pytorch [--tasks T ...] [--cells C ...]

Each trains the model of a recipe, step by step on one batch of the task: Keras
as shipped (`jit_compile=False`), Keras with `jit_compile=True`, and PyTorch as
shipped (without `torch.compile`). They take turns in one process, on one thread
each, as the zoo trains. Given are medians over rounds; a ratio is that of two
turns of the same round. Tracing and compiling are left out.

PyTorch has the same layers, loss, optimizer and learning rates, with these
differences: it knows no mask, so it runs padding like any other step; its LSTM
and RNN have a second bias, which adds nothing (its GRU is that of Keras'
`reset_after=True`); it computes the loss from logits, and keeps no metric; its
batch is a tensor, while Keras reads one from a `tf.data.Dataset`.
"""
