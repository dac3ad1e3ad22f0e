"""Live training: torch and threads. A task, a run of it, and who may run when. No Streamlit in here."""
