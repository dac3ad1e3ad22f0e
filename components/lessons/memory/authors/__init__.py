"""Which step wrote which part of c."""
