"""Explorers of the evidence: what the learner changes is pooled anew before their eyes."""
