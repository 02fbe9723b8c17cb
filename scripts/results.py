#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/results.md and its pictures by running the program's measuring commands.

The published figures are those of "Diffusion restorator visualization", on other faces than ours.
"""

import argparse
import csv
import hashlib
import json
import os
import pathlib
import resource
import shutil
import statistics
import struct
import subprocess

# Of the reference, RGB MSE on faces, 64×64 grey → 178×178 colour.
BICUBIC = 0.0118
PUBLISHED = {"ddpm": 0.0103, "ddim": 0.0175, "a": 0.00646, "b": 0.00637,
             "portrait-masking-32": 0.00639, "portrait-masking-8": 0.00638}
PUBLISHED_BEST, PUBLISHED_WORSE, SETUPS = 0.00634, 237, 465
PUBLISHED_SPEED = 8

DIFFUSION = "portrait"
SINGLE = ["portrait-masking-32", "portrait-masking-8"]
PIXELS = 1000           # of each picture, for the tables, where no option says otherwise
SHOWN = [3, 10, 23]     # pictures of the sheets, by their place in the folder
LOCAL = 10              # the picture of the local region
TURNS = 3               # when time is measured
SMALL_TABLE = 10


class Tools:
    """Runs the program; `folder` receives what is kept between runs, `pictures` the figures."""

    def __init__(self, program, folder, pictures, pixels=PIXELS):
        self.program, self.folder, self.pictures = program, folder, pictures
        self.pixels = pixels
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")

    def run(self, *words):
        print("restorator", *words, flush=True)
        done = subprocess.run([self.program, *map(str, words)], env=self.environment, text=True,
                              stdout=subprocess.PIPE, check=True)
        return done.stdout

    def models(self):
        """Id → path of the models that are found."""
        lines = self.run("list").split("Presets\n")[0].splitlines()[1:]
        return {line.split()[0]: path.strip() for line, path in zip(lines[::2], lines[1::2])}

    def evaluate(self, folder, *words):
        path = self.folder / "evaluate.json"
        self.run("evaluate", folder, "--pixels", self.pixels, "--json", path, *words)
        return json.loads(path.read_text(encoding="utf-8"))

    def seconds(self, *words):
        """Processor seconds of a run, the median of some."""
        def used():
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime

        taken = []
        for _ in range(TURNS):
            start = used()
            self.run(*words)
            taken.append(used() - start)
        return statistics.median(taken)


def sha(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:12]


def header_and_data(path):
    """A model file's header, and the bytes of its tensors."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(size)), file.read()


def network_sha(path):
    """Of what a model computes with: a new card alone makes no other network of it."""
    header, data = header_and_data(path)
    header["__metadata__"] = header["__metadata__"]["restorator"]
    return hashlib.sha256(json.dumps(header).encode() + data).hexdigest()[:12]


def metadata(path, key):
    """An entry of a model file's metadata; an empty one where it has none."""
    return json.loads(header_and_data(path)[0]["__metadata__"].get(key, "{}"))


def description(path):
    """What a model's file says of its network."""
    return metadata(path, "restorator")


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def gives_difference(models):
    return description(models[DIFFUSION]).get("luma", {}).get("residual", False)


def measured(tools, models, folder):
    """Figures by name: single-pass models by their id, setups of the diffusion model by preset."""
    figures = {name: tools.evaluate(folder, "--model", name) for name in SINGLE if name in models}
    for preset in ("ddpm", "ddim", "a", "b"):
        figures[preset] = tools.evaluate(folder, "--model", DIFFUSION, "--preset", preset)
    return figures


def label(name):
    return {"ddpm": "DDPM", "ddim": "DDIM", "a": "A", "b": "B"}.get(name, name)


def error_row(name, figure):
    published = PUBLISHED[name]
    return [label(name), figure["passes"], f"{figure['mse']:.5f}", f"**{figure['ratio']:.3f}**",
            f"{published:.5f}", f"{published / BICUBIC:.3f}",
            f"{figure['ciede2000']:.2f} ({figure['ciede2000'] / figure['ciede2000_grey']:.2f})",
            f"{figure['chroma']:.2f}"]


