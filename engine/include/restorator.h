/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Restorator's engine: restores a region of a picture with a small diffusion network.
 *
 * How the pieces meet:
 *
 *   rst_model      a network, read from a file; immutable, shared between threads
 *   rst_session    threads and scratch memory; one caller at a time
 *   rst_input      collects a window of a picture, row by row, into the network's small input
 *   rst_encoding   one window seen by the network's encoder; immutable: changing a sampler's
 *                  parameter never needs a new one
 *   rst_sample()   restores points of that window, with any parameters, on any grid
 *   rst_restore()  all of the above for a whole region of a picture: what a host calls
 *
 * Points are independent and their noise belongs to the pixel, so cutting the work differently
 * (threads, batches, order, preview or final) never changes a bit of the result.
 *
 * A first program, whose frame docs/api.md has:
 *
 *   rst_pixels pixels = {width, height, rgba, NULL, result};
 *   rst_error error = RST_ERROR_INIT;
 *   rst_plan plan = {.size = sizeof plan};
 *   rst_session *session = NULL;
 *   rst_model *model = NULL;
 *   rst_parameters parameters;
 *   rst_picture picture;
 *   char path[4096];
 *
 *   rst_parameters_init(&parameters);
 *   rst_picture_from_memory(&picture, &pixels);
 *   if (rst_session_new(0, &session, &error) != RST_OK ||
 *       rst_find(RST_KIND_MODEL, parameters.model, path, sizeof path, &error) != RST_OK ||
 *       rst_model_read(path, &model, &error) != RST_OK ||
 *       rst_plan_region(&parameters, &picture, NULL, &plan, &error) != RST_OK ||
 *       rst_restore(session, model, &parameters, &picture, &plan, NULL, &error) != RST_OK)
 *     fprintf(stderr, "%s\n", error.message);
 *   rst_model_unref(model);
 *   rst_session_free(session);
 *
 * Conventions. Pictures are R'G'B'A float, gamma-coded sRGB, alpha not premultiplied, 0…1, rows
 * top to bottom without padding. A position in a picture is in pixels, (0, 0) the outer corner of
 * the top left pixel, so that pixel (0, 0) has its centre at (0.5, 0.5).
 *
 * Structs that may grow begin with their size, as the caller's compiler saw it; new members come at
 * the end. So a program that was built with an older header runs with a newer library, which takes
 * members that the program does not know as not set (parameters: as their defaults), and does not
 * write them. A larger struct than the library's own is refused, with RST_BAD_CALL. Functions that
 * fill a new struct are macros that tell the caller's size. Structs without a size never change.
 *
 * Errors. Every call that can fail returns a status and fills the caller's rst_error where one
 * is given (NULL is allowed). Output arguments are left untouched on failure. No call prints,
 * exits or keeps global state, but for the choice of arithmetic kernels, made once per process.
 *
 * Threads. A function says which threads may call it where it is not "any thread".
 */
#ifndef RESTORATOR_H
#define RESTORATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define RST_API __attribute__((visibility("default")))
#else
#define RST_API
#endif

/* Version of this header. */
#define RST_VERSION_MAJOR 0
#define RST_VERSION_MINOR 1
#define RST_VERSION_MICRO 0
/* Whether this header has what came with a version. */
#define RST_CHECK_VERSION(major, minor, micro)                                                     \
  (RST_VERSION_MAJOR > (major) || (RST_VERSION_MAJOR == (major) && RST_VERSION_MINOR > (minor)) || \
   (RST_VERSION_MAJOR == (major) && RST_VERSION_MINOR == (minor) && RST_VERSION_MICRO >= (micro)))

/* Version of the library, such as "0.1.0". */
RST_API const char *rst_version(void);

/* One line on the arithmetic in use: the kernels' instruction set, the best that this processor
 * runs or the one that the variable RESTORATOR_KERNEL names, and where that is the generic one,
 * whether OpenBLAS multiplies in the encoder; known from the first encoding on. Static storage. */
RST_API const char *rst_arithmetic(void);

/* -------------------------------------------------------------------------------------------
 * Errors
 */

/* Hosts translate from the code and the error's fields; numbers stay as they are. */
typedef enum rst_status {
  RST_OK = 0,
  RST_CANCELLED = 1,          /* the cancel token was set; nothing is wrong */
  RST_NO_MEMORY = 2,          /* memory ran out */
  RST_BAD_CALL = 3,           /* the caller's program is wrong: NULL, a struct's size … */
  RST_NO_THREAD = 4,          /* a thread could not be started */
  RST_HOST_FAILED = 5,        /* a host's read or write callback returned false */

  RST_UNKNOWN_PARAMETER = 10, /* subject: the name */
  RST_OUT_OF_RANGE = 11,      /* subject: parameter; value; low, high: the range allowed */
  RST_NOT_A_CHOICE = 12,      /* subject: parameter; value; choices: those allowed */
  RST_WRONG_TYPE = 13,        /* subject: parameter; value; choices: the type wanted */
  RST_BAD_HINT = 14,          /* subject: its number, from 1; value: its text; choices: how it has
                               * to be */

  RST_CANNOT_OPEN = 20,       /* subject: path; value: the system's reason */
  RST_NOT_A_FILE = 21,        /* subject: path; a folder, device, … */
  RST_FILE_TOO_LARGE = 22,    /* subject: path; value: bytes; high: largest size allowed */
  RST_BAD_FILE = 23,          /* subject: what of the file is malformed; value: how */
  RST_BAD_DESCRIPTION = 24,   /* subject: the description's key; value: what was found */
  RST_BAD_TENSOR = 25,        /* subject: the tensor's name; value: what is wrong with it */
  RST_NO_SUCH_MODEL = 26,     /* subject: the id; choices: the ids there are */
  RST_NO_SUCH_PRESET = 27,    /* subject: the id; choices: the ids there are */
  RST_BAD_PRESET = 28,        /* subject: the file or its key; value: what is wrong with it */
  RST_PRESET_MISFIT = 29, /* subject: the preset; value: the model; choices: models that fit */
  RST_BAD_RECORD = 30, /* subject: the record's key; value: what is wrong with it */

  RST_EMPTY_REGION = 40, /* no pixel is covered */
  RST_EMPTY_INPUT = 41, /* the network would see nothing: select less or raise the context */
  RST_OUTSIDE_WINDOW = 42 /* value: the window; points to restore lie outside it */
} rst_status;

typedef struct rst_error {
  size_t size; /* sizeof (rst_error), set by rst_error_init() */
  rst_status code;
  char subject[256]; /* parameter, tensor, key or path; may be cut at its end */
  char value[256]; /* the offending value as text */
  char choices[256]; /* what would have been right, separated by ", " */
  double low, high; /* the range allowed, for RST_OUT_OF_RANGE and RST_FILE_TOO_LARGE */
  char message[1024]; /* all of it in one English sentence, without a full stop */
} rst_error;

#define RST_ERROR_INIT {sizeof(rst_error), RST_OK, "", "", "", 0, 0, ""}
RST_API void rst_error_init_sized(rst_error *error, size_t size);
#define rst_error_init(error) rst_error_init_sized((error), sizeof(rst_error))

/* -------------------------------------------------------------------------------------------
 * Parameters: one table for command line, procedures, preset files and dialog
 */

typedef enum rst_sampler { RST_SAMPLER_AUTO, RST_SAMPLER_DDPM, RST_SAMPLER_DDIM } rst_sampler;
typedef enum rst_sequence { RST_SEQUENCE_UNIFORM, RST_SEQUENCE_QUADRATIC } rst_sequence;
typedef enum rst_stddev { RST_STDDEV_NORMAL, RST_STDDEV_SQUARED, RST_STDDEV_ZERO } rst_stddev;
typedef enum rst_mode { RST_MODE_AUTO, RST_MODE_FULL, RST_MODE_COLOUR, RST_MODE_DETAIL } rst_mode;
typedef enum rst_match { RST_MATCH_AUTO, RST_MATCH_ON, RST_MATCH_OFF } rst_match;
typedef enum rst_window_kind {
  RST_WINDOW_AUTO, /* context × the longest side of the part's box, centred on it */
  RST_WINDOW_PICTURE, /* the square round the whole picture, centred */
  RST_WINDOW_GIVEN, /* x, y, side */
  RST_WINDOW_FACES /* as auto, and one window more round each face of the parameter `faces` */
} rst_window_kind;

/* A rectangle of a picture, in pixels. */
typedef struct rst_rectangle {
  int x, y, width, height;
} rst_rectangle;

/* The square of the picture that the encoder sees, in pixels; may reach beyond the picture. */
typedef struct rst_window {
  int x, y, side; /* side ≥ 1 */
} rst_window;

