"""The parameters as programs: whose rows are whose, what two biases do, and the way to three other libraries.

`program` prints the page's own digits. `converted` needs the library that it converts to, save for TensorFlow 1, whose
cell it writes out as TensorFlow's own source has it.
"""

from components.programs.setup import draw, head
from components.settings import Settings


def program(settings: Settings, suffix: str, library: str, order: str) -> str:
    """The whole program; `suffix` is that of the layer and direction on the page, `library` sorts by `order`."""
    parts = [
        head(settings),
        "# %% 1. The module, the inputs and the initial state, drawn in this order\n" + draw(settings),
        "# %% 2. Which parameters there are, and how many\n" + _COUNT + ("" if settings.job else _INTERVAL),
        f"# %% 3. Four gates' rows\n{_BLOCKS.format(suffix=suffix)}",
        f"# %% 4. The same rows, read as {library} sorts them\n{_MISREAD.format(order=order)}",
    ]
    if settings.bias:
        parts.append("# %% 5. Two biases\n" + _BIASES)
    parts.append("# %% As a file that needs no pickle\n" + _FILE)
    return "\n\n".join(parts)


_COUNT = """\
for name, p in lstm.named_parameters():
    print(name, tuple(p.shape), p.numel())
print("all:", sum(p.numel() for p in lstm.parameters()))"""

_INTERVAL = """
k = lstm.hidden_size**-0.5
print(f"drawn from -k to k, k = {k:.4f}; the largest is", max(p.abs().max().item() for p in lstm.parameters()))"""

_BLOCKS = """\
for name in ("weight_ih{suffix}", "weight_hh{suffix}"):
    for gate, block in zip("ifgo", getattr(lstm, name).chunk(4)):
        print(name, gate, tuple(block.shape))
        print(block.detach())"""

_MISREAD = """\
order = "{order}"
state = {{name: tensor.clone() for name, tensor in lstm.state_dict().items()}}
misread = {{}}
for name, tensor in state.items():
    blocks = tensor.chunk(4)  # nothing in them says whose they are
    if "weight_hr" in name:
        misread[name] = tensor
    else:
        misread[name] = torch.cat([blocks[order.index(gate)] for gate in "ifgo"])
output, (h_n, c_n) = lstm(inputs, (h_0, c_0))
lstm.load_state_dict(misread)  # not a word
output_2, (h_n_2, c_n_2) = lstm(inputs, (h_0, c_0))
lstm.load_state_dict(state)
for name, a, b in (("output", output, output_2), ("h_n", h_n, h_n_2), ("c_n", c_n, c_n_2)):
    print(name, f"differs by up to {{(a - b).abs().max().item():.2g}}")"""

_BIASES = """\
lstm.double()
inputs, h_0, c_0 = inputs.double(), h_0.double(), c_0.double()
with torch.enable_grad():
    output, _ = lstm(inputs, (h_0, c_0))
    output.square().mean().backward()
for name, p in lstm.named_parameters():
    if "bias_ih" in name:
        other = lstm.get_parameter(name.replace("_ih", "_hh"))
        print(name, f"gradients of the two differ by {(p.grad - other.grad).abs().max().item():.1e}")
        before = p + other
        single = before - 0.1 * p.grad  # where one step takes a single bias
        p -= 0.1 * p.grad
        other -= 0.1 * other.grad
        two, one = (p + other - before).abs().sum().item(), (single - before).abs().sum().item()
        if p.grad.abs().max() > 1e-9:  # fainter ones, of gates wide open or shut, drown in rounding
            print(f"a step of SGD moves the sum {two / one:.4f} times as far as a single bias")"""

_FILE = """\
import io

import numpy as np

file = io.BytesIO()  # or a file's name
np.savez(file, **{name: p.numpy() for name, p in lstm.state_dict().items()})
file.seek(0)
with np.load(file) as read:  # allow_pickle=False is NumPy's default
    print(list(read))"""


# Conversions


def converted(settings: Settings, library: str) -> str:
    """A complete program that hands the module's parameters to another library and compares the two.

    Raises `KeyError` for PyTorch itself, and `ValueError` for a projection that the library does not have.
    """
    if settings.proj_size and library != "TensorFlow 1":
        raise ValueError(f"{library} has no projection, and proj_size is {settings.proj_size}")
    return {"Keras": _keras, "ONNX": _onnx, "TensorFlow 1": _tensorflow}[library](settings)


def _suffixes(settings: Settings) -> str:
    return '["", "_reverse"]' if settings.bidirectional else '[""]'


def _x(settings: Settings, batch_first: bool) -> str:
    """The inputs with the axes that a library reads."""
    return "inputs" if settings.batch_first == batch_first else "inputs.transpose(0, 1)"


