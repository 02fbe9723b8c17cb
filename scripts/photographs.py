#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/photographs.md: what the models make of photographs of every kind, measured on colour
pictures made grey by the program, and sheets of real old ones to look at."""

import argparse
import pathlib

from results import Tools, metadata, sha, table

KINDS = ("portraits/val", "people/val", "groups/val", "places/val", "early-colour/val")
OLD = {"old/groups": "Groups", "old/portraits": "Portraits", "old/scenes": "Scenes",
       "old/books": "Pictures from books"}
MODELS = ("photo", "portrait")
PIXELS = 2000   # of each picture, for the tables
SHOWN = 15      # pictures of a sheet
CELL = 220

# What one sees on the sheets; figures alone do not say it.
FAILS = """## Where it fails

- **It is moderate.** Where nobody can know a colour, the likeliest is a pale one: clothes, walls, \
cars, signs and painted wood come out greyish or brown, and fruit and flowers lose their colour. \
`saturation` makes a picture more vivid, its errors too.
- **Small faces.** In the window of a whole picture a face of a few pixels gets the colour of what \
is round it. Windows of 2.3 face widths bring it back; the table of faces is measured with them.
- **White hair and beards.** Half of them come out white; others keep up to nine tenths of the chroma \
of the face beside them, beards that are as light as the face above all.
- **Dark things.** Black horses, coats and machines may come out navy, a dark shop's wall slate.
- **Large plain areas.** A wall or a backdrop may get a breath of blue above or of brown below, as \
skies and floors have; old plates' dark borders stay neutral.
- **Halftones and engravings.** Tones of a face in a book's print get skin, as they should; dense \
hatching gets some brown too.
- **Early colour.** On plates of 1905 to 1915, with their bright clothes and casts of their own, the \
gain over grey is small."""


def kinds(tools, models, photos):
    """The table by kind: CIEDE2000 ÷ grey's, and the share of the truth's chroma."""
    rows = []
    for kind in KINDS:
        folder = photos / kind
        if not folder.is_dir():
            continue
        row = [kind]
        for path in models.values():
            figure = tools.evaluate(folder, "--model", path, "--protocol", "colour")
            grey = figure["ciede2000_grey"]
            if len(row) == 1:
                row += [figure["pictures"], f"{grey:.2f}"]
            row.append(f"**{figure['ciede2000'] / grey:.3f}** / {figure['chroma']:.2f}")
        rows.append(row)
    if not rows:
        return ""
    return f"""## Colour pictures made grey

Each picture at its own size, the window is the picture, mode *colour*; {tools.pixels} random \
pixels of each. Mean CIEDE2000 as a share of that of the grey picture, and the mean chroma as a \
share of the truth's. Under 1 is nearer to the truth than no colour at all.

{table(["pictures", "", "grey's CIEDE2000", *models], rows)}
"""


def old(models):
    """The table of old photographs, from the models' cards."""
    rows = []
    for name, path in models.items():
        for one in metadata(path, "card").get("figures", []):
            if one.get("protocol") != "old":
                continue
            faces = f"{one['skin_like']} of {one['faces']}" if one.get("faces") else ""
            if "heads" in one:
                faces = f"{one['white']} of {one['heads']} white"
            rows.append([name, f"{one['set']} ({one['pictures']})", faces,
                         one.get("blotches", "")])
    if not rows:
        return ""
    return f"""## Old photographs

Nobody knows their colours. *Faces*: in windows of 2.3 face widths, how many have a skin's hue (25° \
to 80°) and chroma (7 to 40) in their middle. *White hair*: how many white heads and beards have \
under half the chroma of the face beside them. *Blotches*: with the picture as the window, the mean \
change of a* and b* over the picture where the tone is flat and no face is near, the median of a \
folder's pictures; less is calmer. Measured by `python3 -m \
restorator_training.measure.old_photographs` (engine/training).

{table(["model", "pictures", "faces", "blotches"], rows)}
"""


def sheet(tools, models, photos, folder):
    """A sheet of a folder of old photographs, evenly chosen."""
    files = sorted((photos / folder).glob("*.jpg")) if (photos / folder).is_dir() else []
    if not files:
        return ""
    step = -(-len(files) // SHOWN)
    chosen, name = files[::step], folder.replace("/", "-")
    words = []
    for model, path in models.items():
        words += ["--with", f"{model}: --model {path}"]
    tools.run("compare", *chosen, "-o", tools.pictures / f"{name}.jpg", "--cell", CELL, "--options",
              "--mode colour --window picture", *words)
    every = "All" if step == 1 else f"{len(chosen)} of"
    return f"""### {OLD[folder]}

{every} {len(files)} pictures of `{folder}`; the window is the picture.

![{OLD[folder]}: the picture and what the models make of it](results/{name}.jpg)
"""


def page(parts, models):
    rows = [[name, f"`{sha(path)}…`"] for name, path in models.items()]
    return f"""# Photographs of every kind

`./dev results PHOTOS` made this page and its pictures.

{table(["model", "SHA-256"], rows)}

{chr(10).join(part for part in parts if part)}
The old photographs are of the Farm Security Administration and the Office of War Information, 1935 \
to 1944 (works of the United States government, by way of distant-viewing/dvexplorer), and from \
books before about 1925 (kensanata/face): public domain.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("photos", type=pathlib.Path, help="a folder that has some of "
                        + ", ".join([*KINDS, *OLD]))
    parser.add_argument("--docs", type=pathlib.Path, required=True, help="receives the page")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="is kept between runs")
    parser.add_argument("--pixels", type=int, default=PIXELS, help="of each picture")
    parser.add_argument("--beside", type=pathlib.Path, action="append", default=[],
                        help="another model's file, measured beside those that ship")
    arguments = parser.parse_args()
    tools = Tools(arguments.program, arguments.work, arguments.docs / "results", arguments.pixels)
    for made in (tools.folder, tools.pictures):
        made.mkdir(parents=True, exist_ok=True)
    found = tools.models()
    models = {name: found[name] for name in MODELS if name in found}
    models |= {path.stem: str(path) for path in arguments.beside}
    if not models:
        parser.error(f"no model {MODELS[0]} is found")
    shown = {name: path for name, path in models.items() if name != "portrait"}
    sheets = [sheet(tools, shown, arguments.photos, folder) for folder in OLD] if shown else []
    if any(sheets):
        sheets.insert(0, "## Sheets\n")
    parts = [kinds(tools, models, arguments.photos), old(models), *sheets]
    if "photo" in models:
        parts.append(FAILS + "\n")
    (arguments.docs / "photographs.md").write_text(page(parts, models), encoding="utf-8")
    print(arguments.docs / "photographs.md")


if __name__ == "__main__":
    main()
