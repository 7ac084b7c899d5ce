"""Recurrent networks on standard sequence tasks, watched by kgrad."""
