// How a register tile takes its left factor where there are subgroups. The four invocations of a workgroup need the same
// rows: beyond ahead.wgsl, each reads every fourth element of a row and hands it to the others, a quarter of the loads. A
// subgroup has four invocations or more everywhere, so the workgroup lies in one. Sums run in the same order.

const AHEAD = 4u;

alias Taken = array<f32, ROWS * AHEAD>;

struct Own {
  index: u32,
  counts: bool,
}

fn own_place() -> u32 {
  return subgroupExclusiveAdd(1u);
}

fn own_element(place: u32, first: u32, last: u32) -> Own {
  return Own(min(first + place, last), first + place <= last);
}

fn take_row(taken: ptr<function, Taken>, r: u32, own: f32) {
  (*taken)[r * AHEAD] = subgroupBroadcast(own, 0u);
  (*taken)[r * AHEAD + 1u] = subgroupBroadcast(own, 1u);
  (*taken)[r * AHEAD + 2u] = subgroupBroadcast(own, 2u);
  (*taken)[r * AHEAD + 3u] = subgroupBroadcast(own, 3u);
}