def figure_table(figures, names):
    heads = ["", "passes", "RGB MSE", "÷ bicubic", "published", "÷ bicubic",
             "CIEDE2000 (÷ grey's)", "chroma"]
    rows = [error_row(name, figures[name]) for name in names if name in figures]
    one = next(iter(figures.values()))
    rows.append(["bicubic, grey", "", f"{one['bicubic']:.5f}", "1", f"{BICUBIC:.5f}", "1",
                 f"{one['ciede2000_grey']:.2f}", "0"])
    return table(heads, rows)


def columns(models):
    """The four of the document, as far as the models are there: masking-32, masking-8, A, B."""
    words = []
    for name in SINGLE:
        if name in models:
            words += ["--with", f"{name}: --model {name}"]
    return words + ["--with", f"A: --model {DIFFUSION} --preset a",
                    "--with", f"B: --model {DIFFUSION} --preset b"]


def ddpm_and_ddim(tools, models, files, figures):
    shown = [files[i] for i in SHOWN[:2]]
    tools.run("compare", *shown, "-o", tools.pictures / "ddpm-ddim.jpg", "--input", "--cell", 256,
              "--options", "--mode full --window picture",
              "--with", f"DDPM: --model {DIFFUSION} --preset ddpm",
              "--with", f"DDIM: --model {DIFFUSION} --preset ddim",
              "--with", f"B: --model {DIFFUSION} --preset b")
    better, worse = sorted(("ddpm", "ddim"), key=lambda name: figures[name]["ratio"])
    said = [f"{label(better)} has the smaller error of the two, as in the document."
            if better == "ddpm" else
            f"Unlike in the document, {label(better)} has the smaller error of the two."]
    if figures["ddim"]["ratio"] < 1:
        said.append("DDIM is better than bicubic enlargement here, and in the document worse.")
        if gives_difference(models):
            said.append(
                "Our network gives the difference to the input's own luma (`luma` in its "
                "description), so what a sampler gets wrong is mostly colour; the reference's "
                "network draws the luma too, and an error of luma weighs on all three channels.")
    else:
        said.append("DDIM is worse than bicubic enlargement, as in the document.")
    if figures["b"]["ratio"] < figures[better]["ratio"]:
        said.append("Both leave noise that A and B, which project it, do not.")
    return f"""## DDPM against DDIM

![DDPM, DDIM and B on two pictures](results/ddpm-ddim.jpg)

{figure_table(figures, ["ddpm", "ddim"])}

{" ".join(said)}
"""


def whole_pictures(tools, models, files, figures):
    tools.run("compare", *[files[i] for i in SHOWN], "-o", tools.pictures / "whole.jpg", "--input",
              "--cell", 180, "--options", "--mode full --window picture", *columns(models))
    names = [name for name in (*SINGLE, "a", "b") if name in figures]
    ratios = {name: figures[name]["ratio"] for name in names}
    best = min(ratios, key=ratios.get)
    spread = max(ratios.values()) / min(ratios.values())
    said = [f"The smallest error has {label(best)}; the largest of them is {spread:.2f} times as "
            "large, 1.01 times in the document."]
    if ratios["a"] > ratios["b"]:
        said.append("B is better than A, as in the document, and needs fewer passes.")
    else:
        said.append(f"A is better than B here ({ratios['a']:.3f} to {ratios['b']:.3f}) and "
                    "slightly worse in the document: within the noise of either.")
    if spread > 1.05 and best in ("a", "b"):
        said.append("It may be the price of what the others can besides: fill hidden cells, of "
                    "which there are none here.")
    missing = [name for name in SINGLE if name not in models]
    if missing:
        said.append(f"{' and '.join(missing)} was not there when this page was made.")
    why = ["ours are other faces"]
    if gives_difference(models):
        why.append("our networks give the difference to the luma that the input shows already")
    if description(models[DIFFUSION])["position"]["axes"] == "xy":
        why.append("they know both coordinates of a point, of which the reference's basic one "
                   "knows x alone")
    return f"""## Whole pictures

![Three pictures: what the network sees, and what it makes of it](results/whole.jpg)

{figure_table(figures, names)}

{" ".join(said)}

The ratios are far from the document's for {len(why)} reasons: {"; ".join(why)}.
"""


