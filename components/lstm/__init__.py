"""The LSTM itself, in torch alone: build it, run it, trace it, compare it. No Streamlit, pandas or Altair in here.

Letters in shape comments, here and everywhere: T time steps (`seq_len`), B samples (`batch_size`), I input
features (`input_size`), H units (`hidden_size`), P projected units (`proj_size`; H where there is no projection),
L layers (`num_layers`), D directions (2 when bidirectional, else 1).
"""

import warnings

import torch

# One thread is the fastest for tensors of this size, and visitors share the cores. This is set at import, never per
# request. Later threads use one thread too, because `components` tells OpenMP so.
torch.set_num_threads(1)

# The warning is true, and torch gives it once per process. A learner cannot use it: the numbers are the same.
warnings.filterwarnings("ignore", message="LSTM with projections is not supported with oneDNN")
