"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Trying to backward through the graph a second time",
        "The carried state still belongs to the graph of the last batch. Cut it with `detach()`. `retain_graph=True` "
        "hides the error and makes every step slower.",
        errors=(
            "Trying to backward through the graph a second time (or directly access saved tensors after they have "
            "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
            "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if "
            "you need to access saved tensors after calling backward.",
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            "[torch.FloatTensor [16, 3]] is at version 2; expected version 1 instead. Hint: enable anomaly detection "
            "to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, "
            "check_nan=False).",
        ),
        words="retain_graph detach repackage_hidden stateful",
        link={"batches_topic": "Without detach"},
    ),
    Asked(
        "Should the state be reset between batches?",
        "Carry it if row b of the next batch goes on where row b of this one ended. Otherwise start from zeros.",
        words="stateful lstm zero hidden init_hidden every epoch carry keep state shuffle",
    ),
    Asked(
        "What does detach take away?",
        "Only the gradient that would flow into earlier batches. The numbers of the state stay the same.",
        words="truncated backpropagation through time tbptt bptt gradient cut",
        link={"batches_topic": "What detach cuts"},
    ),
    Asked(
        "The loss is nan. Does clipping help?",
        "It helps against large gradients, not against a nan that is already there. The page shows what clipping does "
        "to the gradient.",
        words="loss nan inf exploding gradient clip_grad_norm_ clipping diverges",
        link={"batches_topic": "Clipping"},
    ),
    Asked(
        "The last batch is smaller and the carried state does not fit",
        "A row of the state belongs to one stream. Keep the rows of the streams that go on, and start new ones from "
        "zeros. `drop_last` only hides it.",
        words="expected hidden size last batch drop_last validation batch size changes",
        source="fastai/fastai2#267",
    ),
)
