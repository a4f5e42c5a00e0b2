"""Combined Care: how medication and psychotherapy work together, as notebooks.

These are the names a notebook may use. Each is loaded when it is first used, so that importing the course
costs nothing. In a notebook, slips of the keyboard are answered in plain words from here on.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def _answer_slips_in_plain_words() -> None:
    import sys

    if "IPython" in sys.modules:
        from course.grading.slips import install

        install()


_answer_slips_in_plain_words()
