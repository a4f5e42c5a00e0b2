"""Explorers of the models: a prediction is locked first, then the learner pushes a model and sees where it ends."""