#define RST_STEPS_MAX 4000 /* the longest schedule a model may have */
#define RST_SIDE_MAX (1 << 24) /* the largest width, height, and window side, in pixels */
#define RST_HINTS_MAX 256 /* colour hints to a picture */
#define RST_HINTS_TEXT 16384 /* bytes that hold any hints as text */
#define RST_FACES_MAX 256 /* faces of a picture */
#define RST_FACES_TEXT 16384 /* bytes that hold any faces as text */
#define RST_FACES_AUTO "auto" /* the parameter's value before rst_settle_faces() */
#define RST_TEXT_MAX RST_HINTS_TEXT /* bytes that hold any parameter's value as text */

/* A full set of parameters; contract and formulas: see docs of each name in the table below. */
typedef struct rst_parameters {
  size_t size; /* sizeof (rst_parameters) */
  char model[1024]; /* id, or path (has a '/') */
  rst_sampler sampler;
  double stochasticity; /* η, 0…1 */
  int step_skip; /* K, 1…T */
  rst_sequence sequence;
  int start; /* S, 0…T; 0 stands for T */
  int end; /* E, 0…S−1 */
  rst_stddev noise_stddev;
  bool project;
  bool clip;
  int seed; /* 0…2147483647 */
  rst_mode mode;
  double saturation; /* 0…2 */
  double strength; /* 0…1 */
  double context; /* 1…4 */
  rst_window_kind window_kind;
  rst_window window; /* where window_kind is RST_WINDOW_GIVEN */
  bool hide_region;
  rst_match match;
  char hints[RST_HINTS_TEXT]; /* as rst_hints_parse() reads them */
  char faces[RST_FACES_TEXT]; /* as rst_faces_parse() reads them */
} rst_parameters;

/* Sets every parameter to its default. */
RST_API void rst_parameters_init_sized(rst_parameters *parameters, size_t size);
#define rst_parameters_init(parameters) \
  rst_parameters_init_sized((parameters), sizeof(rst_parameters))

typedef enum rst_type {
  RST_TYPE_BOOL, /* "true", "false" */
  RST_TYPE_INT,
  RST_TYPE_REAL,
  RST_TYPE_CHOICE, /* one of `choices` */
  RST_TYPE_TEXT /* `model`: id or path; `window`: "auto", "picture", "faces" or "X,Y,SIDE";
                  * `hints`, `faces` */
} rst_type;

/* What a host needs to offer one parameter. All strings are static. */
typedef struct rst_parameter {
  const char *name; /* as everywhere: "noise-stddev" */
  const char *title; /* English, for a label: "Noise stddev" */
  const char *blurb; /* English, one sentence that says what it does */
  rst_type type;
  double low, high; /* RST_TYPE_INT, RST_TYPE_REAL; a model with fewer steps than
                               * RST_STEPS_MAX narrows step-skip, start and end further */
  const char *initial; /* the default as text */
  const char *const *choices; /* NULL-terminated, for RST_TYPE_CHOICE; index = the enum's value */
  size_t offset; /* of its member in rst_parameters (`window`: window_kind) */
} rst_parameter;

/* The table: `count` entries in the order in which hosts show them. */
RST_API const rst_parameter *rst_parameter_table(size_t *count);
/* The entry of that name, NULL if there is none. */
RST_API const rst_parameter *rst_parameter_find(const char *name);

/* The stages of the work, as bits: what reads a parameter. */
typedef enum rst_stage {
  RST_STAGE_PLAN = 1 << 0,   /* the region's parts and their windows: rst_plan_region() */
  RST_STAGE_ENCODE = 1 << 1, /* a window's encoding: rst_encode_window() */
  RST_STAGE_SAMPLE = 1 << 2, /* the network's colours: rst_sample() */
  RST_STAGE_MIX = 1 << 3,    /* these, joined with the picture and matched to it: mode, match */
  RST_STAGE_BLEND = 1 << 4,  /* what hosts make of it: strength, coverage */
  RST_STAGE_HINT = 1 << 5    /* colour hints, which come before that */
} rst_stage;

/* Which stages read a parameter; results of other stages do not change with it. */
RST_API unsigned rst_parameter_stages(const rst_parameter *parameter);

/* Whether presets hold it: all but the seed, which is another draw and not another setup. */
RST_API bool rst_parameter_in_presets(const rst_parameter *parameter);

/* Whether a parameter has an effect, and why it has none. */
typedef enum rst_use {
  RST_USED,
  RST_UNUSED_SINGLE_PASS, /* a single pass has no sampler */
  RST_UNUSED_SAMPLER,     /* the sampler does not read it */
  RST_UNUSED_SEQUENCE,    /* the sequence has steps of its own */
  RST_UNUSED_NOISE,       /* no step adds any */
  RST_UNUSED_WINDOW,      /* the window is given */
  RST_UNUSED_MODE,        /* the mode takes no colours */
  RST_UNUSED_FACES        /* no window is put round faces */
} rst_use;

typedef struct rst_model_info rst_model_info;

/* Whether it has one beside what the others are set to, with such a model (NULL: a diffusion
 * model). */
RST_API rst_use rst_parameter_use(const rst_parameter *parameter, const rst_parameters *now,
                                  const rst_model_info *model);
/* The same setup in one way of many to say it: what is unused at its default, the sampler that
 * `auto` stands for, start 0 for all of the model's steps. `reduced`, of the same size, may be
 * `parameters`. */
RST_API void rst_parameters_reduce(const rst_parameters *parameters, const rst_model_info *model,
                                   rst_parameters *reduced);
/* The stages whose results differ between two setups with one model: what a change makes stale.
 * Seeds count. All of them where one is no set of parameters. */
RST_API unsigned rst_parameters_compare(const rst_parameters *a, const rst_parameters *b,
                                        const rst_model_info *model);

/* The sampler that the parameter stands for: `auto` is ddim. */
RST_API rst_sampler rst_resolve_sampler(const rst_parameters *parameters);

/* Sets the parameter of that name from text (locale-free numbers: "0.5").
 * Errors: RST_UNKNOWN_PARAMETER, also for one that the struct has no member for, RST_WRONG_TYPE,
 * RST_OUT_OF_RANGE, RST_NOT_A_CHOICE. */
RST_API rst_status rst_parameters_set(rst_parameters *parameters, const char *name,
                                      const char *text, rst_error *error);
/* Writes the parameter's value as text, so that rst_parameters_set() reads it back to the same
 * bits. Errors: RST_UNKNOWN_PARAMETER; RST_BAD_CALL where `size` bytes do not hold it
 * (RST_TEXT_MAX do for every parameter). */
RST_API rst_status rst_parameters_get(const rst_parameters *parameters, const char *name,
                                      char *text, size_t size, rst_error *error);

/* -------------------------------------------------------------------------------------------
 * Models
 */

typedef struct rst_model rst_model;

typedef enum rst_process { RST_SINGLE_PASS, RST_DIFFUSION } rst_process;

struct rst_model_info {
  size_t size; /* sizeof (rst_model_info), set by the caller */
  const char *name; /* as the description says */
  rst_process process;
  const char *schedule; /* "cosine", "linear", "quadratic", "sigmoid"; "" for single pass */
  int steps; /* T; 0 for single pass */
  int input_size; /* the encoder's input is input_size × input_size */
  int64_t parameters; /* counted, not as stated */
  const char *description; /* JSON, as in the file */
  const char *card; /* JSON; "{}" where the file has none */
  const char *sha256; /* of the file's bytes, hexadecimal */
  const char *path; /* as it was read; "" where it was parsed from memory */
};

/* Reads a model file; `path` is a regular file under 256 MiB. The file is treated as hostile.
 * The new model has one reference. Errors: RST_CANNOT_OPEN, RST_NOT_A_FILE, RST_FILE_TOO_LARGE,
 * RST_BAD_FILE, RST_BAD_DESCRIPTION, RST_BAD_TENSOR, RST_NO_MEMORY. */
RST_API rst_status rst_model_read(const char *path, rst_model **model, rst_error *error);
/* The same from `size` bytes of memory, which are copied. */
RST_API rst_status rst_model_parse(const void *bytes, size_t size, rst_model **model,
                                   rst_error *error);
RST_API rst_model *rst_model_ref(rst_model *model);
/* Drops one reference; NULL is allowed. */
RST_API void rst_model_unref(rst_model *model);
/* Fills `info`; its strings live as long as the model. */
RST_API void rst_model_get_info(const rst_model *model, rst_model_info *info);

/* Where models and presets are looked for, first hit wins:
 *   models   $RESTORATOR_MODELS (folders separated by ':'), $XDG_DATA_HOME/restorator/models,
 *            $datadir/restorator/models, the build tree's folder
 *   presets  $RESTORATOR_PRESETS, $XDG_CONFIG_HOME/restorator/presets,
 *            $datadir/restorator/presets, the build tree's folder
 * An id is a file's stem: portrait for portrait.safetensors, b for b.json. A model that was given
 * another name is found by both. */
