// Whether a sequence still goes on at time step t: t < length[b].

@group(0) @binding(6) var<storage, read> lengths: array<u32>; // [B]

fn is_live(t: u32, b: u32) -> bool {
  return t < lengths[b];
}
