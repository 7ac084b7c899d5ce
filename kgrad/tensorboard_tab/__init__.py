"""The tab "Gradients" of TensorBoard: pictures of the runs in a folder.

plugin       what TensorBoard loads: routes, and the name of the tab
answers      arguments in, JSON with the right status and headers out
run_folders  which runs there are, and nothing outside the log directory
readings     each run, read on from where the last reading stopped
static/      the page

TensorBoard loads `plugin` whenever it starts, so nothing here imports Keras,
and Plotly is imported only when the first picture is asked for.
"""
