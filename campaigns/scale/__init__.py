"""A country's worth of made-up rows, skewed as real ones are, to measure the register at its full size."""
