"""Programs as processes get them: images in memory, the first stack, storage behind dropped pages."""
