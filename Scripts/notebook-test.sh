#!/usr/bin/env bash
# Executes the notebooks of Examples against a built runner and fails when a cell does, or draws no picture where it
# should. The Python environment is private (.build/notebooks) and kept between runs. Without Python, its venv module or
# a package index there is nothing to execute with: the script says that it skipped, and ends well.
#
#   Scripts/notebook-test.sh [RUNNER]          default: that of a debug build
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
runner=${1:-$(cd "$root" && swift build --show-bin-path)/hydra}
requirements=$root/Scripts/notebook-requirements.txt
environment=$root/.build/notebooks

skip() {
  echo "notebook test: SKIPPED, nothing was executed: $1"
  exit 0
}
[ -x "$runner" ] || {
  echo "notebook test: there is no runner at $runner; build it first" >&2
  exit 1
}
# Notebooks run in folders of their own.
runner=$(cd "$(dirname "$runner")" && pwd)/$(basename "$runner")
command -v python3 > /dev/null || skip "there is no python3"
python3 -c 'import ensurepip, venv' 2> /dev/null || skip "python3 has no venv module (Debian: python3-venv)"

if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  if ! "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" 2> "$environment/pip.log"; then
    # A package that any index has tells a pin that cannot be had from an index that cannot be reached.
    "$environment/bin/python" -m pip download --quiet --no-deps --dest "$environment/probe" nbclient > /dev/null 2>&1 ||
      skip "pip reaches no package index"
    echo "notebook test: the packages of $requirements cannot be installed:" >&2
    tail -n 3 "$environment/pip.log" >&2
    exit 1
  fi
  cp "$requirements" "$environment/requirements.txt"
fi

HYDRA=$runner "$environment/bin/python" - "$root"/Examples/notebooks/*.ipynb << 'PYTHON'
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

for path in map(Path, sys.argv[1:]):
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        sys.exit(f"notebook test: {path.name} holds outputs; clear them before committing")
    start = time.monotonic()
    try:
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    except CellExecutionError as error:
        sys.exit(f"notebook test: {path.name} failed:\n{error}")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    pictures = sum("image/png" in output.get("data", {}) for cell in code for output in cell.outputs)
    expected = sum("plt.show()" in cell.source for cell in code)
    if pictures != expected or expected == 0:
        sys.exit(f"notebook test: {path.name} drew {pictures} pictures, {expected} were expected")
    print(f"notebook test: {path.name}: {len(code)} cells, {pictures} pictures, {time.monotonic() - start:.0f} s")
PYTHON
