/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine, its handles fit for g_autoptr().
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <glib.h>
#include <restorator.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(rst_model, rst_model_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rst_preset, rst_preset_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rst_session, rst_session_free)

#endif
