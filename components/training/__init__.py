"""What runs beside the pages, with torch and threads: a piece of work, one run of it, and the queue. No Streamlit here.

In this folder a *run* is one execution of some work. It is not one of Streamlit's script runs.
"""
