# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains of convolutions, as finders are, and how they are trained."""