typedef enum rst_kind { RST_KIND_MODEL, RST_KIND_PRESET, RST_KIND_FINDER } rst_kind;

/* Calls `found` for each id once, with the path that wins, in the order of ids (by strcmp).
 * Stops where `found` returns false. */
RST_API rst_status rst_list(rst_kind kind,
                            bool (*found)(void *user, const char *id, const char *path), void *user,
                            rst_error *error);
/* Writes the path of that id, or `name` itself where it has a '/'.
 * Errors: RST_NO_SUCH_MODEL, RST_NO_SUCH_PRESET, RST_BAD_CALL where `size` bytes are too few. */
RST_API rst_status rst_find(rst_kind kind, const char *name, char *path, size_t size,
                            rst_error *error);

/* What a picture shows in colours. */
typedef enum rst_picture_kind {
  RST_PICTURE_MONOCHROME,
  RST_PICTURE_TONED, /* its chroma is one tint: sepia, cyanotype, yellowed paper, a split tone */
  RST_PICTURE_COLOURED,
  RST_PICTURE_DRAWING /* paper and ink: an engraving, a drawing, print; only rst_photo_get_info()
                       * tells it apart */
} rst_picture_kind;

/* Puts the model that is meant into the parameters: for `auto` the one for pictures of that kind
 * (monochrome and toned: photo; coloured: portrait), for a model that goes by another name today
 * that name. Hosts do it before they look for the model, so that records say what was used. Returns
 * whether a name was an old one. */
RST_API bool rst_settle_model(rst_parameters *parameters, rst_picture_kind pictures);
/* The id of the preset that is meant: for `auto` the one for pictures of that kind (monochrome and
 * toned: photo), NULL where that is none; else `id` itself. */
RST_API const char *rst_settle_preset(const char *id, rst_picture_kind pictures);

/* Parameters against a model: what only the model can tell (steps within T, end below start).
 * Errors: RST_OUT_OF_RANGE. */
RST_API rst_status rst_parameters_check(const rst_parameters *parameters, const rst_model *model,
                                        rst_error *error);
/* Timesteps that a setup takes with this model, at most RST_STEPS_MAX, written into `steps`
 * (NULL: only counted) from the noisiest on; 1 and no step for a single pass: the number
 * of network passes. Errors: as rst_parameters_check(). */
RST_API rst_status rst_parameters_steps(const rst_parameters *parameters, const rst_model *model,
                                        int *steps, int *passes, rst_error *error);

/* -------------------------------------------------------------------------------------------
 * Presets
 */

typedef struct rst_preset rst_preset;

/* Reads a preset file (JSON; unknown keys and bad values refuse the whole file).
 * Errors: RST_CANNOT_OPEN, RST_NOT_A_FILE, RST_FILE_TOO_LARGE, RST_BAD_PRESET, RST_NO_MEMORY. */
RST_API rst_status rst_preset_read(const char *path, rst_preset **preset, rst_error *error);
/* The same from memory; `name` is used in messages. */
RST_API rst_status rst_preset_parse(const char *name, const void *bytes, size_t size,
                                    rst_preset **preset, rst_error *error);
RST_API void rst_preset_free(rst_preset *preset);
/* English title and note as in the file, "" where missing; live as long as the preset. */
RST_API const char *rst_preset_title(const rst_preset *preset);
RST_API const char *rst_preset_note(const rst_preset *preset);
/* Whether the preset sets that parameter. */
RST_API bool rst_preset_has(const rst_preset *preset, const char *parameter);
/* Sets every parameter that the preset holds. */
RST_API void rst_preset_apply(const rst_preset *preset, rst_parameters *parameters);
/* Refuses a preset with a sampler's settings for a single-pass model.
 * Errors: RST_PRESET_MISFIT, with the ids of the models that fit in `choices`. */
RST_API rst_status rst_preset_check(const rst_preset *preset, const rst_model *model,
                                    rst_error *error);

/* A preset file of all parameters but seed and hints, which belong to one picture, with title and
 * note (NULL: without). For a single-pass `model` the sampler's are left out, so that the preset
 * fits it; NULL: all. `text` is to be freed with free(). Errors: RST_NO_MEMORY, RST_BAD_CALL where
 * a text is not UTF-8. */
RST_API rst_status rst_preset_write(const rst_parameters *parameters, const rst_model *model,
                                    const char *title, const char *note, char **text,
                                    rst_error *error);

/* -------------------------------------------------------------------------------------------
 * Sessions, progress, cancel
 */

typedef struct rst_session rst_session;

/* `threads`: 1…256, or 0 for as many as there are processors to run on.
 * Errors: RST_OUT_OF_RANGE, RST_NO_MEMORY, RST_NO_THREAD. */
RST_API rst_status rst_session_new(int threads, rst_session **session, rst_error *error);
RST_API void rst_session_free(rst_session *session);
RST_API int rst_session_threads(const rst_session *session);

/* An atomic flag. Any thread may set it, a signal handler too; the work that holds it ends within
 * 50 ms with RST_CANCELLED. */
typedef struct rst_cancel rst_cancel;
RST_API rst_cancel *rst_cancel_new(void); /* NULL where memory ran out */
RST_API void rst_cancel_free(rst_cancel *cancel);
RST_API void rst_cancel_set(rst_cancel *cancel);
RST_API void rst_cancel_reset(rst_cancel *cancel);
RST_API bool rst_cancel_is_set(const rst_cancel *cancel);

typedef enum rst_phase {
  RST_PHASE_READING, /* the window is collected from the picture */
  RST_PHASE_ENCODING, /* the encoder runs */
  RST_PHASE_SAMPLING, /* points are restored */
  RST_PHASE_FINDING, /* damage is looked for */
  RST_PHASE_MENDING /* and mended */
} rst_phase;

/* All members may be NULL. Hooks are called on the thread that made the call, never two at once,
 * and may not call the session. */
typedef struct rst_hooks {
  size_t size; /* sizeof (rst_hooks) */
  void *user;
  /* `fraction` 0…1 of the whole call, never falling. */
  void (*progress)(void *user, rst_phase phase, double fraction);
  /* rst_sample(): `count` points are finished; their indices in the grid (row · columns +
   * column) are in `points`, their colours already in the caller's buffer. Every covered point
   * comes exactly once. */
  void (*batch)(void *user, const uint32_t *points, size_t count);
  rst_cancel *cancel;
  /* rst_sample(): noise from outside, for parity with other programs: (1 + steps, points, 3)
   * standard normal values, of the first value and of each step taken, for the covered points in
   * the grid's order. NULL: the engine's own. */
  const float *noise;
} rst_hooks;

#define RST_HOOKS_INIT {sizeof(rst_hooks), NULL, NULL, NULL, NULL, NULL}

/* -------------------------------------------------------------------------------------------
 * One window: input, encoding, points
 */

typedef struct rst_input rst_input;

/* Begins to collect `window` of a picture of `width` × `height` pixels for `model`.
 * Errors: RST_OUTSIDE_WINDOW, RST_NO_MEMORY. */
RST_API rst_status rst_input_new(const rst_model *model, const rst_window *window, int width,
                                 int height, rst_input **input, rst_error *error);
RST_API void rst_input_free(rst_input *input);
/* The rectangle of the picture to be added: the window's part inside the picture. */
RST_API void rst_input_get_box(const rst_input *input, rst_rectangle *box);
/* Adds the next `rows` rows of that rectangle, top to bottom, any number a call. `rgba`: (rows,
 * width, 4). `hidden`: (rows, width), 0…1, how much of a pixel is kept from the network (hide
 * the region: the coverage); NULL: nothing is. Errors: RST_BAD_CALL past the last row. */
RST_API rst_status rst_input_add(rst_input *input, int rows, const float *rgba, const float *hidden,
                                 rst_error *error);

typedef struct rst_encoding rst_encoding;

/* Runs the encoder on a complete input. The new encoding holds a reference to the model and has
 * one reference. Errors: RST_BAD_CALL where rows are missing, RST_EMPTY_INPUT, RST_CANCELLED,
 * RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_encode(rst_session *session, rst_model *model, const rst_input *input,
                              rst_cancel *cancel, rst_encoding **encoding, rst_error *error);
/* The same from the network's own input, (input_size, input_size) values −1…1, 0 where it is
 * hidden; `window` says which square of the picture it shows. */
RST_API rst_status rst_encode_values(rst_session *session, rst_model *model, const float *values,
                                     const rst_window *window, rst_cancel *cancel,
                                     rst_encoding **encoding, rst_error *error);
RST_API rst_encoding *rst_encoding_ref(rst_encoding *encoding);
RST_API void rst_encoding_unref(rst_encoding *encoding);
/* The input that the encoder was given, (input_size, input_size), −1…1, 0 where it is hidden. */
RST_API const float *rst_encoding_input(const rst_encoding *encoding, int *input_size);
RST_API void rst_encoding_window(const rst_encoding *encoding, rst_window *window);

