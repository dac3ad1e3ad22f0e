"""Questions that the clinic answers: symptoms of programs that raise no error."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Every prediction is nearly the same number",
        "Compare the shapes in the loss: (N, 1) minus (N) is (N, N), so every prediction is compared with every "
        "target. The best answer to that is the mean.",
        errors=(
            "Using a target size (torch.Size([8])) that is different to the input size (torch.Size([8, 1])). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
        ),
        words="mse_loss broadcasting predicts prediction always the same value mean constant output warning squeeze "
        "unsqueeze",
        link={"case": "Boiler"},
        source="pytorch/pytorch#18349",
    ),
    Asked(
        "The loss does not go to zero, but the accuracy is fine",
        "`cross_entropy` takes the softmax itself. With a second one in the model, the loss has a floor above zero.",
        words="softmax before CrossEntropyLoss twice logits loss stuck plateau",
        link={"case": "Moods"},
        source="ariecattan/SciCo#2",
    ),
    Asked(
        "Good in validation, useless when it runs by itself",
        "Look at what the model is given in validation. If it is told the true value before each step, the figure says "
        "nothing about use.",
        words="teacher forcing seq2seq great validation bad inference generation evaluate ratio",
        link={"case": "Counter"},
        source="keon/seq2seq#8",
    ),
    Asked(
        "Test scores differ from run to run, in eval() too",
        "Something is sampled in `forward`, such as the initial state. `eval()` turns off dropout and nothing else.",
        words="random hidden init randn not deterministic reproducible different result each call",
        link={"case": "Doorbell"},
        source="schmidt-ju/crat-pred#8",
    ),
    Asked(
        "A sample gets another answer in another batch",
        "Its result may depend on its own numbers only. Look for an operation over the wrong axis, or over the "
        "padding.",
        words="attention softmax dim batch size one single sample inference mean padding company",
        link={"case": "Letters"},
        source="PetrochukM/PyTorch-NLP#2",
    ),
    Asked(
        "It trains, but only a bit, whatever I tune",
        "Perhaps the axes are mixed up: the sizes fit, so nothing is raised. Change one sample and see what moves.",
        words="loss stuck does not decrease not decreasing slowly does not learn model hyperparameters view reshape "
        "transpose batch_first",
    ),
    Asked(
        "Weight dropout makes it worse the longer it trains",
        "If the dropped weights are written back into the module, each call deletes more of them. Keep the raw "
        "weights.",
        words="dropconnect awd-lstm weight_hh data dropout recurrent regularization parameter gradient none",
        link={"case": "Echo"},
        source="keitakurita/Better_LSTM_PyTorch#7",
    ),
    Asked(
        "Recurrent reinforcement learning learns slowly",
        "Check the reset of finished episodes: 0 and 1 as whole numbers are row numbers, as booleans they are a mask.",
        words="ppo episode done mask reset hidden state rows policy rl agent environment",
        link={"case": "Lamp"},
        source="leggedrobotics/rsl_rl#28",
    ),
    Asked(
        "Is my own LSTM right? How can I check it?",
        "Twelve probes look at a model from outside, without reading its code. Take `check_my_lstm.py` home and run "
        "it.",
        words="test debug verify sanity check unit test probe overfit one batch baseline leak",
    ),
)
