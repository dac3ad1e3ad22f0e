"""Tensors to tidy pandas frames: the columns a chart draws or a table shows. No drawing in here."""