/* Points on a grid: sample (column c, row r) lies at (x + c·dx, y + r·dy) in the picture's pixels
 * and has the noise of pixel (column + c·column_step, row + r·row_step). */
typedef struct rst_grid {
  size_t size; /* sizeof (rst_grid) */
  int columns, rows; /* at least 1; columns · rows at most 2³¹ − 1 */
  double x, y; /* position of sample (0, 0): a pixel's centre is at ½ */
  double dx, dy;
  int column, row;
  int column_step, row_step;
  /* (rows, columns), −1…1: the luma of the picture's pixel at each sample as rst_pixel_luma() has
   * it, NaN where it is not known: between pixels, or where the pixel is hidden from the network;
   * NULL: nowhere. Models whose description has `luma.pixel` look at it, others do not. */
  const float *luma;
} rst_grid;

/* The luma, −1…1, of pixels of a picture as the network takes them (0.2989 R' + 0.5870 G' +
 * 0.1140 B' of values clamped to 0…1, times 2, less 1); NaN for transparent and for hidden ones.
 * `rgba`: (count, 4); `hidden`: (count), above 0 where a pixel is kept from the network (hide the
 * region: the coverage), NULL: nowhere. `luma`: (count). */
RST_API void rst_pixel_luma(size_t count, const float *rgba, const float *hidden, float *luma);

/* The grid of a rectangle's pixel centres, whose luma is not known yet. */
RST_API void rst_grid_pixels_sized(rst_grid *grid, size_t size, int x, int y, int width,
                                   int height);
#define rst_grid_pixels(grid, x, y, width, height) \
  rst_grid_pixels_sized((grid), sizeof(rst_grid), (x), (y), (width), (height))
/* The grid that shows a rectangle of the picture as columns × rows samples (stretched where the
 * shapes differ); noise belongs to the samples. */
RST_API void rst_grid_samples_sized(rst_grid *grid, size_t size, double x, double y, double width,
                                    double height, int columns, int rows);
#define rst_grid_samples(grid, x, y, width, height, columns, rows) \
  rst_grid_samples_sized((grid), sizeof(rst_grid), (x), (y), (width), (height), (columns), (rows))

/* Restores the points of `grid` where `coverage` (rows, columns; NULL: everywhere) is above 0.
 * `colours`: (rows, columns, 3), R'G'B' with 0…1 the range of sRGB, not clamped; other points are
 * not touched. Parameters that do not apply (a sampler's for a single pass) are ignored. Where a
 * single pass sees the pixel's own luma and the window has 4 pixels or more for each half of an input
 * sample, points whose luma is known are interpolated between places that the network is asked at: the
 * same bits in any call, on average within 0.1 of CIEDE2000 of what it would say there.
 * Errors: RST_OUT_OF_RANGE, RST_OUTSIDE_WINDOW, RST_CANCELLED (finished batches are valid),
 * RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_sample(rst_session *session, const rst_encoding *encoding,
                              const rst_parameters *parameters, const rst_grid *grid,
                              const float *coverage, float *colours, const rst_hooks *hooks,
                              rst_error *error);

/* What rst_sample_trajectory() records. Arrays are laid out and scaled as the colours of
 * rst_sample(): R'G'B' = v/2 + ½ of the network's v, the luma of a residual network added, not
 * clamped; noise and the x̂₀ of early steps reach far beyond 0…1. Each may be NULL: not wanted. */
typedef struct rst_trajectory {
  size_t size; /* sizeof (rst_trajectory) */
  int count; /* how many steps are recorded */
  const int *steps; /* (count), ascending: which, 0 … passes − 1 as rst_parameters_steps() lists
                     * them; NULL: 0 … count − 1 */
  float *first; /* (rows, columns, 3): the first value: noise; v = 0 for a single pass */
  float *values; /* (count, rows, columns, 3): the value after the step */
  float *clean; /* the same: x̂₀, the clean colour that the network predicted in that step,
                     * (x_t − √(1−ᾱ_t) ε̂)/√ᾱ_t of the value before it (Song et al. 2021, eq. 12) */
} rst_trajectory;

/* Restores points as rst_sample() does, and records their way there: the values after the last step
 * are its colours, bit for bit. A single pass has one step, whose value and x̂₀ are the colour.
 * Errors: as rst_sample(); RST_BAD_CALL for steps that the setup does not take. Thread: the
 * session's caller. */
RST_API rst_status rst_sample_trajectory(rst_session *session, const rst_encoding *encoding,
                                         const rst_parameters *parameters, const rst_grid *grid,
                                         const float *coverage, const rst_trajectory *trajectory,
                                         const rst_hooks *hooks, rst_error *error);

/* The engine's noise: three standard normal values of pixel (column, row) at timestep t (the
 * step being left; T for the first value).
 *
 * Philox 4×32-10 (Salmon et al. 2011): key (seed, 0), counter (column, row, t, 0), negative
 * coordinates as two's complement. Words w0…w3; u = ((w >> 8) + 1) · 2⁻²⁴ of w0 and w2 is in
 * (0, 1]; the angle is 2π · w · 2⁻³² of w1 and w3. Box–Muller: z0 = √(−2 ln u(w0)) cos angle(w1),
 * z1 = √(−2 ln u(w0)) sin angle(w1), z2 = √(−2 ln u(w2)) cos angle(w3). The logarithm, sine and
 * cosine are the engine's own polynomials in float32, so that every platform agrees. */
RST_API void rst_noise(int seed, int column, int row, int t, float z[3]);

/* -------------------------------------------------------------------------------------------
 * Colour and blending
 */

/* `auto` resolved: full where the window's side is at most 256 or the region is hidden, else
 * colour. */
RST_API rst_mode rst_resolve_mode(const rst_parameters *parameters, const rst_window *window);

/* Whether the region is matched to its surroundings: `auto` is on for hidden regions. */
RST_API bool rst_resolve_match(const rst_parameters *parameters);

/* Joins the network's colours with the picture's by `mode` (not RST_MODE_AUTO): full takes the
 * network's, clamped to 0…1; colour the picture's L* and the network's a*b*; detail the
 * network's L* and the picture's a*b* (CIELAB of sRGB, D65; out of gamut, chroma shrinks at
 * constant L* and hue). The chroma of what comes out, a*b*, is multiplied by `saturation` (0…2; 1
 * leaves the bits of all modes as they are). `rgba`: (count, 4) the picture; `colours`: (count, 3);
 * `result`: (count, 3), may be `colours`. */
RST_API void rst_mix(rst_mode mode, double saturation, size_t count, const float *rgba,
                     const float *colours, float *result);

/* Interpolates gamma-coded values of any space from `original` to `restored`: strength 0 gives
 * the original's bits, 1 the restored one's. All (count), any number of channels; `result` may
 * be either. */
RST_API void rst_apply_strength(double strength, size_t count, const float *original,
                                const float *restored, float *result);

/* -------------------------------------------------------------------------------------------
 * A whole region
 */

/* The host's side of a picture. Callbacks run on the thread that called rst_restore(), on
 * rectangles inside the picture, and return false to stop with RST_HOST_FAILED. */
typedef struct rst_picture {
  size_t size; /* sizeof (rst_picture) */
  int width, height;
  void *user;
  /* Reads R'G'B'A, sRGB-coded (values beyond 0…1 allowed), (h, w, 4). */
  bool (*read)(void *user, int x, int y, int w, int h, float *rgba);
  /* Reads coverage, 0…1, (h, w): the selection's value. NULL: everything is selected. Pixels of
   * alpha 0 count as not covered, whatever it says. */
  bool (*read_coverage)(void *user, int x, int y, int w, int h, float *coverage);
  /* Takes a finished rectangle: sRGB-coded (h, w, 3) in 0…1, mode applied, strength and coverage
   * not; only pixels of coverage above 0 mean anything (h, w). Each covered pixel comes once. */
  bool (*write)(void *user, int x, int y, int w, int h, const float *rgb, const float *coverage);
  /* (height, width, 4): what `read` gives, where all of it lies in memory; else NULL. Partial
   * results look at it instead of keeping a copy, so it has to stay as long as they do. */
  const float *rgba;
  /* Ends rst_plan_region(), rst_partial_new() and rst_classify(), which take no hooks, with
   * RST_CANCELLED. NULL: nothing does. */
  const rst_cancel *cancel;
} rst_picture;

/* A picture in memory, for programs that need no callbacks. All (height, width, …); owned by the
 * caller, and there as long as the picture is used. */
typedef struct rst_pixels {
  int width, height;
  const float *rgba; /* (height, width, 4): as `read` has it */
  const float *coverage; /* (height, width), NULL: everything is selected */
  float *result; /* (height, width, 3): what is written, where coverage is above 0; NULL: dropped */
} rst_pixels;

