"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Which slot of h_n belongs to which layer and direction?",
        "Layer by layer, and in each layer forward before reverse. `h_n.view(layers, directions, batch, hidden)` sorts "
        "them.",
        words="h_n[-1] h_n[-2] bidirectional concat last layer view num_layers 12 rows for 6 samples",
    ),
    Asked(
        "dropout option adds dropout after all but last recurrent layer",
        "With one layer there is no place for it. `dropout` of `nn.LSTM` acts between layers, not between steps.",
        errors=(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            "greater than 1, but got dropout=0.5 and num_layers=1",
        ),
        words="warning dropout num_layers recurrent variational eval",
        link={"layers_topic": "Dropout"},
    ),
    Asked(
        "May two directions predict what comes next?",
        "No. The reverse direction has already read what comes next. Change a later input: what came before moves too.",
        words="bidirectional leak future causal forecast generate language model cheating",
        link={"layers_topic": "Turns"},
        source="mostafaalishahi/eICU_Benchmark#1",
    ),
    Asked(
        "LSTM, GRU or RNN: what is the difference?",
        "A GRU has three gates' worth of rows and one state, an RNN has one. The page runs all three on the same "
        "input.",
        words="gru vs lstm vanilla rnn compare gates state",
        link={"layers_topic": "GRU and RNN"},
    ),
)
