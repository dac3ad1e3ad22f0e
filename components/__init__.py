"""Everything that the pages are built of. Data flows one way: settings, facts, frames, charts, show, page."""

import contextlib
import ctypes
import os
import sys

# Torch's libraries read these variables once, when torch is first imported. No call of torch can change them later.
os.environ |= {
    # Streamlit runs every script run in a thread of its own. There `torch.set_num_threads` has no effect on oneDNN,
    # which would start a team of OpenMP threads for every script run. That costs three times the work of a trace.
    "OMP_NUM_THREADS": "1",
    # oneDNN keeps a compiled kernel for every (T, I, H) that it has run: a third of a megabyte each, and up to a
    # thousand of them by default.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16",
}

# glibc gives a large freed block back to the system at once. By default its limit for "large" grows, up to 32 MB, each
# time a large block is freed. Then the memory of freed tensors stays with the process. A limit that is set here does
# not grow. Only the largest settings have tensors of 8 MB: there a move of a slider takes a tenth longer. Another libc
# may not have this call, and then nothing is set.
_M_MMAP_THRESHOLD = -3  # in glibc's malloc.h
if sys.platform == "linux":
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 8 * 2**20)