/* Fills `picture` with callbacks that read and write `pixels`. */
RST_API void rst_picture_from_memory_sized(rst_picture *picture, size_t size, rst_pixels *pixels);
#define rst_picture_from_memory(picture, pixels) \
  rst_picture_from_memory_sized((picture), sizeof(rst_picture), (pixels))

/* A piece of the region with its own window. */
typedef struct rst_part {
  rst_rectangle box; /* of its covered pixels */
  rst_window window;
  rst_mode mode; /* resolved */
  int64_t points; /* pixels covered */
} rst_part;

#define RST_PARTS_MAX 64

/* What the region falls into. */
typedef struct rst_plan {
  size_t size; /* sizeof (rst_plan) */
  int count;
  int64_t points;
  rst_part parts[RST_PARTS_MAX];
} rst_plan;

/* The region's parts: selected areas that neither touch nor have overlapping boxes have their own
 * window each; all in one where there are more than RST_PARTS_MAX or the window is given.
 * Reads coverage and alpha of `box` alone (NULL: the whole picture), which
 * must hold all that is covered: the box saves reading, it selects nothing. Errors:
 * RST_EMPTY_REGION, RST_OUTSIDE_WINDOW, RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_plan_region(const rst_parameters *parameters, const rst_picture *picture,
                                   const rst_rectangle *box, rst_plan *plan, rst_error *error);

/* Tells whether `box` (NULL: all) of a picture is monochrome, toned or coloured, and how sure that
 * is, 0…1: by the chroma that a fitted tint, a smooth function of L*, leaves of it. A stamp or a
 * frame of a few hundredths of the area do not make it coloured. Reads at most 64 × 64 patches of 8
 * × 8 pixels, whatever its size; memory is bounded. Coverage is not read; what is transparent does
 * not count. Errors: RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_classify(const rst_picture *picture, const rst_rectangle *box,
                                rst_picture_kind *kind, double *sure, rst_error *error);

/* The rectangle `reach` of a picture of `width` × `height` pixels that holds
 * whatever planning and restoring a region inside `box` can read: what a host of a large picture
 * needs to have at hand. The parameters must be good. */
RST_API void rst_reach(const rst_parameters *parameters, int width, int height,
                       const rst_rectangle *box, rst_rectangle *reach);

/* Reads a window of a picture and runs the encoder on it, with the region hidden where the
 * parameters say so: how rst_restore() begins with each part. Where `window` is faces, the windows
 * round those of `faces` that this one touches are encoded as well; rst_sample() then gives the
 * mean of what all of them say at a point: near a face's middle its own, beyond the head the
 * part's. Hooks: progress and cancel. Errors: as rst_encode(), RST_HOST_FAILED. Thread: the
 * session's caller. */
RST_API rst_status rst_encode_window(rst_session *session, rst_model *model,
                                     const rst_parameters *parameters, const rst_picture *picture,
                                     const rst_window *window, const rst_hooks *hooks,
                                     rst_encoding **encoding, rst_error *error);

/* -------------------------------------------------------------------------------------------
 * A partial result: a part's points, as far as they are restored
 *
 * rst_restore() goes through a part from top to bottom. A host that shows the result while it comes
 * goes from coarse to fine instead, and keeps what it has:
 *
 *   rst_partial_new (&parameters, encoding, &picture, &plan.parts[i], NULL, &partial, &error);
 *   for (step = 16; step >= 1; step /= 2) {
 *     rst_partial_refine (session, partial, visible, step, &hooks, &error);
 *     if (step == 16)
 *       rst_partial_match (session, partial, &hooks, &error);
 *     rst_partial_read (partial, visible, 16, colours, coverage, &error);     and show them
 *   }
 *
 * A point that a coarse lattice has is the finer one's too, and is restored once; so is one that
 * another area asked for before. Where a call is cancelled, what it has finished stays. Another
 * seed, mode or saturation is set (rst_partial_set()); another window, encoding or region is a new
 * partial result, which takes over the points of the old one (rst_partial_adopt()). One may begin
 * before its window is encoded: it says what there is to do.
 *
 * All calls: the session's caller, or any one thread at a time where there is no session.
 */

typedef struct rst_partial rst_partial;
typedef struct rst_hint_field rst_hint_field; /* see below: colour hints */

#define RST_LATTICE_MAX 1024 /* the coarsest step */

/* Begins with the pixels of `area` inside the part's box, which are read at once; NULL: the whole
 * part, with the border that it is matched to. Less than all of a part is not matched. It holds a
 * reference to the encoding, which is the part's; NULL: it is set later. The picture's callbacks
 * are called in this call alone, and of its `rgba` no more than the covered pixels and those beside
 * them is looked at before it is matched. Memory: 29 bytes a pixel of the area, 16 more where the
 * picture has no `rgba`, and 16 once it is matched. Errors: RST_OUT_OF_RANGE, RST_BAD_CALL where
 * the area lies outside the part, RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_partial_new(const rst_parameters *parameters, rst_encoding *encoding,
                                   const rst_picture *picture, const rst_part *part,
                                   const rst_rectangle *area, rst_partial **partial,
                                   rst_error *error);
RST_API void rst_partial_free(rst_partial *partial); /* NULL is allowed */
/* The area that it holds. */
RST_API void rst_partial_get_area(const rst_partial *partial, rst_rectangle *area);
/* How much of a pixel of the picture is covered, 0…1, in that area and by the part. */
RST_API float rst_partial_get_coverage(const rst_partial *partial, int x, int y);
/* How many points are covered in it, and how many of them are `finished` (NULL: not asked). */
RST_API int64_t rst_partial_count(const rst_partial *partial, int64_t *finished);
/* Likewise those of the boundary, which matching needs; none where the part is not to be
 * matched. */
RST_API int64_t rst_partial_count_boundary(const rst_partial *partial, int64_t *finished);

/* Other parameters. Of the points that is forgotten which they change (rst_parameters_compare()):
 * the network's colours, or what mode and saturation made of them. Errors: RST_OUT_OF_RANGE;
 * RST_BAD_CALL where they encode otherwise. */
RST_API rst_status rst_partial_set(rst_partial *partial, const rst_parameters *parameters,
                                   rst_error *error);
/* The part's encoding, where it began without one, to be had before anything is restored. Errors:
 * RST_OUT_OF_RANGE; RST_BAD_CALL where it has another one. */
RST_API rst_status rst_partial_set_encoding(rst_partial *partial, rst_encoding *encoding,
                                            rst_error *error);
/* Colour hints that are given to what is read from now on; NULL: none. They must outlive it or be
 * set anew; other hints cost no network pass. */
RST_API void rst_partial_set_hints(rst_partial *partial, const rst_hint_field *hints);
/* Takes over the points of another one with the same encoding, as far as they are valid here. */
RST_API void rst_partial_adopt(rst_partial *partial, const rst_partial *from);

/* Restores the covered points of `area` (NULL: all) whose column and row in the picture are
 * multiples of `step`, a power of two; those that are there already are not restored again. Hooks:
 * progress, cancel, and batch with the indices (row · width + column) in the area that it holds.
 * Errors: as rst_sample(). */
RST_API rst_status rst_partial_refine(rst_session *session, rst_partial *partial,
                                      const rst_rectangle *area, int step, const rst_hooks *hooks,
                                      rst_error *error);
/* Matches the part to its surroundings, as rst_restore() does; restores the points of its boundary
 * for it, which the covered ones need not wait for. Nothing where the parameters do not match, or
 * where it is done. Hooks: as rst_partial_refine(). Errors: as rst_sample(). */
RST_API rst_status rst_partial_match(rst_session *session, rst_partial *partial,
                                     const rst_hooks *hooks, rst_error *error);
/* Whether it is matched. */
RST_API bool rst_partial_is_matched(const rst_partial *partial);
/* The colours (height, width, 3) of `area`, which it holds, as rst_restore() writes them: R'G'B',
 * mode, saturation, match and hints applied. A pixel that is not restored has the colour of the
 * nearest coarser lattice's point up and left of it, of at most the step `coarsest`. `coverage`
 * (height, width): how much of the pixel the part covers; 0, and no colour, where there is none
 * yet. */
RST_API rst_status rst_partial_read(const rst_partial *partial, const rst_rectangle *area,
                                    int coarsest, float *colours, float *coverage,
                                    rst_error *error);

/* Finds how much finished points vary over `seeds` seeds (2 … RST_SEEDS_MAX), the parameters' own
 * and those after it: of what mode and saturation make of the network's colours, matching and hints
 * left out. Points are chosen as for rst_partial_refine(); those whose deviation over so many seeds
 * is known are left out. Colours stay as they are. Hooks: cancel, and batch with all points of the
 * call, once they are known. Errors: as rst_sample(). */
