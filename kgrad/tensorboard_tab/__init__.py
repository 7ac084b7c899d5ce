"""The tab "Gradients" of TensorBoard: pictures of the runs in a folder.

TensorBoard loads `plugin` whenever it starts, so nothing here imports Keras,
and Plotly is imported only when the first picture is asked for.
"""
