"""A live training in three ways: the state is carried, reset or shuffled."""
