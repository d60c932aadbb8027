"""What Nonsite costs, beside the usual loop, as ratios in one run on one machine."""