RST_API rst_status rst_partial_deviate(rst_session *session, rst_partial *partial, int seeds,
                                       const rst_rectangle *area, int step, const rst_hooks *hooks,
                                       rst_error *error);
/* How many seeds the known deviations are of; 0: none is known. */
RST_API int rst_partial_get_seeds(const rst_partial *partial);
/* The standard deviation of a pixel of the picture, its largest channel's; while it is missing,
 * that of the nearest coarser lattice's point, as rst_partial_read() has it; below 0 where there is
 * none. */
RST_API float rst_partial_get_deviation(const rst_partial *partial, int x, int y, int coarsest);

/* Restores the planned region part by part: reads each window, encodes it, samples its covered
 * pixels in bands, joins them by mode and hands them to `write`. Memory is bounded by the band,
 * not by the picture; where the surroundings are matched, by the part. Then the difference of the
 * picture to the restored colours, on the boundary, the pixels round the part, is spread over it
 * (Laplace's equation, cf. Pérez et al. 2003) and added. Where the region is hidden as
 * well, the result near its border is not the network's: at the pixels that are seen it is a smooth
 * fill from these alone, their slopes continued (a thin plate in tension of two samples of the
 * network's input: below that length like biharmonic inpainting), from four samples on it is the
 * network's, and between them it passes over smoothly. A sample is the window's side / input size,
 * at least a pixel. Last come the colour hints. Hooks: progress and cancel.
 * Errors: as the calls above.
 * Thread: the session's caller. */
RST_API rst_status rst_restore(rst_session *session, rst_model *model,
                               const rst_parameters *parameters, const rst_picture *picture,
                               const rst_plan *plan, const rst_hooks *hooks, rst_error *error);

/* How much the result varies with the seed: rst_restore() with `seeds` seeds (2 … RST_SEEDS_MAX),
 * parameters->seed and those that rst_next_seed() gives after it. `write` takes, in place of
 * colours, their standard deviation (h, w, 3) as rst_deviation_get() has it: of what rst_restore()
 * would write, so mode and match are in it, strength and coverage are not. 0 for a single pass. The
 * window is read and encoded once; memory is rst_restore()'s and 24 bytes a pixel of the band.
 * Errors: as rst_restore(), RST_OUT_OF_RANGE. Thread: the session's caller. */
RST_API rst_status rst_uncertainty(rst_session *session, rst_model *model,
                                   const rst_parameters *parameters, const rst_picture *picture,
                                   const rst_plan *plan, int seeds, const rst_hooks *hooks,
                                   rst_error *error);
#define RST_SEEDS_MAX 10000
/* The seed after this one; after the last one, 2147483647, comes 0. */
RST_API int rst_next_seed(int seed);

/* The sums behind it, for hosts that restore points in an order of their own. Adds result number
 * `result`, 1, 2 …, to running `mean` and `squares` (sum of squared differences from the mean;
 * Welford 1962); number 1 sets them. All (count). Thread: any. */
RST_API void rst_deviation_add(int result, size_t count, const float *values, float *mean,
                               float *squares);
/* The standard deviation estimated from that many results, √(squares/(results − 1)), each value's
 * own; 0 for one result. `deviation` (count) may be `squares`. A pixel's figure, where a host wants
 * one, is its largest channel's. */
RST_API void rst_deviation_get(int results, size_t count, const float *squares, float *deviation);

/* -------------------------------------------------------------------------------------------
 * Faces
 */

/* A network that finds something, faces or damage; immutable, shared between threads. */
typedef struct rst_finder rst_finder;

/* Reads its file, which is treated as hostile, as rst_model_read() does; under 16 MiB, and of layers
 * whose maps stay within what rst_find_faces() and rst_find_damage() say of memory. Find it with
 * rst_find(RST_KIND_FINDER, "faces" or "damage", …). Errors: those of rst_model_read(). */
RST_API rst_status rst_finder_read(const char *path, rst_finder **finder, rst_error *error);
/* The same from `size` bytes of memory, which are copied. */
RST_API rst_status rst_finder_parse(const void *bytes, size_t size, rst_finder **finder,
                                    rst_error *error);
RST_API rst_finder *rst_finder_ref(rst_finder *finder);
RST_API void rst_finder_unref(rst_finder *finder); /* NULL is allowed */

/* A face, from brows to chin, in pixels of the picture; it may reach beyond its edge. */
typedef struct rst_face {
  int x, y, width, height; /* width, height ≥ 1 */
  double sure; /* 0…1; 1 where someone said so */
} rst_face;

/* Finds the faces in `box` (NULL: all) of a picture, from top to bottom; where
 * there are more than RST_FACES_MAX, the surest of them; each where the mean of the boxes that tell of
 * it is, as sure as the surest of these. Those of about 12 pixels and more at 1024
 * pixels on the longer side, to which the box is shrunk. `sure`: above 0, how sure it has to be; 0:
 * as the finder's file says. `faces`: (RST_FACES_MAX). Hooks: cancel. Memory: some 100 MB at most, and
 * 1 MB a thread. Errors: RST_BAD_CALL for a finder of something else too, RST_HOST_FAILED,
 * RST_CANCELLED, RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_find_faces(rst_session *session, const rst_finder *finder,
                                  const rst_picture *picture, const rst_rectangle *box, double sure,
                                  const rst_hooks *hooks, rst_face *faces, int *count,
                                  rst_error *error);
/* Reads "X,Y,WIDTH,HEIGHT; …" into `faces` (RST_FACES_MAX; NULL: only counts them); "" and "auto"
 * are none. Errors: RST_WRONG_TYPE; RST_OUT_OF_RANGE, for "faces", where there are more. */
RST_API rst_status rst_faces_parse(const char *text, rst_face *faces, int *count, rst_error *error);
/* The text of faces. Errors: RST_BAD_CALL where `size` bytes are too few; RST_FACES_TEXT are
 * enough. */
RST_API rst_status rst_faces_write(const rst_face *faces, int count, char *text, size_t size,
                                   rst_error *error);
/* The window round a face: 1.75 of its widths, or 1.4 of its heights, whatever is more. */
RST_API void rst_face_window(const rst_face *face, rst_window *window);

/* Where `window` is faces and `faces` is auto, finds them in `box` (NULL: all) with the finder that
 * ships, and writes them into `faces`: hosts call it before planning, so that a record holds what
 * was found. Else nothing. Errors: as rst_find(), rst_finder_read() and rst_find_faces(). */
RST_API rst_status rst_settle_faces(rst_session *session, rst_parameters *parameters,
                                    const rst_picture *picture, const rst_rectangle *box,
                                    const rst_hooks *hooks, rst_error *error);

/* -------------------------------------------------------------------------------------------
 * Old photographs: damage found and mended, fading corrected
 *
 * A restored photograph is a chain of pictures: the source → its damage mended → its tone corrected →
 * colour. Each is read through to the one before, so that nothing is copied; where nothing is wrong
 * the pixels pass through, bit for bit. rst_photo is that chain up to colour:
 *
 *   rst_photo_settings_init (&settings);
 *   rst_photo_new (&picture, NULL, &photo, &error);
 *   rst_photo_set (session, photo, &settings, NULL, &hooks, &error);
 *   rst_photo_picture (photo, &prepared);     to be planned and restored as any other picture
 *   rst_photo_write (photo, &hooks, &error);  or, where it gets no colour, written as it is
 */

/* How sure the finder, one that finds damage, is that a pixel of `box` (NULL: all) is dust, hair, a
 * scratch, a crease, a spot or missing: `sure` (height, width), 0…255. A byte is no probability but
 * 255 / (1 + e^(−x / 3)) of the odds' logarithm x, so that pixels that are nearly sure keep their
 * differences: 128 where damage is as likely as not, 210 where it is 99 % sure, 239 where it is 99.97 %;
 * less where much in the 49 × 49 samples round it looks like damage too, as grass, hair and cloth do.
 * 0 where the picture is transparent, which is no damage. rst_damage_mask() makes a mask of it.
 * It looks at the picture's own density, and for what is wide or soft at half of it and at a quarter,
 * where the longer side has 96 samples then, a little less sure. Where the file has a chain for them
 * (docs/model-file.md) and the longer side 64 pixels, lost areas, torn corners and stains, are looked
 * for in the whole picture, shrunk, whatever the box; as sure of one as the file's threshold for them
 * is said as sure as its threshold for the rest, but for those that no sensitivity takes, and less where
 * they lie below a face, if there is a finder of these (rst_find()): collars, shirts and hands. The same bytes whatever the box, the threads and the
 * tiles in which it works. Memory: a byte for each pixel of the box and for each sample of a shrunk
 * picture, and some 60 MB a thread at most, 14 with the finder that ships; where areas are found,
 * rst_find_faces()'s before. Hooks: progress and cancel. Errors: those of rst_finder_read() of the
 * faces', RST_BAD_CALL for a box beyond the picture or a finder of something else, RST_HOST_FAILED,
 * RST_CANCELLED, RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_find_damage(rst_session *session, const rst_finder *finder,
                                   const rst_picture *picture, const rst_rectangle *box,
                                   const rst_hooks *hooks, unsigned char *sure, rst_error *error);

/* What of it counts as damage at a sensitivity, 0…1 (½: as the finder's file says; more is found
 * towards 1): pixels that are sure enough, less sure ones that join them, and the pixels beside all
 * of these, since damage has a soft rim. `sure` (height, width): of rst_find_damage() with this finder.
 * `mask` (height, width): 0 or 255. Hooks: cancel. Errors: RST_BAD_CALL for a finder of something else
 * too, RST_CANCELLED. Thread: any. */
