/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each file adds its cases to GLib's test runner.
 */
#ifndef CASES_H
#define CASES_H

void add_pixel_cases(void);    /* every kind of layer and selection, against the engine */
void add_argument_cases(void); /* table, presets, seed */
void add_batch_cases(void);    /* many files */
void add_hint_cases(void);     /* colours that are known, as text and painted */
void add_history_cases(void);  /* what the image keeps of it, and repeating that */
void add_drawable_cases(void); /* whatever can be chosen */
void add_file_cases(void);     /* files as people have them */
void add_host_cases(void);     /* GIMP against the command line */
void add_in_place_cases(void); /* to the bit */
void add_manual_cases(void);   /* it tells of everything, and is found */
void add_output_cases(void);   /* a new layer, against in place */
void add_photo_cases(void);    /* old photographs in one step */
void add_refusal_cases(void);  /* what is refused leaves the picture alone, and says why */
void add_run_cases(void);      /* progress, a change or the end of the plug-in meanwhile, undo */

#endif
