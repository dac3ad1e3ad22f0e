"""A training, live, with the state carried, reset and shuffled."""
