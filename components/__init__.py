"""Everything the pages are made of. Data flows one way: settings, tensors, frames, charts, page."""

import os

# What torch's libraries read once, when torch is first imported, and what no call of torch's can change later.
os.environ |= {
    # Streamlit gives every rerun a thread of its own, and `torch.set_num_threads` does not reach oneDNN there: it would
    # start a team of OpenMP threads for every rerun, three times the work of a trace.
    "OMP_NUM_THREADS": "1",
    # oneDNN keeps a compiled kernel for every (T, I, H) it has run: a third of a megabyte each, up to a thousand.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16",
}
