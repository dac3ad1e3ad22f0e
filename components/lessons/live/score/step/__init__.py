"""The Step control below the score, which runs in the browser."""
