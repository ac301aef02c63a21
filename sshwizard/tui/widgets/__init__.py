"""The parts that screens are made of. They show a value and post a message; they decide nothing."""
