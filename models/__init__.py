"""Machine-learning models: weights, manifests, cards and the catalogue of them."""
