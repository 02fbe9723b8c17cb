/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written by write-data-texts, for xgettext alone: what the presets and the models' cards say.
 */
/* Translators: title of the preset a */
N_("A: every step")
/* Translators: note of the preset a */
N_("Every timestep with noise projection: clean, but eight times slower than B.")
/* Translators: title of the preset b */
N_("B: every 8th step")
/* Translators: note of the preset b */
N_("With noise projection: as clean as A in an eighth of the time; the default.")
/* Translators: title of the preset best */
N_("Best measured")
/* Translators: note of the preset best */
N_("The smallest error in a sweep over 465 setups, on portraits: closely followed by B.")
/* Translators: title of the preset colour */
N_("Old photograph")
/* Translators: note of the preset colour */
N_("Colours from the network, light and detail from the picture itself.")
/* Translators: title of the preset ddim */
N_("DDIM")
/* Translators: note of the preset ddim */
N_("Every timestep without fresh noise: the result depends on the first noise alone.")
/* Translators: title of the preset ddpm */
N_("DDPM")
/* Translators: note of the preset ddpm */
N_("Every timestep of the original diffusion sampler: slow, and leaves grain.")
/* Translators: title of the preset photo */
N_("Photograph")
/* Translators: note of the preset photo */
N_("Monochrome or toned photographs in colour: colours from the network, light and detail from the picture itself.")
/* Translators: title of the preset repair */
N_("Repair damage")
/* Translators: note of the preset repair */
N_("For scratches, stains and holes: select the damage itself; the network does not see it.")
/* Translators: title of the preset single-pass */
N_("Single pass")
/* Translators: note of the preset single-pass */
N_("One pass of a network that was trained on pictures with missing pieces: the fastest.")
/* Translators: title of the model old-photo */
N_("Old photograph")
/* Translators: summary of the model old-photo */
N_("Colours old monochrome portraits and corrects faded tones, in a single pass.")
/* Translators: use of the model old-photo */
N_("Real old photographs of people: faded blacks, blown lights, emulsions blind to red, soft lenses, grain. Best in mode colour, which keeps the picture's own tone.")
/* Translators: limits of the model old-photo */
N_("In mode full it also corrects tones that were right, so for sound grey pictures portrait has the smaller error. Colours are moderate, and those of clothes are likely ones, not the true ones; backdrops stay grey. Drawings in lines stay colourless, but engravings with tones get some brown. Scratches and stains stay. Most people in the training pictures are adult, in formal dress.")
/* Translators: data of the model old-photo */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model old-photo */
N_("780 crops of 26 photographs from elementary/wallpapers and pop-os/wallpapers (Unsplash licence), mate-desktop/mate-backgrounds and KDE/plasma-workspace-wallpapers (CC BY-SA)")
/* Translators: data of the model old-photo */
N_("700 pictures of clothes from alexeygrigorev/clothing-dataset-small: CC0")
/* Translators: title of the model portrait-masking-32 */
N_("Portrait, masking 32")
/* Translators: summary of the model portrait-masking-32 */
N_("Colours and enlarges monochrome portraits in a single pass and sees through speckles.")
/* Translators: use of the model portrait-masking-32 */
N_("Grey photographs of faces covered with dust or many small spots: up to three quarters of the cells of a 32×32 grid were hidden in training. About fifteen times as quick as portrait.")
/* Translators: limits of the model portrait-masking-32 */
N_("Large hidden parts are for repair. The network sees 64×64 pixels. Clothes and backgrounds get likely colours, not the true ones. Most people in the training pictures are adult, in formal dress, lit by studio lamps.")
/* Translators: data of the model portrait-masking-32 */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model portrait-masking-32 */
N_("780 crops of 26 photographs from elementary/wallpapers and pop-os/wallpapers (Unsplash licence), mate-desktop/mate-backgrounds and KDE/plasma-workspace-wallpapers (CC BY-SA)")
/* Translators: data of the model portrait-masking-32 */
N_("700 pictures of clothes from alexeygrigorev/clothing-dataset-small: CC0")
/* Translators: title of the model portrait-masking-8 */
N_("Portrait, masking 8")
/* Translators: summary of the model portrait-masking-8 */
N_("Colours and enlarges monochrome portraits in a single pass and fills hidden parts.")
/* Translators: use of the model portrait-masking-8 */
N_("Grey photographs of faces, also with parts hidden or lost: up to three quarters of the cells of an 8×8 grid were hidden in training. About fifteen times as quick as portrait.")
/* Translators: limits of the model portrait-masking-8 */
N_("Hidden parts are filled smoothly, without detail. The network sees 64×64 pixels. Clothes and backgrounds get likely colours, not the true ones. Most people in the training pictures are adult, in formal dress, lit by studio lamps.")
/* Translators: data of the model portrait-masking-8 */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model portrait-masking-8 */
N_("780 crops of 26 photographs from elementary/wallpapers and pop-os/wallpapers (Unsplash licence), mate-desktop/mate-backgrounds and KDE/plasma-workspace-wallpapers (CC BY-SA)")
/* Translators: data of the model portrait-masking-8 */
N_("700 pictures of clothes from alexeygrigorev/clothing-dataset-small: CC0")
/* Translators: title of the model portrait */
N_("Portrait")
/* Translators: summary of the model portrait */
N_("Colours and enlarges monochrome portraits by diffusion.")
/* Translators: use of the model portrait */
N_("Grey photographs of faces whose tones are sound: modern black-and-white pictures, small or enlarged. The whole head and the shoulders should lie in the window.")
/* Translators: limits of the model portrait */
N_("The network sees 64×64 pixels, so fine structure comes from the picture's own tone (mode colour). Clothes and backgrounds get likely colours, not the true ones. Not for scenes without people: there it is hardly better than grey. Faded or stained old photographs often stay pale: use old-photo. Most people in the training pictures are adult, in formal dress, lit by studio lamps.")
/* Translators: data of the model portrait */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model portrait */
N_("780 crops of 26 photographs from elementary/wallpapers and pop-os/wallpapers (Unsplash licence), mate-desktop/mate-backgrounds and KDE/plasma-workspace-wallpapers (CC BY-SA)")
/* Translators: data of the model portrait */
N_("700 pictures of clothes from alexeygrigorev/clothing-dataset-small: CC0")
/* Translators: title of the model repair */
N_("Repair")
/* Translators: summary of the model repair */
N_("Fills scratches, stains, holes and missing corners of portraits in a single pass.")
/* Translators: use of the model repair */
N_("Damaged photographs of faces: select the damage and hide the region. Trained with scratches, stains and lost corners of all forms.")
/* Translators: limits of the model repair */
N_("Large holes are filled smoothly, without detail: a missing eye becomes a shadow. Near the border, and so across scratches, edges go on. The network sees 64×64 pixels. Most people in the training pictures are adult, in formal dress, lit by studio lamps.")
/* Translators: data of the model repair */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model repair */
N_("780 crops of 26 photographs from elementary/wallpapers and pop-os/wallpapers (Unsplash licence), mate-desktop/mate-backgrounds and KDE/plasma-workspace-wallpapers (CC BY-SA)")
/* Translators: data of the model repair */
N_("700 pictures of clothes from alexeygrigorev/clothing-dataset-small: CC0")
