"""Run scripts in turn, in one process; what each prints goes into a file beside it."""

import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, "")
for script in map(Path, sys.argv[1:]):
    printed = script.with_name(f"{script.name}.out")
    with printed.open("w", encoding="utf-8") as out, redirect_stdout(out):
        runpy.run_path(str(script))
