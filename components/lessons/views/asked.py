"""Questions that this lesson answers."""

from components.ui.lesson import Asked

ASKED = (
    Asked(
        "Why does view fail after a transpose?",
        "`view` only reads the same memory in another shape. After `transpose`, the elements are not in that order. "
        "`reshape` copies them then.",
        errors=(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead.",
        ),
        words="contiguous reshape stride permute",
        link={"line": "x.transpose(0, 1).view(-1)"},
    ),
    Asked(
        "Why is a shape invalid for the size?",
        "`view` and `reshape` keep the number of elements. The product of the new sizes must be the old number.",
        errors=("shape '[4, 5]' is invalid for input of size 30",),
        words="reshape elements product",
        link={"line": "x.view(-1, 7)"},
    ),
    Asked(
        "Can I use view or reshape to swap batch and time?",
        "No. They keep the order of the elements in memory, so one row gets numbers of several samples, without an "
        "error. `transpose(0, 1)` swaps the axes.",
        words="batch_first permute view instead of transpose wrong rows mixed samples trains a bit",
        link={"line": "x.view(x.size(1), x.size(0), -1)"},
    ),
    Asked(
        "Do I change the original when I write into a view?",
        "Yes, if both share memory. The page writes one number and shows where it appears.",
        words="inplace shared memory clone copy",
        link={"write": "true"},
    ),
)
