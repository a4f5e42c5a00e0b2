"""A clinic with a queue, as a model: who waits, who is treated, who is lost, and whom any change reaches.

How to read the room:

* ``content/clinic.toml`` holds three invented clinics and, for every number, where it comes from. :mod:`.records` reads it, and scenario
  files of instructors, into a :class:`~.records.Scenario`; whatever does not fit is one clear line.
* :mod:`.desks` is where people wait; :mod:`.simulation` plays a scenario once, by SimPy, from a seed.
* :mod:`.queues` has the formulas that the simulation must agree with: one clinician, several (Erlang C), and Little's law.
* :mod:`.runs` plays many seeds, side by side with the clinic as it is, and says in words what came of it.
* ``figures/`` and ``explorers/`` show it.

Groups of people differ by what the file declares of them and by nothing else. Visits in which one clinician gives both treatments have no
benefit built in: no trial has set them beside split care.
"""
