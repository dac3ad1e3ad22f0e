"""Unrolled: PyTorch's nn.LSTM, taken apart. Start it with `streamlit run dashboard.py`."""

from components.ui import shell

shell.run()
