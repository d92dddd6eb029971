"""What senders' codes and words mean in ours. Tables and pure functions; unknown stays unknown, never guessed."""
