/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview: what is computed next, what is stale, what is shown. It knows no toolkit.
 *
 * One worker thread owns the engine's session and all points. A request (setup, viewport, region)
 * is taken as a whole, the newest alone: it cancels what runs, and the worker starts on it with
 * everything that is still valid. Then the visible points are restored on lattices from coarse to
 * fine, and after them those that are out of sight, until all are exact: the same bits as
 * rst_restore() gives. What is explored beside the result, a pixel's trajectory and the uncertainty
 * over seeds, comes when there is something to be seen.
 *
 * The picture is read on the caller's thread, in idle steps of a few milliseconds, and copied;
 * the worker sees the copy.
 *
 * Thread: the one that made the preview calls all functions, and has to run its thread-default
 * main context. None of them waits for the worker, but for preview_free().
 */
#ifndef PREVIEW_H
#define PREVIEW_H

#include <restorator.h>

#include "pixel_trajectory.h"
#include "preview/contour.h"
#include "preview/frame.h"
#include "preview/photo_found.h"
#include "preview/status.h"

typedef struct preview preview;

/* In place of a number of threads: a brief preview, for thumbnails. One thread that gives way to
 * all others restores what is visible alone, as fine as the screen shows it; then the phase is
 * PREVIEW_SEEN, and nothing can be written. */
#define PREVIEW_BRIEF (-1)

/* `picture`: called here on the caller's thread; `write` by preview_write() alone. `box`: a
 * rectangle inside the picture that holds the region. `threads`: as rst_session_new() has it, or
 * PREVIEW_BRIEF. `changed` is called on the caller's thread when there is something new to be had
 * by the functions below. Errors: RST_NO_MEMORY, RST_NO_THREAD, RST_OUT_OF_RANGE. */
rst_status preview_new(const rst_picture *picture, const rst_rectangle *box, int threads,
                       void (*changed)(void *user), void *user, preview **made, rst_error *error);
/* Waits for the worker to end: within 50 ms. NULL is allowed. */
void preview_free(preview *p);

int preview_get_threads(const preview *p);

/* Requests a result; with a model of NULL, none. `parameters->model` is not read. */
void preview_set_setup(preview *p, rst_model *model, const rst_parameters *parameters);
/* What is visible. */
void preview_set_viewport(preview *p, const viewport *v);
/* The selection has changed: it is read anew. */
void preview_set_region(preview *p, const rst_rectangle *box);
/* The picture has changed, or is another one. Errors: RST_NO_MEMORY; then all is as before. */
rst_status preview_set_picture(preview *p, const rst_picture *picture, const rst_rectangle *box,
                               rst_error *error);
/* The picture is an old photograph: its damage is mended and its tone corrected as the settings
 * say, before it is restored by the setup, if there is one. That is left out where the settings have
 * no colour, the setup's strength is 0, or the photograph takes none. NULL: it is not. `edits`: an
 * rst_edit for each pixel of the region, or NULL. */
void preview_set_photo(preview *p, const rst_photo_settings *settings, GBytes *edits);
/* Stops, or goes on with what is done. */
void preview_set_running(preview *p, bool running);

/* Requests the trajectory of a pixel of the picture, or none. */
void preview_set_inspected(preview *p, bool inspecting, int x, int y);
/* Requests the uncertainty over so many seeds, as frames' overlay: the largest channel's
 * standard deviation of what the mode makes of the network's colours, not matched. It is found for
 * the visible part, coarse to fine, behind the result. Below 2: none. */
void preview_set_uncertainty(preview *p, int seeds);

/* Requests colours for a hint at a pixel of the picture, or none. */
void preview_set_suggestion(preview *p, bool wanted, int x, int y);
/* Requests how far a hint reaches; NULL: none is asked about. */
void preview_set_contour(preview *p, const rst_hint *hint);

void preview_get_status(preview *p, preview_status *status);
/* The newest frame, to be unreferenced; NULL where there is none. Its viewport may be older. */
frame *preview_get_frame(preview *p);
/* The parts with their windows. False where there is no plan. */
bool preview_get_plan(preview *p, rst_plan *plan);
/* The parameter `faces` that the plan is for: what was found, where that was asked for. `faces`:
 * (RST_FACES_TEXT). False where there is no plan. */
bool preview_get_faces(preview *p, char *faces);
/* What was found when faces were looked for last, whatever the setup has of it by now. `faces`:
 * (RST_FACES_TEXT). False where they were not looked for in this picture. */
bool preview_get_found_faces(preview *p, char *faces);
/* A part as the network sees it, to be unreferenced; NULL where it is not encoded yet. */
rst_encoding *preview_get_encoding(preview *p, int part);

/* The newest trajectory, to be unreferenced; its setup may be older. NULL where none is requested,
 * or its pixel is not selected. */
trajectory *preview_get_trajectory(preview *p);

/* The colours requested, likeliest first: `swatches` (RST_SWATCHES_MAX). False while they are not
 * known; none where no window holds the pixel. */
bool preview_get_suggestions(preview *p, rst_swatch *swatches, int *count);
/* The newest answer, to be unreferenced; NULL while there is none. */
contour *preview_get_contour(preview *p);

/* What was found of the photograph last, to be unreferenced; NULL while there is nothing. */
photo_found *preview_get_photo(preview *p);

/* Hands an exact result to the picture's `write`, as rst_restore() would; of an old photograph, what
 * its setup's strength makes of it, and where it has no setup, what it was prepared to. Errors:
 * RST_BAD_CALL where it is not exact; RST_HOST_FAILED, RST_NO_MEMORY. */
rst_status preview_write(preview *p, rst_error *error);
/* Whether an exact result has the setup's colours: what an old photograph shows may take none. */
bool preview_is_coloured(preview *p);
/* The same of what an old photograph was prepared to: pixels that stayed as they were are not
 * covered. */
rst_status preview_write_prepared(preview *p, rst_error *error);

/* Calls `restored` for each point restored, in order, on the worker's thread: for tests. To be set
 * before the first setup. */
void preview_set_trace(preview *p,
                       void (*restored)(void *user, const part_points *c, int x, int y, int step),
                       void *user);

#endif
