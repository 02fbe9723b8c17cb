/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one table of parameters, in the order in which hosts show them. A new parameter is a member
 * of rst_parameters, a row here, and the code that reads it; a dialog gives it a label.
 *
 * PARAMETER(name, title, blurb, type, low, high, initial, choices, member, readers, unused)
 *   readers  the stages that read it, and of what else it depends whether they do (see use.c)
 *   unused   why it has no effect beside what others are set to: a function, or NULL
 */
PARAMETER("model", N_("Model"), N_("The network: an id, or the path of a model file"),
          RST_TYPE_TEXT, 0, 0, "portrait", NULL, model, ENCODE | SAMPLE, NULL)
PARAMETER("sampler", N_("Sampler"),
          N_("How the steps from noise to picture are computed; auto is ddim"), RST_TYPE_CHOICE, 0,
          0, "auto", samplers, sampler, SAMPLE | DIFFUSION, NULL)
PARAMETER("stochasticity", N_("Stochasticity (η)"),
          N_("How much fresh noise each step of ddim adds"), RST_TYPE_REAL, 0, 1, "1", NULL,
          stochasticity, SAMPLE | DIFFUSION | BY_SAMPLER, NULL)
PARAMETER("step-skip", N_("Step skipping (K)"),
          N_("Every how many timesteps one is taken: 1 takes all of them and is slowest"),
          RST_TYPE_INT, 1, RST_STEPS_MAX, "8", NULL, step_skip, SAMPLE | DIFFUSION | BY_SAMPLER,
          unused_step_skip)
PARAMETER("sequence", N_("Sequence"), N_("Which timesteps are taken; quadratic ignores step-skip"),
          RST_TYPE_CHOICE, 0, 0, "uniform", sequences, sequence, SAMPLE | DIFFUSION | BY_SAMPLER,
          NULL)
PARAMETER("start", N_("Start"),
          N_("How many of the model's timesteps are gone through; 0 stands for all"), RST_TYPE_INT,
          0, RST_STEPS_MAX, "0", NULL, start, SAMPLE | DIFFUSION, NULL)
PARAMETER("end", N_("End"), N_("The last timestep taken; above 0 the result is still noisy"),
          RST_TYPE_INT, 0, RST_STEPS_MAX - 1, "0", NULL, end, SAMPLE | DIFFUSION, NULL)
PARAMETER("noise-stddev", N_("Noise stddev"),
          N_("Standard deviation of the noise that a step adds"), RST_TYPE_CHOICE, 0, 0, "normal",
          stddevs, noise_stddev, SAMPLE | DIFFUSION | BY_SAMPLER, unused_noise_stddev)
PARAMETER("project", N_("Noise projection"),
          N_("Whether the noisy value is put back at its distance from the predicted colour"),
          RST_TYPE_BOOL, 0, 0, "true", NULL, project, SAMPLE | DIFFUSION | BY_SAMPLER,
          unused_project)
PARAMETER("clip", N_("Clipping"),
          N_("Whether values are clipped to the range of colours after each step"), RST_TYPE_BOOL,
          0, 0, "false", NULL, clip, SAMPLE | DIFFUSION, NULL)
PARAMETER("seed", N_("Seed"), N_("Which noise is drawn; the same seed gives the same picture"),
          RST_TYPE_INT, 0, INT_MAX, "0", NULL, seed, SAMPLE | DIFFUSION | NO_PRESET, NULL)
PARAMETER("mode", N_("Mode"),
          N_("What is taken from the network: everything, its colour, or its detail; auto is full "
             "for windows of up to 256 pixels and hidden regions, else colour"),
          RST_TYPE_CHOICE, 0, 0, "auto", modes, mode, MIX, NULL)
PARAMETER(
  "saturation", N_("Saturation"),
  N_("How vivid the result is: its chroma is multiplied by this; 0 is grey, 1 as the network "
     "has it"),
  RST_TYPE_REAL, 0, 2, "1", NULL, saturation, MIX, NULL)
PARAMETER("strength", N_("Strength"), N_("How far the result replaces the picture"), RST_TYPE_REAL,
          0, 1, "1", NULL, strength, BLEND, NULL)
PARAMETER("context", N_("Context"),
          N_("How much of the surroundings the network sees: the window's side divided by the "
             "longest side of the selected part"),
          RST_TYPE_REAL, 1, 4, "1.5", NULL, context, PLAN, unused_context)
PARAMETER("window", N_("Window"),
          N_("The square that the network sees: auto, picture, or X,Y,SIDE in pixels of the layer; "
             "faces is auto, with another square round each face"),
          RST_TYPE_TEXT, 0, 0, "auto", NULL, window_kind, PLAN, NULL)
PARAMETER("hide-region", N_("Hide the region"),
          N_("Whether the selected pixels are damage that the network must not see"), RST_TYPE_BOOL,
          0, 0, "false", NULL, hide_region, ENCODE | MIX, NULL)
PARAMETER("match", N_("Match the surroundings"),
          N_("Whether the region is matched to its surroundings, so that no seam shows: the "
             "difference along its border is spread inward, and where it is hidden, the "
             "surroundings are continued into it near the border; auto is on for hidden regions"),
          RST_TYPE_CHOICE, 0, 0, "auto", matches, match, MIX, NULL)
PARAMETER("hints", N_("Colour hints"),
          N_("Colours that are known: X,Y,#RRGGBB for a pixel of the layer, or X,Y,keep for one "
             "whose restored colour is right, separated by “;”; they spread over what looks like "
             "one thing, within a reach that may follow as a share of the window's side (0.5)"),
          RST_TYPE_TEXT, 0, 0, "", NULL, hints, HINT | NO_PRESET, unused_hints)
PARAMETER("faces", N_("Faces"),
          N_("Where faces are, each of which is seen from near where the window is faces: "
             "X,Y,WIDTH,HEIGHT in pixels of the layer, separated by “;”; auto finds them"),
          RST_TYPE_TEXT, 0, 0, RST_FACES_AUTO, NULL, faces, PLAN | ENCODE | NO_PRESET, unused_faces)
