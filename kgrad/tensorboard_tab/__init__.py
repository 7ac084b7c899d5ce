"""The tab "Gradients" of TensorBoard: run folders come in, figures come out.

TensorBoard loads `plugin` whenever it starts, so nothing here imports Keras,
and Plotly is imported only when the first picture is asked for.
"""
