"""The example notebook, executed as a notebook server does."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

nbclient = pytest.importorskip("nbclient")

FOLDER = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    notebook = nbformat.read(FOLDER / "examples/attention.ipynb", as_version=4)
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("example"))}}
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
    return client.execute(env={**os.environ, "PYTHONPATH": str(FOLDER)})


class Sources(HTMLParser):
    """The documents of the frames in a page."""

    def __init__(self):
        super().__init__()
        self.all = []

    def handle_starttag(self, tag, attributes):
        if tag == "iframe":
            self.all.append(dict(attributes)["srcdoc"])


def frames(notebook):
    """The HTML of each output that is a frame."""
    pages = [
        output["data"].get("text/html", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    ]
    return [page for page in pages if page.startswith("<div><iframe")]


def test_every_cell_runs_and_three_show_a_view(executed):
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")
    assert [re.findall(r'title="([^"]*)"', page)[0] for page in frames(executed)] == [
        "Attention",
        "Attention",
        "Attention of a random GPT-2",
    ]
    assert int(executed.cells[-1].outputs[0]["data"]["text/plain"]) > 1000  # the size of the file that it saves


def test_an_export_keeps_the_views_as_they_are(executed):
    exporter = pytest.importorskip("nbconvert").HTMLExporter()
    page, _ = exporter.from_notebook_node(executed)
    found = Sources()
    found.feed(page)
    asked = Sources()
    for frame in frames(executed):
        asked.feed(frame)
    assert found.all == asked.all
    assert len(asked.all) == 3
