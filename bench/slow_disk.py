"""A slow disk on a fast machine: a library put under the lane that makes every sync wait.

It sits below everything in the process, SQLite included, which a wrapper in Python would not reach.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bench.process import NotReady

SYNC_WAIT_S = 0.010
_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int after_a_while(const char *name, int descriptor) {
    struct timespec wait = {0, %d};
    nanosleep(&wait, 0);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(descriptor);
}

int fsync(int descriptor) { return after_a_while("fsync", descriptor); }
int fdatasync(int descriptor) { return after_a_while("fdatasync", descriptor); }
"""


def preload(folder: Path) -> dict[str, str]:
    """Environment for a process whose syncs shall each take SYNC_WAIT_S longer. Needs a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NotReady("a C compiler is needed to make the disk slow: apt-get install gcc libc6-dev")
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(_SOURCE % round(SYNC_WAIT_S * 1e9))
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}
