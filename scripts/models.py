#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/models.md: the card of each model, with examples of what it does."""

import argparse
import pathlib

from results import Tools, metadata, sha, table

# What the examples are made of: pictures by their place in a folder, and the options of restore.
PORTRAITS = "portraits/val"
WHOLE = "--mode full --window picture"
CREASE = "--window picture --region 100,24,8x216 --hide-region"
EXAMPLES = {
    "photo": ("old/portraits", (2, 5, 9, 13), "--mode colour --window picture",
              "Photographs of 1935 to 1944 in mode *colour*; more in [photographs.md](photographs.md)."),
    "repair": (PORTRAITS, (3, 10, 23, 40), CREASE,
               "A crease 8 pixels wide, down the face, was hidden from the network and filled; the first "
               "two columns are without it."),
}
OTHERS = (PORTRAITS, (3, 10, 23, 40), WHOLE,
          "Whole pictures in mode *full*: all of the result is the network's, from the 64 × 64 "
          "grey pixels in the middle.")
ORDER = ("photo", "portrait", "repair", "portrait-masking-8", "portrait-masking-32")


def examples(tools, name, photos):
    folder, places, options, caption = EXAMPLES.get(name, OTHERS)
    files = sorted((photos / folder).glob("*.jpg"))
    if len(files) <= max(places):
        return ""
    tools.run("compare", *[files[i] for i in places], "-o",
              tools.pictures / f"{name}.jpg", "--input", "--cell", 160, "--options", options,
              "--with", f"{name}: --model {name}")
    return f"![{name}: the picture, what the network sees, the result](models/{name}.jpg)\n\n{caption}"


# What was measured, by the card's keys (docs/model-file.md).
PROTOCOLS = {
    "reference": "{input} × {input} grey → {output} × {output} RGB",
    "aged": "made old (compare_old.py), {input} × {input} grey → {output} × {output} RGB; "
            "bicubic: the old print enlarged",
    "user": "grey of {output} × {output} in mode *colour*",
    "own size": "grey of its own size in mode *colour*",
    "old": "mode *colour*, windows of {window} face widths; skin-like: in the middle of the face the "
           "hue lies in 25° to 80° and the chroma in 7 to 40",
    "historic": "mode *colour*, windows of {window} face widths; skin-like: in the middle of the "
                "face the median hue lies in 25° to 75° and the median chroma is 8 or more",
}


def protocol(figure):
    """How a figure was measured."""
    known = PROTOCOLS.get(figure.get("protocol"))
    parts = [known.format_map(figure) if known else figure.get("protocol", "")]
    if "hidden" in figure:
        parts.append("{hidden:.0%} of the cells of a {grid} × {grid} grid hidden".format_map(figure))
    if "pixels" in figure:
        parts.append("{pixels} random pixels of each".format_map(figure))
    if "model" in figure:
        parts.append("by {model}, trained without that".format_map(figure))
    return ", ".join(parts)


def figures(card):
    """The card's figures as two tables: errors, and what is measured in mode colour."""
    errors, colours, other = [], [], []
    for one in card.get("figures", []):
        pictures = f"{one['set']} ({one['pictures']})" if "pictures" in one else one.get("set", "")
        said = [pictures, protocol(one), one.get("setup", "")]
        if "mse" in one:
            errors.append([*said, f"{one['mse']:.6f}", f"{one['bicubic']:.6f}",
                           f"**{one['ratio']:.3f}**"])
        elif "ciede2000" in one:
            colours.append([*said, f"{one['ciede2000']:.2f} of {one['grey']:.2f}",
                            f"**{one['ratio']:.2f}**", f"{one['chroma']:.2f}"])
        elif "skin_like" in one:
            blotches = f", blotches {one['blotches']}" if "blotches" in one else ""
            other.append(f"- {said[0]}, {said[2]}: **{one['skin_like']} of {one['faces']} faces "
                         f"skin-like**{blotches} ({said[1]})")
        elif "heads" in one:
            other.append(f"- {said[0]}, {said[2]}: **{one['white']} of {one['heads']} white heads "
                         "and beards** have under half the chroma of the face beside them")
    parts = []
    if errors:
        parts.append(table(["pictures", "protocol", "setup", "RGB MSE", "bicubic", "÷ bicubic"],
                           errors))
    if colours:
        parts.append(table(["pictures", "protocol", "setup", "CIEDE2000 of grey's", "÷ grey's",
                            "chroma ÷ truth's"], colours))
    return "\n\n".join([*parts, "\n".join(other)] if other else parts)


