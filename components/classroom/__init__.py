"""Rooms: a teacher leads a class through the lessons, and the class answers their questions.

In reading order: `room.py`, what a room is; `store.py`, what keeps it; `memory.py` and `redis.py`, the two stores;
`rooms.py`, what may be done in a room; `hub.py`, which tells the browsers of changes; `routes.py`, how they ask.
`process.py` has the rooms of this process. Nothing here needs Streamlit.
"""
