"""Tensors to tidy pandas frames: the columns a chart draws or a table shows. No drawing in here."""

import pandas as pd

Frame = pd.DataFrame  # for those who hand frames on without looking into them
