"""What a public dump is: dated files that never change, what is in them, and when one has to go."""
