// How a register tile takes its left factor where there are subgroups. The four invocations of a workgroup need the same
// rows: beyond together.wgsl, each reads every fourth element of a row and hands it to the others, a quarter of the loads.
// Sums run in the same order. A subgroup has at least four invocations, and drivers put these four into one, as its first.

const TOGETHER = 4u;

alias Taken = array<f32, ROWS * TOGETHER>;

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
  (*taken)[r * TOGETHER] = subgroupBroadcast(own, 0u);
  (*taken)[r * TOGETHER + 1u] = subgroupBroadcast(own, 1u);
  (*taken)[r * TOGETHER + 2u] = subgroupBroadcast(own, 2u);
  (*taken)[r * TOGETHER + 3u] = subgroupBroadcast(own, 3u);
}
