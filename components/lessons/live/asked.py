"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Is a loop over the steps the same as one call?",
        "Yes, up to rounding, if the loop carries h and c. The page compares both for every size that you set.",
        words="for loop time steps lstmcell single call sequence equivalent why faster",
    ),
    Asked(
        "My streaming version is worse than the whole sequence",
        "Often the new state is lost between two calls, so each step starts from zeros. Step 1 is right anyway: "
        "compare the later ones.",
        words="streaming state not updated stateful inference onnx wrapper feed forward zeros each step",
        link={"mistake": "Zeros each step", "live_topic": "Loop and call"},
        source="livekit/agents-js#944",
    ),
    Asked(
        "I set h_0 to zeros in forward. Can it remember anything?",
        "Yes. h_0 and c_0 are only what stands before step 1. Within the call torch carries the state.",
        words="zeros init hidden forward reset every call default none hx",
        source="bentrevett/pytorch-sentiment-analysis#14",
    ),
    Asked(
        "What happens if I carry h and forget c?",
        "It runs, and every step forgets its memory. The page marks the numbers that differ.",
        words="only hidden state passed cell state missing",
        link={"mistake": "Only h carried", "live_topic": "Loop and call"},
    ),
    Asked(
        "What happens if the sequence is read as a batch?",
        "Every step becomes a sample of its own and starts from zeros. No error is raised.",
        words="batch instead of sequence axis 0 unsqueeze",
        link={"mistake": "Sequence as batch", "live_topic": "Loop and call"},
    ),
    Asked(
        "Why do two calls on the same input differ?",
        "Something is random at each call: a start drawn with `randn`, or dropout outside `eval()`. A long sequence "
        "hides a random start.",
        words="random initial state randn non deterministic eval different results each run reproducible",
        link={"mistake": "New start", "live_topic": "Loop and call"},
        source="schmidt-ju/crat-pred#8",
    ),
    Asked(
        "What are the equations of an LSTM?",
        "Four gates, one sum for c and one product for h. The page has them beside the numbers that they give.",
        words="formula math sigmoid tanh i f g o",
    ),
)
