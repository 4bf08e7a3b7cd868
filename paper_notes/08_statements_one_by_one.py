# %% [markdown]
# # The statements, one by one
# What each paper claims, what became of it, and where the print is wrong: generated from the registry and its last run.

# %% tags=["hide"]
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures
from verify.statements.record import read_record
from verify.statements_cli import rows

figures.use()
found, record = rows(), read_record()
papers = {
    "Li24": "Li, Liang, Shi, Song, Zhou, [arXiv 2402.09469](https://arxiv.org/abs/2402.09469) (v3)",
    "Morwani23": "Morwani, Edelman, Oncescu, Zhao, Kakade, [arXiv 2311.07568](https://arxiv.org/abs/2311.07568)",
    "Ding24": "Ding, Guo, Michaud, Liu, Tegmark, [arXiv 2405.17420](https://arxiv.org/abs/2405.17420)",
    "Rangamani25": "Rangamani, [arXiv 2503.22059](https://arxiv.org/abs/2503.22059)",
    "Swaroop26": "Swaroop, [arXiv 2603.23784](https://arxiv.org/abs/2603.23784)",
    "Ours": "Results of this package",
}

# %%
display(Markdown(f"Recorded by `{record['command']}` on {record['written']}: {len(found)} statements."))
present = list(dict.fromkeys(row["paper"] for row in found))
labels = ("theorem", "certified", "measured", "conjecture", "false-as-printed")
counts = Counter((row["paper"], row["label"]) for row in found)

# %% tags=["hide"]
fig, ax = plt.subplots(figsize=(6.8, 0.7 + 0.55 * len(present)))
left = np.zeros(len(present))
shades = (figures.GREEN, figures.BLUE, figures.SKY, figures.ORANGE, figures.PURPLE)
for label, colour, hatch in zip(labels, shades, ("", "//", "..", "xx", "\\\\"), strict=True):
    width = np.array([counts[paper, label] for paper in present])
    ax.barh(present, width, left=left, color=colour, hatch=hatch, edgecolor="#ffffff80", linewidth=0, label=label)
    for y, (start, length) in enumerate(zip(left, width, strict=True)):
        if length:
            ax.text(start + length / 2, y, str(length), ha="center", va="center", fontsize=9, color="#000000",
                    bbox={"facecolor": "#ffffffcc", "edgecolor": "none", "pad": 1})  # fmt: skip
    left = left + width
ax.invert_yaxis()
ax.set(xlabel="statements")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
figures.show(
    fig,
    "statements-count",
    "Stacked bars of the number of statements per paper and label: "
    + "; ".join(
        f"{paper} " + ", ".join(f"{counts[paper, x]} {x}" for x in labels if counts[paper, x]) for paper in present
    ),
    "Statements by paper and by the kind of truth that is claimed for them.",
)

# %% [markdown]
# A **theorem** has a written proof; *proved* says that all its checks are exact, *passed* that some compare floats. **Certified** means an exact computer certificate
# for the listed cases. **Measured** is floating point with an error bound or an interval over seeds. A **misprint** is a
# formula that is false as printed; its check shows that the printed form fails and that the corrected form holds. None of
# them makes a main theorem false.

# %% [markdown]
# ## Misprints, with the number that decides
#
# Each is decided by a third route that knows neither form: an enumeration, a count, exact algebra. Computed just now.

# %%
from theory.groups.misprints import MISPRINTS as GROUP_MISPRINTS
from theory.misprints import MISPRINTS

lines = []
for misprint in (*MISPRINTS, *GROUP_MISPRINTS):
    seen = misprint.check()
    assert seen.ok
    lines.append(
        f"**{misprint.paper}, {misprint.where}.** {misprint.claim}\n\n$$\\text{{printed: }} {misprint.printed_text}$$\n\n"
        f"$$\\text{{correct: }} {misprint.corrected_text}$$\n\n<small>{seen.where}: printed gives {seen.printed:.6g}, "
        f"correct gives {seen.corrected:.6g}, the truth is {seen.truth:.6g}.</small>"
    )
display(Markdown("\n\n".join(lines)))

# %% [markdown]
# ## One by one

# %%
for paper in present:
    lines = [f"### {paper}", papers.get(paper, "")]
    for row in found:
        if row["paper"] == paper and row["label"] != "false-as-printed":
            name = row["id"].split(":", 1)[1]
            lines.append(f"**{name}** ({row['label']}: {row['status']}). {row['claim'].replace('|', '&#124;')}")
            lines.append(f"$${row['latex']}$$")
    display(Markdown("\n\n".join(lines)))

# %% [markdown]
# The [statement table](statements.html) has the same list with links to the code that decides each.
