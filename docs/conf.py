"""How Sphinx builds these pages: `make docs`.

Nothing is fetched when a page is read: no fonts, no scripts, formulas as
MathML. So the pages work from disk, search included.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "extensions")]

import kgrad  # noqa: E402

project = "kgrad"
author = "The authors of kgrad"
version = release = kgrad.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docstrings",
    "generated",
    "mathml",
]
exclude_patterns = ["extensions"]
templates_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Docstrings write code as Markdown does: in single backticks.
default_role = "code"
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_typehints_format = "short"
autodoc_inherit_docstrings = False
autoclass_content = "class"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"kgrad {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_search_summary = False  # It would fetch pages, not so from disk.
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
