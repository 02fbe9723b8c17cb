# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains Restorator's networks, measures them and writes model files (docs/training.md)."""
