"""`kgrad view RUNS`: TensorBoard, opened on the tab."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser


def view(folder: str, port: int | None = None, browser: bool = True) -> int:
    """Starts TensorBoard, and stays until Ctrl-C.

    Args:
        folder: A run folder, or a folder of run folders.
        port: Where TensorBoard answers, 0 for any that is free. By default
            its own, 6006, or the next that is free.
        browser: Whether to open the tab in the web browser.

    Returns:
        The exit code: 0, or 2 if TensorBoard did not start.
    """
    from tensorboard import default, program

    from kgrad.tensorboard_tab.plugin import NAME, GradientsPlugin

    plugins = default.get_plugins()
    if GradientsPlugin not in plugins:  # kgrad is not installed, only there.
        plugins.append(GradientsPlugin)
    tensorboard = program.TensorBoard(plugins=plugins)
    arguments = ["kgrad", "--logdir", os.path.abspath(folder)]
    if port is not None:
        arguments += ["--port", str(port)]
    tensorboard.configure(arguments)
    try:
        url = tensorboard.launch()
    except program.TensorBoardServerException as error:
        print(f"kgrad: TensorBoard did not start: {error}", file=sys.stderr)
        return 2
    address = f"{url}#{NAME}"
    print(f"{address}  (Ctrl-C ends it)", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    return 0
