"""Files: what is written replaces what was there whole, or not at all."""

from autodiff.files.whole import write_file

__all__ = ["write_file"]
