# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures, and what a training makes of them: views, old prints, damage."""