def _agreement(settings: Settings, exact: bool = True) -> str:
    """The comparison of y, h and c, tensors of PyTorch's shapes, with what the module returns."""
    base = "1e-11" if settings.dtype == "float64" and exact else "1e-5"
    return "\n".join(
        [
            "output, (h_n, c_n) = lstm(inputs, (h_0, c_0))",
            f"tolerance = {base} * max(1.0, c_n.abs().max().item())",
            'for name, ours, theirs in (("output", output, y), ("h_n", h_n, h), ("c_n", c_n, c)):',
            "    assert ours.shape == theirs.shape",
            "    apart = (ours - theirs).abs().max().item()",
            "    print(f\"{name}: {'the same' if apart <= tolerance else 'NOT the same'}, {apart:.1e} apart\")",
        ]
    )


def _keras(settings: Settings) -> str:
    units, layers = settings.hidden_size, settings.num_layers
    two = settings.bidirectional
    # h_0 and c_0 of this layer, forward and then reverse: Keras takes and gives them in pairs.
    given = [f"{units}", "return_sequences=True", "return_state=True"]
    given += [] if settings.bias else ["use_bias=False"]
    given += ['dtype="float64"'] if settings.dtype == "float64" else []
    one = f"keras.layers.LSTM({', '.join(given)})"
    dtype = ', dtype="float64"' if settings.dtype == "float64" else ""
    lines = [
        f"below, h, c = {_x(settings, batch_first=True)}, [], []  # Keras puts the batch first",
        f"for layer in range({layers}):",
        "    weights, start = [], []",
        f"    for direction, suffix in enumerate({_suffixes(settings)}):",
        '        p = {k: getattr(lstm, f"{k}_l{layer}{suffix}") for k in kinds}',
        "        # Keras keeps PyTorch's order, i f c o, and transposes",
        '        weights += [p["weight_ih"].T.numpy(), p["weight_hh"].T.numpy()]',
    ]
    if settings.bias:
        lines.append('        weights += [(p["bias_ih"] + p["bias_hh"]).numpy()]  # it has one bias: the sum')
    lines += [
        f"        slot = {settings.num_directions} * layer + direction",
        "        start += [h_0[slot], c_0[slot]]",
        f"    one = {one}",
        *([f"    one = keras.layers.Bidirectional(one{dtype})"] if two else []),
        "    one.build(tuple(below.shape))",
        "    one.set_weights(weights)",
        "    below, *states = one(below, initial_state=start)",
        "    h += states[0::2]",
        "    c += states[1::2]",
        f"y = below{'' if settings.batch_first else '.transpose(0, 1)'}",
        "h, c = torch.stack(h), torch.stack(c)",
    ]
    kinds = '["weight_ih", "weight_hh", "bias_ih", "bias_hh"]' if settings.bias else '["weight_ih", "weight_hh"]'
    return "\n".join(
        [
            "import os",
            "",
            'os.environ["KERAS_BACKEND"] = "torch"  # read when keras is imported',
            "",
            head(settings).replace("import torch\n", "import keras\nimport torch\n"),
            "",
            "# The module, the inputs and the initial state",
            draw(settings),
            "",
            "# The same in Keras 3",
            f"kinds = {kinds}",
            *lines,
            "",
            _agreement(settings),
        ]
    )


def _onnx(settings: Settings) -> str:
    units, ways = settings.hidden_size, settings.num_directions
    bias = ', f"B{layer}"' if settings.bias else ', ""'
    lines = [
        "def iofc(tensor):",
        '    """The blocks i f g o as ONNX sorts them; its c is g."""',
        "    i, f, g, o = tensor.chunk(4)",
        "    return torch.cat([i, o, f, g])",
        "",
        "",
        "nodes, held, h_names, c_names = [], {}, [], []",
        'below = "X"',
        f"for layer in range({settings.num_layers}):",
        f'    sides = [f"_l{{layer}}{{suffix}}" for suffix in {_suffixes(settings)}]',
        "    # (D, 4H, I) and (D, 4H, H)",
        '    held[f"W{layer}"] = torch.stack([iofc(getattr(lstm, "weight_ih" + side)) for side in sides])',
        '    held[f"R{layer}"] = torch.stack([iofc(getattr(lstm, "weight_hh" + side)) for side in sides])',
    ]
    if settings.bias:
        lines += [
            '    both = [[iofc(getattr(lstm, kind + side)) for kind in ("bias_ih", "bias_hh")] for side in sides]',
            '    held[f"B{layer}"] = torch.stack([torch.cat(pair) for pair in both])  # (D, 8H): both biases',
        ]
    lines += [
        f"    slots = slice({ways} * layer, {ways} * layer + {ways})",
        '    held[f"h{layer}"], held[f"c{layer}"] = h_0[slots], c_0[slots]',
        f'    given = [below, f"W{{layer}}", f"R{{layer}}"{bias}, "", f"h{{layer}}", f"c{{layer}}"]',
        '    names = [f"Y{layer}", f"hn{layer}", f"cn{layer}"]',
        f'    way = "{"bidirectional" if settings.bidirectional else "forward"}"',
        f'    nodes.append(helper.make_node("LSTM", given, names, hidden_size={units}, direction=way))',
        "    # Y is (T, D, B, H); the next layer, and PyTorch, want (T, B, D * H)",
        '    nodes.append(helper.make_node("Transpose", [names[0]], [f"Z{layer}"], perm=[0, 2, 1, 3]))',
        '    nodes.append(helper.make_node("Reshape", [f"Z{layer}", "shape"], [f"out{layer}"]))',
        '    below = f"out{layer}"',
        "    h_names.append(names[1])",
        "    c_names.append(names[2])",
        f'held["shape"] = torch.tensor([0, 0, {ways * units}])',
        "held = {name: t.float() if t.is_floating_point() else t for name, t in held.items()}",
        "constants = [numpy_helper.from_array(t.numpy(), name) for name, t in held.items()]",
        f"x = {_x(settings, batch_first=False)}.float().contiguous().numpy()  # (T, B, I)",
        "asked = [below, *h_names, *c_names]",
        'inside = [helper.make_tensor_value_info("X", TensorProto.FLOAT, x.shape)]',
        "outside = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 3) for name in asked]",
        'graph = helper.make_graph(nodes, "lstm", inside, outside, constants)',
        'model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)',
        "onnx.checker.check_model(model)",
        "",
        "session = onnxruntime.InferenceSession(model.SerializeToString())",
        'y, *states = map(torch.from_numpy, session.run(asked, {"X": x}))',
        f"h, c = torch.cat(states[:{settings.num_layers}]), torch.cat(states[{settings.num_layers}:])",
        *(["y = y.transpose(0, 1)"] if settings.batch_first else []),
    ]
    imports = "import onnx\nimport onnxruntime\nimport torch\nfrom onnx import TensorProto, helper, numpy_helper\n"
    float32 = ["# onnxruntime's LSTM computes in float32 alone"] if settings.dtype == "float64" else []
    return "\n".join(
        [
            head(settings).replace("import torch\n", imports),
            "",
            "# The module, the inputs and the initial state",
            draw(settings),
            "",
            "",
            *lines,
            "",
            *float32,
            _agreement(settings, exact=False),
        ]
    )


