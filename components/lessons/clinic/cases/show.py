"""What the page says of each case: what its author saw, what each line does, and why one of them is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Belief:
    """A reason that a learner may give for the fault, and what is said to it."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Case:
    """The words of one case. A line of its program is named by how it begins."""

    does: str  # the program's task
    told: str  # what its author saw
    wrong: str  # the line
    lines: dict[str, str]  # other lines that one may suspect: what each does rightly, and what would show if not
    beliefs: tuple[Belief, ...]
    akin: str  # another case in which one sees nearly the same, for another reason
    source: str  # where such code was found


SAID: dict[str, Case] = {
    "River": Case(
        "forecasts the level of a river from the ten levels before",
        "It trains, a bit. More units do not help, and a smaller rate does not help.",
        "x = x.reshape(x.shape[1], -1, 1)",
        {
            "windows = (level": "It cuts the series into pieces of 11 levels, and all get the same scale. If a piece "
            "held later levels too, the error would be too good, not too bad.",
            "return self.head(output[-1])": "Here `output` is (steps, samples, units), so `[-1]` is the last step. If "
            "it took the first step, *set weight_hh to zeros* would change nothing.",
            "return F.mse_loss(net(x), y)": "Both are (samples, 1): each prediction meets its own target. If not, "
            "the mended program would fail *beside a guess* too.",
        },
        (
            Belief(
                "`reshape` lost the gradient",
                "Gradients go through `reshape`: *every parameter* passes.",
            ),
            Belief(
                "`reshape` moves no number in memory, so one column gets numbers of several samples",
                "The sizes are right, but the numbers are in wrong places. `t()` swaps the axes.",
                True,
            ),
            Belief(
                "without `batch_first=True` nn.LSTM cannot read (steps, samples, features)",
                "Without it, this is just what it reads. The sizes are right; the numbers are in wrong places.",
            ),
        ),
        "Marker",
        "[jessicayung/blog-code-snippets](https://github.com/jessicayung/blog-code-snippets), lstm-pytorch",
    ),
    "Bakery": Case(
        "forecasts the sales of a bakery six days ahead",
        "The loss is small. But the forecast that I make each morning is wild.",
        "self.lstm = nn.LSTM(1, 12)",
        {
            "x, y = windows": "It makes x (samples, 12, 1) and y (samples, 1), as the comment says. If they did "
            "not belong together, the loss would not be small.",
            "return self.head(output[:, -1])": "With samples first, this is the last day of each sample. So another "
            "line must tell nn.LSTM that samples are first.",
            "daily = torch.cat(": "One window each morning: that is how a baker asks. It shows the fault and does not "
            "make it. A right model gives the same numbers alone and together with others.",
        },
        (
            Belief(
                "the initial state is missing",
                "Without one, torch starts from zeros. That is right here.",
            ),
            Belief(
                "twelve units are too few for twelve days",
                "The mended program has twelve too.",
            ),
            Belief(
                "without `batch_first` the first axis is time: the state goes from sample to sample",
                "The samples are its steps. With a single window there is one step only, so *set weight_hh to zeros* "
                "changes nothing.",
                True,
            ),
        ),
        "Melody",
        "[curiousily/Getting-Things-Done-with-Pytorch](https://github.com/curiousily/Getting-Things-Done-with-Pytorch)"
        ", notebook 05",
    ),
    "Echo": Case(
        "says at each step the value that it read two steps before",
        "With dropout on the recurrent weights it learns little, and new data is as bad as at the start.",
        "self.lstm.weight_hh_l0.data = weight.data",
        {
            "y = F.pad(x": "It moves x two steps on, with zeros before. If it moved x the other way, the target would "
            "be the future, and *beside a guess* would fail.",
            "weight = F.dropout(self.lstm.weight_hh_l0": "It makes a copy in which a fifth is zero, in training only. "
            "Without `self.training`, *call it twice in eval()* would fail.",
            "return self.head(output)": "One prediction from h of each step. If it took h of a later step, "
            "*change the future* would fail.",
        },
        (
            Belief(
                "the copy with its zeros takes the place of the weights: each call deletes more of them",
                "The dropped weights are gone for good. Dropout has to work on a copy, for one call.",
                True,
            ),
            Belief(
                "dropout of 0.2 is too strong for 16 units",
                "The mended program drops just as many.",
            ),
            Belief(
                "`.data` makes the gradient of the weights zero",
                "Then *every parameter* would say that a weight does not move. It says that a call changes one.",
            ),
        ),
        "Peaks",
        "[keitakurita/Better_LSTM_PyTorch#7](https://github.com/keitakurita/Better_LSTM_PyTorch/issues/7)",
    ),
    "Peaks": Case(
        "says at each step the highest of the last three values",
        "It trains well. But without the dropout on the recurrent weights it was much better.",
        "weight = nn.Parameter(F.dropout(",
        {
            "y = F.pad(x": "The highest of three values, none of them later. If one was later, *change the future* "
            "could not find it, but the error would stay high.",
            "output, _ = torch.func.functional_call(": "It calls the LSTM with this weight in place of its own. If it "
            "used its own, there would be no dropout, and a gradient.",
            "return self.head(output)": "One prediction from h of each step. If it took h of a later step, "
            "*change the future* would fail.",
        },
        (
            Belief(
                "dropout may not be used on recurrent weights",
                "It may: the mended program does it.",
            ),
            Belief(
                "`functional_call` ignores the weight that it gets",
                "It uses it. But the gradient goes to this new weight, and nobody trains that one.",
            ),
            Belief(
                "a Parameter begins a new graph: the gradient ends there and does not reach the LSTM's weight",
                "The recurrent weights stay as they were at the start. The rest of the net learns around them.",
                True,
            ),
        ),
        "Echo",
        "[fastai/fastai2#427](https://github.com/fastai/fastai2/issues/427), "
        "[salesforce/awd-lstm-lm#5](https://github.com/salesforce/awd-lstm-lm/issues/5)",
    ),
    "Doorbell": Case(
        "says how loud three short sounds are together",
        "The test error is another one each time, although I call eval() before.",
        "h_0, c_0 = torch.randn(",
        {
            "self.lstm, self.head = nn.LSTM(2, 12": "There is no dropout in it, which eval() would have to turn off. "
            "Without `batch_first` the state would have the wrong sizes, and torch would raise an error.",
            "output, _ = self.lstm(x, (h_0": "It starts from this state, h first and then c. The order is right: with "
            "zeros nobody could tell.",
            "return self.head(output[:, -1])": "The last step of each sample. It draws nothing.",
        },
        (
            Belief(
                "eval() has to be called inside of `forward`",
                "It sets a flag that every part of the net has. Where it is called does not matter.",
            ),
            Belief(
                "the start is sampled at each call, and eval() does not change that",
                "eval() is for dropout and batch norm. A long sequence would hide the fault, because the LSTM forgets "
                "its start. Here there are three steps.",
                True,
            ),
            Belief(
                "floating point sums are rounded in another order each time",
                "On one machine, equal calls give equal bits. And the difference is far above rounding.",
            ),
        ),
        "Letters",
        "[schmidt-ju/crat-pred#8](https://github.com/schmidt-ju/crat-pred/issues/8)",
    ),
    "Marker": Case(
        "finds the marked value in a sequence, with attention over the steps",
        "It is good while it trains. With a single sample the answer is nonsense.",
        "attention = score.softmax(dim=0)",
        {
            "x, y = torch.stack((value, marker)": "Two features at each step, and the marked value as target. If they "
            "did not belong together, the mended program would fail *beside a guess* too.",
            "score = self.score(output)[..., 0]": "One number for each sample and step: (samples, steps). With one "
            "for each sample alone, the next lines would raise an error.",
            "context = (attention": "It adds up the steps, each with its weight: axis 1 is right here. With axis 0, "
            "all samples would get one context, and the sizes would not fit.",
        },
        (
            Belief(
                "softmax must come after the sum over the steps",
                "After the sum there is nothing left to choose from.",
            ),
            Belief(
                "a net that is to read single samples must be trained on single samples",
                "A right net gives a sample the same answer alone and in a batch.",
            ),
            Belief(
                "axis 0 counts the samples: the weights of a step add up to 1 over the batch",
                "So the samples compete with each other. A single sample gets the weight 1 at every step.",
                True,
            ),
        ),
        "Bakery",
        "[PetrochukM/PyTorch-NLP#2](https://github.com/PetrochukM/PyTorch-NLP/issues/2)",
    ),
    "Boiler": Case(
        "says the heat that eight readings add up to",
        "Whatever it reads, it predicts nearly the same number.",
        "return ((net(x) - y) ** 2).mean()",
        {
            "y = x.sum((1, 2)) / 3": "The heat is the sum of the readings: there is something to learn. If y did not "
            "belong to x, the mended program would fail *beside a guess* too.",
            "output, _ = self.lstm(x)": "x is (samples, steps, 1), and `batch_first=True`. If the axes were wrong, "
            "*change one sample* would fail.",
            "return self.head(output[:, -1])": "One prediction for each sample, from its last step. If it were the "
            "first step, *set weight_hh to zeros* would change nothing.",
        },
        (
            Belief(
                "(N, 1) minus (N) is (N, N): every prediction is compared with every target",
                "The best answer to all targets at once is their mean. `y[:, None]` is (N, 1).",
                True,
            ),
            Belief(
                "the rate is too small, so it stays where it began",
                "The mended program has the same rate. And this one does move: to the mean.",
            ),
            Belief(
                "`mean()` hides the single errors: it has to be `sum()`",
                "That is the same loss, but for a factor.",
            ),
        ),
        "Moods",
        "[pytorch/pytorch#18349](https://github.com/pytorch/pytorch/issues/18349), "
        "[replicahealth/GluPredKit#45](https://github.com/replicahealth/GluPredKit/issues/45)",
    ),
    "Moods": Case(
        "tells four moods apart",
        "Most moods are right. But the loss stays far above zero, also on the training data.",
        "return self.head(output[:, -1]).softmax(dim=1)",
        {
            "y = (x.sum(1) > 0)": "Two bits make a class 0 to 3. If y did not belong to x, few moods would be right.",
            "return F.cross_entropy(net(x), y)": "Scores (samples, 4) and classes (samples): this is what it wants. "
            "With the classes on another axis it would raise an error here.",
            "right = (net(x).argmax(1)": "The class with the largest score. Softmax does not change which one that "
            "is: so the share of right moods does not show the fault.",
        },
        (
            Belief(
                "`dim=1` is the wrong axis",
                "Axis 1 counts the classes, so it would be right if there had to be a softmax.",
            ),
            Belief(
                "`cross_entropy` takes the softmax itself; a second one leaves the scores between 0 and 1",
                "Scores that differ by 1 at most give no class more than e / (e + 3) of the probability. So the loss "
                "cannot go below ln(1 + 3 / e).",
                True,
            ),
            Belief(
                "`cross_entropy` wants the targets as vectors of zeros and a one",
                "It takes class numbers. The mended program uses the same.",
            ),
        ),
        "Boiler",
        "[ariecattan/SciCo#2](https://github.com/ariecattan/SciCo/issues/2)",
    ),
    "Counter": Case(
        "reads four digits, says their sum, and counts on from it",
        "Validation is nearly perfect. In use it is much worse.",
        "return net(x, y)",
        {
            "told = torch.cat(": "It moves y by one place: before each number the net is told the number before, not "
            "the number itself. Without the shift the loss would go to zero at once.",
            "token = scores[-1].argmax(2)": "In use, the net reads its own last number. That is right: nobody else "
            "knows it.",
            "return F.cross_entropy(net(x, y)": "In training it is common to tell the net the true numbers. This is "
            "called teacher forcing. The fault is elsewhere: who must not be told?",
        },
        (
            Belief(
                "the validation data is a part of the training data",
                "Both figures are for the same data. So this cannot make the difference between them.",
            ),
            Belief(
                "`argmax` in use is not what was trained",
                "Training makes the right number the most likely one. `argmax` takes it.",
            ),
            Belief(
                "in validation the net is told the true number before each step, and in use nobody tells it",
                "So validation only measures one step on from the truth. Call it as in use: `net(x)`.",
                True,
            ),
        ),
        "Melody",
        "[keon/seq2seq#8](https://github.com/keon/seq2seq/issues/8)",
    ),
    "Lamp": Case(
        "says whether a lamp is on, in episodes that each begin with the lamp on",
        "It learns slowly. Nothing raises an error.",
        "begins = begins.long()",
        {
            "y[:, t] = torch.where(": "A press turns the lamp, a new episode turns it on. If it were wrong, the "
            "mended program could not learn it.",
            "keep = torch.ones(len(x), 1)": "A factor for each row of the state: 1 keeps it. If all were 0, *set "
            "weight_hh to zeros* would change nothing in any row.",
            "h, c = self.cell(press": "It multiplies h and c, both. With h alone, *cut, hand the state on* would fail "
            "in the mended program too.",
        },
        (
            Belief(
                "whole numbers are row numbers: rows 0 and 1 are reset, whatever the flags say",
                "`keep[begins]` with 0 and 1 means rows 0 and 1. With True and False it means the rows with True.",
                True,
            ),
            Belief(
                "an assignment into a tensor breaks the gradient",
                "`keep` needs no gradient. *Every parameter* passes.",
            ),
            Belief(
                "the state has to be detached when an episode begins",
                "Times zero, nothing of the old state is left, and no gradient either.",
            ),
        ),
        "Listener",
        "[leggedrobotics/rsl_rl#28](https://github.com/leggedrobotics/rsl_rl/issues/28)",
    ),
    "Listener": Case(
        "says how loud a sound was lately, live, in pieces of four frames",
        "On whole recordings it is fine. Live, the level jumps from piece to piece.",
        'state = result.get("state")',
        {
            "output, state = self.lstm(x, state)": "It starts from the state that it gets, and returns the new one. "
            "Without it, whole recordings would be fine as well: look at who hands it on.",
            "for piece in x.split(4, dim=1)": "Four frames at a time, in order. A right model gives the same for "
            "pieces of any length.",
            "result = net(piece, state)": "It hands the state in. The question is which state it has.",
        },
        (
            Belief(
                "four frames are too short for an LSTM",
                "With the state handed on, the length of a piece does not matter: the figure is 0.",
            ),
            Belief(
                "the result has no key of this name, so `get` gives None, and each piece starts from zeros",
                '`result["state"]` would have raised an error. `get` says nothing.',
                True,
            ),
            Belief(
                "the state has to be detached between the pieces",
                "That is for training. `detach` changes no number.",
            ),
        ),
        "Lamp",
        "[livekit/agents-js#944](https://github.com/livekit/agents-js/issues/944)",
    ),
    "Melody": Case(
        "says at each step which note comes next",
        "Nearly every next note is right. But when it plays by itself, it often is not.",
        "self.lstm = nn.LSTM(4, 12, batch_first=True, bidirectional=True)",
        {
            "return x[:128]": "The targets are the notes from the second on: they are shifted. If they were not, the "
            "loss would go to zero in the mended program too: it would say the note that it reads.",
            "return F.cross_entropy(net(x)[:, :-1]": "The last step has no next note, so it is left out. Predictions "
            "and targets have the same order.",
            "output, _ = self.lstm(F.one_hot": "Each note as four numbers. It reads the whole melody in one call, "
            "which is right if no step can see what comes later.",
        },
        (
            Belief(
                "it has learned the melodies by heart",
                "These melodies are new to it, and it gets them right all the same.",
            ),
            Belief(
                "the reverse direction has read the next note before the net has to say it",
                "Nothing is left to predict. When it plays by itself, there is no next note to read.",
                True,
            ),
            Belief(
                "with two directions the head needs 48 inputs",
                "Two directions of 12 units are 24. With other sizes torch would raise an error.",
            ),
        ),
        "Counter",
        "[sherjilozair/char-rnn-tensorflow#64](https://github.com/sherjilozair/char-rnn-tensorflow/issues/64)",
    ),
    "Letters": Case(
        "says the mean of the letters of a word, with words of several lengths in one batch",
        "The same word gets another answer when there is a longer word in its batch.",
        "mean = (output * real).mean(1)",
        {
            "x = x * (torch.arange(8) < length)": "It puts zeros behind the word. If there were letters in the "
            "padding, y would not belong to x, and little could be learned.",
            "self.embed = nn.Embedding(": "The padding has the vector 0, which is not trained. Without `padding_idx` "
            "the results would be the same here, because of `real`.",
            "real = (x > 0)": "True where there is a letter. So the outputs of the padding are left out of the sum.",
        },
        (
            Belief(
                "the LSTM reads the padding, and that changes its outputs for the letters",
                "It reads from left to right, and the padding comes after the letters.",
            ),
            Belief(
                "`padding_idx` has to be −1",
                "The padding is 0 in this data.",
            ),
            Belief(
                "`mean` divides by the width of the batch, with the padding, not by the length of the word",
                "Beside a longer word the same sum is divided by more. Divide by the number of letters.",
                True,
            ),
        ),
        "Doorbell",
        "Mean over padding, as in many tutorials on text classification",
    ),
}
