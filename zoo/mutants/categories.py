"""What can be wrong with a program, and which of it a finding names.

A mutation has one category, its true cause. A finding names those of the
causes that its rule stands for, and then those that its remedies change, in
their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from kgrad.records import Finding, Remedy

Category = Literal[
    "rate",
    "optimizer",
    "batch",
    "epochs",
    "loss",
    "output",
    "activation",
    "weights",
    "architecture",
    "regularization",
    "labels",
    "scale",
    "data",
    "order",
]
"""Learning rate; optimizer; batch size; epochs; loss; activation of the last
layer; of the hidden ones; initial weights; layers, gates, masks and widths;
regularization; labels; scale of inputs or targets; amount, balance and noise
of the data; order of samples or of time steps."""

CATEGORIES: tuple[Category, ...] = get_args(Category)

RULES: Mapping[str, tuple[Category, ...]] = {
    "class_imbalance": ("data",),
    "few_updates": ("epochs", "batch"),
    "majority_only": ("data",),
    "noisier_training": ("labels", "data"),
    "one_class_only": ("data",),
    "overfitting": ("data", "regularization"),
    "relu_recurrence": ("activation",),
    "sorted_labels": ("order",),
    "batch_larger_than_data": ("batch",),
    "validation_mismatch": ("data", "order"),
}
"""What a rule stands for, whose remedies do not say all of it."""

REMEDIES: Mapping[str, tuple[Category, ...]] = {
    "adam": ("optimizer",),
    "batch_normalization": ("architecture",),
    "both_classes": ("data",),
    "bounded_recurrence": ("activation", "weights"),
    "check_data": ("data",),
    "check_labels": ("labels",),
    "class_weights": ("data",),
    "clip_gradients": ("rate",),
    "decay_learning_rate": ("rate",),
    "dense_behind": ("output",),
    "divide": ("scale",),
    "dropout": ("regularization",),
    "early_stopping": ("epochs",),
    "evaluate_training": (),
    "every_step": ("architecture",),
    "faster_statistics": ("architecture",),
    "find_the_cut": ("architecture",),
    "finite": ("data",),
    "gated_cell": ("architecture",),
    "identity_relu": ("activation", "weights"),
    "ids": ("data",),
    "ignored_label": ("loss",),
    "in_order": ("order",),
    "initial_weights": ("weights",),
    "into_range": ("scale",),
    "keep_the_batch_axis": ("architecture",),
    "labels_from_zero": ("labels",),
    "labels_in_range": ("labels",),
    "labels_to_binary": ("labels",),
    "larger_batch": ("batch",),
    "larger_learning_rate": ("rate",),
    "last_layer": ("output",),
    "last_state": ("architecture",),
    "last_step_only": ("architecture",),
    "leaky_relu": ("activation",),
    "less_dropout": ("regularization",),
    "look": ("data",),
    "loss_with_logits": ("loss",),
    "mean_absolute_error": (),
    "metric_that_counts_answers": (),
    "more_updates": ("epochs", "batch"),
    "no_activation": ("output",),
    "normalization_layer": ("scale",),
    "not_zero_weights": ("data",),
    "one_hot": ("labels",),
    "open_forget_gate": ("architecture",),
    "open_update_gate": ("architecture",),
    "optimizer": ("optimizer",),
    "other_loss": ("loss",),
    "probabilities": ("labels",),
    "recurrent_batch_normalization": ("architecture",),
    "relu": ("activation",),
    "same_shape": ("architecture",),
    "scale_inputs": ("scale",),
    "shorter_sequences": ("architecture",),
    "shuffled": ("order",),
    "slope": ("architecture",),
    "smaller_learning_rate": ("rate",),
    "stable_loss": ("loss",),
    "standardize": ("scale",),
    "training_argument": ("regularization",),
    "true_division": ("scale",),
    "usual_initializers": ("weights",),
    "vocabulary": ("architecture",),
    "weaker_penalty": ("regularization",),
    "weight_decay": ("regularization",),
    "whole_labels": ("labels",),
    "wider_layer": ("architecture",),
}
"""What a remedy changes, by its id; none where it only looks."""

SIGNS: Mapping[str, tuple[Category, ...]] = {
    "inputs": ("scale", "data"),
    "labels": ("labels", "data"),
    "targets": ("scale",),
    "output_and_loss": ("output", "loss"),
    "behavior": ("architecture",),
    "plan": ("epochs", "batch"),
    "nonfinite": ("rate", "data"),
    "exploding": ("rate", "weights"),
    "large_updates": ("rate",),
    "small_updates": ("rate",),
    "dead_units": ("activation", "weights"),
    "saturation": ("activation", "weights"),
    "vanishing": ("activation", "weights"),
    "oscillation": ("rate", "batch"),
    "overfitting": ("regularization", "data"),
    "slow_progress": ("rate", "optimizer"),
    "unfinished_training": ("epochs", "rate"),
}
"""What the signs of tools stand for that name no remedy: what their authors
repair first when they see one."""


def named(
    findings: Iterable[Finding],
    remedies: Iterable[Remedy],
    batch_size: int | None = None,
) -> list[Category]:
    """The categories that a diagnosis names, each once, in its order.

    Args:
        findings: The cause, and what follows from it.
        remedies: What the diagnosis would change.
        batch_size: That of the training: a remedy that repeats it does not
            change it.
    """
    cause, *_ = findings
    found = [*RULES.get(cause.rule, ())]
    for remedy in remedies:
        if f"batch_size={batch_size}," in remedy.code:
            found.append("epochs")
        else:
            found += REMEDIES.get(remedy.id, ())
        if remedy.id == "last_layer" and "loss=" in remedy.code:
            found.append("loss")
    return list(dict.fromkeys(found))


def of_signs(signs: Iterable[str]) -> list[Category]:
    """The same of signs without remedies, the gravest first."""
    found = (category for sign in signs for category in SIGNS.get(sign, ()))
    return list(dict.fromkeys(found))
