// The time step that a dispatch is.
@group(0) @binding(0) var<uniform> step: TimeStep;