def differing_regions(tools, models, files):
    path = tools.folder / "regions.json"
    tools.run("regions", files[SHOWN[0]], "-o", tools.pictures / "regions.jpg", "--json", path,
              "--side", 48, "--options", "--mode full --window picture", *columns(models))
    found = json.loads(path.read_text(encoding="utf-8"))["regions"]
    rows = [[i + 1, f"{one['x']}, {one['y']}", f"{one['width']} × {one['height']}",
             f"{one['score']:.1f}"] for i, one in enumerate(found)]
    return f"""## Regions of highest variance

![The picture with the regions, and each region under each setup](results/regions.jpg)

{table(["", "x, y", "size", "score"], rows)}

The score is the largest standard deviation that one result has within the region, plus the mean \
over its pixels of the largest channel's standard deviation across the results (0…255): it finds \
what is both detailed and disputed.
"""


def local_region(tools, models, files, side):
    picture = files[LOCAL]
    tools.run("compare", picture, "-o", tools.pictures / "local.jpg", "--cell", 300, "--options",
              f"--mode full --window picture --region 51,51,51x102 --size {side}x{side}",
              *columns(models))
    return f"""## A local region

![A region of 12 × 24 input pixels as {side} × {side} points](results/local.jpg)

The points from x 0.2 to 0.4 and y 0.2 to 0.6 of the picture, about 12 × 24 pixels of the \
network's input, as {side} × {side} points (stretched; shown at 300 × 300). The first column is the \
picture itself, enlarged. A decoder that is evaluated point by point has no grid of its own: the \
edges are as smooth as the features under them, and noise that a setup leaves is as fine as the \
points.
"""


def sweep(tools, models, folder, pictures, pixels):
    # The rows of another model, or of other pictures, are not mixed with these.
    path = tools.folder / f"sweep-{network_sha(models[DIFFUSION])}-{pictures}-{pixels}.csv"
    tools.run("sweep", folder, "--model", DIFFUSION, "--pictures", pictures, "--pixels", pixels,
              "-o", path, "--heat-map", tools.pictures / "sweep.png")
    shutil.copy(path, tools.pictures / "sweep.csv")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: float(row["mse"]))
    worse = sum(float(row["ratio"]) > 1 for row in rows)
    best, count = rows[0], len(rows)
    listed = [[row["noise-stddev"], row["stochasticity"], row["step-skip"],
               "yes" if row["project"] == "true" else "no",
               "yes" if row["clip"] == "true" else "no",
               row["passes"], f"{float(row['mse']):.5f}", f"{float(row['ratio']):.3f}"]
              for row in rows[:SMALL_TABLE]]
    verb = "is" if worse == 1 else "are"
    said = [f"**{worse} of {count}** setups {verb} worse than bicubic enlargement; in the document "
            f"{PUBLISHED_WORSE} of {SETUPS}."]
    if worse < PUBLISHED_WORSE / 2 and gives_difference(models):
        said.append("Noise that stays in a result, and steps too long to be right, spoil here the "
                    "difference to the input's luma alone, which is small in most places; in the "
                    "reference they spoil the whole colour.")
    said.append(f"The best is {best['noise-stddev']} noise stddev, stochasticity "
                f"{best['stochasticity']}, step skipping {best['step-skip']}"
                f"{', projection' if best['project'] == 'true' else ''}"
                f"{', clipping' if best['clip'] == 'true' else ''}: {float(best['ratio']):.3f} of "
                f"bicubic's error. In the document it is zero, 1, 6, without projection: "
                f"{PUBLISHED_BEST / BICUBIC:.3f}.")
    spread = float(rows[SMALL_TABLE - 1]["ratio"]) - float(best["ratio"])
    said.append(f"The ten best lie within {spread:.4f} of each other.")
    return f"""## The sweep

{pictures} pictures, {pixels} random pixels of each.

![A heat map of all setups](results/sweep.png)

{" ".join(said)} All rows: [results/sweep.csv](results/sweep.csv).

{table(["noise stddev", "stochasticity", "step skipping", "projection", "clipping", "passes",
        "RGB MSE", "÷ bicubic"], listed)}
"""


