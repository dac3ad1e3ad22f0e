"""One layer in one direction of an `nn.LSTM`, as a module of its own: what a loop over two directions is made of."""

from torch import nn

from components.lstm.build import blank


def single(module: nn.LSTM, layer: int, direction: int = 0) -> nn.LSTM:
    """Layer `layer` of `module` in one direction (1 is the reverse), sharing its parameters.

    Reads (T, B, width), or (B, T, width) as `module` does; width is I for the first layer and D*P above it.
    """
    suffix = f"_l{layer}_reverse" if direction else f"_l{layer}"
    part = blank(
        nn.LSTM,
        getattr(module, f"weight_ih{suffix}").shape[1],
        module.hidden_size,
        bias=module.bias,
        batch_first=module.batch_first,
        proj_size=module.proj_size,
    )
    theirs = {name: name.removesuffix("_l0") + suffix for name in part.state_dict()}
    part.load_state_dict({k: getattr(module, name) for k, name in theirs.items()}, assign=True)
    return part.train(module.training)
