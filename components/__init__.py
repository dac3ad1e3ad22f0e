"""Everything the pages are made of. Data flows one way: settings, facts, frames, charts, show, page."""

import contextlib
import ctypes
import os
import sys

# What torch's libraries read once, when torch is first imported, and what no call of torch's can change later.
os.environ |= {
    # Streamlit gives every rerun a thread of its own, and `torch.set_num_threads` does not reach oneDNN there: it would
    # start a team of OpenMP threads for every rerun, three times the work of a trace.
    "OMP_NUM_THREADS": "1",
    # oneDNN keeps a compiled kernel for every (T, I, H) it has run: a third of a megabyte each, up to a thousand.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16",
}

# glibc maps a large block by itself and gives it back to the system when it is freed. But each one that is freed raises
# the size from which it does so, up to 32 MB, and then tensors that are freed stay with the process. A size that is set
# stays. Only the largest settings have tensors of 8 MB: a move there takes a tenth longer, and no other does. A libc
# without the call does without.
_M_MMAP_THRESHOLD = -3  # in glibc's malloc.h
if sys.platform == "linux":
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 8 * 2**20)
