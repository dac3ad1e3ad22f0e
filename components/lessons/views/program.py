"""A line that rearranges, as a complete program that prints what the page states."""

from components.settings import Settings


def program(settings: Settings, line: str, error: str = "") -> str:
    """The program for a line that the page has read; `error` names what it raises, if anything."""
    sizes = f"{settings.seq_len}, {settings.batch_size}, {settings.input_size}"
    head = [f"# raises: {error}"] if error else []
    made = [
        "import torch",
        "",
        f"T, B, I = {sizes}  # steps, samples, features",
        "x = torch.arange(T * B * I).view(T, B, I)  # each number is its own place in memory",
        f"y = {line}",
    ]
    if error:
        return "\n".join((*head, *made))
    return "\n".join((*made, "", *_SHOWN))


_SHOWN = (
    "print(tuple(y.shape), y.stride(), y.storage_offset(), y.is_contiguous())",
    'print("x\'s memory:", y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr())',
    "print(y)",
)
