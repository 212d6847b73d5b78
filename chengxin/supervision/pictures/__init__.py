"""What a clue looks like. Each picture has two halves: `freeze` keeps small plain data with the evidence, `draw` makes SVG and table."""
