"""The blocks of the lab. Each module has shapes(config) -> name: shape, and forward(parameters, x, config)."""