def speed(tools, files, figures):
    def restore(preset):
        return tools.seconds("restore", files[0], tools.folder / "speed.png", "--model", DIFFUSION,
                             "--preset", preset, "--threads", 1, "--quiet")

    a, b = restore("a"), restore("b")
    passes = figures["a"]["passes"] / figures["b"]["passes"]
    return f"""## Time of A against B

A picture of 256 × 256 pixels, whole, one thread, the program's start included: A {a:.2f} s, \
B {b:.2f} s of one processor. **A takes {a / b:.1f} times as long**; in the document \
{PUBLISHED_SPEED} times. A takes {figures["a"]["passes"]} passes and B {figures["b"]["passes"]}, \
{passes:.1f} times fewer; what does not depend on a step (reading, encoding, a point's features \
and its part of the first layers) is computed once in both, and so weighs more in B.
"""


def page(sections, models, sums, folder, count, pixels):
    rows = []
    for name in (*SINGLE, DIFFUSION):
        if name in models:
            size = description(models[name])["input"]["size"]
            rows.append([name, description(models[name])["process"]["kind"], f"{size} × {size}",
                         f"`{sums[name]}…`"])
    return f"""# The document's results, with our networks

`./dev results PHOTOS` made this page and its pictures: the tables and figures of "Diffusion \
restorator visualization" (G. W. 2023) once more, with the networks that ship here. Truth are the \
{count} pictures of `{folder}`, 178 × 178 pixels; the networks see them in grey, at their input's \
size. Of each picture {pixels} random pixels are compared. *÷ bicubic*: the mean squared error over R'G'B' as a \
share of that of the input enlarged bicubically, which stays grey. CIEDE2000 and chroma (a share \
of the truth's) are those of the pictures at their own size in mode *colour*. Published figures \
are on other faces, so the ratios are what may be compared.

{table(["model", "process", "input", "SHA-256"], rows)}

{"".join(section + chr(10) for section in sections)}\
The pictures are official portraits of members of the United States Congress \
(unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States \
government, public domain.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("photos", type=pathlib.Path, help="a folder that has portraits/val")
    parser.add_argument("--docs", type=pathlib.Path, required=True, help="receives the page")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="is kept between runs")
    parser.add_argument("--pixels", type=int, default=PIXELS, help="of each picture, for the "
                        "tables")
    parser.add_argument("--local-side", type=int, default=1024, help="points a side of the local "
                        "region")
    parser.add_argument("--sweep-pictures", type=int, default=24)
    parser.add_argument("--sweep-pixels", type=int, default=256)
    arguments = parser.parse_args()
    folder = arguments.photos / "portraits" / "val"
    files = sorted(folder.glob("*.jpg"))
    if len(files) <= max(SHOWN):
        parser.error(f"{folder} has {len(files)} pictures; at least {max(SHOWN) + 1} are needed")

    tools = Tools(arguments.program, arguments.work, arguments.docs / "results",
                  arguments.pixels)
    for made in (tools.folder, tools.pictures):
        made.mkdir(parents=True, exist_ok=True)
    models = tools.models()
    if DIFFUSION not in models:
        parser.error(f"no model {DIFFUSION} is found")
    sums = {name: sha(path) for name, path in models.items()}
    figures = measured(tools, models, folder)
    sections = [
        ddpm_and_ddim(tools, models, files, figures),
        whole_pictures(tools, models, files, figures),
        differing_regions(tools, models, files),
        local_region(tools, models, files, arguments.local_side),
        sweep(tools, models, folder, arguments.sweep_pictures, arguments.sweep_pixels),
        speed(tools, files, figures),
    ]
    text = page(sections, models, sums, "portraits/val", len(files), arguments.pixels)
    (arguments.docs / "results.md").write_text(text, encoding="utf-8")
    print(arguments.docs / "results.md")


if __name__ == "__main__":
    main()
