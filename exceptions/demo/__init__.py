"""The demo day: invented companies, real places, one morning in a control tower. Needs nothing but the front door."""