RST_API rst_status rst_damage_mask(const rst_finder *finder, const unsigned char *sure, int width,
                                   int height, double sensitivity, const rst_hooks *hooks,
                                   unsigned char *mask, rst_error *error);

/* The mended pixels of a picture, and no others. */
typedef struct rst_mended rst_mended;

/* Mends the pixels of `box` (NULL: all) where `mask` (height, width) is above 0, from all pixels of
 * the picture beside them; transparent ones stay as they are. Of a pyramid of the picture whose samples
 * are the means of what is known, each level's holes are filled from the coarser one and settle into what
 * is beside them (toward a thin plate under tension); then they get the grain that is there.
 * `picture` is read in this call alone. The same bits whatever the threads. Memory is in
 * proportion to what is damaged, but for a byte a pixel. Hooks: progress and cancel. Errors:
 * RST_BAD_CALL for a box beyond the picture, RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. Thread:
 * the session's caller. */
RST_API rst_status rst_mend(rst_session *session, const rst_picture *picture,
                            const rst_rectangle *box, const unsigned char *mask,
                            const rst_hooks *hooks, rst_mended **mended, rst_error *error);
RST_API void rst_mended_free(rst_mended *mended); /* NULL is allowed */
/* How many pixels were mended. */
RST_API int64_t rst_mended_count(const rst_mended *mended);
/* Puts the mended pixels of a rectangle, in pixels of the picture, in place: `rgba` (height, width, 4)
 * is what the picture has there, R'G'B'A; alpha stays, and transparent pixels. Thread: any. */
RST_API void rst_mended_apply(const rst_mended *mended, int x, int y, int width, int height,
                              float *rgba);

/* A correction of the tone of R', G' and B': a value becomes t = (value − black) / (white − black),
 * held in 0…1, and that m t / (m t + (1 − m) (1 − t)), which is m, `middle`, for ½ (Schlick, Fast
 * Alternatives to Perlin's Bias and Gain Functions, 1994). */
typedef struct rst_tone {
  size_t size; /* sizeof (rst_tone) */
  double black[3], white[3], middle[3]; /* 0, 1 and ½: nothing is done */
} rst_tone;

/* Finds out how faded `box` (NULL: all) of a picture is: shadows that are grey, lights that are
 * dull, middle tones too bright or too dark; of a coloured picture (`kind`) in each channel, so that
 * casts and faded dyes get less. Bounded, so that night stays night and fog fog; nothing where
 * nothing is wrong. Leaves out where `mask` (height, width), NULL for nowhere, is above 0, what is
 * transparent and what is not covered. Hooks: cancel. Errors: RST_BAD_CALL for a box beyond the
 * picture, RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_measure_tone_sized(const rst_picture *picture, const rst_rectangle *box,
                                          const unsigned char *mask, rst_picture_kind kind,
                                          const rst_hooks *hooks, rst_tone *tone, size_t size,
                                          rst_error *error);
#define rst_measure_tone(picture, box, mask, kind, hooks, tone, error)                        \
  rst_measure_tone_sized((picture), (box), (mask), (kind), (hooks), (tone), sizeof(rst_tone), \
                         (error))
/* Whether it leaves every pixel's bits as they are. */
RST_API bool rst_tone_is_identity(const rst_tone *tone);
/* Corrects (count, 4) R'G'B'A by so much of it, 0…1. Thread: any. */
RST_API void rst_tone_apply(const rst_tone *tone, double strength, size_t count, float *rgba);

/* What is to be done to a photograph. */
typedef struct rst_photo_settings {
  size_t size; /* sizeof (rst_photo_settings) */
  bool damage; /* find and mend it */
  double sensitivity; /* 0…1, rst_damage_mask()'s */
  bool tone; /* correct it */
  double tone_strength; /* 0…1 */
  /* What takes colour gets some: for hosts, which restore the prepared picture; the engine does not
   * look at it. */
  bool colour;
  double colour_strength; /* 0…1: how much of it the prepared picture's `write` lets through */
} rst_photo_settings;

/* All of it, sensitivity ½, strengths 1. */
RST_API void rst_photo_settings_init_sized(rst_photo_settings *settings, size_t size);
#define rst_photo_settings_init(settings) \
  rst_photo_settings_init_sized((settings), sizeof(rst_photo_settings))

/* What someone says of a pixel's damage. */
typedef enum rst_edit {
  RST_EDIT_NONE, /* as it was found */
  RST_EDIT_ADD, /* it is damaged */
  RST_EDIT_REMOVE /* it is not */
} rst_edit;

/* A picture, and what of it is damaged and faded. One thread at a time. */
typedef struct rst_photo rst_photo;

/* Begins with `box` (NULL: all) of a picture, whose struct is copied and whose callbacks are there as
 * long as the photo is used; looks at which kind it is. Errors: RST_BAD_CALL for a box beyond the
 * picture, RST_HOST_FAILED, RST_CANCELLED (the picture's token), RST_NO_MEMORY. */
RST_API rst_status rst_photo_new(const rst_picture *picture, const rst_rectangle *box,
                                 rst_photo **photo, rst_error *error);
RST_API void rst_photo_free(rst_photo *photo); /* NULL is allowed */

/* Finds, mends and measures as the settings say: no more than what has changed since the last call,
 * so that another strength costs nothing and another sensitivity does not look for damage again. Only
 * what is covered is mended, from what is sound beside it: damage beyond, which is looked for up to
 * 64 pixels from the box, does not count. `edits`: (height, width) of the box, each an rst_edit;
 * NULL: none. Where they say of every pixel what it is, nothing is looked for. Memory: 3 bytes a pixel, and rst_mend()'s.
 * Where it fails, the photo is as it was. Nobody reads the prepared picture meanwhile. Hooks: progress
 * and cancel. Errors: RST_OUT_OF_RANGE, those of rst_find() and rst_finder_read(),
 * RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_photo_set(rst_session *session, rst_photo *photo,
                                 const rst_photo_settings *settings, const unsigned char *edits,
                                 const rst_hooks *hooks, rst_error *error);
/* The prepared picture, valid as long as the photo. Its `write` is for what rst_restore() makes of
 * it, which it joins with the prepared picture by the settings' colour strength, and hands to the
 * source's: the host's own strength is to be 1. Where nothing is to be done it is the source. */
RST_API void rst_photo_picture_sized(const rst_photo *photo, rst_picture *picture, size_t size);
#define rst_photo_picture(photo, picture) \
  rst_photo_picture_sized((photo), (picture), sizeof(rst_picture))
/* Hands the box of the prepared picture to the source's `write`, in bands; only pixels that have
 * changed are covered. Hooks: progress and cancel. Errors: RST_BAD_CALL for a source without `write`,
 * RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_photo_write(const rst_photo *photo, const rst_hooks *hooks,
                                   rst_error *error);
/* What is damaged, edits included: (height, width) of the box, 0 or 255; NULL where it was not
 * looked for. Valid until the photo is set or freed. */
RST_API const unsigned char *rst_photo_mask(const rst_photo *photo);

/* What was found. */
typedef struct rst_photo_info {
  size_t size; /* sizeof (rst_photo_info), set by the caller */
  rst_picture_kind kind;
  double sure; /* 0…1: of the kind */
  rst_rectangle box;
  /* Whether that is done to such a kind: drawings keep their tone, they and coloured pictures their
   * colour. */
  bool takes_tone, takes_colour;
  int64_t covered; /* pixels of the box that are, once the photo is set */
  int64_t damaged; /* pixels of these; 0 where damage was not looked for */
  rst_tone tone; /* that is applied, at strength 1; the identity where none is */
  bool marked; /* whether edits said something of its damage */
} rst_photo_info;

RST_API void rst_photo_get_info(const rst_photo *photo, rst_photo_info *info);

/* -------------------------------------------------------------------------------------------
 * Colour hints
 */

#define RST_HINT_REACH 0.52 /* where none is given */
#define RST_HINT_REACH_MIN 0.01
#define RST_HINT_REACH_MAX 4

