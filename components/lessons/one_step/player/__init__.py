"""The player: one step as a picture that runs in the browser."""
