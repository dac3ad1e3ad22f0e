"""Streamlit: the syllabus, the shell around every page, and the furniture that lessons share."""
