"""How the dashboard is served by more than one process, on one machine and on many."""
