"""Execute notebooks in place, so that a second run changes no byte.

Usage: python code/tools/refresh.py chapters/*.ipynb

Timings and volatile metadata are left out, and a seal (a hash over all outputs) goes
into the notebook's metadata: a test recomputes it, so an output changed by hand is
found even where a fresh run may differ (numbers after "≈").
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def seal(notebook: nbformat.NotebookNode) -> str:
    """The SHA-256 over the outputs of all code cells, in order."""
    outputs = [
        cell.get("outputs", []) for cell in notebook.cells if cell.cell_type == "code"
    ]
    text = json.dumps(outputs, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refresh(path: Path) -> float:
    """Execute one notebook in its own folder, write it back; return the seconds."""
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
            "plusx": {"outputs": seal(notebook)},
        }
    )
    nbformat.write(notebook, path)
    return time.perf_counter() - start


def _joined(outputs: list) -> list:
    """One stream output per stream: how a stream is cut into pieces is chance."""
    joined: list = []
    for output in outputs:
        if output.output_type == "stream":
            for earlier in joined:
                if earlier.output_type == "stream" and earlier.name == output.name:
                    earlier.text += output.text
                    break
            else:
                joined.append(output)
        else:
            joined.append(output)
    return joined


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python code/tools/refresh.py chapters/NAME.ipynb …")
    os.environ["PLUSX_STATIC"] = "1"
    for name in sys.argv[1:]:
        print(f"{name}: {refresh(Path(name)):.1f} s", flush=True)
