"""The models: plain functions from numbers to numbers, a file each. What is random comes from a seed."""