/* What someone knows of a picture's colours: a pixel of it, and the colour there. It spreads over
 * what looks like one thing, about `reach` sides of the window far at most. */
typedef struct rst_hint {
  int x, y; /* the pixel */
  bool keep; /* a pin: the network's colour stays; else the colour's a* and b* are taken */
  float rgb[3]; /* R'G'B' of sRGB, 0…1; 0 for a pin */
  double reach; /* RST_HINT_REACH_MIN … RST_HINT_REACH_MAX sides of the window */
} rst_hint;

/* Reads "X,Y,#rrggbb[,REACH]; X,Y,keep[,REACH]; …" into `hints` (RST_HINTS_MAX); spaces round a
 * hint and a ";" at the end are allowed, "" is none. Errors: RST_BAD_HINT; RST_OUT_OF_RANGE, for
 * "hints", where there are more. */
RST_API rst_status rst_hints_parse(const char *text, rst_hint *hints, int *count, rst_error *error);
/* The text of hints, colours at 8 bits. Errors: RST_BAD_CALL where `size` bytes are too few;
 * RST_HINTS_TEXT are enough. */
RST_API rst_status rst_hints_write(const rst_hint *hints, int count, char *text, size_t size,
                                   rst_error *error);

/* Hints from a picture on which strokes are painted, of the size of the one that they are for:
 * pixels of alpha ½ or more that touch and are of like colour are one stroke, grey ones too. Each
 * stroke becomes hints of its colours, a 64th of the longer side apart, or farther where they would
 * be more than `limit` (0 … RST_HINTS_MAX). `hints`: (limit). Reads it at 512 cells a side at most.
 * Errors: RST_OUT_OF_RANGE, for "hints", where there are more strokes; RST_HOST_FAILED,
 * RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_hints_from_strokes(const rst_picture *strokes, int limit, rst_hint *hints,
                                          int *count, const rst_cancel *cancel, rst_error *error);

/* A window of a picture as hints see it: its luma at 512 cells a side at most, rid of grain, lines
 * up to two cells wide and shading, with edges kept, and what it costs to go from cell to cell: a
 * length in sides of the window, and (ΔL / 12)² of luma from 0 to 100. Immutable. */
typedef struct rst_hint_guide rst_hint_guide;

/* Reads a window of a picture. Errors: RST_HOST_FAILED, RST_CANCELLED, RST_NO_MEMORY. */
RST_API rst_status rst_hint_guide_new(const rst_picture *picture, const rst_window *window,
                                      const rst_cancel *cancel, rst_hint_guide **guide,
                                      rst_error *error);
RST_API void rst_hint_guide_free(rst_hint_guide *guide);

/* A field is what hints come to in a window. The guide must outlive it. */

/* Measures each hint's distance from all that it may reach: the cheapest way over the guide. Hints
 * outside of the window are left out; their order does not count. Errors: RST_CANCELLED,
 * RST_NO_MEMORY. Thread: the session's caller. */
RST_API rst_status rst_hint_field_new(rst_session *session, const rst_hint_guide *guide,
                                      const rst_hint *hints, int count, const rst_cancel *cancel,
                                      rst_hint_field **field, rst_error *error);
/* The same for a part, from the parameters' hints, with a guide of its own; NULL where there are
 * none, and in mode detail, which takes no colour. Errors: those of its pieces. */
RST_API rst_status rst_hint_field_read(rst_session *session, const rst_parameters *parameters,
                                       const rst_picture *picture, const rst_part *part,
                                       const rst_cancel *cancel, rst_hint_field **field,
                                       rst_error *error);
RST_API void rst_hint_field_free(rst_hint_field *field);
/* Gives a field other hints, as rst_hint_field_new() would, and keeps distances (64 MiB at most)
 * for the next time: hints that stay where they are cost nothing then. `changed` (NULL: not asked):
 * the pixels whose colours change, width 0 for none; it may reach beyond the picture. Where it
 * fails the field is as before. Errors and thread: as rst_hint_field_new(); nobody else may use the
 * field meanwhile. */
RST_API rst_status rst_hint_field_change(rst_session *session, rst_hint_field *field,
                                         const rst_hint *hints, int count, const rst_cancel *cancel,
                                         rst_rectangle *changed, rst_error *error);
/* Gives the points of a grid the hints' chroma at their own L*; NULL gives none. `rgba`: (rows,
 * columns, 4) the picture there; `coverage`: (rows, columns), points above 0 count, NULL: all;
 * `colours`: (rows, columns, 3) in 0…1, joined with the picture by mode and matched. What no hint
 * reaches keeps its bits. Thread: any. */
RST_API void rst_hint_field_apply(const rst_hint_field *field, const rst_grid *grid,
                                  const float *rgba, const float *coverage, float *colours);
/* How much of the network's chroma goes for the hints' at the points of a grid: `weights` (rows,
 * columns), 0…1, a pin's 0. `rgba` and thread: as above. */
RST_API void rst_hint_field_weigh(const rst_hint_field *field, const rst_grid *grid,
                                  const float *rgba, float *weights);

/* A colour that the network proposes, and how much of what it said speaks for it. */
typedef struct rst_swatch {
  float rgb[3]; /* R'G'B' of sRGB, 0…1, at the pixel's own L* */
  double share; /* 0…1 */
} rst_swatch;

#define RST_SWATCHES_MAX 5

/* Colours for a hint at a pixel, the likeliest first; `swatches`: (RST_SWATCHES_MAX). Of diffusion,
 * what 16 seeds from parameters->seed on give there, the one nearest to all others counting as four
 * more, clustered. Of a single pass, its own colour, of share 1, and without a share a paler and a
 * stronger one and those that it gives to other places of the window. `encoding` is of the window.
 * Errors: as rst_sample(), RST_HOST_FAILED. Thread: the session's caller. */
RST_API rst_status rst_suggest_colours(rst_session *session, const rst_encoding *encoding,
                                       const rst_parameters *parameters, const rst_picture *picture,
                                       int x, int y, rst_cancel *cancel, rst_swatch *swatches,
                                       int *count, rst_error *error);

/* -------------------------------------------------------------------------------------------
 * Records: what was done to a picture, kept with it as text, so that it can be repeated
 */

/* Where a host put the result. */
typedef enum rst_output {
  RST_OUTPUT_IN_PLACE, /* into the picture, or the region alone where it has a size of its own */
  RST_OUTPUT_NEW_LAYER
} rst_output;

typedef struct rst_record {
  size_t size; /* sizeof (rst_record) */
  const rst_parameters *parameters; /* of the caller: there as long as the record is used */
  char version[32]; /* of the engine that did it */
  char sha256[65]; /* of the model file, hexadecimal; "" where it is not known */
  rst_rectangle box; /* of what was restored; with a size of its own: of what
                     * was asked for */
  int window_count; /* of its parts */
  rst_window windows[RST_PARTS_MAX];
  rst_output output;
  char preset[1024]; /* the preset that was asked for, "" without: what it sets is among the
                           * parameters */
  char mask[1024]; /* name of the mask's file, without its folder; "" without a mask. A
                           * host's own selection is none */
  char mask_sha256[65]; /* of that file, as above */
  int width, height; /* of the result, where the region has a size of its own; else 0 */
  /* Whether it was prepared as an old photograph first (rst_photo_set()), and by which settings;
   * `damage`: whether it was looked for; colour_strength is the parameters' strength. */
  bool photo, damage, tone, colour;
  double sensitivity, tone_strength;
  bool marked; /* someone also said what is damaged and what is not (rst_edit), which is not kept */
} rst_record;

/* What a plan and its parameters come to, in place and without preset, mask or size, which a host
 * adds; `sha256` NULL or hexadecimal. */
RST_API void rst_record_fill_sized(rst_record *record, size_t size,
                                   const rst_parameters *parameters, const rst_plan *plan,
                                   const char *sha256);
#define rst_record_fill(record, parameters, plan, sha256) \
  rst_record_fill_sized((record), sizeof(rst_record), (parameters), (plan), (sha256))
/* Adds a record at the end of a history (NULL or "": none yet), which is kept as it is. `text`, a
 * JSON list, is to be freed with free(). Errors: RST_BAD_RECORD, RST_NO_MEMORY. */
RST_API rst_status rst_record_append(const char *history, const rst_record *record, char **text,
                                     rst_error *error);
/* Reads entry `index` of a history, −1 the newest, −2 the one before …, into `record` and
 * `parameters`, which it then points at; both have their sizes set. `count` (NULL allowed): how
 * many there are. Errors: RST_BAD_RECORD. */
RST_API rst_status rst_record_read(const char *history, int index, rst_record *record,
                                   rst_parameters *parameters, int *count, rst_error *error);

#ifdef __cplusplus
}
#endif
#endif
