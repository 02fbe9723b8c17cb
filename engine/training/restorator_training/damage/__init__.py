# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that find damage and mend it."""
