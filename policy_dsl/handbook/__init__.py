"""A policy as pages for people: places, schemes, rules. Markdown, in Chinese and English, without script or outside parts."""