def _tensorflow(settings: Settings) -> str:
    bias = (
        [
            '        bias = ijfo(get("bias_ih") + get("bias_hh")).numpy()  # one bias: the sum',
        ]
        if settings.bias
        else [f"        bias = np.zeros({4 * settings.hidden_size}, kernel.dtype)  # TensorFlow 1 always has one"]
    )
    project = ['        projection = get("weight_hr").T.numpy()'] if settings.proj_size else []
    lines = [
        "def ijfo(tensor):",
        '    """The blocks i f g o as TensorFlow 1 sorts them; its j is g."""',
        "    i, f, g, o = tensor.chunk(4)",
        "    return torch.cat([i, g, f, o])",
        "",
        "",
        "def sigmoid(z):",
        "    return (1 + np.tanh(z / 2)) / 2",
        "",
        "",
        "# TensorFlow 1 is not run here: this is the arithmetic of its LSTMCell, in NumPy",
        f"def cell(x, m, c, kernel, bias{', projection' if settings.proj_size else ''}, forget_bias=1.0):",
        "    i, j, f, o = np.split(np.concatenate([x, m], axis=1) @ kernel + bias, 4, axis=1)",
        "    c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(j)  # the 1 is added here, at run time",
        f"    return sigmoid(o) * np.tanh(c){' @ projection' if settings.proj_size else ''}, c",
        "",
        "",
        f"below, h, c = {_x(settings, batch_first=False)}.numpy(), [], []  # (T, B, I)",
        f"for layer in range({settings.num_layers}):",
        "    halves = []",
        f"    for direction, suffix in enumerate({_suffixes(settings)}):",
        '        def get(name, end=f"_l{layer}{suffix}"):',
        "            return getattr(lstm, name + end)",
        "",
        "        # One kernel, (I + H, 4H): inputs and state side by side, transposed",
        '        kernel = torch.cat([ijfo(get("weight_ih")), ijfo(get("weight_hh"))], dim=1).T.numpy()',
        *bias,
        f"        bias[{2 * settings.hidden_size}:{3 * settings.hidden_size}] -= 1.0  # what the cell will add to f",
        *project,
        f"        slot = {settings.num_directions} * layer + direction",
        "        m, memory, outputs = h_0[slot].numpy(), c_0[slot].numpy(), []",
        "        for x in below[::-1] if direction else below:",
        f"            m, memory = cell(x, m, memory, kernel, bias{', projection' if settings.proj_size else ''})",
        "            outputs.append(m)",
        "        halves.append(np.stack(outputs[::-1] if direction else outputs))",
        "        h.append(m)",
        "        c.append(memory)",
        "    below = np.concatenate(halves, axis=2)",
        f"y = torch.from_numpy(below){'.transpose(0, 1)' if settings.batch_first else ''}",
        "h, c = torch.from_numpy(np.stack(h)), torch.from_numpy(np.stack(c))",
    ]
    return "\n".join(
        [
            head(settings).replace("import torch\n", "import numpy as np\nimport torch\n"),
            "",
            "# The module, the inputs and the initial state",
            draw(settings),
            "",
            "",
            *lines,
            "",
            _agreement(settings),
        ]
    )
