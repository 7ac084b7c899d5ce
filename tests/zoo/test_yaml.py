from __future__ import annotations

import math

from zoo.yaml import to_yaml


def test_mappings_and_sequences_in_block_style() -> None:
    content = {
        "license": "apache-2.0",
        "tags": ["keras", "1.0", "a: b # c"],
        "model-index": [
            {
                "name": 'a "b" ± c',
                "results": [{"task": {"type": "other"}, "value": 0.5}],
            },
            {"name": "d"},
        ],
        "none": None,
        "yes": True,
    }
    assert (
        to_yaml(content)
        == """license: "apache-2.0"
tags:
- "keras"
- "1.0"
- "a: b # c"
model-index:
- name: "a \\"b\\" ± c"
  results:
  - task:
      type: "other"
    value: 0.5
- name: "d"
none: null
yes: true
"""
    )


def test_numbers_that_json_does_not_know() -> None:
    numbers = [math.nan, math.inf, -math.inf]
    assert to_yaml(numbers) == "- .nan\n- .inf\n- -.inf\n"
