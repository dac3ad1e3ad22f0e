"""Four continuations of a cut sequence, step by step."""

import numpy as np
import pandas as pd

from components.recurrence.carry import Continued


def carry_frame(result: Continued, floor: float) -> pd.DataFrame:
    """t, carried, difference for t = cut + 1 .. T; `drawn` is the difference, or `floor` where it is smaller."""
    parts = []
    for name, apart in result.per_step.items():
        difference = np.array(apart, np.float32)
        t = np.arange(result.cut + 1, result.cut + 1 + len(apart), dtype=np.int16)
        parts.append(pd.DataFrame({"t": t, "carried": name, "difference": difference}))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(drawn=np.maximum(frame["difference"], np.float32(floor)))
