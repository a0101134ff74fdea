"""What a person sees of a run: its account, its story, whether it kept its source's promises; reads results only."""
