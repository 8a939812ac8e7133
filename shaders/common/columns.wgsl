// A sequence treated row by row, a row being one sequence of the batch at one time step: an invocation has EACH columns,
// LANES apart, of every row that its workgroup takes. So what is the same for a row is found once for all of them, and
// no element needs a division, which software adapters do one number at a time.

fn column_of(group: vec3u, lane: u32, c: u32) -> u32 {
  return group.x * LANES * EACH + c * LANES + lane;
}
