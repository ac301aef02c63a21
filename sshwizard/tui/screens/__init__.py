"""One module per screen. A screen asks one question, shows the command it stands for, and holds its own state."""
