"""What runs beside the pages: torch and threads. Work, a run of it, and who may run when. No Streamlit in here."""
