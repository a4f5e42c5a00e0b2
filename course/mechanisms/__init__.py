"""Mechanisms: small models that a learner can push, break and doubt, each beside a card that says what it rests on.

How to read the room, and how to add a model:

* ``content/mechanisms.toml`` holds a table a model: what it says, the rows of the ledger that it is fitted to, what is assumed, what it
  must not be used for, and every number. A number names its source: a key of the ledger (then it is the ledger's value, which
  ``course check`` compares), ``assumption``, or ``setting`` for what the learner chooses. Published points that a model is fitted to stand
  in ``points``; what follows from them is worked out, never typed in.
* :mod:`.records` reads it: ``model("dose-and-time")`` gives a :class:`~.records.ModelCard`, whose numbers are ``card["missed"]`` and, for
  one medicine or situation, ``card.variants["citalopram"]["dose"]``.
* ``models/`` are plain functions from numbers to numbers. They know neither the card nor the ledger. Chance comes from a seed. Each is
  tested against something outside itself: a formula, a published point, conservation, or what must come out at nought.
* ``figures/`` are drawings whose artists are made once and moved at each ``update``; each carries its words and its table.
* ``explorers/`` join the three: a frozen state that asks for a prediction first and then builds a page of blocks.
  ``card_blocks`` shows the card, ``slider`` names an assumed setting as such, ``explained`` shows what is known and the tasks. An explorer
  is registered by its name in ``course/explorers.py``.

A model shows what would follow if it were true. It never shows that it is true: where the ledger has a hypothesis, the page says so.
"""
