"""Unrolled: PyTorch's nn.LSTM, taken apart. Start it with `streamlit run dashboard.py`."""

if __name__ == "__main__":  # a script run: Streamlit runs this file for each visitor
    from components.ui import shell

    shell.run()
else:  # the start of the server: `streamlit run` finds an `App` in this file, and imports it
    from streamlit import App

    from components.ui.start import ROUTES, lifespan

    app = App("dashboard.py", routes=ROUTES, lifespan=lifespan)
