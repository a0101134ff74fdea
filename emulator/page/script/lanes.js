// A lane of time for each hart: who has it, what the kernel did in it, and who told whom to drop what.

function showLanes(model) {}