def setups(card):
    said = []
    if card.get("recommended"):
        said.append("Recommended setups: " + ", ".join(
            one["setup"] for one in card["recommended"]) + ".")
    if "sweep" in card:
        one = card["sweep"]
        said.append(f"Of {one['setups']} setups measured on {one['pictures']} pictures, "
                    f"{one['worse']} {'was' if one['worse'] == 1 else 'were'} worse than bicubic "
                    f"enlargement; the best was {one['best']['setup']}.")
    if card.get("discouraged"):
        said.append("Discouraged: " + "; ".join(
            one["setup"] for one in card["discouraged"]) + ".")
    return " ".join(said)


def section(tools, name, path, photos):
    card, size = metadata(path, "card"), pathlib.Path(path).stat().st_size
    facts = [["for", card.get("use", "")], ["fails", card.get("limits", "")],
             ["trained on", "; ".join(card.get("data", []))],
             ["licence", card.get("licence", "")],
             ["trained for", f"{card.get('minutes', '?')} processor minutes of one thread, "
                             f"{card.get('iterations', '?')} iterations in the last run"],
             ["file", f"{size / 1e6:.1f} MB, SHA-256 `{sha(path)}…`"]]
    parts = [f"## {card.get('title', name)} (`{name}`)", card.get("summary", ""),
             table(["", ""], facts), examples(tools, name, photos), figures(card), setups(card)]
    sheet = tools.pictures / f"{name}-historic.jpg"
    if sheet.exists():
        parts.append("All of `historic`, the window of each face at 2.3 times its width, in mode "
                     "*colour* (`python3 -m restorator_training.measure.historic`, engine/training):\n\n"
                     f"![Old portraits before and after](models/{sheet.name})")
    return "\n\n".join(part for part in parts if part)


def scenes(models):
    """Why there is no model for scenes."""
    ratios = [one["ratio"] for path in models.values()
              for one in metadata(path, "card").get("figures", [])
              if one.get("set") == "scenes/val" and "ratio" in one]
    if not ratios:
        return ""
    return f"""

## No model for scenes

Landscapes, rooms and clothes by themselves (`scenes/val`): the best of these models has \
{min(ratios):.2f} of bicubic's error there, and the worst {max(ratios):.2f}. That is gained by pale \
colours that are never far wrong, not by right ones: 26 photographs and some clothes do not teach \
what colour a thing has. So no general model ships."""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("photos", type=pathlib.Path, help=f"a folder that has {PORTRAITS}")
    parser.add_argument("--docs", type=pathlib.Path, required=True, help="receives the page")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="is kept between runs")
    arguments = parser.parse_args()
    tools = Tools(arguments.program, arguments.work, arguments.docs / "models")
    for made in (tools.folder, tools.pictures):
        made.mkdir(parents=True, exist_ok=True)
    models = tools.models()
    names = [name for name in ORDER if name in models]
    sections = [section(tools, name, models[name], arguments.photos) for name in names]
    heading = """# The models

The cards of the models that ship (`restorator info ID` shows them too), with examples. `./dev \
results PHOTOS` made this page and its pictures. In a row: the picture, what the network sees of \
it, the result. *÷ bicubic*: the mean squared error over R'G'B' as a share of that of the grey \
input enlarged bicubically. The people in these examples are in no training picture.

"""
    text = heading + "\n\n".join(sections) + scenes(models) + """

The colour pictures are official portraits of members of the United States Congress \
(unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States \
government, public domain. The old portraits are of people who died before 1929 \
(voteview/member_photos, from Wikimedia Commons and the Library of Congress), public domain by age; \
those of 1935 to 1944 are of the Farm Security Administration and the Office of War Information \
(distant-viewing/dvexplorer), works of the United States government, public domain.
"""
    (arguments.docs / "models.md").write_text(text, encoding="utf-8")
    print(arguments.docs / "models.md")


if __name__ == "__main__":
    main()
