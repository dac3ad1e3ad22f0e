"""The LSTM itself, in torch alone: drawn, run, taken apart and compared. No Streamlit, pandas or Altair in here.

Letters in shape comments, here and everywhere: T time steps (`seq_len`), B samples (`batch_size`), I input
features (`input_size`), H units (`hidden_size`), P projected units (`proj_size`; H where there is no projection),
L layers (`num_layers`), D directions (2 when bidirectional, else 1).
"""

import warnings

import torch

# One thread is the fastest for tensors of this size, and visitors share the cores. Set at import, never per request;
# it holds for this thread's successors too because of what `components` says to OpenMP.
torch.set_num_threads(1)

# True, said once a process, and of no use to a learner: the numbers are the same either way.
warnings.filterwarnings("ignore", message="LSTM with projections is not supported with oneDNN")
